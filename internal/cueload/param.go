package cueload

import (
	"ironstar.dev/internal/model"
)

// maxParam is the longest text that a parameter may hold, in runes: it travels
// in an address, and every value is a page of its own.
const maxParam = 200

// params checks what a view lets its readers choose.
func (r *reader) params(n *model.Named, d *definition) {
	for _, f := range n.Type.Fields {
		t := underlying(f.Type)
		switch t.Kind {
		case model.Enum, model.Bool:
		case model.Int:
			if !hasCheck(f.Type, model.Greater, model.GreaterOrEqual) || !hasCheck(f.Type, model.Less, model.LessOrEqual) {
				r.problems.add(codeParam, f.Pos, "write "+f.Name+": int & >=1 & <=1000", "parameter %s has no bounds", f.Name)
			}
		case model.String:
			if f.Const == nil && !shortText(f.Type) {
				r.problems.add(codeParam, f.Pos, "write "+f.Name+": strings.MaxRunes(40)", "parameter %s may be longer than %d characters", f.Name, maxParam)
			}
		default:
			r.problems.add(codeParam, f.Pos, "a parameter is an enum, a bounded int, a bool or a short text", "parameter %s of %s is %s", f.Name, d.key.name, aKind(t.Kind))
		}
	}
}

// hasCheck says whether a type, or what it refers to, has one of the checks.
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
