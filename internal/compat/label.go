package compat

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// A lock has the JSON names of fields. A text to paste has their CUE names, with
// @json where the two differ.

// inCUE returns the name of a field in CUE.
func inCUE(f shape.Field) string {
	if f.Label != "" {
		return f.Label
	}
	return f.Name
}

// jsonName returns the @json attribute of a field whose names in CUE and JSON
// differ, or "".
func jsonName(f shape.Field) string {
	if f.Label == "" || f.Label == f.Name {
		return ""
	}
	return " @json(name=" + strconv.Quote(f.Name) + ")"
}

// payloadName matches the names that a field of a payload can have in CUE.
var payloadName = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)

// labelled gives fields their current names in CUE. If the schema has lost a field
// of a payload, and CUE does not allow its name, the field gets a similar name.
func labelled(fields []shape.Field, now []*model.Field, ofPayload bool) []shape.Field {
	fields = slices.Clone(fields)
	taken := map[string]bool{}
	for _, f := range now {
		taken[f.InCUE()] = true
	}
	for i, f := range fields {
		at := slices.IndexFunc(now, func(g *model.Field) bool { return g.Name == f.Name })
		switch {
		case f.Label != "":
		case at >= 0:
			fields[i].Label = now[at].Label
		case taken[f.Name] || ofPayload && !payloadName.MatchString(f.Name):
			name := camel(f.Name)
			for taken[name] {
				name += "Before"
			}
			fields[i].Label = name
			taken[name] = true
		}
	}
	return fields
}

// payloadAsNow returns a released payload whose fields have their current names
// in CUE.
func payloadAsNow(s *shape.Type, now *model.Named) *shape.Type {
	out := *s
	out.Fields = labelled(s.Fields, now.Type.Fields, true)
	return &out
}

// camel converts a name such as order_id to orderId.
func camel(name string) string {
	parts := strings.FieldsFunc(name, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, p := range parts {
		if i > 0 {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	joined := strings.TrimLeft(strings.Join(parts, ""), "0123456789")
	if joined == "" {
		return "field"
	}
	return strings.ToLower(joined[:1]) + joined[1:]
}
