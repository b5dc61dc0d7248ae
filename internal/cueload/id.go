package cueload

import (
	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// ids reads the type of an aggregate's ids. It returns nil if any text is
// allowed.
func (r *reader) ids(a *model.Aggregate, d *definition, at site) *model.Type {
	v := d.value.LookupPath(cue.ParsePath("id"))
	if !v.Exists() {
		return nil
	}
	before := len(r.problems.errs)
	t := r.typeOf(v, at.in("ID", "the id of "+d.key.name), nil)
	under := underlying(t)
	texts := under.Kind == model.Enum && len(under.Values) > 0 && under.Values[0].Kind == model.String
	switch {
	case len(r.problems.errs) > before:
		return nil
	case v.IsConcrete():
		r.problems.add(codeID, t.Pos, `write id: schema.#UUID, or a pattern: id: =~"^[A-Z]{3}-[0-9]+$"`, "the id of %s is one value, and an aggregate has many streams", d.key.name)
	case under.Kind != model.String && under.Kind != model.UUID && under.Kind != model.Date && !texts:
		r.problems.add(codeID, t.Pos, `write id: schema.#UUID, or a pattern: id: =~"^[A-Z]{3}-[0-9]+$"`, "the id of %s is %s: it is a text with a pattern or a length, a UUID, a date or an enum of strings", d.key.name, aKind(under.Kind))
	default:
		return t
	}
	return nil
}

// mustExist reads the view's setting for the page of a key without events.
func (r *reader) mustExist(v *model.View, d *definition) {
	said := d.value.LookupPath(cue.ParsePath("missing"))
	if !said.Exists() {
		return
	}
	text, _ := said.String()
	v.MustExist = text == "404"
	if v.MustExist && v.Key == "global" {
		r.problems.add(codeViewKey, r.pos(said), "take it away", "a view with the key \"global\" is always there")
	}
}
