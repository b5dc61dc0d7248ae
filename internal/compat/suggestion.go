package compat

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

func versionName(h history, v *model.EventVersion) string {
	return h.name + ".v" + strconv.Itoa(v.Version)
}

func versionSubject(h history, v *model.EventVersion) string {
	return Kind(h.of) + "." + versionName(h, v)
}

// suggest sets the hint for a released version that was changed in place, and the
// CUE to write: the version as it was released and, if it is the last version,
// its current form as the next version.
func (f *Finding) suggest(e *Entry, v *model.EventVersion, h history) {
	next := e.Version + 1
	is := payload(v.Payload)
	last := v == h.versions[len(h.versions)-1]
	w := &cueWriter{name: fmt.Sprintf("%sV%d", e.Name, e.Version), pkg: v.Payload.Package}
	text := block(fmt.Sprintf("v%d", e.Version), w.payload(e.Shape, v.Payload))
	switch {
	case h.retired != nil:
		f.Hint = fmt.Sprintf("%s is retired: leave v%d as it was released", h.name, e.Version)
		f.write(text, w)
		return
	case !last:
		f.Hint = fmt.Sprintf("leave v%d as it was released, and put the change into v%d", e.Version, h.versions[len(h.versions)-1].Version)
		f.write(text, w)
		return
	}
	then := &cueWriter{name: fmt.Sprintf("%sV%d", h.name, next), pkg: h.of.Package}
	text += block(fmt.Sprintf("v%d", next), then.payload(is, v.Payload))
	f.Hint = fmt.Sprintf("leave v%d as it was released, and add v%d", e.Version, next)
	if up := toNext(e.Version, payloadAsNow(e.Shape, v.Payload), is, v.Payload.Type.Fields); len(up) > 0 {
		text += block(fmt.Sprintf("toV%d", next), up)
	} else {
		f.Hint += fmt.Sprintf("; it needs no toV%d", next)
	}
	f.write(text, w, then)
}

// write sets the text to paste and the definitions that it needs.
func (f *Finding) write(text string, writers ...*cueWriter) {
	known := map[string]string{}
	for _, w := range writers {
		text += definitions(w)
		maps.Copy(known, w.imports)
	}
	f.Write, f.Imports = text, importsOf(text, known)
}

func definitions(w *cueWriter) string {
	var b strings.Builder
	for _, d := range w.defs {
		b.WriteString(d + "\n")
	}
	return b.String()
}

// block returns label: {…} with a line for each field.
func block(label string, lines []string) string {
	if len(lines) == 0 {
		return label + ": {}\n"
	}
	return label + ": {\n\t" + strings.Join(lines, "\n\t") + "\n}\n"
}

// toNext returns the lines that a step needs in CUE. Fields that keep their name
// and type need none, and new fields that may be absent need none.
func toNext(version int, old, now *shape.Type, order []*model.Field) []string {
	source := "v" + strconv.Itoa(version)
	var lines []string
	for _, f := range inOrder(now.Fields, order) {
		if say := makes(source, f, old, now); say != "" {
			lines = append(lines, say)
		}
	}
	return lines
}

// makes returns the line of a step for a field, or "" if it needs none.
func makes(source string, f shape.Field, old, now *shape.Type) string {
	was, ok := field(old.Fields, f.Name)
	says := func(value string) string { return label(inCUE(f)) + ": " + value }
	switch {
	case f.Const != "":
		return ""
	case !ok && (f.Optional || f.Default != ""):
		return ""
	case !ok:
		return says(madeFrom(source, f, old, now))
	case was.Const != "":
		return says(was.Const)
	case copies(was.Type, f.Type) && (!was.Optional || free(f)):
		if was.Type.Kind == "sum" && was.Type.Hash() != f.Type.Hash() { // not required, but people should look at it
			return converted(source, was, f)
		}
		return ""
	}
	return converted(source, was, f)
}

// madeFrom returns the line for a new field. The field gets the value of a removed
// field of the same type, or else the plainest value.
func madeFrom(source string, f shape.Field, old, now *shape.Type) string {
	for _, g := range old.Fields {
		if _, stays := field(now.Fields, g.Name); !stays && g.Type != nil && g.Type.Hash() == f.Type.Hash() && copies(g.Type, f.Type) && !g.Optional {
			return member(source, inCUE(g))
		}
	}
	if value, ok := plainest(f.Type); ok {
		return value + " // the value for old events"
	}
	return byHand
}

// converted returns the line that makes a field from the old one of the same
// name.
func converted(source string, was, is shape.Field) string {
	from := member(source, inCUE(was))
	value := convertedValue(from, was.Type, is.Type)
	says := func(value string) string { return label(inCUE(is)) + ": " + value }
	switch {
	case value == "":
		return says(byHand)
	case !was.Optional:
		return says(value)
	case is.Optional:
		return "if " + from + " != _|_ {" + says(value) + "}"
	}
	if start, ok := plainest(is.Type); ok {
		return says("*" + value + " | " + start)
	}
	return says(byHand)
}

// convertedValue returns an expression of the new type, or "" if there is none.
func convertedValue(from string, was, is *shape.Type) string {
	switch {
	case copies(was, is):
		return from
	case was.Kind == "enum" && is.Kind == "enum" && was.Of == "string" && is.Of == "string":
		return enumTable(from, possible(was), possible(is))
	case is.Kind == "string" && slices.Contains([]string{"int", "bool", "time", "date", "decimal", "uuid", "duration", "bytes", "enum"}, was.Kind),
		is.Kind == "decimal" && was.Kind == "int":
		return `"\(` + from + `)"`
	}
	return ""
}

// enumTable returns a table from old to new values. A removed value becomes the
// first value of the new enum.
func enumTable(from string, was, is *shape.Type) string {
	if len(is.Values) == 0 {
		return ""
	}
	var pairs []string
	for _, v := range was.Values {
		to := v
		if !slices.Contains(is.Values, v) {
			to = is.Values[0]
		}
		pairs = append(pairs, strconv.Quote(v)+": "+strconv.Quote(to))
	}
	return "{" + strings.Join(pairs, ", ") + "}[" + from + "]"
}

// member returns a selection of a field, whose name may need quotes.
func member(of, name string) string {
	if isIdentifier(name) {
		return of + "." + name
	}
	return of + "." + strconv.Quote(name)
}

// retire sets the CUE to write for a removed event: its entry in the section
// retired.
func (f *Finding) retire(a *model.Aggregate, r *released, newName string) {
	var b strings.Builder
	var writers []*cueWriter
	b.WriteString("retired: " + r.name + ": {\n")
	for i, e := range r.versions {
		w := &cueWriter{name: fmt.Sprintf("%sV%d", e.Name, e.Version), pkg: a.Package}
		for line := range strings.Lines(block(fmt.Sprintf("v%d", e.Version), w.payload(e.Shape, nil))) {
			b.WriteString("\t" + line)
		}
		if i > 0 {
			fmt.Fprintf(&b, "\t// and toV%d as it was\n", e.Version)
		}
		writers = append(writers, w)
	}
	becomes := "[]"
	if newName != "" {
		becomes = fmt.Sprintf(`[{"%s.v1": v%d}]`, newName, len(r.versions))
	}
	b.WriteString("\tbecomes: " + becomes + "\n}\n")
	f.write(b.String(), writers...)
}
