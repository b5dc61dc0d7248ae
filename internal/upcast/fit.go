package upcast

import (
	"slices"
	"strings"

	"ironstar.dev/internal/model"
)

// fit converts a value to the wanted type if both have the same JSON. If want is
// nil, it returns the value unchanged.
func (c *compiler) fit(e *model.Expr, want *model.Type) *model.Expr {
	if e == nil || want == nil {
		return e
	}
	have, to := goNamed(e.Type), goNamed(want)
	if have != nil && have == to {
		return e
	}
	from, b := base(e.Type), base(want)
	if e.Op == model.Literal && from.Kind != b.Kind {
		return c.literal(e.Value, want, e.Pos)
	}
	if as := c.asCase(e); as != nil && (b.Kind == model.Sum || b.Kind == model.Struct) {
		return c.fit(as, c.armLike(as, want))
	}
	switch {
	case from.Kind == model.Enum:
		return c.fitEnum(e, want)
	case from.Kind == model.Int && b.Kind == model.Number:
		return &model.Expr{Op: model.Convert, Args: []*model.Expr{e}, Type: want, Pos: e.Pos}
	case e.Op == model.Text && base(e.Args[0].Type).Kind == model.Int && b.Kind == model.Decimal:
		return &model.Expr{Op: model.Text, Args: e.Args, Type: want, Pos: e.Pos} // "\(v1.n)"
	case from.Kind == b.Kind && isPlain(b.Kind):
		return e
	case from.Kind == model.Struct && b.Kind == model.Struct:
		return c.copyOf(e, to)
	case from.Kind == model.List && b.Kind == model.List:
		return c.fitList(e, want)
	case from.Kind == model.Sum && b.Kind == model.Sum:
		return c.fitSum(e, want)
	case from.Kind == model.Map && b.Kind == model.Map:
		return c.fitMap(e, want)
	}
	return c.misfit(e, want)
}

func (c *compiler) misfit(e *model.Expr, want *model.Type) *model.Expr {
	hint := c.byHand()
	if b := base(want); b.Kind == model.String && isTextual(base(e.Type).Kind) {
		hint = `write "\(` + pathOf(e) + `)"`
	}
	return c.problem(Type, e.Pos, hint, "%s is %s, but must be %s here", pathOf(e), describe(e.Type), describe(want))
}

// isPlain reports whether all types of a kind have the same Go type.
func isPlain(k model.Kind) bool { return k < model.Enum }

// isTextual reports whether a kind can be part of a text.
func isTextual(k model.Kind) bool {
	switch k {
	case model.String, model.Int, model.Bool, model.Time, model.Date, model.Decimal, model.UUID, model.Duration, model.Bytes, model.Enum:
		return true
	}
	return false
}

// text returns a value as text, as in a CUE interpolation.
func (c *compiler) text(e *model.Expr) *model.Expr {
	if e == nil {
		return nil
	}
	switch k := base(e.Type).Kind; {
	case k == model.String:
		return e
	case e.Op == model.Literal && k != model.Number:
		return stringLiteral(e.Value.Text, e.Pos)
	case isTextual(k):
		return &model.Expr{Op: model.Text, Args: []*model.Expr{e}, Type: &model.Type{Kind: model.String, Pos: e.Pos}, Pos: e.Pos}
	}
	return c.problem(Type, e.Pos, c.byHand(), "%s is %s, which has more than one spelling as text", pathOf(e), describe(e.Type))
}

func (c *compiler) fitEnum(e *model.Expr, want *model.Type) *model.Expr {
	from, b := base(e.Type), base(want)
	switch {
	case b.Kind == from.Values[0].Kind: // to its string or int
	case b.Kind == model.Enum:
		var missing []string
		for _, v := range from.Values {
			if !slices.ContainsFunc(b.Values, func(w model.Const) bool { return w.Kind == v.Kind && w.Text == v.Text }) {
				missing = append(missing, constantJSON(v))
			}
		}
		if len(missing) > 0 {
			return c.problem(Type, e.Pos, "write {"+missing[0]+": …, …}["+pathOf(e)+"]", "%s may be %s, which is not one of %s", pathOf(e), strings.Join(missing, " or "), bare(want))
		}
	default:
		return c.misfit(e, want)
	}
	return &model.Expr{Op: model.Convert, Args: []*model.Expr{e}, Type: want, Pos: e.Pos}
}

func (c *compiler) fitList(e *model.Expr, want *model.Type) *model.Expr {
	from, to := base(e.Type).Elem, base(want).Elem
	if sameGo(from, to) {
		return e
	}
	x := &model.Expr{Op: model.Variable, Name: c.variable(), Label: pathOf(e) + "[…]", Type: from, Pos: e.Pos}
	value := c.fit(x, to)
	if value == nil {
		return nil
	}
	return &model.Expr{Op: model.Each, Args: []*model.Expr{e, value}, Name: x.Name, Type: want, Pos: e.Pos}
}

func (c *compiler) fitMap(e *model.Expr, want *model.Type) *model.Expr {
	from, to := base(e.Type), base(want)
	if sameGo(from.Elem, to.Elem) && goNamedKey(from) == goNamedKey(to) {
		return e
	}
	k := &model.Expr{Op: model.Variable, Name: c.variable(), Label: "a key of " + pathOf(e), Type: keyType(from), Pos: e.Pos}
	x := &model.Expr{Op: model.Variable, Name: c.variable(), Label: pathOf(e) + "[…]", Type: from.Elem, Pos: e.Pos}
	key, value := c.fit(k, keyType(to)), c.fit(x, to.Elem)
	if key == nil || value == nil {
		return nil
	}
	return &model.Expr{Op: model.EachEntry, Args: []*model.Expr{e, key, value}, Key: k.Name, Name: x.Name, Type: want, Pos: e.Pos}
}

// keyType returns the type of a map's keys.
func keyType(m *model.Type) *model.Type {
	if m.Key == nil {
		return &model.Type{Kind: model.String, Pos: m.Pos}
	}
	return m.Key
}

// fitSum converts a union case by case. Each old case must still exist.
func (c *compiler) fitSum(e *model.Expr, want *model.Type) *model.Expr {
	from, b := base(e.Type), base(want)
	out := &model.Expr{Op: model.Cases, Args: []*model.Expr{e}, Name: c.variable(), Type: want, Pos: e.Pos}
	for _, arm := range from.Arms {
		tag := fieldOf(arm.Type, from.Tag).Const.Text
		i := slices.IndexFunc(b.Arms, func(a *model.Named) bool {
			f := fieldOf(a.Type, from.Tag)
			return f != nil && f.Const != nil && f.Const.Text == tag
		})
		if i < 0 || from.Tag != b.Tag {
			return c.problem(Type, e.Pos, c.byHand(), "%s may be %s, which is not a case of %s", pathOf(e), arm.Name, bare(want))
		}
		x := &model.Expr{Op: model.Variable, Name: out.Name, Label: pathOf(e), Type: ref(arm, e.Pos), Pos: e.Pos}
		value := c.fit(x, ref(b.Arms[i], e.Pos))
		if value == nil {
			return nil
		}
		out.Entries = append(out.Entries, model.Entry{Key: tag, Value: value})
	}
	return out
}

// copyOf makes a struct from another, field by field.
func (c *compiler) copyOf(e *model.Expr, to *model.Named) *model.Expr {
	c.depth++
	defer func() { c.depth-- }()
	if c.depth > maxDepth {
		return c.problem(Form, e.Pos, c.byHand(), "%s contains itself", describe(e.Type))
	}
	out := &model.Expr{Op: model.MakeStruct, Type: ref(to, e.Pos), Pos: e.Pos}
	from := base(e.Type)
	for _, f := range from.Fields {
		if to.Type.FieldInCUE(f.InCUE()) == nil {
			return c.problem(Type, e.Pos, "write the new struct field by field: {…}", "%s has a field %s, which %s does not have", pathOf(e), f.InCUE(), c.target(to))
		}
	}
	for _, f := range to.Type.Fields {
		if f.Const != nil {
			if old := from.FieldInCUE(f.InCUE()); old == nil || old.Const == nil || old.Const.Text != f.Const.Text {
				return c.problem(Type, e.Pos, "write the new struct field by field: {…}", "%s has no %s: %s", pathOf(e), f.InCUE(), constantJSON(*f.Const))
			}
			continue
		}
		p, ok := c.copyField(e, from, f, to)
		if !ok {
			return nil
		}
		if p != nil {
			out.Parts = append(out.Parts, p)
		}
	}
	return out
}

func (c *compiler) copyField(e *model.Expr, from *model.Type, f *model.Field, to *model.Named) (*model.FieldExpr, bool) {
	old := from.FieldInCUE(f.InCUE())
	k := base(f.Type).Kind
	free := f.Optional || f.Default != nil || k == model.List || k == model.Map
	if old == nil || old.Optional && !free {
		if old == nil && free {
			return nil, true
		}
		return nil, c.problem(Nowhere, e.Pos, "write the new struct field by field: {…}", "field %s of %s is not always in %s", f.InCUE(), c.target(to), pathOf(e)) != nil
	}
	value := c.selectField(e, old, e.Pos)
	p := &model.FieldExpr{Field: f}
	if old.Optional {
		p.When, value = value, asPresent(value)
	}
	p.Value = c.fit(value, f.Type)
	return p, p.Value != nil
}

// sameGo reports whether two types are the same in Go.
func sameGo(a, b *model.Type) bool {
	if x, y := goNamed(a), goNamed(b); x != nil || y != nil {
		return x == y
	}
	x, y := base(a), base(b)
	if x.Kind != y.Kind {
		return false
	}
	switch x.Kind {
	case model.List:
		return sameGo(x.Elem, y.Elem)
	case model.Map:
		return sameGo(x.Elem, y.Elem) && goNamedKey(x) == goNamedKey(y)
	}
	return isPlain(x.Kind)
}

// goNamed returns the struct, sum or enum that a type refers to, or nil.
func goNamed(t *model.Type) *model.Named {
	for t != nil && t.Kind == model.Ref {
		switch t.Named.Type.Kind {
		case model.Struct, model.Sum, model.Enum:
			return t.Named
		}
		t = t.Named.Type
	}
	return nil
}

func goNamedKey(m *model.Type) *model.Named { return goNamed(m.Key) }

var kindNames = [...]string{model.String: "a string", model.Int: "an int", model.Number: "a number", model.Bool: "a bool",
	model.Time: "a time", model.Date: "a date", model.Decimal: "a decimal", model.UUID: "a UUID", model.Duration: "a length of time", model.Bytes: "bytes", model.Enum: "an enum",
	model.Struct: "a struct", model.Sum: "a union", model.List: "a list", model.Map: "a map"}

// describe returns a type in words.
func describe(t *model.Type) string {
	if n := goNamed(t); n != nil && !n.Inline {
		return "a #" + n.Name
	}
	b := base(t)
	if b.Kind == model.List {
		return "a list of " + bare(b.Elem) + "s"
	}
	return kindNames[b.Kind]
}

// bare returns describe without the article.
func bare(t *model.Type) string {
	return strings.TrimPrefix(strings.TrimPrefix(describe(t), "a "), "an ")
}
