package duckdb_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/query"
)

// everything is a set with one table, which has a column of every kind.
func everything() *ironstar.TableSet {
	inner := ironstar.ColumnType{Kind: ironstar.StructColumn, Optional: true, Fields: []ironstar.Column{
		column("city", ironstar.TextColumn), column("na\"me", ironstar.IntColumn), {Name: "price", Type: money}}}
	columns := append(ironstar.EventColumns[:len(ironstar.EventColumns):len(ironstar.EventColumns)],
		column("text", ironstar.TextColumn), column("int", ironstar.IntColumn), column("number", ironstar.NumberColumn),
		column("bool", ironstar.BoolColumn), column("time", ironstar.TimeColumn), column("date", ironstar.DateColumn),
		column("uuid", ironstar.UUIDColumn), column("duration", ironstar.DurationColumn), column("bytes", ironstar.BytesColumn),
		column("json", ironstar.JSONColumn),
		ironstar.Column{Name: "narrow", Type: money},
		ironstar.Column{Name: "wide", Type: ironstar.ColumnType{Kind: ironstar.DecimalColumn, Digits: 2}},
		ironstar.Column{Name: "loose", Type: ironstar.ColumnType{Kind: ironstar.DecimalColumn, Digits: -1}},
		ironstar.Column{Name: "struct", Type: inner},
		ironstar.Column{Name: "list", Type: ironstar.ColumnType{Kind: ironstar.ListColumn, Elem: &inner}},
		ironstar.Column{Name: "empty", Type: ironstar.ColumnType{Kind: ironstar.StructColumn}},
		ironstar.Column{Name: "select", Type: ironstar.ColumnType{Kind: ironstar.ListColumn, Elem: &ironstar.ColumnType{Kind: ironstar.TextColumn}}},
	)
	return &ironstar.TableSet{Context: "all", Fingerprint: "all", Aggregates: []ironstar.EventTables{{
		Kind: "all.Thing", Tables: []ironstar.EventTable{{Name: "thing_made", Columns: columns}}}}}
}

// scalars are the columns of everything that an answer can have.
func scalars() []ironstar.Column {
	var out []ironstar.Column
	for _, c := range everything().Aggregates[0].Tables[0].Columns {
		c.Type.Optional = true
		switch c.Type.Kind {
		case ironstar.StructColumn, ironstar.ListColumn:
			continue
		case ironstar.JSONColumn:
			c.Type.Kind = ironstar.TextColumn
		}
		out = append(out, c)
	}
	return out
}

func rowsOf(rows ...[]any) *query.Batch {
	return &query.Batch{Upto: ironstar.Position(len(rows)), Proof: "proof", Tables: []query.TableRows{{Table: "thing_made", Rows: rows}}}
}

func whole() *query.Question {
	q := question(`SELECT * EXCLUDE (struct, list, "empty", "select") FROM thing_made ORDER BY _position`, scalars()...)
	q.Reads = []string{"thing_made"}
	return q
}

// TestEveryKind: what goes in comes out, the largest and the smallest values and null too.
func TestEveryKind(t *testing.T) {
	d, uuid := ironstar.MustDecimal, ironstar.UUID{0: 0xff, 15: 1}
	date := func(y int, m time.Month, day int) ironstar.Date { return ironstar.Date{Year: y, Month: m, Day: day} }
	address := []any{"Zürich \x00'\"", int64(-1), d("-0.01")}
	rows := [][]any{
		{int64(1), "a", int64(1), start, "", int64(0), 0.0, false, start, date(2026, 2, 28), uuid, time.Duration(0), []byte{}, "{}", d("0"), d("0"), d("0"), address, []any{}, []any{}, []any{}},
		{int64(2), "b", int64(1), start, "\x00 '\"; \U0001F600", int64(math.MinInt64), -math.MaxFloat64, true, time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), date(1, 1, 1), ironstar.UUID{}, -time.Hour, []byte{0, 255}, `{"a":[1]}`,
			d("-999999999.99"), d("-999999999999999999999999999999999999.99"), d("-0.000000000000000000000000000000000000000000001"), nil, []any{address, nil, address}, []any{}, []any{"a", "b"}},
		{int64(3), "c", int64(math.MaxInt64), start, strings.Repeat("x", 1<<20), int64(math.MaxInt64), math.SmallestNonzeroFloat64, true, time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC), date(9999, 12, 31), ironstar.UUID{8: 128}, time.Duration(math.MaxInt64).Truncate(time.Microsecond), []byte("x"), `null`,
			d("999999999.99"), d("12.5"), d("1e5"[:1]), address, nil, []any{}, []any{"", nil}},
		{int64(4), "d", int64(2), start, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil},
	}
	tables := open(t, options(t, t.TempDir(), everything()))
	feed(t, tables, rowsOf(rows...))
	got, p := ask(t, tables, whole())
	if p != 4 || len(got) != len(rows) {
		t.Fatalf("%d rows at position %d", len(got), p)
	}
	for i, row := range rows {
		for j, c := range scalars() {
			want := row[j]
			if v, ok := want.(ironstar.Decimal); ok && c.Type.Digits >= 0 {
				want = v.WithScale(c.Type.Digits)
			}
			if !reflect.DeepEqual(got[i][j], want) {
				t.Errorf("row %d, column %s: got %#v, want %#v", i, c.Name, got[i][j], want)
			}
		}
	}
	q := question(`SELECT struct.city AS city, struct."na""me" AS name, list[1].price AS price, len(list) AS len, "select"[1] AS first FROM thing_made ORDER BY _position`,
		column("city", ironstar.TextColumn), column("name", ironstar.IntColumn), ironstar.Column{Name: "price", Type: money}, column("len", ironstar.IntColumn), column("first", ironstar.TextColumn))
	q.Reads = []string{"thing_made"}
	for i := range q.Columns {
		q.Columns[i].Type.Optional = true
	}
	nested, _ := ask(t, tables, q)
	want := [][]any{{address[0], int64(-1), nil, int64(0), nil}, {nil, nil, d("-0.01"), int64(3), "a"}, {address[0], int64(-1), nil, nil, ""}, {nil, nil, nil, nil, nil}}
	if !reflect.DeepEqual(nested, want) {
		t.Errorf("nested values are %v, want %v", nested, want)
	}
}

// TestRowsThatDoNotFit: a batch with a wrong row changes nothing, and the error says
// where it is.
func TestRowsThatDoNotFit(t *testing.T) {
	set := everything()
	columns := set.Aggregates[0].Tables[0].Columns
	tables := open(t, options(t, t.TempDir(), set))
	row := func(name string, value any) []any {
		values := make([]any, len(columns))
		values[0] = int64(7)
		for i, c := range columns {
			if c.Name == name {
				values[i] = value
			}
		}
		return values
	}
	for _, wrong := range []struct {
		column string
		value  any
		says   string
	}{
		{"narrow", ironstar.MustDecimal("12345678901234567.00"), "does not fit into DECIMAL(18,2): give the field a bound"},
		{"wide", ironstar.MustDecimal("1" + strings.Repeat("0", 36)), "does not fit into DECIMAL(38,2)"},
		{"narrow", ironstar.MustDecimal("0.001"), "more than 2 digits"},
		{"time", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "the year"},
		{"int", "text", ""},
		{"int", struct{}{}, "is a struct {}"},
		{"int", 1, "is a int"},
		{"text", int64(1), ""},
		{"struct", []any{"a"}, "has 1 values"},
		{"list", []any{[]any{"a", int64(1), ironstar.MustDecimal("0.001")}}, "[0]: price: 0.001"},
	} {
		err := tables.Feed(t.Context(), rowsOf(row("text", "good"), row(wrong.column, wrong.value)))
		if !errors.Is(err, query.ErrValue) || !strings.Contains(err.Error(), wrong.says) || !strings.Contains(err.Error(), "event 7") || !strings.Contains(err.Error(), "thing_made") {
			t.Errorf("column %s with %v: %v", wrong.column, wrong.value, err)
		}
	}
	for _, b := range []*query.Batch{
		{Upto: 1, Tables: []query.TableRows{{Table: "nothing"}}},
		{Upto: 1, Tables: []query.TableRows{{Table: "thing_made", Rows: [][]any{{int64(1)}}}}},
	} {
		if err := tables.Feed(t.Context(), b); !errors.Is(err, query.ErrValue) {
			t.Errorf("%v is fed: %v", b, err)
		}
	}
	if rows, p := ask(t, tables, whole()); len(rows) > 0 || p != 0 {
		t.Errorf("%d rows at position %d are there", len(rows), p)
	}
}

// TestFeedMoves: rows are added once, from where the checkpoint is.
func TestFeedMoves(t *testing.T) {
	tables := open(t, options(t, t.TempDir(), bids()))
	feed(t, tables, bidRows(0, 10))
	for _, b := range []*query.Batch{bidRows(0, 10), bidRows(5, 12), bidRows(11, 12)} {
		if err := tables.Feed(t.Context(), b); !errors.Is(err, query.ErrMoved) {
			t.Errorf("from %d: %v", b.After, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tables.Feed(ended, bidRows(10, 20)); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
	feed(t, tables, bidRows(10, 12))
	feed(t, tables, &query.Batch{After: 12, Upto: 40, Proof: "later"})
	rows, p := ask(t, tables, question("SELECT count(*) AS n, max(_position) AS m FROM lot_bid_placed", column("n", ironstar.IntColumn), column("m", ironstar.IntColumn)))
	if p != 40 || !reflect.DeepEqual(rows, [][]any{{int64(12), int64(12)}}) {
		t.Errorf("at %d there is %v", p, rows)
	}
}
