package duckdb

import (
	"database/sql/driver"
	"fmt"
	"math/big"
	"time"

	duck "github.com/duckdb/duckdb-go/v2"

	"ironstar.dev"
)

// cell is a value as DuckDB's appender takes it for a column.
func cell(t ironstar.ColumnType, value any) (driver.Value, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case string, int64, float64, bool, []byte:
		return v, nil
	case time.Duration:
		return v.Microseconds(), nil
	case ironstar.UUID:
		return duck.UUID(v), nil
	case time.Time:
		if v = v.UTC(); v.Year() < 0 || v.Year() > 9999 {
			return nil, fmt.Errorf("the year of %v is not from 0 to 9999", v)
		}
		return v, nil
	case ironstar.Date:
		return v.In(time.UTC), nil
	case ironstar.Decimal:
		return decimalCell(t, v)
	case []any:
		return nestedCell(t, v)
	}
	return nil, fmt.Errorf("a value is a %T", value)
}

// nestedCell is the value of a list or a struct.
func nestedCell(t ironstar.ColumnType, values []any) (driver.Value, error) {
	if t.Kind == ironstar.ListColumn {
		list := make([]any, len(values))
		for i, v := range values {
			var err error
			if list[i], err = cell(*t.Elem, v); err != nil {
				return nil, fmt.Errorf("[%d]: %w", i, err)
			}
		}
		return list, nil
	}
	if len(values) != len(t.Fields) {
		return nil, fmt.Errorf("a struct of %d fields has %d values", len(t.Fields), len(values))
	}
	if len(values) == 0 {
		return "{}", nil // DuckDB has no structs without fields
	}
	fields := make(map[string]any, len(values))
	for i, f := range t.Fields {
		v, err := cell(f.Type, values[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		fields[f.Name] = v
	}
	return fields, nil
}

// decimalCell is d in units of its last digit, or text.
func decimalCell(t ironstar.ColumnType, d ironstar.Decimal) (driver.Value, error) {
	width, ok := decimalWidth(t)
	if !ok {
		return d.String(), nil
	}
	units, err := unitsOf(d, t.Digits)
	if err != nil {
		return nil, err
	}
	if units.CmpAbs(powerOfTen(width)) >= 0 {
		return nil, fmt.Errorf("%s does not fit into DECIMAL(%d,%d): give the field a bound in the schema", d, width, t.Digits)
	}
	return duck.Decimal{Width: uint8(width), Scale: uint8(t.Digits), Value: units}, nil
}

// unitsOf is d in units of its digit'th digit after the point.
func unitsOf(d ironstar.Decimal, digits int) (*big.Int, error) {
	d = d.WithScale(digits)
	if d.Scale() > digits {
		return nil, fmt.Errorf("%s has more than %d digits after the point", d, digits)
	}
	whole, fraction := d.String(), ""
	if digits > 0 {
		whole, fraction = whole[:len(whole)-digits-1], whole[len(whole)-digits:]
	}
	units, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return nil, fmt.Errorf("%s is not a decimal", d)
	}
	return units, nil
}

func powerOfTen(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}
