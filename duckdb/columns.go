package duckdb

import (
	"fmt"
	"strings"

	"ironstar.dev"
)

// digits of DuckDB's decimals: the narrow ones are computed with faster.
const (
	narrow = 18
	wide   = 38
)

// sqlType is DuckDB's type of a column of events.
func sqlType(t ironstar.ColumnType) string {
	switch t.Kind {
	case ironstar.IntColumn, ironstar.DurationColumn:
		return "BIGINT"
	case ironstar.NumberColumn:
		return "DOUBLE"
	case ironstar.BoolColumn:
		return "BOOLEAN"
	case ironstar.TimeColumn:
		return "TIMESTAMP"
	case ironstar.DateColumn:
		return "DATE"
	case ironstar.UUIDColumn:
		return "UUID"
	case ironstar.BytesColumn:
		return "BLOB"
	case ironstar.DecimalColumn:
		if width, ok := decimalWidth(t); ok {
			return fmt.Sprintf("DECIMAL(%d,%d)", width, t.Digits)
		}
	case ironstar.ListColumn:
		return sqlType(*t.Elem) + "[]"
	case ironstar.StructColumn:
		if len(t.Fields) > 0 {
			return "STRUCT(" + sqlColumns(t.Fields) + ")"
		}
	}
	return "VARCHAR" // text, JSON, decimals without a fixed number of digits, structs without fields
}

// sqlColumns are names with types.
func sqlColumns(columns []ironstar.Column) string {
	var parts []string
	for _, c := range columns {
		parts = append(parts, quoted(c.Name)+" "+sqlType(c.Type))
	}
	return strings.Join(parts, ", ")
}

// decimalWidth is how many digits DuckDB's decimal has. Without a bound, it is as wide as
// DuckDB can. False: it is stored as text.
func decimalWidth(t ironstar.ColumnType) (width int, ok bool) {
	if t.Digits < 0 || t.Digits > wide-1 {
		return 0, false
	}
	if t.Most != "" && t.Digits < narrow {
		whole, _, _ := strings.Cut(strings.TrimPrefix(t.Most, "-"), ".")
		if len(whole)+t.Digits <= narrow {
			return narrow, true
		}
	}
	return wide, true
}

// quoted is a name in SQL.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// literal is a text in SQL.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
