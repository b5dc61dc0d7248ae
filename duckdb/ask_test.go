package duckdb_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/duckdb"
	"ironstar.dev/query"
)

func optional(kind ironstar.ColumnKind) ironstar.ColumnType {
	return ironstar.ColumnType{Kind: kind, Optional: true, Digits: -1}
}

func digits(n int) ironstar.ColumnType {
	return ironstar.ColumnType{Kind: ironstar.DecimalColumn, Digits: n}
}

// TestValues: what SQL computes is turned into the declared type exactly, or refused.
func TestValues(t *testing.T) {
	tables := open(t, options(t, t.TempDir(), bids()))
	kind := func(k ironstar.ColumnKind) ironstar.ColumnType { return ironstar.ColumnType{Kind: k} }
	d := ironstar.MustDecimal
	for _, c := range []struct {
		sql  string
		t    ironstar.ColumnType
		want any // a string that begins with ! is part of the error
	}{
		{"'a'", kind(ironstar.TextColumn), "a"},
		{"'00000000-0000-0000-0000-0000000000ff'::UUID", kind(ironstar.TextColumn), "00000000-0000-0000-0000-0000000000ff"},
		{"1", kind(ironstar.TextColumn), "!it is a INTEGER: cast it to VARCHAR"},
		{"'\\xaa'::BLOB", kind(ironstar.TextColumn), "!it is a BLOB: cast it to VARCHAR"},
		{"NULL", kind(ironstar.TextColumn), "!it is null: make the column optional"},
		{"NULL", optional(ironstar.TextColumn), nil},
		{"1", kind(ironstar.IntColumn), int64(1)},
		{"200::UTINYINT", kind(ironstar.IntColumn), int64(200)},
		{"-1::TINYINT", kind(ironstar.IntColumn), int64(-1)},
		{"sum(9223372036854775807)", kind(ironstar.IntColumn), int64(9223372036854775807)},
		{"sum(v) FROM (VALUES (9223372036854775807), (1)) AS x(v)", kind(ironstar.IntColumn), "!9223372036854775808 is too large for an int"},
		{"18446744073709551615::UBIGINT", kind(ironstar.IntColumn), "!too large"},
		{"2.0::DOUBLE", kind(ironstar.IntColumn), int64(2)},
		{"2.5::DOUBLE", kind(ironstar.IntColumn), "!not whole"},
		{"1e300::DOUBLE", kind(ironstar.IntColumn), "!not exact"},
		{"'nan'::DOUBLE", kind(ironstar.IntColumn), "!not whole"},
		{"2.00::DECIMAL(9,2)", kind(ironstar.IntColumn), int64(2)},
		{"2.01::DECIMAL(9,2)", kind(ironstar.IntColumn), "!not whole"},
		{"true", kind(ironstar.IntColumn), "!it is a BOOLEAN: cast it to BIGINT"},
		{"0.1::FLOAT", kind(ironstar.NumberColumn), float64(float32(0.1))},
		{"0.10::DECIMAL(9,2)", kind(ironstar.NumberColumn), 0.1},
		{"3", kind(ironstar.NumberColumn), 3.0},
		{"1.0::DOUBLE / 0", kind(ironstar.NumberColumn), "!use nullif"},
		{"'nan'::DOUBLE", kind(ironstar.NumberColumn), "!it is NaN"},
		{"'1'", kind(ironstar.NumberColumn), "!it is a VARCHAR"},
		{"1 < 2", kind(ironstar.BoolColumn), true},
		{"1", kind(ironstar.BoolColumn), "!it is a INTEGER: cast it to BOOLEAN"},
		{"TIMESTAMP '2026-03-01 12:00:00.123456'", kind(ironstar.TimeColumn), start},
		{"TIMESTAMPTZ '2026-03-01 13:00:00.123456+01'", kind(ironstar.TimeColumn), start},
		{"TIMESTAMP_NS '2026-03-01 12:00:00.123456789'", kind(ironstar.TimeColumn), start.Add(789)},
		{"DATE '2026-03-01'", kind(ironstar.TimeColumn), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)},
		{"date_trunc('hour', TIMESTAMP '2026-03-01 12:34:00')", kind(ironstar.TimeColumn), start.Truncate(time.Hour)},
		{"'infinity'::TIMESTAMP", kind(ironstar.TimeColumn), "!its year"},
		{"'2026-03-01T13:00:00.123456+01:00'", kind(ironstar.TimeColumn), start},
		{"'2026-03-01 12:00:00.123456'", kind(ironstar.TimeColumn), start},
		{"'2026-03-01T12:00'", kind(ironstar.TimeColumn), start.Truncate(time.Minute)},
		{"'2026-03-01'", kind(ironstar.DateColumn), ironstar.Date{Year: 2026, Month: 3, Day: 1}},
		{"'2026-02-30'", kind(ironstar.DateColumn), "!is no time"},
		{"TIME '12:00:00'", kind(ironstar.TimeColumn), "!it is a TIME: cast it to TIMESTAMP"},
		{"12", kind(ironstar.TimeColumn), "!it is a INTEGER: cast it to TIMESTAMP"},
		{"DATE '1969-12-31'", kind(ironstar.DateColumn), ironstar.Date{Year: 1969, Month: 12, Day: 31}},
		{"date_trunc('day', TIMESTAMP '2026-03-01 12:34:00')", kind(ironstar.DateColumn), ironstar.Date{Year: 2026, Month: 3, Day: 1}},
		{"TIMESTAMP '2026-03-01 12:34:00'", kind(ironstar.DateColumn), "!is no date: cast it"},
		{"'-infinity'::DATE", kind(ironstar.DateColumn), "!its year"},
		{"12.5::DECIMAL(9,1)", digits(2), d("12.50")},
		{"-0.05::DECIMAL(9,2)", digits(2), d("-0.05")},
		{"12.500::DECIMAL(9,3)", digits(2), d("12.50")},
		{"12.505::DECIMAL(9,3)", digits(2), "!more than 2 digits after the point: round it"},
		{"12", digits(2), d("12.00")},
		{"'12.5'", digits(2), d("12.50")},
		{"'12,5'", digits(2), "!not a decimal"},
		{"12.50::DECIMAL(9,2)", optional(ironstar.DecimalColumn), d("12.50")},
		{"0.1::DOUBLE", digits(2), "!it is a DOUBLE: cast it to DECIMAL(38,2)"},
		{"sum(v) FROM (VALUES (99999999999999999999999999999999999.99::DECIMAL(38,2))) AS x(v)", digits(2), d("99999999999999999999999999999999999.99")},
		{"'00000000-0000-0000-0000-0000000000ff'::UUID", kind(ironstar.UUIDColumn), ironstar.UUID{15: 255}},
		{"'00000000-0000-0000-0000-0000000000ff'", kind(ironstar.UUIDColumn), ironstar.UUID{15: 255}},
		{"'x'", kind(ironstar.UUIDColumn), "!has 36 characters"},
		{"1", kind(ironstar.UUIDColumn), "!it is a INTEGER: cast it to UUID"},
		{"1500000", kind(ironstar.DurationColumn), 1500 * time.Millisecond},
		{"INTERVAL 1 DAY + INTERVAL 1 HOUR", kind(ironstar.DurationColumn), 25 * time.Hour},
		{"TIMESTAMP '2026-03-01 12:00:01' - TIMESTAMP '2026-03-01 12:00:00'", kind(ironstar.DurationColumn), time.Second},
		{"INTERVAL 1 MONTH", kind(ironstar.DurationColumn), "!no fixed length"},
		{"9223372036854775807", kind(ironstar.DurationColumn), "!too many"},
		{"'\\xAA'::BLOB", kind(ironstar.BytesColumn), []byte{0xaa}},
		{"'a'", kind(ironstar.BytesColumn), "!it is a VARCHAR: cast it to BLOB"},
		{"[1]", kind(ironstar.TextColumn), "!it is a INTEGER[]"},
		{"{'a': 1}", kind(ironstar.TextColumn), "!it is a STRUCT"},
		{"'a'::ENUM ('a', 'b')", kind(ironstar.TextColumn), "a"},
		{"'{\"a\": 1}'::JSON", kind(ironstar.TextColumn), "!it is a JSON"},
	} {
		sql, from, _ := strings.Cut(c.sql, " FROM ")
		if from != "" {
			from = " FROM " + from
		}
		q := question("SELECT "+sql+" AS v"+from, ironstar.Column{Name: "v", Type: c.t})
		var got any
		_, err := tables.Ask(t.Context(), q, nil, func(values []any) error { got = values[0]; return nil })
		says, _ := c.want.(string)
		if says, refused := strings.CutPrefix(says, "!"); refused {
			if !errors.Is(err, query.ErrSQL) || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "column v") {
				t.Errorf("%s as kind %d: %v", c.sql, c.t.Kind, err)
			}
		} else if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s as kind %d is %#v, %v; want %#v", c.sql, c.t.Kind, got, err, c.want)
		}
	}
}

// TestParameters: each is bound as a column of its kind, null too.
func TestParameters(t *testing.T) {
	tables := open(t, options(t, t.TempDir(), bids()))
	for _, c := range []struct {
		t     ironstar.ColumnType
		name  string
		value any
	}{
		{optional(ironstar.TextColumn), "VARCHAR", "'; DROP TABLE lot_bid_placed; --\x00"},
		{optional(ironstar.IntColumn), "BIGINT", int64(-1 << 63)},
		{optional(ironstar.NumberColumn), "DOUBLE", 0.1},
		{optional(ironstar.BoolColumn), "BOOLEAN", true},
		{optional(ironstar.TimeColumn), "TIMESTAMP", start},
		{optional(ironstar.DateColumn), "DATE", ironstar.Date{Year: 1, Month: 1, Day: 1}},
		{optional(ironstar.UUIDColumn), "UUID", ironstar.UUID{0: 255}},
		{optional(ironstar.DurationColumn), "BIGINT", -time.Hour},
		{optional(ironstar.BytesColumn), "BLOB", []byte{0, 255}},
		{optional(ironstar.DecimalColumn), "VARCHAR", ironstar.MustDecimal("1.10")},
		{ironstar.ColumnType{Kind: ironstar.DecimalColumn, Optional: true, Digits: 2, Most: "9.99"}, "DECIMAL(18,2)", ironstar.MustDecimal("-1.10")},
	} {
		q := question("SELECT $from AS v, typeof($from) AS t", ironstar.Column{Name: "v", Type: c.t}, column("t", ironstar.TextColumn))
		q.Params = []ironstar.Column{{Name: "from", Type: c.t}}
		for _, value := range []any{c.value, nil} {
			rows, _ := ask(t, tables, q, ironstar.QueryArg{Name: "from", Type: c.t, Value: value})
			if want := [][]any{{value, c.name}}; !reflect.DeepEqual(rows, want) {
				t.Errorf("got %#v, want %#v", rows, want)
			}
		}
	}
	q := question("SELECT $a - $b AS v", column("v", ironstar.IntColumn))
	q.Params = []ironstar.Column{column("a", ironstar.IntColumn), column("b", ironstar.IntColumn)}
	a, b := ironstar.QueryArg{Name: "a", Value: int64(5)}, ironstar.QueryArg{Name: "b", Value: int64(3)}
	for _, args := range [][]ironstar.QueryArg{{a, b}, {b, a}} {
		if rows, _ := ask(t, tables, q, args...); rows[0][0] != int64(2) {
			t.Errorf("with %v it is %v", args, rows)
		}
	}
	for _, args := range [][]ironstar.QueryArg{nil, {a}, {a, a}, {a, b, {Name: "c"}}} {
		if _, err := tables.Ask(t.Context(), q, args, func([]any) error { return nil }); err == nil {
			t.Errorf("%v is enough", args)
		}
	}
}

// TestRowsAreBounded: there is one row more than the answer may have, in order.
func TestRowsAreBounded(t *testing.T) {
	tables := open(t, options(t, t.TempDir(), bids()))
	for p := ironstar.Position(0); p < 300_000; p += 100_000 {
		feed(t, tables, bidRows(p, p+100_000))
	}
	q := question("SELECT _position AS n FROM lot_bid_placed ORDER BY hash(_position), n; -- all", column("n", ironstar.IntColumn))
	q.Rows = 9
	rows, _ := ask(t, tables, q)
	all := question("SELECT string_agg(n, ' ' ORDER BY i) AS n FROM (SELECT _position AS n, row_number() OVER (ORDER BY hash(_position), _position) AS i FROM lot_bid_placed) WHERE i <= 10", column("n", ironstar.TextColumn))
	want, _ := ask(t, tables, all)
	var got []string
	for _, row := range rows {
		got = append(got, fmt.Sprint(row[0]))
	}
	if strings.Join(got, " ") != want[0][0] {
		t.Errorf("got %v, want %v", got, want)
	}
	stop := errors.New("stop")
	if _, err := tables.Ask(t.Context(), q, nil, func([]any) error { return stop }); err != stop {
		t.Errorf("it ended with %v", err)
	}
}

// TestSnapshot: the position is that of the rows, while the tables are fed.
func TestSnapshot(t *testing.T) {
	tables := open(t, options(t, t.TempDir(), bids()))
	var asking sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		asking.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					holds(t, tables)
				}
			}
		})
	}
	for p := ironstar.Position(0); p < 10_000; p += 100 {
		feed(t, tables, bidRows(p, p+100))
	}
	close(done)
	asking.Wait()
	if p := holds(t, tables); p != 10_000 {
		t.Errorf("it is at %d", p)
	}
}

// endless takes longer than any test.
var endless = question("SELECT count(*) AS n FROM range(1000000000) a, range(1000000000) b, range(1000) c WHERE a.range + b.range + c.range = -1", column("n", ironstar.IntColumn))

// TestCancelled: a question ends with its context, and the tables are asked again and
// fed meanwhile.
func TestCancelled(t *testing.T) {
	tables := open(t, options(t, t.TempDir(), bids()))
	feed(t, tables, bidRows(0, 10))
	if err := tables.Check(t.Context(), endless); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := tables.Ask(ctx, endless, nil, func([]any) error { return nil })
		ended <- err
	}()
	feed(t, tables, bidRows(10, 20))
	holds(t, tables)
	cancel()
	if err := <-ended; err != context.Canceled {
		t.Errorf("it ended with %v", err)
	}
	deadline, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := tables.Ask(deadline, endless, nil, func([]any) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ended with %v", err)
	}
	if _, err := tables.Ask(ctx, count, nil, func([]any) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end it is %v", err)
	}
	holds(t, tables)
}

// TestMemory: a question that needs more than it may have is an error, and the next one
// is answered.
func TestMemory(t *testing.T) {
	tables, err := engineWith(t, duckdb.Options{Memory: 64 << 20, Disk: 1 << 20, Threads: 1}).Open(t.Context(), options(t, t.TempDir(), bids()))
	if err != nil {
		t.Fatal(err)
	}
	defer tables.Close()
	feed(t, tables, bidRows(0, 10))
	q := question("SELECT count(DISTINCT repeat('x', 1000) || range) AS n FROM range(1000000)", column("n", ironstar.IntColumn))
	_, err = tables.Ask(t.Context(), q, nil, func([]any) error { return nil })
	if err == nil || errors.Is(err, query.ErrDamaged) || !strings.Contains(err.Error(), "auction.Bids") {
		t.Errorf("it ended with %v", err)
	}
	holds(t, tables)
	feed(t, tables, bidRows(10, 20))
	holds(t, tables)
}

// TestRuntimeErrors: what only the rows show is an error of the question.
func TestRuntimeErrors(t *testing.T) {
	tables := open(t, options(t, t.TempDir(), bids()))
	feed(t, tables, bidRows(0, 10))
	q := question("SELECT CAST(bidder AS BIGINT) AS n FROM lot_bid_placed", column("n", ironstar.IntColumn))
	if _, err := tables.Ask(t.Context(), q, nil, func([]any) error { return nil }); err == nil || !strings.Contains(err.Error(), "ann") {
		t.Errorf("it ended with %v", err)
	}
	holds(t, tables)
}
