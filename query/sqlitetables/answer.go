package sqlitetables

import (
	"fmt"
	"math"
	"strings"
	"time"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// readRow reads the values of a row.
func readRow(st *zs.Stmt, columns []ironstar.Column, row int) ([]any, error) {
	values := make([]any, len(columns))
	for i := range columns {
		v, err := readValue(st, i, &columns[i].Type)
		if err != nil {
			return nil, fmt.Errorf("row %d, column %s: %w", row, columns[i].Name, err)
		}
		values[i] = v
	}
	return values, nil
}

// readValue reads a value of an answer, nil if it is null.
func readValue(st *zs.Stmt, i int, t *ironstar.ColumnType) (any, error) {
	is := st.ColumnType(i)
	switch {
	case is == zs.TypeNull && t.Optional:
		return nil, nil
	case is == zs.TypeNull:
		return nil, fmt.Errorf("it is null, and the schema does not make it optional: mark it with ?, or use coalesce")
	case is == zs.TypeText:
		return fromText(st.ColumnText(i), t)
	case is == zs.TypeInteger:
		return fromInt(st.ColumnInt64(i), t)
	case is == zs.TypeFloat:
		return fromFloat(st.ColumnFloat(i), t)
	case t.Kind == ironstar.BytesColumn:
		b := make([]byte, st.ColumnLen(i))
		st.ColumnBytes(i, b)
		return b, nil
	}
	return nil, fmt.Errorf("it is a blob, and the schema says %s", kindName(t))
}

func fromText(text string, t *ironstar.ColumnType) (any, error) {
	switch t.Kind {
	case ironstar.TextColumn:
		return text, nil
	case ironstar.TimeColumn:
		return parseTime(text)
	case ironstar.DateColumn:
		return errOr(ironstar.ParseDate(text))
	case ironstar.UUIDColumn:
		return errOr(ironstar.ParseUUID(text))
	case ironstar.DecimalColumn:
		if t.Digits < 0 {
			return errOr(ironstar.ParseDecimal(text))
		}
	}
	return nil, fmt.Errorf("it is the text %.40q, and the schema says %s", text, kindName(t))
}

// errOr returns a nil interface with an error.
func errOr[T any](v T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return v, nil
}

func fromInt(n int64, t *ironstar.ColumnType) (any, error) {
	switch t.Kind {
	case ironstar.IntColumn:
		return n, nil
	case ironstar.NumberColumn:
		return float64(n), nil
	case ironstar.BoolColumn:
		if n == 0 || n == 1 {
			return n == 1, nil
		}
	case ironstar.DurationColumn:
		if n >= math.MinInt64/1000 && n <= math.MaxInt64/1000 {
			return time.Duration(n) * time.Microsecond, nil
		}
	case ironstar.DecimalColumn:
		return fromUnits(n, max(t.Digits, 0))
	}
	return nil, fmt.Errorf("it is the number %d, and the schema says %s", n, kindName(t))
}

// fromUnits is the inverse of units.
func fromUnits(n int64, digits int) (any, error) {
	text, sign := fmt.Sprint(n), ""
	if n < 0 {
		text, sign = text[1:], "-"
	}
	if digits > 0 {
		text = strings.Repeat("0", max(digits+1-len(text), 0)) + text
		text = text[:len(text)-digits] + "." + text[len(text)-digits:]
	}
	return errOr(ironstar.ParseDecimal(sign + text))
}

// fromFloat accepts a whole number for the columns that hold integers: total() and round()
// return those.
func fromFloat(f float64, t *ironstar.ColumnType) (any, error) {
	const exact = 1 << 53
	switch t.Kind {
	case ironstar.NumberColumn:
		return f, nil
	case ironstar.IntColumn, ironstar.DurationColumn:
		if f == math.Trunc(f) && math.Abs(f) <= exact {
			return fromInt(int64(f), t)
		}
	case ironstar.DecimalColumn:
		if t.Digits >= 0 && f == math.Trunc(f) && math.Abs(f) <= exact {
			return fromInt(int64(f), t)
		}
	}
	return nil, fmt.Errorf("it is the number %v, and the schema says %s: use cast(round(…) AS INTEGER)", f, kindName(t))
}

// times are the forms in which SQLite's functions return a time, and RFC 3339. Parsing
// accepts a fraction of a second in each that has seconds.
var times = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04Z07:00", time.DateOnly}

func parseTime(text string) (any, error) {
	for _, layout := range times {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return nil, fmt.Errorf("%.40q is not a time like 2006-01-02T15:04:05Z", text)
}

// kindName is what the schema calls a type.
func kindName(t *ironstar.ColumnType) string {
	switch t.Kind {
	case ironstar.TextColumn:
		return "string"
	case ironstar.IntColumn:
		return "int"
	case ironstar.NumberColumn:
		return "number"
	case ironstar.BoolColumn:
		return "bool, which is 0 or 1"
	case ironstar.TimeColumn:
		return "#Time"
	case ironstar.DateColumn:
		return "#Date"
	case ironstar.DecimalColumn:
		if t.Digits < 0 {
			return "#Decimal, which is a text"
		}
		return fmt.Sprintf("#Decimal with %d digits, which is a whole number of units of the last digit", t.Digits)
	case ironstar.UUIDColumn:
		return "#UUID"
	case ironstar.DurationColumn:
		return "#Duration, which is in microseconds"
	case ironstar.BytesColumn:
		return "bytes"
	}
	return "something that no answer has"
}
