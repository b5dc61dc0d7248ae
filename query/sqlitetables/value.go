package sqlitetables

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// timeLayout has a fixed width, so that texts are in the order of their times, and all
// functions of SQLite read it.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// bindColumn binds a value to the parameters of a column, of which the first is at, and
// returns the one after them.
func bindColumn(st *zs.Stmt, at int, t *ironstar.ColumnType, v any) (next int, err error) {
	if t.Kind != ironstar.StructColumn {
		return at + 1, bindScalar(st, at, t, v)
	}
	fields, ok := v.([]any)
	if v != nil && (!ok || len(fields) != len(t.Fields)) {
		return at, fmt.Errorf("a struct of %d fields is a %T", len(t.Fields), v)
	}
	for i := range t.Fields {
		var field any
		if fields != nil {
			field = fields[i]
		}
		if at, err = bindColumn(st, at, &t.Fields[i].Type, field); err != nil {
			return at, fmt.Errorf("%s: %w", t.Fields[i].Name, err)
		}
	}
	return at, nil
}

// bindScalar binds a value to one parameter.
func bindScalar(st *zs.Stmt, at int, t *ironstar.ColumnType, v any) error {
	stored, err := toSQL(t, v)
	if err != nil {
		return err
	}
	switch v := stored.(type) {
	case nil:
		st.BindNull(at)
	case int64:
		st.BindInt64(at, v)
	case float64:
		st.BindFloat(at, v)
	case string:
		st.BindText(at, v)
	case []byte:
		st.BindBytes(at, v)
	}
	return nil
}

// toSQL converts a value of a column to nil, int64, float64, string or []byte.
func toSQL(t *ironstar.ColumnType, v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		if t.Kind == ironstar.TextColumn || t.Kind == ironstar.JSONColumn {
			return v, nil
		}
	case int64:
		if t.Kind == ironstar.IntColumn {
			return v, nil
		}
	case float64:
		if t.Kind == ironstar.NumberColumn && !math.IsNaN(v) {
			return v, nil
		}
	case bool:
		if t.Kind == ironstar.BoolColumn {
			return map[bool]int64{true: 1}[v], nil
		}
	case []byte:
		if t.Kind == ironstar.BytesColumn {
			return v, nil
		}
	case []any:
		if t.Kind == ironstar.ListColumn {
			b, err := appendJSON(nil, t, v)
			return string(b), err
		}
	default:
		return scalarToSQL(t, v)
	}
	return nil, fmt.Errorf("%v is a %T, which is no value of this column", v, v)
}

// scalarToSQL converts values of the types that SQLite does not have.
func scalarToSQL(t *ironstar.ColumnType, v any) (any, error) {
	switch v := v.(type) {
	case time.Time:
		if t.Kind == ironstar.TimeColumn {
			return formatTime(v)
		}
	case ironstar.Date:
		if t.Kind == ironstar.DateColumn {
			return v.String(), nil
		}
	case ironstar.Decimal:
		if t.Kind == ironstar.DecimalColumn && t.Digits < 0 {
			return v.String(), nil
		}
		if t.Kind == ironstar.DecimalColumn {
			return units(v, t.Digits)
		}
	case ironstar.UUID:
		if t.Kind == ironstar.UUIDColumn {
			return v.String(), nil
		}
	case time.Duration:
		if t.Kind == ironstar.DurationColumn {
			return v.Microseconds(), nil
		}
	}
	return nil, fmt.Errorf("%v is a %T, which is no value of this column", v, v)
}

func formatTime(t time.Time) (string, error) {
	t = t.UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return "", fmt.Errorf("the year %d cannot be stored, only 0 to 9999", t.Year())
	}
	return t.Format(timeLayout), nil
}

// units returns a decimal in units of its last digit: 12.5 with two digits is 1250.
func units(d ironstar.Decimal, digits int) (int64, error) {
	scaled := d.WithScale(digits)
	if scaled.Scale() != digits {
		return 0, fmt.Errorf("%s has more than %d digits after the point", d, digits)
	}
	n, err := strconv.ParseInt(strings.Replace(scaled.String(), ".", "", 1), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s with %d digits after the point is too large for SQLite: use #Decimal without digits, which is a text", d, digits)
	}
	return n, nil
}
