package compat

import (
	"fmt"
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

// remedy says what to do about a released version that was changed in place,
// and the CUE to write: the version as it was released and, when it is the last
// one, what stands there now as the next.
func remedy(e *Entry, v *model.EventVersion, h history) (hint, write string) {
	next := e.Version + 1
	is := payload(v.Payload)
	last := v == h.versions[len(h.versions)-1]
	switch {
	case h.retired != nil:
		return fmt.Sprintf("%s is retired: leave v%d as it was released", h.name, e.Version), versionText(e, v)
	case !last:
		return fmt.Sprintf("leave v%d as it was released; v%d is already there for what is new", e.Version, h.versions[len(h.versions)-1].Version), versionText(e, v)
	}
	w := &cueWriter{name: fmt.Sprintf("%sV%d", h.name, next), pkg: h.of.Package}
	old, defs := version(e, v)
	write = old + block(fmt.Sprintf("v%d", next), w.payload(is, v.Payload))
	hint = fmt.Sprintf("leave v%d as it was released and add v%d", e.Version, next)
	if up := toNext(e.Version, e.Shape, is, v.Payload.Type.Fields); len(up) > 0 {
		write += block(fmt.Sprintf("toV%d", next), up)
	} else {
		hint += fmt.Sprintf("; toV%d has nothing to say", next)
	}
	return hint, write + defs + definitions(w)
}

// versionText is a version as it was released, as CUE.
func versionText(e *Entry, v *model.EventVersion) string {
	text, defs := version(e, v)
	return text + defs
}

func version(e *Entry, v *model.EventVersion) (text, defs string) {
	w := &cueWriter{name: fmt.Sprintf("%sV%d", e.Name, e.Version)}
	var now *model.Named
	if v != nil {
		now = v.Payload
		w.pkg = now.Package
	}
	text = block(fmt.Sprintf("v%d", e.Version), w.payload(e.Shape, now))
	return text, definitions(w)
}

func definitions(w *cueWriter) string {
	var b strings.Builder
	for _, d := range w.defs {
		b.WriteString(d + "\n")
	}
	return b.String()
}

// block is label: {…} with a line for each field.
func block(label string, lines []string) string {
	if len(lines) == 0 {
		return label + ": {}\n"
	}
	return label + ": {\n\t" + strings.Join(lines, "\n\t") + "\n}\n"
}

// toNext suggests what a step has to say: nothing about fields that keep their
// name and type, and about new ones that may be absent.
func toNext(version int, old, now *shape.Type, order []*model.Field) []string {
	source := "v" + strconv.Itoa(version)
	var lines []string
	for _, f := range inOrder(now.Fields, order) {
		if say := makes(source, f, old, now); say != "" {
			lines = append(lines, label(f.Name)+": "+say)
		}
	}
	return lines
}

func makes(source string, f shape.Field, old, now *shape.Type) string {
	was, ok := field(old.Fields, f.Name)
	switch {
	case f.Const != "":
		return ""
	case !ok && (f.Optional || f.Default != ""):
		return ""
	case !ok:
		return madeFrom(source, f, old, now)
	case was.Const != "":
		return was.Const
	case was.Type.Kind == "enum" && f.Type.Kind == "enum" && was.Type.Of == f.Type.Of:
		return enumTable(source, was, f)
	case was.Type.Hash() != f.Type.Hash():
		return converted(source, was, f)
	case was.Optional && !f.Optional && f.Default == "":
		return "*" + source + "." + f.Name + " | " + zero(f.Type)
	}
	return ""
}

// madeFrom makes a new field: of one that went and has the same type, or of
// nothing.
func madeFrom(source string, f shape.Field, old, now *shape.Type) string {
	for _, g := range old.Fields {
		if _, stays := field(now.Fields, g.Name); !stays && g.Type != nil && g.Type.Hash() == f.Type.Hash() && !g.Optional {
			return source + "." + g.Name
		}
	}
	if z := zero(f.Type); z != "_" {
		return z + " // what old events mean"
	}
	return "_ @go(func)"
}

// zero is a value of a type to start from; _ when there is no obvious one.
func zero(t *shape.Type) string {
	switch t.Kind {
	case "string":
		return `""`
	case "int", "number":
		return "0"
	case "bool":
		return "false"
	case "list":
		return "[]"
	case "map":
		return "{}"
	case "enum":
		return enumValues(t, nil)[0]
	}
	return "_"
}

// enumTable maps the values that are gone; nothing when there are none.
func enumTable(source string, was, is shape.Field) string {
	if !slices.ContainsFunc(was.Type.Values, func(v string) bool { return !slices.Contains(is.Type.Values, v) }) {
		return ""
	}
	if was.Type.Of != "string" || was.Optional {
		return "_ @go(func)"
	}
	var pairs []string
	for _, v := range was.Type.Values {
		to := v
		if !slices.Contains(is.Type.Values, v) {
			to = is.Type.Values[0]
		}
		pairs = append(pairs, strconv.Quote(v)+": "+strconv.Quote(to))
	}
	return "{" + strings.Join(pairs, ", ") + "}[" + source + "." + was.Name + "]"
}

func converted(source string, was, is shape.Field) string {
	if sameJSON(was.Type, is.Type) && !was.Optional {
		return source + "." + was.Name
	}
	if is.Type.Kind == "string" && !was.Optional && (was.Type.Kind == "int" || was.Type.Kind == "bool") {
		return `"\(` + source + "." + was.Name + `)"`
	}
	return "_ @go(func)"
}

// sameJSON says whether all that is different is more cases of unions and
// constraints: then the old JSON has the new shape.
func sameJSON(old, now *shape.Type) bool {
	return !slices.ContainsFunc(diff(old, now), func(c change) bool {
		return c.rule != "arm-added" && c.rule != "int-unsafe" && !slices.ContainsFunc(valueRules, func(r Rule) bool { return r.ID == c.rule && r.ID != "enum-narrowed" })
	})
}

// retire is the entry in retired for an event that is gone.
func retire(a *model.Aggregate, r *released, newName string) string {
	var b strings.Builder
	b.WriteString("retired: " + r.name + ": {\n")
	var defs string
	for _, e := range r.versions {
		w := &cueWriter{name: fmt.Sprintf("%sV%d", e.Name, e.Version), pkg: a.Package}
		for _, line := range strings.SplitAfter(strings.TrimSuffix(block(fmt.Sprintf("v%d", e.Version), w.payload(e.Shape, nil)), "\n"), "\n") {
			b.WriteString("\t" + line)
		}
		b.WriteString("\n")
		defs += definitions(w)
	}
	if len(r.versions) > 1 {
		b.WriteString("\t// and the steps toV2, … as they were\n")
	}
	becomes := "[]"
	if newName != "" {
		becomes = fmt.Sprintf(`[{"%s.v1": v%d}]`, newName, len(r.versions))
	}
	b.WriteString("\tbecomes: " + becomes + "\n}\n")
	return b.String() + defs
}
