package querytest

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"ironstar.dev"
	"ironstar.dev/query"
)

// kindColumns are columns of every kind, each of which may be null.
func kindColumns() []ironstar.Column {
	all := []ironstar.Column{
		column("text", ironstar.TextColumn),
		column("int", ironstar.IntColumn),
		column("number", ironstar.NumberColumn),
		column("bool", ironstar.BoolColumn),
		column("time", ironstar.TimeColumn),
		column("date", ironstar.DateColumn),
		column("decimal", ironstar.DecimalColumn),
		{Name: "cents", Type: ironstar.ColumnType{Kind: ironstar.DecimalColumn, Digits: 2}},
		{Name: "whole", Type: ironstar.ColumnType{Kind: ironstar.DecimalColumn, Digits: 0}},
		column("uuid", ironstar.UUIDColumn),
		column("duration", ironstar.DurationColumn),
		column("bytes", ironstar.BytesColumn),
		{Name: "price", Type: ironstar.ColumnType{Kind: ironstar.StructColumn, Fields: []ironstar.Column{
			optional(ironstar.Column{Name: "amount", Type: ironstar.ColumnType{Kind: ironstar.DecimalColumn, Digits: 2}}),
			optional(column("currency", ironstar.TextColumn)),
		}}},
		{Name: "tags", Type: ironstar.ColumnType{Kind: ironstar.ListColumn, Elem: &ironstar.ColumnType{Kind: ironstar.TextColumn}}},
		{Name: "case", Type: ironstar.ColumnType{Kind: ironstar.JSONColumn}},
	}
	for i := range all {
		all[i] = optional(all[i])
	}
	return all
}

func optional(c ironstar.Column) ironstar.Column {
	c.Type.Optional = true
	return c
}

// scalars are how many of kindColumns an answer can have.
const scalars = 12

// values are rows of the scalar columns.
func values() map[string][]any {
	low, high := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)
	dec := ironstar.MustDecimal
	return map[string][]any{
		"null":  make([]any, scalars),
		"zero":  {"", int64(0), 0.0, false, time.Unix(0, 0).UTC(), ironstar.Date{Year: 1970, Month: 1, Day: 1}, dec("0"), dec("0.00"), dec("0"), ironstar.UUID{}, time.Duration(0), []byte{}},
		"high":  {"\U0010ffff'\"\\;--$x\n\t", int64(math.MaxInt64), math.MaxFloat64, true, high, ironstar.DateOf(high), dec(strings.Repeat("9", 60) + ".5"), dec("9999999999999999.99"), dec("999999999999999999"), ironstar.UUID{15: 255}, time.Duration(math.MaxInt64).Truncate(time.Microsecond), []byte{0, 255, '\''}},
		"low":   {"a", int64(math.MinInt64), -math.SmallestNonzeroFloat64, false, low, ironstar.DateOf(low), dec("-0.000000001"), dec("-9999999999999999.99"), dec("-999999999999999999"), ironstar.NewUUID(), time.Duration(math.MinInt64).Truncate(time.Microsecond), []byte("\x00")},
		"exact": {strings.Repeat("ä", 100_000), int64(1<<53 + 1), 0.1, true, began, ironstar.DateOf(began), dec("12.50"), dec("-0.05"), dec("-7"), ironstar.NewUUID(), 1500 * time.Microsecond, []byte("%")},
	}
}

func testKinds(s *suite) {
	t := s.open()
	defer s.close(t)
	all := kindColumns()
	nested := []any{[]any{ironstar.MustDecimal("12.30"), "EUR"}, []any{"a", "b"}, `{"tag":"x"}`}
	p := ironstar.Position(0)
	for name, row := range values() {
		own := append(append([]any{}, row...), nested...)
		if name == "null" {
			own = make([]any, len(all))
		}
		p++
		s.feed(t, &query.Batch{After: p - 1, Upto: p, Proof: proof(p), Tables: []query.TableRows{{Table: kinds, Rows: [][]any{event(p, own...)}}}})
		var names []string
		for _, c := range all[:scalars] {
			names = append(names, `"`+c.Name+`"`)
		}
		q := question(fmt.Sprintf("SELECT %s FROM %s WHERE _position = %d", strings.Join(names, ", "), kinds, p))
		q.Reads, q.Columns = []string{kinds}, all[:scalars]
		if err := t.Check(s.ctx, q); err != nil {
			s.Fatalf("check: %v", err)
		}
		rows, at, err := s.ask(t, q)
		if err != nil || len(rows) != 1 || at != p {
			s.Fatalf("%s: %d rows at %d, %v", name, len(rows), at, err)
		}
		for i, got := range rows[0] {
			if !sameValue(got, row[i]) {
				s.Errorf("%s: column %s: got %v (%T), want %v (%T)", name, all[i].Name, got, got, row[i], row[i])
			}
		}
		s.fields(t, p, name != "null")
	}
}

// fields checks the fields of a record.
func (s *suite) fields(t query.Tables, p ironstar.Position, some bool) {
	s.Helper()
	q := question(fmt.Sprintf("SELECT %s AS amount, %s AS currency FROM %s WHERE _position = %d", s.Field("price", "amount"), s.Field("price", "currency"), kinds, p))
	q.Reads, q.Columns = []string{kinds}, kindColumns()[scalars].Type.Fields
	rows, _, err := s.ask(t, q)
	want := []any{nil, nil}
	if some {
		want = []any{ironstar.MustDecimal("12.30"), "EUR"}
	}
	if err != nil || len(rows) != 1 || !sameValue(rows[0][0], want[0]) || rows[0][1] != want[1] {
		s.Errorf("fields of a record: %v, %v; want %v", rows, err, want)
	}
}

func sameValue(got, want any) bool {
	if t, ok := want.(time.Time); ok {
		g, ok := got.(time.Time)
		return ok && g.Equal(t) && g.Location() == time.UTC
	}
	return reflect.DeepEqual(got, want)
}

// testBadValues: a batch with a value of another type changes nothing.
func testBadValues(s *suite) {
	t := s.open()
	defer s.close(t)
	s.feed(t, sales(0, 1))
	for name, bad := range map[string]query.TableRows{
		"a text in a column of numbers": {Table: sold, Rows: [][]any{event(2, "1", "item")}},
		"a number in a column of texts": {Table: sold, Rows: [][]any{event(2, int64(1), int64(1))}},
		"an int, not an int64":          {Table: sold, Rows: [][]any{event(2, 1, "item")}},
		"too few values":                {Table: sold, Rows: [][]any{event(2, int64(1))}},
		"too many values":               {Table: sold, Rows: [][]any{event(2, int64(1), "item", "item")}},
		"no such table":                 {Table: "sale_bought", Rows: [][]any{event(2)}},
		"too many digits":               {Table: kinds, Rows: [][]any{event(2, inColumn(7, ironstar.MustDecimal("0.005"))...)}},
		"too large":                     {Table: kinds, Rows: [][]any{event(2, inColumn(7, ironstar.MustDecimal(strings.Repeat("9", 50)))...)}},
		"a year that has no text":       {Table: kinds, Rows: [][]any{event(2, inColumn(4, time.Date(1_000_000, 1, 1, 0, 0, 0, 0, time.UTC))...)}},
		"a record with too few fields":  {Table: kinds, Rows: [][]any{event(2, inColumn(scalars, []any{"x"})...)}},
		"a record that is none":         {Table: kinds, Rows: [][]any{event(2, inColumn(scalars, "x")...)}},
		"a list of something else":      {Table: kinds, Rows: [][]any{event(2, inColumn(scalars+1, []any{int64(1)})...)}},
	} {
		b := sales(1, 2)
		b.Tables = append(b.Tables, bad)
		if err := t.Feed(s.ctx, b); !errors.Is(err, query.ErrValue) {
			s.Errorf("%s: got %v, want an error that wraps ErrValue", name, err)
		}
		if p := s.counted(t); p != 1 {
			s.Errorf("%s: the checkpoint moved to %d", name, p)
		}
	}
	s.feed(t, sales(1, 2))
	s.counted(t)
}

// inColumn are values of the table of kinds that are null, except one.
func inColumn(i int, v any) []any {
	own := make([]any, len(kindColumns()))
	own[i] = v
	return own
}

// testParameters: every kind of parameter comes back as it was bound.
func testParameters(s *suite) {
	t := s.open()
	defer s.close(t)
	for i, c := range kindColumns()[:scalars] {
		if c.Type.Kind == ironstar.BytesColumn {
			continue // a parameter is a field of a form or an address
		}
		q := question(fmt.Sprintf("SELECT $p AS n FROM %s WHERE _position = 1", sold))
		q.Params = []ironstar.Column{{Name: "p", Type: c.Type}}
		q.Columns = []ironstar.Column{{Name: "n", Type: c.Type}}
		if i == 0 {
			s.feed(t, sales(0, 1))
		}
		for name, row := range values() {
			rows, _, err := s.ask(t, q, ironstar.QueryArg{Name: "p", Type: c.Type, Value: row[i]})
			if err != nil || len(rows) != salesAt || !sameValue(rows[0][0], row[i]) {
				s.Errorf("%s, %s: got %.80v, %v, want %.80v", c.Name, name, rows, err, row[i])
			}
		}
		if _, _, err := s.ask(t, q); err == nil {
			s.Errorf("%s: a parameter without a value was accepted", c.Name)
		}
	}
}
