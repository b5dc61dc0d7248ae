package main

import (
	"encoding/json"
	"strings"

	"ironstar.dev/internal/model"
)

// example returns a value of a type as JSON, to show its shape. The value may
// violate constraints. Recursion ends with null.
func example(t *model.Type, open []*model.Named) string {
	switch t.Kind {
	case model.Ref:
		for _, n := range open {
			if n == t.Named {
				return "null"
			}
		}
		return example(t.Named.Type, append(open, t.Named))
	case model.Struct:
		var fields []string
		for _, f := range t.Fields {
			fields = append(fields, quoted(f.Name)+":"+fieldExample(f, open))
		}
		return "{" + strings.Join(fields, ",") + "}"
	case model.Sum:
		return example(t.Arms[0].Type, append(open, t.Arms[0]))
	case model.List:
		return "[" + example(t.Elem, open) + "]"
	case model.Map:
		return "{" + quoted("key") + ":" + example(t.Elem, open) + "}"
	case model.Enum:
		return literal(&t.Values[0])
	}
	return scalarExample(t.Kind)
}

func fieldExample(f *model.Field, open []*model.Named) string {
	switch {
	case f.Const != nil:
		return literal(f.Const)
	case f.Default != nil:
		return f.Default.JSON
	}
	return example(f.Type, open)
}

func scalarExample(k model.Kind) string {
	switch k {
	case model.Int:
		return "1"
	case model.Number:
		return "1.5"
	case model.Bool:
		return "true"
	case model.Time:
		return quoted("2006-01-02T15:04:05Z")
	case model.Date:
		return quoted("2006-01-02")
	case model.Decimal:
		return quoted("12.50")
	case model.Duration:
		return quoted("PT1H30M")
	case model.Bytes:
		return quoted("aGVsbG8=")
	case model.UUID:
		return quoted("0190b6a4-7e1c-7c3a-9d52-0f4be4a1c2d3")
	}
	return quoted("…")
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""` // a string always marshals
	}
	return string(b)
}
