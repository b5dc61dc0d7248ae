package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
)

// condition returns a condition of a step in Go. An IsCase condition becomes a
// call of wire.Is.
func (m *emitter) condition(e *model.Expr) *jen.Statement {
	switch e.Op {
	case model.Compare:
		x := e.Args[0]
		if x.Op == model.Arithmetic || e.Args[1].Op == model.Arithmetic { // exact as in CUE, and without overflow
			return m.number(x).Dot("Compare").Call(m.number(e.Args[1])).Op(e.Name).Lit(0)
		}
		return m.value(x, x.Type).Op(e.Name).Add(m.value(e.Args[1], x.Type))
	case model.Present:
		return m.conditions(e.Args[0])
	case model.IsCase:
		return wire("Is").Index(m.armType(e)).Call(m.arg(e, 0))
	case model.AsCase:
		return m.arg(e, 0).Assert(m.armType(e))
	}
	if e.Name == "!" {
		if there := e.Args[0]; there.Op == model.Present && withoutStatements(there.Args[0]) && len(m.conds(there.Args[0])) == 1 {
			if x := optionalPart(there.Args[0]); x != nil {
				return m.raw(x).Op("==").Nil()
			}
		}
		return jen.Op("!").Add(m.operand(e, 0))
	}
	if !withoutStatements(e.Args[1]) {
		return m.inSteps(e)
	}
	return m.operand(e, 0).Op(e.Name).Add(m.operand(e, 1))
}

// optionalPart returns the last selection of an optional field in a path, such as
// v1.address in v1.address.city. It returns nil if there is no such selection.
func optionalPart(e *model.Expr) *model.Expr {
	for ; e.Op == model.Select; e = e.Args[0] {
		if e.Field.Optional && !e.Sure {
			return e
		}
	}
	return nil
}

// operand returns an operand of a condition, in parentheses if Go needs them.
func (m *emitter) operand(e *model.Expr, i int) *jen.Statement {
	a := e.Args[i]
	v := m.arg(e, i)
	isOr := a.Op == model.Logic && a.Name == "||"
	binary := a.Op == model.Logic && a.Name != "!" || a.Op == model.Compare || a.Op == model.Present
	if isOr && e.Name == "&&" || binary && e.Name == "!" {
		return jen.Parens(v)
	}
	return v
}

// inSteps writes a && b or a || b if b needs statements that may run only after
// a.
func (m *emitter) inSteps(e *model.Expr) *jen.Statement {
	x := m.temp(e.Type)
	m.add(x.Clone().Op("=").Add(m.arg(e, 0)))
	ask := x.Clone()
	if e.Name == "||" {
		ask = jen.Op("!").Add(x.Clone())
	}
	m.add(jen.If(ask).Block(m.block(func() { m.add(x.Clone().Op("=").Add(m.arg(e, 1))) })...))
	return x.Clone()
}

// withoutStatements reports whether a condition needs no statements in Go.
func withoutStatements(e *model.Expr) bool {
	all := true
	e.Walk(func(x *model.Expr) bool {
		all = all && simple(x)
		return all
	})
	return all
}

func (m *emitter) armType(e *model.Expr) *jen.Statement {
	union := base(e.Args[0].Type)
	for _, arm := range union.Arms {
		if union.TagOf(arm) == e.Name {
			return m.name(arm, arm.GoName)
		}
	}
	panic("codegen: a condition refers to a case that the union does not have")
}

// choose assigns to dst the value whose condition is true.
func (m *emitter) choose(dst *jen.Statement, e *model.Expr, t *model.Type) {
	last := len(e.Args) - 1
	if last == 2 {
		m.add(jen.If(m.value(e.Args[0], e.Args[0].Type)).
			Block(m.block(func() { m.assign(dst.Clone(), e.Args[1], t) })...).
			Else().Block(m.block(func() { m.assign(dst.Clone(), e.Args[2], t) })...))
		return
	}
	var cases []jen.Code
	for i := 0; i < last; i += 2 {
		condition := m.value(e.Args[i], e.Args[i].Type)
		cases = append(cases, jen.Case(condition).Block(m.block(func() { m.assign(dst.Clone(), e.Args[i+1], t) })...))
	}
	cases = append(cases, jen.Default().Block(m.block(func() { m.assign(dst.Clone(), e.Args[last], t) })...))
	m.add(jen.Switch().Block(cases...))
}

// tagOf assigns to dst the tag of a union's case.
func (m *emitter) tagOf(dst *jen.Statement, e *model.Expr) {
	union := base(e.Args[0].Type)
	var cases []jen.Code
	for _, arm := range union.Arms {
		cases = append(cases, jen.Case(m.name(arm, arm.GoName)).Block(dst.Clone().Op("=").Lit(union.TagOf(arm))))
	}
	m.add(jen.Switch(m.arg(e, 0).Assert(jen.Type())).Block(cases...))
}
