package chart

import (
	"strings"
	"unicode"

	"ironstar.dev"
)

// heading returns what stands above a column: bidsPerMinute is "Bids per minute".
func (c Column) heading() string {
	if c.Label != "" {
		return c.Label
	}
	var b strings.Builder
	before := ' '
	for i, r := range c.Name {
		switch {
		case i == 0:
			b.WriteRune(unicode.ToUpper(r))
		case r == '_':
			b.WriteByte(' ')
		case unicode.IsUpper(r) && unicode.IsLower(before):
			b.WriteByte(' ')
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteRune(r)
		}
		before = r
	}
	return b.String()
}

// scale is how an element reads the cells of a column.
func (c Column) scale() string {
	switch c.Type.Kind {
	case ironstar.IntColumn, ironstar.NumberColumn, ironstar.DecimalColumn, ironstar.DurationColumn:
		return "number"
	case ironstar.TimeColumn, ironstar.DateColumn:
		return "time"
	default:
		return "text"
	}
}
