package cueload

import (
	"ironstar.dev/internal/model"
)

// maxParam is the greatest length of a text parameter, in runes. It is part of
// an address, and every value has its own page.
const maxParam = 200

// pagePerValue is the reason for bounds on parameters.
const pagePerValue = "an address could ask for any number of pages, and each is rendered and kept"

// signalsParam is the only name in addresses that Ironstar does not choose. The
// names of Ironstar begin with an underscore (docs/decisions/024).
const signalsParam = "datastar"

// params checks the parameters of a view.
func (r *reader) params(n *model.Named, d *definition) {
	for _, f := range n.Type.Fields {
		r.paramName(f, "a view")
		r.oneParam(f, d.key.name)
	}
}

// paramName reports a parameter with a name that addresses use for something else.
func (r *reader) paramName(f *model.Field, of string) {
	if f.Name == signalsParam {
		r.problems.add(codeParam, f.Pos, "give it another name", "Datastar puts its signals into the parameter %q of an address, so %s cannot have one of that name", f.Name, of)
	}
}

// oneParam reports a parameter with too many values, or with the type of none. of is
// what has it.
func (r *reader) oneParam(f *model.Field, of string) {
	t := underlying(f.Type)
	switch t.Kind {
	case model.Enum, model.Bool:
	case model.Int:
		least, most := hasCheck(f.Type, model.Greater, model.GreaterOrEqual), hasCheck(f.Type, model.Less, model.LessOrEqual)
		lacks := "bounds"
		if least {
			lacks = "upper bound"
		} else if most {
			lacks = "lower bound"
		}
		if !least || !most {
			r.problems.add(codeParam, f.Pos, "write "+f.Name+": int & >=1 & <=1000", "parameter %s has no %s: "+pagePerValue, f.Name, lacks)
		}
	case model.String:
		if f.Const == nil && !shortText(f.Type) {
			r.problems.add(codeParam, f.Pos, "write "+f.Name+`: strings.MaxRunes(40), with import "strings", or the values: "a" | "b"`, "parameter %s may be longer than %d characters: "+pagePerValue, f.Name, maxParam)
		}
	default:
		r.problems.add(codeParam, f.Pos, "a parameter is an enum, a bounded int, a bool or a short text", "parameter %s of %s is %s", f.Name, of, aKind(t.Kind))
	}
}

// hasCheck reports whether a type, or a type that it refers to, has one of the
// checks.
func hasCheck(t *model.Type, ops ...model.Op) bool {
	found := false
	eachCheck(t, func(c model.Check) {
		for _, op := range ops {
			found = found || c.Op == op
		}
	})
	return found
}

func shortText(t *model.Type) bool {
	short := false
	eachCheck(t, func(c model.Check) { short = short || c.Op == model.MaxRunes && c.Count <= maxParam })
	return short
}

func eachCheck(t *model.Type, f func(model.Check)) {
	for range 100 {
		for _, c := range t.Checks {
			f(c)
		}
		if t.Kind != model.Ref {
			return
		}
		t = t.Named.Type
	}
}
