package cell_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/wire/cell"
)

type color string

type size int64

func Example() {
	columns := []ironstar.Column{{Name: "color"}, {Name: "size", Type: ironstar.ColumnType{Kind: ironstar.IntColumn, Optional: true}}}
	r := cell.Read(columns, []any{"red", nil})
	c := cell.Enum(r, []color{"red", "blue"})
	s := cell.Null(r, (*cell.Reader).Int)
	fmt.Println(c, s == nil, r.Err())

	r = cell.Read(columns, []any{"pink", nil})
	cell.Enum(r, []color{"red", "blue"})
	fmt.Println(r.Err())
	// Output:
	// red true <nil>
	// column color is "pink", want one of [red blue]: add it to the schema, or leave such rows out in the SQL
}

// TestValues: what is absent is null, and what is empty is not.
func TestValues(t *testing.T) {
	none, some := (*size)(nil), size(3)
	for name, test := range map[string]struct{ got, want any }{
		"absent":         {cell.Optional(none, cell.Int), nil},
		"there":          {cell.Optional(&some, cell.Int), int64(3)},
		"text":           {cell.Text(color("red")), "red"},
		"no bytes":       {cell.Bytes(nil), []byte{}},
		"bytes":          {cell.Bytes([]byte{1}), []byte{1}},
		"no list":        {cell.List[int](nil, cell.Same), []any{}},
		"list":           {cell.List([]color{"a", "b"}, cell.Text), []any{"a", "b"}},
		"not":            {cell.If(false, 1), nil},
		"if":             {cell.If(true, 1), 1},
		"a day":          {cell.Span("PT24H"), 24 * time.Hour},
		"no time":        {cell.Span("soon"), time.Duration(0)},
		"":               {cell.Span(color("")), time.Duration(0)},
		"event's row":    {cell.Row(&ironstar.Record{Position: 4, Stream: ironstar.Stream{ID: "x"}, Sequence: 2}, "a", nil), []any{int64(4), "x", int64(2), time.Time{}, "a", nil}},
		"event's column": {len(cell.Table("t", []ironstar.Column{{Name: "a"}}).Columns), len(ironstar.EventColumns) + 1},
	} {
		if !reflect.DeepEqual(test.got, test.want) {
			t.Errorf("%s: got %#v, want %#v", name, test.got, test.want)
		}
	}
}

// TestFirstError: after the first error everything is zero, and the error stays.
func TestFirstError(t *testing.T) {
	columns := []ironstar.Column{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}}
	for _, values := range [][]any{{1, "b", "c", "d"}, {"a", nil}, nil, {"a", "b", "c", "d", "e"}} {
		r := cell.Read(columns, values)
		first, second := r.Text(), cell.Null(r, (*cell.Reader).Text)
		third, fourth := cell.Enum(r, []color{"c"}), r.Decimal()
		if first+string(third) != "" || second != nil || fourth != (ironstar.Decimal{}) || r.Err() == nil {
			t.Errorf("%v: %q %v %q %v, error %v", values, first, second, third, fourth, r.Err())
		}
	}
	r := cell.Read(columns, []any{"a", 2, nil, 4})
	r.Text()
	r.Text()
	r.Text()
	if err := r.Err(); err == nil || !strings.HasPrefix(err.Error(), "column b ") {
		t.Errorf("got %v, want the first error", err)
	}
}
