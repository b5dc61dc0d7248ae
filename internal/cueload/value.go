package cueload

import (
	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// defaultOf returns the value of an absent field, or nil if the field has no
// default.
func (r *reader) defaultOf(v cue.Value, f *model.Field, sel cue.Selector) *model.Value {
	d, ok := v.Default()
	if !ok || !d.IsConcrete() && d.IncompleteKind() != cue.ListKind {
		return nil
	}
	if f.Type.Kind == model.Struct {
		return nil
	}
	if err := d.Validate(cue.Concrete(true)); err != nil {
		r.problems.add(codeDefault, f.Pos, "give every field of the default a value", "the default of field %s is not complete", f.Name)
		return nil
	}
	text, err := d.MarshalJSON()
	if err != nil {
		return nil
	}
	if n, ok := exactNumber(d); isNumeric(d) && (!ok || beyondFloat(n)) {
		r.problems.add(codeBounds, f.Pos, "use schema.#Decimal for more", "the default of field %s does not fit 64 bits", f.Name)
		return nil
	}
	out := &model.Value{JSON: string(text)}
	switch k := d.IncompleteKind(); k {
	case cue.StringKind:
		out.Kind = model.String
		out.Text, _ = d.String()
	case cue.BoolKind, cue.IntKind, cue.FloatKind, cue.NumberKind:
		out.Kind, out.Text = scalarKind(k), out.JSON
	case cue.ListKind:
		if out.JSON == "[]" {
			return nil
		}
		out.Kind = model.List
	case cue.StructKind:
		out.Kind = model.Struct
	}
	switch {
	case sel.ConstraintType() == cue.RequiredConstraint:
		r.problems.add(codeOptionalValue, f.Pos, "take away the !, or the default", "field %s must be given and has a default: what is the default for?", f.Name)
	case f.Optional:
		r.problems.add(codeOptionalValue, f.Pos, "take away the ?, or the default", "field %s is optional and has a default: what does it mean when it is absent?", f.Name)
	}
	return out
}

// allows reports whether a constant is a value of v.
func (r *reader) allows(v cue.Value, c model.Const) bool {
	var x cue.Value
	switch c.Kind {
	case model.String:
		x = r.ctx.Encode(c.Text)
	default:
		x = r.ctx.CompileString(c.Text)
	}
	return v.Unify(x).Validate() == nil
}
