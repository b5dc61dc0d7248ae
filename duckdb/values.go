package duckdb

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"

	duck "github.com/duckdb/duckdb-go/v2"

	"ironstar.dev"
)

// value is what DuckDB answers, as a value of the declared type. name is DuckDB's own
// type of the column.
func value(t ironstar.ColumnType, name string, found any) (any, error) {
	if found == nil {
		if !t.Optional {
			return nil, errors.New("it is null: make the column optional, or use coalesce")
		}
		return nil, nil
	}
	var v any
	var err error
	switch t.Kind {
	case ironstar.TextColumn:
		v, err = textOf(name, found)
	case ironstar.IntColumn:
		v, err = intOf(found)
	case ironstar.NumberColumn:
		v, err = numberOf(found)
	case ironstar.BoolColumn:
		v, err = kept[bool](found)
	case ironstar.TimeColumn:
		v, err = timeOf(found)
	case ironstar.DateColumn:
		v, err = dateOf(found)
	case ironstar.DecimalColumn:
		v, err = decimalOf(t, found)
	case ironstar.UUIDColumn:
		v, err = uuidOf(name, found)
	case ironstar.DurationColumn:
		v, err = durationOf(found)
	case ironstar.BytesColumn:
		v, err = kept[[]byte](found)
	default:
		err = errOtherType
	}
	if errors.Is(err, errOtherType) {
		err = otherType(t, name)
	}
	return v, err
}

var errOtherType = errors.New("another type")

func otherType(t ironstar.ColumnType, name string) error {
	return fmt.Errorf("it is a %s: cast it to %s", name, sqlType(t))
}

const (
	integers = "TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT DECIMAL"
	times    = "TIMESTAMP TIMESTAMPTZ TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS DATE VARCHAR"
)

// readable are DuckDB's types of which value can read something.
var readable = map[ironstar.ColumnKind]string{
	ironstar.TextColumn:     "VARCHAR UUID ENUM",
	ironstar.IntColumn:      integers + " FLOAT DOUBLE",
	ironstar.NumberColumn:   integers + " FLOAT DOUBLE",
	ironstar.BoolColumn:     "BOOLEAN",
	ironstar.TimeColumn:     times,
	ironstar.DateColumn:     times,
	ironstar.DecimalColumn:  integers + " VARCHAR",
	ironstar.UUIDColumn:     "UUID VARCHAR",
	ironstar.DurationColumn: integers + " INTERVAL",
	ironstar.BytesColumn:    "BLOB",
}

// readableAs refuses a type of which no value can be read. INTEGER is also the type of a
// plain NULL.
func readableAs(t ironstar.ColumnType, name string) error {
	base, _, _ := strings.Cut(name, "(")
	if base == "INTEGER" || slices.Contains(strings.Fields(readable[t.Kind]), base) {
		return nil
	}
	return otherType(t, name)
}

// kept is a value of a type that needs no conversion.
func kept[T any](found any) (T, error) {
	v, ok := found.(T)
	if !ok {
		return v, errOtherType
	}
	return v, nil
}

func textOf(name string, found any) (string, error) {
	if b, ok := found.([]byte); ok && name == "UUID" && len(b) == 16 {
		return ironstar.UUID(b).String(), nil
	}
	return kept[string](found)
}

// wholeOf is an integer of any width, with a scale for decimals.
func wholeOf(found any) (units *big.Int, scale int, err error) {
	switch v := found.(type) {
	case int8:
		return big.NewInt(int64(v)), 0, nil
	case int16:
		return big.NewInt(int64(v)), 0, nil
	case int32:
		return big.NewInt(int64(v)), 0, nil
	case int64:
		return big.NewInt(v), 0, nil
	case uint8:
		return big.NewInt(int64(v)), 0, nil
	case uint16:
		return big.NewInt(int64(v)), 0, nil
	case uint32:
		return big.NewInt(int64(v)), 0, nil
	case uint64:
		return new(big.Int).SetUint64(v), 0, nil
	case *big.Int:
		return v, 0, nil
	case duck.Decimal:
		return v.Value, int(v.Scale), nil
	}
	return nil, 0, errOtherType
}

func intOf(found any) (int64, error) {
	if v, ok := found.(int64); ok {
		return v, nil
	}
	if f, err := floatOf(found); err == nil {
		if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			return 0, fmt.Errorf("%v is not whole, or not exact: round it and cast it to BIGINT", f)
		}
		return int64(f), nil
	}
	units, scale, err := wholeOf(found)
	if err != nil {
		return 0, err
	}
	whole, rest := new(big.Int).QuoRem(units, powerOfTen(scale), new(big.Int))
	if rest.Sign() != 0 {
		return 0, errors.New("it is not whole: round it and cast it to BIGINT")
	}
	if !whole.IsInt64() {
		return 0, fmt.Errorf("%s is too large for an int", whole)
	}
	return whole.Int64(), nil
}

func floatOf(found any) (float64, error) {
	switch v := found.(type) {
	case float32:
		return float64(v), nil
	case float64:
		return v, nil
	}
	return 0, errOtherType
}

func numberOf(found any) (float64, error) {
	f, err := floatOf(found)
	if err != nil {
		units, scale, err := wholeOf(found)
		if err != nil {
			return 0, err
		}
		f, _ = new(big.Rat).SetFrac(units, powerOfTen(scale)).Float64()
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, fmt.Errorf("it is %v: use nullif to avoid dividing by zero", f)
	}
	return f, nil
}

// layouts are how a text says a time; a fraction of a second may follow.
var layouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly}

func timeOf(found any) (v time.Time, err error) {
	switch found := found.(type) {
	case time.Time:
		v = found
	case string:
		for _, layout := range layouts {
			if v, err = time.Parse(layout, found); err == nil {
				break
			}
		}
		if err != nil {
			return v, fmt.Errorf("%q is no time like 2026-03-01T12:00:00Z", found)
		}
	default:
		return v, errOtherType
	}
	if v = v.UTC(); v.Year() < 0 || v.Year() > 9999 {
		return v, errors.New("its year is not from 0 to 9999")
	}
	return v, nil
}

func dateOf(found any) (ironstar.Date, error) {
	v, err := timeOf(found)
	if err != nil {
		return ironstar.Date{}, err
	}
	d := ironstar.DateOf(v)
	if !d.In(time.UTC).Equal(v) {
		return d, fmt.Errorf("%s is no date: cast it to DATE", v.Format(time.RFC3339Nano))
	}
	return d, nil
}

// decimalOf is exact or an error. With fixed digits, the decimal has as many.
func decimalOf(t ironstar.ColumnType, found any) (ironstar.Decimal, error) {
	text, isText := found.(string)
	if !isText {
		units, scale, err := wholeOf(found)
		if err != nil {
			return ironstar.Decimal{}, err
		}
		text = decimalText(units, scale)
	}
	d, err := ironstar.ParseDecimal(text)
	if err != nil || t.Digits < 0 {
		return d, err
	}
	if d = d.WithScale(t.Digits); d.Scale() != t.Digits {
		return d, fmt.Errorf("%s has more than %d digits after the point: round it", d, t.Digits)
	}
	return d, nil
}

func decimalText(units *big.Int, scale int) string {
	digits := new(big.Int).Abs(units).String()
	if scale > 0 {
		if missing := scale + 1 - len(digits); missing > 0 {
			digits = strings.Repeat("0", missing) + digits
		}
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if units.Sign() < 0 {
		return "-" + digits
	}
	return digits
}

func uuidOf(name string, found any) (ironstar.UUID, error) {
	switch v := found.(type) {
	case []byte:
		if name == "UUID" && len(v) == 16 {
			return ironstar.UUID(v), nil
		}
	case string:
		return ironstar.ParseUUID(v)
	}
	return ironstar.UUID{}, errOtherType
}

// durationOf reads microseconds and intervals without months.
func durationOf(found any) (time.Duration, error) {
	if i, ok := found.(duck.Interval); ok {
		if i.Months != 0 {
			return 0, errors.New("it is an interval with months, which have no fixed length")
		}
		days := big.NewInt(int64(i.Days) * 24 * int64(time.Hour/time.Microsecond))
		found = days.Add(days, big.NewInt(i.Micros))
	}
	micros, err := intOf(found)
	if err != nil {
		return 0, err
	}
	if micros > math.MaxInt64/1000 || micros < math.MinInt64/1000 {
		return 0, fmt.Errorf("%d microseconds are too many", micros)
	}
	return time.Duration(micros) * time.Microsecond, nil
}
