package cueload

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"ironstar.dev/internal/model"
)

// decimalDefault checks a default, which CUE has compared with everything but
// the bounds of decimals in it.
func (r *schemaReader) decimalDefault(f *model.Field) {
	var value any
	d := json.NewDecoder(strings.NewReader(f.Default.JSON))
	d.UseNumber()
	if len(r.bounded) == 0 || d.Decode(&value) != nil {
		return
	}
	if text := outside(f.Type, value, 0); text != "" {
		r.problems.add(codeDefault, f.Pos, "let the type allow it, or give another default", "the default of field %s has the decimal %s, which is not within its bounds", f.Name, text)
	}
}

// outside returns a decimal of a value (JSON with names as in Go) that violates
// its bounds, or "".
func outside(t *model.Type, value any, depth int) string {
	var checks []model.Check
	eachCheck(t, func(c model.Check) { checks = append(checks, c) })
	t = underlying(t)
	if depth > maxLeafDepth {
		return ""
	}
	switch v := value.(type) {
	case string:
		if t.Kind == model.Decimal && slices.ContainsFunc(checks, func(c model.Check) bool { return !c.AllowsDecimal(v) }) {
			return v
		}
	case []any:
		for _, e := range v {
			if t.Elem != nil {
				if text := outside(t.Elem, e, depth+1); text != "" {
					return text
				}
			}
		}
	case map[string]any:
		return outsideFields(t, v, depth)
	}
	return ""
}

func outsideFields(t *model.Type, v map[string]any, depth int) string {
	fields := t.Fields
	for _, arm := range t.Arms {
		if tag := constOf(arm, t.Tag); tag != nil && v[t.Tag] == tag.Text {
			fields = arm.Type.Fields
		}
	}
	for _, f := range fields {
		if e, ok := v[f.Name]; ok && f.Const == nil {
			if text := outside(f.Type, e, depth+1); text != "" {
				return text
			}
		}
	}
	if t.Kind != model.Map {
		return ""
	}
	for _, key := range slices.Sorted(maps.Keys(v)) {
		if text := outside(t.Elem, v[key], depth+1); text != "" {
			return text
		}
	}
	return ""
}
