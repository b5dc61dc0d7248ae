package cueload

import (
	"slices"
	"strconv"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// metaKinds are the scalar types of the meta-schema that have their own kind.
var metaKinds = map[string]model.Kind{
	"#Time": model.Time, "#Date": model.Date, "#Decimal": model.Decimal, "#UUID": model.UUID,
	"#Duration": model.Duration, "#Bytes": model.Bytes,
}

// scalar reads a string, number or bool, with checks, or an enum.
func (r *reader) scalar(v cue.Value, kind cue.Kind, leaves []leaf, pos model.Pos, at site, self *model.Named) *model.Type {
	for _, l := range leaves {
		if l.op == cue.OrOp || l.isConst() {
			return r.enum(v, kind, leaves, pos, at, self)
		}
	}
	t := &model.Type{Kind: scalarKind(kind), Pos: pos}
	var special leaf
	for _, l := range leaves {
		k, isSpecial := metaKinds[l.meta]
		switch {
		case l.call == "time.Time":
			k, isSpecial = model.Time, true
		case l.meta == "#Int":
			t.Checks = append(t.Checks, safeInts(l.pos)...)
			continue
		case l.meta != "":
			if !isSpecial {
				r.problems.add(codeNotType, l.pos, "", "schema.%s is a part of the language, not a type", l.meta)
				return badType(pos)
			}
		}
		switch {
		case isSpecial:
			t.Kind, special = k, l
		case l.isBasic():
		case l.isCheck():
			if c := r.check(l, kind); c != nil {
				t.Checks = append(t.Checks, *c)
			}
		default:
			r.problems.add(codeComputed, l.pos, "write the constraint itself", "%s is computed in a way that cannot be turned into Go", at.what)
		}
	}
	if kind == cue.FloatKind {
		r.problems.add(codeKind, pos, "write number: it takes 1 as well as 1.5", "%s is a float, which refuses 1", at.what)
	}
	if t.Kind == model.Bytes {
		r.byteChecks(t, special, at)
	} else if t.Kind >= model.Time && t.Kind < model.Enum && len(t.Checks) > 0 {
		r.problems.add(codeCheck, t.Checks[0].Pos, "take the check away, or use string", "%s takes no further checks", metaName(special))
	}
	return t
}

func metaName(l leaf) string {
	if l.meta != "" {
		return "schema." + l.meta
	}
	return l.call
}

func scalarKind(k cue.Kind) model.Kind {
	switch k {
	case cue.IntKind:
		return model.Int
	case cue.NumberKind, cue.FloatKind:
		return model.Number
	case cue.BoolKind:
		return model.Bool
	}
	return model.String
}

// safeInts returns the bounds of schema.#Int.
func safeInts(pos model.Pos) []model.Check {
	return []model.Check{
		{Op: model.GreaterOrEqual, Num: "-9007199254740991", Pos: pos},
		{Op: model.LessOrEqual, Num: "9007199254740991", Pos: pos},
	}
}

// enum reads a closed set of constants.
func (r *reader) enum(v cue.Value, kind cue.Kind, leaves []leaf, pos model.Pos, at site, self *model.Named) *model.Type {
	t := &model.Type{Kind: model.Enum, Pos: pos}
	unions := 0
	for _, l := range leaves {
		if l.op != cue.OrOp && !l.isConst() {
			continue
		}
		if unions++; unions == 1 && !r.constants(l, t, at) {
			return badType(pos)
		}
	}
	if len(leaves) > 1 {
		t.Values = slices.DeleteFunc(t.Values, func(c model.Const) bool { return !r.allows(v, c) })
	}
	if len(t.Values) == 0 {
		r.reportImpossible(v, pos, at)
		return badType(pos)
	}
	if kind == cue.BoolKind {
		if len(t.Values) != 2 {
			r.problems.add(codeFloatConst, pos, "write bool, or make it a field that is always there", "%s is always %s, and an enum is of strings or integers", at.what, t.Values[0].Text)
		}
		return &model.Type{Kind: model.Bool, Pos: pos}
	}
	return wrap(t, at, self, "")
}

// constants adds the members of a union to an enum.
func (r *reader) constants(l leaf, t *model.Type, at site) bool {
	if l.isConst() {
		c, ok := r.constant(l.value, l.pos)
		if ok {
			for _, have := range t.Values {
				if have.Kind == c.Kind && have.Text == c.Text {
					return true
				}
			}
			t.Values = append(t.Values, c)
		}
		return ok
	}
	ok := true
	for _, a := range l.args {
		leaves := r.expand(r.leaves(a))
		if len(leaves) != 1 || leaves[0].op != cue.OrOp && !leaves[0].isConst() {
			r.unionOfTypes(l, a, at)
			return false
		}
		ok = r.constants(leaves[0], t, at) && ok
	}
	return ok
}

// unionOfTypes explains "" | #Text, a union of a constant and a type.
func (r *reader) unionOfTypes(l leaf, a cue.Value, at site) {
	if _, hasDefault := l.value.Default(); hasDefault {
		r.problems.add(codeDefault, l.pos, "let the type allow it, or give another default", "the default of %s is not one of its values, so the type alone does not say what it holds", at.what)
		return
	}
	r.problems.add(codeMixed, l.pos, "a union is of constants of one kind, or of structs with a constant field in common; what may be absent is written name?: T", "%s is a union of more than constants", at.what)
}

// constant returns the constant for a concrete scalar.
func (r *reader) constant(v cue.Value, pos model.Pos) (model.Const, bool) {
	c := model.Const{Pos: pos, Doc: r.docAt[pos]}
	switch v.IncompleteKind() {
	case cue.StringKind:
		c.Kind = model.String
		c.Text, _ = v.String()
	case cue.BoolKind:
		c.Kind = model.Bool
		b, _ := v.Bool()
		c.Text = strconv.FormatBool(b)
	case cue.IntKind:
		c.Kind = model.Int
		n, _ := v.Int(nil)
		c.Text = n.String()
		if !n.IsInt64() {
			r.problems.add(codeBounds, pos, "", "%s does not fit 64 bits", c.Text)
			return c, false
		}
	default:
		r.problems.add(codeFloatConst, pos, "use a string, or an integer", "a constant is a string, an integer or a bool")
		return c, false
	}
	return c, true
}
