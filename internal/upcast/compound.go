package upcast

import (
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// structLit compiles {…}: a struct, a case of a sum or a map.
func (c *compiler) structLit(t Text, want *model.Type) *model.Expr {
	at := positionOf(t.Expr)
	if want == nil {
		return c.problem(Form, at, c.byHand(), "a struct can only be the value of a whole field")
	}
	switch b := base(want); b.Kind {
	case model.Struct:
		return c.structure(always(t), goNamed(want), at, nil)
	case model.Sum:
		return c.oneCase(t, b)
	case model.Map:
		if s, ok := t.Expr.(*ast.StructLit); ok && len(s.Elts) == 1 {
			if loop, ok := s.Elts[0].(*ast.Comprehension); ok {
				return c.eachEntry(loop, t, want)
			}
		}
		out := &model.Expr{Op: model.MakeMap, Type: want, Pos: at}
		for _, e := range c.entries(always(t)) {
			if e.condition() != nil {
				return c.problem(Form, e.at, c.byHand(), "an entry of a map cannot have a condition here")
			}
			if b.Key != nil && !c.isKey(b.Key, e) {
				return nil
			}
			v := c.values(e.texts(), b.Elem, e.at)
			if v == nil {
				return nil
			}
			out.Entries = append(out.Entries, model.Entry{Key: e.name, Value: v})
		}
		return out
	}
	return c.problem(Type, at, "", "this is a struct, but must be %s here", describe(want))
}

// isKey checks a key of a map with enum keys. CUE checks patterns.
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

// oneCase makes the case of a sum that its tag selects.
func (c *compiler) oneCase(t Text, sum *model.Type) *model.Expr {
	for _, e := range c.entries(always(t)) {
		if e.name != tagLabel(sum) {
			continue
		}
		if e.condition() != nil {
			return c.problem(Form, e.at, "put the condition around the whole value: if … {name: {"+tagLabel(sum)+": …}}", "%s selects the case of a union, so it cannot depend on a condition here", tagLabel(sum))
		}
		text := e.statements[0].Expr
		v := literalOf(text)
		for _, arm := range sum.Arms {
			if v != nil && v.Text == fieldOf(arm.Type, sum.Tag).Const.Text {
				return c.structure(always(t), arm, positionOf(t.Expr), nil)
			}
		}
		return c.problem(Type, positionOf(text), "", "no case of the union has this %s", tagLabel(sum))
	}
	return c.problem(Nowhere, positionOf(t.Expr), "write "+tagLabel(sum)+": …", "field %s, which selects the case of the union, is missing", tagLabel(sum))
}

// tagLabel returns the name in CUE of the field that distinguishes the cases.
func tagLabel(sum *model.Type) string { return fieldOf(sum.Arms[0].Type, sum.Tag).InCUE() }

// listLit compiles [a, b] and [for x in v1.items {…}].
func (c *compiler) listLit(e *ast.ListLit, t Text, want *model.Type) *model.Expr {
	at := positionOf(e)
	if want == nil {
		return c.problem(Form, at, c.byHand(), "a list can only be the value of a whole field")
	}
	b := base(want)
	if b.Kind != model.List {
		return c.problem(Type, at, "", "this is a list, but must be %s here", describe(want))
	}
	if len(e.Elts) == 1 {
		if loop, ok := e.Elts[0].(*ast.Comprehension); ok {
			return c.each(loop, t, want)
		}
	}
	out := &model.Expr{Op: model.MakeList, Type: want, Pos: at}
	for _, elt := range e.Elts {
		if _, ok := elt.(*ast.Ellipsis); ok {
			return c.problem(Form, positionOf(elt), "", "a list that is a value cannot contain ...")
		}
		x := c.sub(elt, t, b.Elem)
		if x == nil {
			return nil
		}
		out.Args = append(out.Args, x)
	}
	return out
}

// each compiles [for x in v1.items {…}] and [for x in v1.items if x.done {…}].
func (c *compiler) each(loop *ast.Comprehension, t Text, want *model.Type) *model.Expr {
	clause, ok := loop.Clauses[0].(*ast.ForClause)
	conditions, isIf := onlyIf(loop.Clauses[1:])
	if !ok || !isIf || clause.Key != nil || loop.Fallback != nil {
		return c.problem(Form, positionOf(loop), c.byHand(), "only for x in list {…} and for x in list if … {…} can be turned into Go here")
	}
	from := c.sub(clause.Source, t, nil)
	if from == nil {
		return nil
	}
	b := base(from.Type)
	if b.Kind != model.List {
		return c.problem(Type, positionOf(clause.Source), c.byHand(), "for needs a list here, and this is %s", describe(from.Type))
	}
	v, leave := c.enter(clause.Value, b.Elem)
	defer leave()
	args := []*model.Expr{from, nil}
	value := func() { args[1] = c.element(loop.Value, t, base(want).Elem) }
	if len(conditions) == 0 {
		value()
	} else if condition := c.under(statement{Text: t}.under(loop.Value, conditions...).when, value); condition == nil {
		return nil
	} else {
		args = append(args, condition)
	}
	if args[1] == nil {
		return nil
	}
	return &model.Expr{Op: model.Each, Args: args, Name: v.Name, Type: want, Pos: positionOf(loop)}
}

// enter declares the variable of a comprehension until leave is called.
func (c *compiler) enter(name *ast.Ident, typ *model.Type) (v *model.Expr, leave func()) {
	outer, shadows := c.vars[name.Name]
	v = &model.Expr{Op: model.Variable, Name: c.variable(), Label: name.Name, Type: typ, Pos: positionOf(name)}
	c.vars[name.Name] = v
	c.loops++
	return v, func() {
		c.loops--
		delete(c.vars, name.Name)
		if shadows {
			c.vars[name.Name] = outer
		}
	}
}

// eachEntry compiles {for k, x in v1.prices {(k): …}}. Keys do not change, so two
// keys cannot become equal.
func (c *compiler) eachEntry(loop *ast.Comprehension, t Text, want *model.Type) *model.Expr {
	clause, ok := loop.Clauses[0].(*ast.ForClause)
	if !ok || len(loop.Clauses) != 1 || clause.Key == nil || loop.Fallback != nil {
		return c.problem(Form, positionOf(loop), c.byHand(), "only for k, x in map {(k): …} can be turned into Go here")
	}
	from := c.sub(clause.Source, t, nil)
	if from == nil {
		return nil
	}
	b, to := base(from.Type), base(want)
	if b.Kind != model.Map {
		return c.problem(Type, positionOf(clause.Source), c.byHand(), "a map can only be made from a map, and this is %s", describe(from.Type))
	}
	entry, ok := onlyField(loop.Value)
	if !ok || !isVariable(entry.Label, clause.Key.Name) {
		return c.problem(Form, positionOf(loop.Value), "write {("+clause.Key.Name+"): …}; or "+c.byHand(), "an entry of a map must keep its key")
	}
	k, leaveKey := c.enter(clause.Key, keyType(b))
	x, leaveValue := c.enter(clause.Value, b.Elem)
	key := c.fit(k, keyType(to))
	value := c.expr(Text{Expr: entry.Value, Attrs: entry.Attrs, Imports: t.Imports}, to.Elem)
	leaveValue()
	leaveKey()
	if key == nil || value == nil {
		return nil
	}
	return &model.Expr{Op: model.EachEntry, Args: []*model.Expr{from, key, value}, Key: k.Name, Name: x.Name, Type: want, Pos: positionOf(loop)}
}

// onlyField returns the only field of a struct.
func onlyField(e ast.Expr) (*ast.Field, bool) {
	s, ok := e.(*ast.StructLit)
	if !ok || len(s.Elts) != 1 {
		return nil, false
	}
	f, ok := s.Elts[0].(*ast.Field)
	return f, ok && f.Constraint == token.ILLEGAL
}

// isVariable reports whether a label is (k) or "\(k)".
func isVariable(label ast.Label, name string) bool {
	var inner ast.Expr
	switch l := label.(type) {
	case *ast.ParenExpr:
		inner = l.X
	case *ast.Interpolation:
		if len(l.Elts) == 3 && isEmptyText(l.Elts[0]) && isEmptyText(l.Elts[2]) {
			inner = l.Elts[1]
		}
	}
	id, ok := inner.(*ast.Ident)
	return ok && id.Name == name
}

// isEmptyText reports whether a part of an interpolation has no text.
func isEmptyText(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	return ok && strings.Trim(lit.Value, "\"\\()") == ""
}

// element compiles the braces of a for: a struct, or a single value.
func (c *compiler) element(e ast.Expr, t Text, want *model.Type) *model.Expr {
	if s, ok := e.(*ast.StructLit); ok && len(s.Elts) == 1 {
		if single, ok := s.Elts[0].(*ast.EmbedDecl); ok {
			return c.sub(single.Expr, t, want)
		}
	}
	return c.sub(e, t, want)
}

// variable returns an unused name.
func (c *compiler) variable() string {
	c.counter++
	if c.counter == 1 {
		return "x"
	}
	return "x" + strconv.Itoa(c.counter)
}
