package cell

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
	"unicode/utf8"

	"ironstar.dev"
)

// Reader reads the values of one row, column by column. After the first error it reads
// zero values.
type Reader struct {
	columns []ironstar.Column
	values  []any
	at      int
	err     error
}

// Read returns a reader of the values of a row with these columns.
func Read(columns []ironstar.Column, values []any) *Reader {
	r := &Reader{columns: columns, values: values}
	if len(values) != len(columns) {
		r.err = fmt.Errorf("the row has %d values, and the query declares %d columns", len(values), len(columns))
	}
	return r
}

// Err returns the first error, which names the column.
func (r *Reader) Err() error { return r.err }

// fail reports that the column that was read last cannot be used.
func (r *Reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("column %s %w", r.columns[r.at-1].Name, fmt.Errorf(format, args...))
	}
}

// errNull says what to do about a null.
var errNull = errors.New("is null, but the row must have a value: write ? after the field's name in the schema, or use coalesce in the SQL")

// next reads the next value, which must be there and of a type.
func next[T any](r *Reader) (v T, ok bool) {
	if r.err != nil {
		return v, false
	}
	given := r.values[r.at]
	r.at++
	if given == nil {
		r.fail("%w", errNull)
		return v, false
	}
	if v, ok = given.(T); !ok {
		r.fail("has a value of type %T, want %T", given, v)
	}
	return v, ok
}

// Null reads a value that may be null.
func Null[T any](r *Reader, read func(*Reader) T) *T {
	if r.err == nil && r.values[r.at] == nil {
		r.at++
		return nil
	}
	v := read(r)
	if r.err != nil {
		return nil
	}
	return &v
}

// Text reads a text.
func (r *Reader) Text() string {
	v, ok := next[string](r)
	if ok && !utf8.ValidString(v) {
		r.fail("is not UTF-8")
		return ""
	}
	return v
}

// Int reads an integer.
func (r *Reader) Int() int64 { return plain[int64](r) }

// Bool reads true or false.
func (r *Reader) Bool() bool { return plain[bool](r) }

// UUID reads a UUID.
func (r *Reader) UUID() ironstar.UUID { return plain[ironstar.UUID](r) }

// Duration reads a length of time.
func (r *Reader) Duration() time.Duration { return plain[time.Duration](r) }

// Bytes reads bytes. The row keeps them.
func (r *Reader) Bytes() []byte { return plain[[]byte](r) }

// plain reads a value of which every one is fine.
func plain[T any](r *Reader) T {
	v, _ := next[T](r)
	return v
}

// Number reads a number. JSON cannot hold infinities and what is no number.
func (r *Reader) Number() float64 {
	v, ok := next[float64](r)
	if ok && (math.IsNaN(v) || math.IsInf(v, 0)) {
		r.fail("is %v, which is no number that JSON can hold: use nullif against a division by zero in the SQL", v)
		return 0
	}
	return v
}

// Time reads a point in time, in UTC.
func (r *Reader) Time() time.Time {
	v, ok := next[time.Time](r)
	v = v.UTC()
	if ok && (v.Year() < 0 || v.Year() > 9999) {
		r.fail("is a time in the year %d, want 0 to 9999", v.Year())
		return time.Time{}
	}
	return v
}

// Date reads a day.
func (r *Reader) Date() ironstar.Date {
	v, ok := next[ironstar.Date](r)
	if _, err := ironstar.ParseDate(v.String()); ok && err != nil {
		r.fail("is no day: %w", err)
		return ironstar.Date{}
	}
	return v
}

// Decimal reads a decimal number. It has as many digits after the point as the column
// declares.
func (r *Reader) Decimal() ironstar.Decimal {
	v, ok := next[ironstar.Decimal](r)
	if !ok {
		return v
	}
	digits := r.columns[r.at-1].Type.Digits
	if digits < 0 {
		return v
	}
	if v = v.WithScale(digits); v.Scale() != digits {
		r.fail("is %s, which has more than %d digits after the point: round it in the SQL", v, digits)
		return ironstar.Decimal{}
	}
	return v
}

// Enum reads one of the known texts.
func Enum[T ~string](r *Reader, known []T) T {
	return among(r, T(r.Text()), known)
}

// EnumInt reads one of the known integers.
func EnumInt[T ~int64](r *Reader, known []T) T {
	return among(r, T(r.Int()), known)
}

func among[T comparable](r *Reader, v T, known []T) T {
	if r.err == nil && !slices.Contains(known, v) {
		r.fail("is %#v, want one of %v: add it to the schema, or leave such rows out in the SQL", v, known)
	}
	if r.err != nil {
		var zero T
		return zero
	}
	return v
}
