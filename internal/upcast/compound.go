package upcast

import (
	"strconv"

	"cuelang.org/go/cue/ast"

	"ironstar.dev/internal/model"
)

// structLit compiles {…}: a struct, a case of a sum or a map.
func (c *compiler) structLit(t Text, want *model.Type) *model.Expr {
	at := place(t.Expr)
	if want == nil {
		return c.problem(Form, at, c.byHand(), "a struct can only stand for a whole field")
	}
	switch b := base(want); b.Kind {
	case model.Struct:
		return c.structure([]Text{t}, goNamed(want), at, nil)
	case model.Sum:
		return c.oneCase(t, b)
	case model.Map:
		out := &model.Expr{Op: model.MakeMap, Type: want, Pos: at}
		for _, e := range c.entries([]Text{t}) {
			if e.when.Expr != nil {
				return c.problem(Form, e.at, c.byHand(), "a map has no conditions here")
			}
			if b.Key != nil && !c.isKey(b.Key, e) {
				return nil
			}
			v := c.values(e.texts, b.Elem, e.at)
			if v == nil {
				return nil
			}
			out.Entries = append(out.Entries, model.Entry{Key: e.name, Value: v})
		}
		return out
	}
	return c.problem(Type, at, "", "this is a struct, and %s is wanted", describe(want))
}

// isKey checks a key of a map with enum keys. Patterns are checked by CUE.
func (c *compiler) isKey(key *model.Type, e *entry) bool {
	b := base(key)
	if b.Kind != model.Enum {
		return true
	}
	for _, v := range b.Values {
		if v.Text == e.name {
			return true
		}
	}
	c.problem(Type, e.at, "", "%s is not one of %s", strconv.Quote(e.name), bare(key))
	return false
}

// oneCase makes the case of a sum that the tag says.
func (c *compiler) oneCase(t Text, sum *model.Type) *model.Expr {
	for _, e := range c.entries([]Text{t}) {
		if e.name != sum.Tag {
			continue
		}
		v := literalOf(e.texts[0].Expr)
		for _, arm := range sum.Arms {
			if v != nil && v.Text == fieldOf(arm.Type, sum.Tag).Const.Text {
				return c.structure([]Text{t}, arm, place(t.Expr), nil)
			}
		}
		return c.problem(Type, place(e.texts[0].Expr), "", "no case has this %s", sum.Tag)
	}
	return c.problem(Nowhere, place(t.Expr), "write "+sum.Tag+": …", "field %s, which tells the cases apart, is missing", sum.Tag)
}

// listLit compiles [a, b] and [for x in v1.items {…}].
func (c *compiler) listLit(e *ast.ListLit, t Text, want *model.Type) *model.Expr {
	at := place(e)
	if want == nil {
		return c.problem(Form, at, c.byHand(), "a list can only stand for a whole field")
	}
	b := base(want)
	if b.Kind != model.List {
		return c.problem(Type, at, "", "this is a list, and %s is wanted", describe(want))
	}
	if len(e.Elts) == 1 {
		if loop, ok := e.Elts[0].(*ast.Comprehension); ok {
			return c.each(loop, t, want)
		}
	}
	out := &model.Expr{Op: model.MakeList, Type: want, Pos: at}
	for _, elt := range e.Elts {
		if _, ok := elt.(*ast.Ellipsis); ok {
			return c.problem(Form, place(elt), "", "a value has no ...")
		}
		x := c.sub(elt, t, b.Elem)
		if x == nil {
			return nil
		}
		out.Args = append(out.Args, x)
	}
	return out
}

// each compiles [for x in v1.items {…}].
func (c *compiler) each(loop *ast.Comprehension, t Text, want *model.Type) *model.Expr {
	clause, ok := loop.Clauses[0].(*ast.ForClause)
	if !ok || len(loop.Clauses) != 1 || clause.Key != nil || loop.Fallback != nil {
		return c.problem(Form, place(loop), c.byHand(), "only for x in list {…} can be turned into Go here")
	}
	from := c.sub(clause.Source, t, nil)
	if from == nil {
		return nil
	}
	b := base(from.Type)
	if b.Kind != model.List {
		return c.problem(Type, place(clause.Source), c.byHand(), "for goes over lists, and this is %s", describe(from.Type))
	}
	name := clause.Value.Name
	outer, shadows := c.vars[name]
	c.vars[name] = &model.Expr{Op: model.Variable, Name: c.variable(), Type: b.Elem, Pos: place(clause.Value)}
	v := c.vars[name]
	c.loops++
	value := c.element(loop.Value, t, base(want).Elem)
	c.loops--
	delete(c.vars, name)
	if shadows {
		c.vars[name] = outer
	}
	if value == nil {
		return nil
	}
	return &model.Expr{Op: model.Each, Args: []*model.Expr{from, value}, Name: v.Name, Type: want, Pos: place(loop)}
}

// element is what is between the braces of a for: a struct, or a single value.
func (c *compiler) element(e ast.Expr, t Text, want *model.Type) *model.Expr {
	if s, ok := e.(*ast.StructLit); ok && len(s.Elts) == 1 {
		if single, ok := s.Elts[0].(*ast.EmbedDecl); ok {
			return c.sub(single.Expr, t, want)
		}
	}
	return c.sub(e, t, want)
}

// variable is a name that nothing else in this step has.
func (c *compiler) variable() string {
	c.counter++
	if c.counter == 1 {
		return "x"
	}
	return "x" + strconv.Itoa(c.counter)
}
