// Package cell moves values between Go types and columns, for generated code: events
// into the tables that SQL reads, and the rows of an answer out of it and back.
//
// [ironstar.ColumnKind] says which Go type the values of a column have. This package
// does not know SQL.
package cell

import (
	"slices"
	"time"

	"ironstar.dev"
)

// Same returns a value as it is.
func Same[T any](v T) any { return v }

// Text returns the value of a text or of an enum of texts.
func Text[T ~string](v T) any { return string(v) }

// Int returns the value of an enum of integers.
func Int[T ~int64](v T) any { return int64(v) }

// Bytes returns bytes, which are never null.
func Bytes(v []byte) any {
	if v == nil {
		return []byte{}
	}
	return v
}

// Optional returns what of makes of a value that may be absent, and null without one.
func Optional[T any](v *T, of func(T) any) any {
	if v == nil {
		return nil
	}
	return of(*v)
}

// If returns a value that is there, and null for one that is not.
func If(isThere bool, v any) any {
	if !isThere {
		return nil
	}
	return v
}

// List returns the values of a list.
func List[T any](v []T, of func(T) any) any {
	all := make([]any, len(v))
	for i, one := range v {
		all[i] = of(one)
	}
	return all
}

// Span returns the length of time that a text of the schema says: 24 hours for "PT24H". A
// text that says none is 0.
func Span[T ~string](text T) time.Duration {
	d, err := ironstar.ParseDuration(string(text))
	if err != nil {
		return 0
	}
	return d
}

// Table returns the table of an event, whose fields have these columns.
func Table(name string, fields []ironstar.Column) ironstar.EventTable {
	return ironstar.EventTable{Name: name, Columns: slices.Concat(ironstar.EventColumns, fields)}
}

// Row returns the row of an event in its table. fields are the values of its fields.
func Row(r *ironstar.Record, fields ...any) []any {
	row := make([]any, 0, len(ironstar.EventColumns)+len(fields))
	row = append(row, int64(r.Position), r.Stream.ID, int64(r.Sequence), r.RecordedAt)
	return append(row, fields...)
}
