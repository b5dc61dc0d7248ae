package sqlitetables_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
	"ironstar.dev/query"
	"ironstar.dev/query/sqlitetables"
)

func set(fingerprint string, own ...ironstar.Column) *ironstar.TableSet {
	return &ironstar.TableSet{Context: "shop", Fingerprint: fingerprint, Aggregates: []ironstar.EventTables{{
		Kind: "shop.Sale", Tables: []ironstar.EventTable{{Name: "sale_sold", Columns: append(slices.Clone(ironstar.EventColumns), own...)}},
	}}}
}

func column(name string, t ironstar.ColumnType) ironstar.Column {
	return ironstar.Column{Name: name, Type: t}
}

var cents = ironstar.ColumnType{Kind: ironstar.DecimalColumn, Digits: 2}

func open(t testing.TB, dir string, s *ironstar.TableSet) (query.Tables, error) {
	return sqlitetables.Engine{}.Open(t.Context(), query.OpenOptions{
		Dir: dir, Set: s, LogID: "log", Logger: slog.New(slog.DiscardHandler),
		Believe: func(_ context.Context, c query.Checkpoint) (string, error) {
			if c.Fingerprint != s.Fingerprint {
				return "it is another one", nil
			}
			return "", nil
		},
	})
}

func opened(t testing.TB, dir string, s *ironstar.TableSet) query.Tables {
	t.Helper()
	tables, err := open(t, dir, s)
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

var stored = time.Date(2026, 1, 2, 3, 4, 5, 6789, time.UTC)

// feed adds one row with its own columns, at the next position.
func feed(t testing.TB, tables query.Tables, own ...any) {
	t.Helper()
	p, err := tables.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	row := append([]any{int64(p + 1), "id", int64(1), stored}, own...)
	b := &query.Batch{After: p, Upto: p + 1, Proof: "p", Tables: []query.TableRows{{Table: "sale_sold", Rows: [][]any{row}}}}
	if err := tables.Feed(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

// one asks for one value of one row.
func one(t testing.TB, tables query.Tables, expression string, is ironstar.ColumnType) (v any, err error) {
	t.Helper()
	q := &query.Question{Name: "shop.Q", File: "shop/q.sql", SQL: "SELECT " + expression + " AS v FROM sale_sold", Rows: 0, Reads: []string{"sale_sold"}, Columns: []ironstar.Column{column("v", is)}}
	if err := tables.Check(t.Context(), q); err != nil {
		return nil, err
	}
	_, err = tables.Ask(t.Context(), q, nil, func(values []any) error { v = values[0]; return nil })
	return v, err
}

// TestWhatSQLSees: the columns are what docs/decisions/045-queries.md says.
func TestWhatSQLSees(t *testing.T) {
	text := ironstar.ColumnType{Kind: ironstar.TextColumn}
	price := ironstar.ColumnType{Kind: ironstar.StructColumn, Fields: []ironstar.Column{column("amount", cents), column("in", ironstar.ColumnType{Kind: ironstar.StructColumn, Fields: []ironstar.Column{column("code", text)}})}}
	tables := opened(t, t.TempDir(), set("1",
		column("price", price),
		column("parts", ironstar.ColumnType{Kind: ironstar.ListColumn, Elem: &ironstar.ColumnType{Kind: ironstar.StructColumn, Fields: []ironstar.Column{
			column("price", cents), column("at", ironstar.ColumnType{Kind: ironstar.TimeColumn}), column("new", ironstar.ColumnType{Kind: ironstar.BoolColumn}),
			column("raw", ironstar.ColumnType{Kind: ironstar.BytesColumn}), column("any", ironstar.ColumnType{Kind: ironstar.JSONColumn}), column("x", ironstar.ColumnType{Kind: ironstar.NumberColumn}),
			column("none", text),
		}}}),
		column("case", ironstar.ColumnType{Kind: ironstar.JSONColumn})))
	defer tables.Close()
	dec := ironstar.MustDecimal
	feed(t, tables, []any{dec("0.1"), []any{"EUR"}}, []any{[]any{dec("-1.05"), stored, true, []byte{1, 2}, `{"a":[1]}`, 0.5, nil}, []any{dec("2"), stored, false, nil, nil, nil, `"quo'ted"`}}, `{"tag":"Open"}`)
	feed(t, tables, nil, nil, nil)
	for _, test := range []struct {
		expression string
		is         ironstar.ColumnType
		want       any
	}{
		{"_at", text, "2026-01-02T03:04:05.000006Z"},
		{"price_amount", ironstar.ColumnType{Kind: ironstar.IntColumn}, int64(10)},
		{"sum(price_amount)", cents, dec("0.10")},
		{"price_in_code", text, "EUR"},
		{"price_in_code || count(*) OVER ()", text, "EUR2"},
		{"parts", text, `[{"price":-105,"at":"2026-01-02T03:04:05.000006Z","new":true,"raw":"AQI=","any":{"a":[1]},"x":0.5,"none":null},{"price":200,"at":"2026-01-02T03:04:05.000006Z","new":false,"raw":null,"any":null,"x":null,"none":"\"quo'ted\""}]`},
		{"(SELECT sum(value ->> 'price') FROM json_each(parts))", cents, dec("0.95")},
		{"\"case\" ->> 'tag'", text, "Open"},
		{"strftime('%Y-%m-%dT%H:%M:00Z', _at)", ironstar.ColumnType{Kind: ironstar.TimeColumn}, time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)},
		{"count(DISTINCT price_amount)", ironstar.ColumnType{Kind: ironstar.IntColumn}, int64(1)},
		{"-5", cents, dec("-0.05")},
		{"1e3", cents, dec("10.00")},
		{"7", ironstar.ColumnType{Kind: ironstar.DecimalColumn, Digits: 0}, dec("7")},
		{"7", ironstar.ColumnType{Kind: ironstar.DecimalColumn, Digits: -1}, dec("7")},
		{"1.0", ironstar.ColumnType{Kind: ironstar.BoolColumn}, nil},
		{"2", ironstar.ColumnType{Kind: ironstar.BoolColumn}, nil},
		{"0.5", cents, nil},
		{"9223372036854775807 + sum(price_amount)", ironstar.ColumnType{Kind: ironstar.IntColumn}, nil},
		{"x'00'", text, nil},
		{"json('{')", text, nil},
		{"zeroblob(1000000000)", ironstar.ColumnType{Kind: ironstar.BytesColumn}, nil},
	} {
		got, err := one(t, tables, test.expression, test.is)
		if got != test.want || (test.want == nil) != (err != nil) || err != nil && !strings.Contains(err.Error(), "shop/q.sql") && !strings.Contains(err.Error(), "too big") {
			t.Errorf("%s: got %v, %v, want %v", test.expression, got, err, test.want)
		}
	}
}

func TestNamesThatSQLTakesForOne(t *testing.T) {
	text := ironstar.ColumnType{Kind: ironstar.TextColumn}
	nested := ironstar.ColumnType{Kind: ironstar.StructColumn, Fields: []ironstar.Column{column("amount", text)}}
	twice := set("1")
	twice.Aggregates = append(twice.Aggregates, ironstar.EventTables{Kind: "shop.SALE", Tables: []ironstar.EventTable{{Name: "SALE_sold", Columns: ironstar.EventColumns}}})
	for name, s := range map[string]*ironstar.TableSet{
		"a field of a record and a field": set("1", column("price", nested), column("price_amount", text)),
		"names in another case":           set("1", column("Item", text), column("item", text)),
		"tables in another case":          twice,
	} {
		if tables, err := open(t, t.TempDir(), s); err == nil || !strings.Contains(err.Error(), "another name") {
			if err == nil {
				tables.Close()
			}
			t.Errorf("%s: %v", name, err)
		}
	}
	odd := opened(t, t.TempDir(), set("1", column(`select "x" from`, text), column("ünïcode", text)))
	defer odd.Close()
	feed(t, odd, "a", "b")
	if v, err := one(t, odd, `"select ""x"" from" || ünïcode`, text); v != "ab" || err != nil {
		t.Errorf("odd names: %v, %v", v, err)
	}
}

// TestDatabaseOfAnotherProgram is not touched.
func TestDatabaseOfAnotherProgram(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "shop.sqlite")
	c, err := zs.OpenConn(path, zs.OpenReadWrite|zs.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	st, _, err := c.PrepareTransient("CREATE TABLE precious (n)")
	if err != nil {
		t.Fatal(err)
	}
	_, err = st.Step()
	if err = errors.Join(err, st.Finalize(), c.Close()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if tables, err := open(t, dir, set("1")); err == nil || !strings.Contains(err.Error(), "another program") {
		if err == nil {
			tables.Close()
		}
		t.Errorf("got %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !slices.Equal(before, after) {
		t.Errorf("the file was changed: %v", err)
	}
}

// TestAnotherBuildTakesOver: the build before goes on with the file that has no name any
// more, and does not disturb the new one when it closes.
func TestAnotherBuildTakesOver(t *testing.T) {
	dir := t.TempDir()
	text := ironstar.ColumnType{Kind: ironstar.TextColumn}
	whole := ironstar.ColumnType{Kind: ironstar.IntColumn}
	count := func(tables query.Tables, want int64) {
		t.Helper()
		if n, err := one(t, tables, "count(*)", whole); n != want || err != nil {
			t.Errorf("got %v, %v, want %d", n, err, want)
		}
	}
	before := opened(t, dir, set("1"))
	feed(t, before)
	feed(t, before)
	after := opened(t, dir, set("2", column("item", text)))
	count(after, 0)
	feed(t, after, "tea")
	feed(t, before)
	count(before, 3)
	if err := before.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	feed(t, after, "rice")
	count(after, 2)
	again := opened(t, dir, set("2", column("item", text))) // a third process sees what the second one wrote
	count(again, 2)
	feed(t, again, "salt")
	count(after, 3)
	if err := errors.Join(again.Close(), after.Close()); err != nil {
		t.Error(err)
	}
	last := opened(t, dir, set("2", column("item", text)))
	count(last, 3)
	if err := last.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "shop.sqlite-wal")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a write-ahead log is left: %v", err)
	}
}

// TestProcessesOpenAtOnce: one makes the file, and the others use it.
func TestProcessesOpenAtOnce(t *testing.T) {
	dir := t.TempDir()
	made := make(chan query.Tables)
	for range 8 {
		go func() {
			tables, err := open(t, dir, set("1"))
			if err != nil {
				t.Error(err)
			}
			made <- tables
		}()
	}
	var all []query.Tables
	for range 8 {
		if tables := <-made; tables != nil {
			all = append(all, tables)
		}
	}
	feed(t, all[0])
	for i, tables := range all {
		if p, err := tables.Position(t.Context()); p != 1 || err != nil {
			t.Errorf("process %d is at %d, %v", i, p, err)
		}
		if err := tables.Close(); err != nil {
			t.Error(err)
		}
	}
}

// BenchmarkFeed feeds 100 000 events, in batches as they come when tables are made again.
func BenchmarkFeed(b *testing.B) {
	for b.Loop() {
		tables := opened(b, b.TempDir(), sales())
		feedMany(b, tables, 100_000)
		if err := tables.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*100_000/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkAsk asks about 100 000 events: sums of each minute, in all of them and in a
// thousandth.
func BenchmarkAsk(b *testing.B) {
	tables := opened(b, b.TempDir(), sales())
	defer tables.Close()
	feedMany(b, tables, 100_000)
	for name, span := range map[string]time.Duration{"all": 1000 * time.Hour, "window": 100 * time.Second} {
		b.Run(name, func(b *testing.B) {
			isTime := ironstar.ColumnType{Kind: ironstar.TimeColumn}
			q := &query.Question{
				Name: "shop.Q", File: "q.sql", Rows: 1000, Reads: []string{"sale_sold"},
				SQL:     "SELECT substr(_at, 1, 15) AS minute, count(*) AS n, sum(price) AS price FROM sale_sold WHERE _at >= $from AND _at < $until GROUP BY 1 ORDER BY 1",
				Columns: []ironstar.Column{column("minute", ironstar.ColumnType{Kind: ironstar.TextColumn}), column("n", ironstar.ColumnType{Kind: ironstar.IntColumn}), column("price", cents)},
			}
			until := stored.Add(100_000 * time.Second)
			args := []ironstar.QueryArg{{Name: "from", Type: isTime, Value: until.Add(-span)}, {Name: "until", Type: isTime, Value: until}}
			for b.Loop() {
				if _, err := tables.Ask(b.Context(), q, args, func([]any) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func sales() *ironstar.TableSet {
	return set("1", column("price", cents), column("item", ironstar.ColumnType{Kind: ironstar.TextColumn}), column("new", ironstar.ColumnType{Kind: ironstar.BoolColumn}))
}

func feedMany(b *testing.B, tables query.Tables, events int) {
	b.Helper()
	for p := ironstar.Position(0); int(p) < events; {
		batch := &query.Batch{After: p, Proof: "p", Tables: []query.TableRows{{Table: "sale_sold"}}}
		for range min(4096, events-int(p)) {
			p++
			batch.Tables[0].Rows = append(batch.Tables[0].Rows, []any{int64(p), "id", int64(1), stored.Add(time.Duration(p) * time.Second), ironstar.MustDecimal(fmt.Sprintf("%d.50", p)), "tea", p%2 == 0})
		}
		batch.Upto = p
		if err := tables.Feed(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
}
