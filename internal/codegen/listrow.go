package codegen

import (
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// rowFunc declares the function that makes a row of a state, if the state has one.
func (c *context) rowFunc(v *model.View) jen.Code {
	l := v.List
	params, _ := c.listBy(v)
	params = append(params, jen.Id("id").String(), jen.Id("s").Add(c.goType(v.Of.State)))
	body := []jen.Code{jen.Id("row").Dot("ID").Op("=").Id("id")}
	if state := base(v.Of.State); state.Kind == model.Sum {
		body = append(body, c.rowOfCases(l))
	} else {
		body = append(body, c.rowOfState(l, state, jen.Id("s"))...)
	}
	if l.More != nil {
		body = append(body, jen.Id("added").Op(":=").Id("more").Dot(naming.MoreOfRow).Call(jen.Id("id"), c.withoutSecrets(v.Of.State, jen.Id("s"))))
		for _, f := range l.More.Type.Fields {
			if f.Const == nil {
				body = append(body, jen.Id("row").Dot(f.GoName).Op("=").Id("added").Dot(f.GoName))
			}
		}
	}
	if slices.ContainsFunc(l.Row.Type.Fields, shares) {
		body = append(body, c.copied(l.Row)...)
	}
	body = append(body, jen.Return(jen.Id("row"), jen.True()))
	name := naming.RowOf.Of(v.Name)
	return comment(wrap(name+" makes the row of a stream. It shares nothing with the state, which changes in place. ok is false if the state has no row.")).
		Func().Id(name).Params(params...).Params(jen.Id("row").Id(l.Row.GoName), jen.Id("ok").Bool()).Block(body...)
}

// shares reports whether a value of a field has memory that others can change.
func shares(f *model.Field) bool {
	if f.Const != nil {
		return false
	}
	switch u := base(f.Type); u.Kind {
	case model.List, model.Map, model.Sum, model.Bytes:
		return true
	case model.Struct:
		return slices.ContainsFunc(u.Fields, func(f *model.Field) bool { return f.Pointer() || shares(f) })
	}
	return false
}

// copied returns statements that copy a row by writing and reading it.
func (c *context) copied(row *model.Named) []jen.Code {
	d := jen.Id("d")
	return []jen.Code{
		jen.Add(d).Op(":=").Add(wire("NewStateDecoder")).Call(c.call(needAppend, row, jen.Nil(), jen.Id("row"))),
		jen.Id("row").Op("=").Add(c.call(needDecode, row, d)),
		jen.If(jen.Err().Op(":=").Add(wire("FinishState")).Call(d), jen.Err().Op("!=").Nil()).Block(jen.Panic(jen.Err())),
	}
}

// rowOfCases returns the switch over the cases of a state.
func (c *context) rowOfCases(l *model.ListView) jen.Code {
	var cases []jen.Code
	used := false
	for _, arm := range l.Cases {
		body := c.rowOfState(l, arm.Type, jen.Id("s"))
		used = used || c.walks(l, arm.Type)
		cases = append(cases, jen.Case(c.name(arm, arm.GoName)).Block(body...))
	}
	cases = append(cases, jen.Default().Block(noRow()))
	if !used {
		return jen.Switch(jen.Id("s").Assert(jen.Type())).Block(cases...)
	}
	return jen.Switch(jen.Id("s").Op(":=").Id("s").Assert(jen.Type())).Block(cases...)
}

// walks reports whether the row of a case depends on the value of the state, and not
// only on the case.
func (c *context) walks(l *model.ListView, state *model.Type) bool {
	depends := false
	for _, column := range l.Columns {
		c.walk(state, jen.Id("s"), column.Path, 0, func(f *model.Field, _ *jen.Statement) []jen.Code {
			depends = depends || f.Const == nil
			return nil
		})
		depends = depends || len(column.Path) > 1
	}
	return depends || len(l.Where) > 0
}

func noRow() jen.Code { return jen.Return(jen.Id("row"), jen.False()) }

// rowOfState returns the statements that fill a row from a struct.
func (c *context) rowOfState(l *model.ListView, state *model.Type, s *jen.Statement) (body []jen.Code) {
	for _, w := range l.Where {
		body = append(body, c.unless(w, state, s)...)
	}
	for _, column := range l.Columns {
		body = append(body, c.walk(state, s, column.Path, 0, func(f *model.Field, value *jen.Statement) []jen.Code {
			return []jen.Code{c.fill(column.Field, f, value)}
		})...)
	}
	return body
}

// unless returns the statements that end without a row unless a condition holds.
func (c *context) unless(w *model.Condition, state *model.Type, s *jen.Statement) []jen.Code {
	if len(w.Path) == 1 {
		i := slices.IndexFunc(state.Fields, func(f *model.Field) bool { return f.InCUE() == w.Path[0] })
		if i >= 0 && state.Fields[i].Const != nil {
			return nil // the case has it
		}
		if i >= 0 {
			f := state.Fields[i]
			return []jen.Code{jen.If(c.isNoneOf(f, s.Clone().Dot(f.GoName), w.Values)).Block(noRow())}
		}
	}
	misses := jen.Id("misses" + goPath(w.Path)) // also if the path leads nowhere
	found := c.walk(state, s, w.Path, 0, func(f *model.Field, value *jen.Statement) []jen.Code {
		return []jen.Code{jen.Add(misses).Op("=").Add(c.isNoneOf(f, value, w.Values))}
	})
	return append(append([]jen.Code{jen.Add(misses).Op(":=").True()}, found...), jen.If(jen.Add(misses)).Block(noRow()))
}

// goPath returns a path as a part of a name.
func goPath(path []string) string {
	name := ""
	for _, part := range path {
		name += naming.Exported(part)
	}
	return name
}

// isNoneOf returns the condition that a field has none of some values.
func (c *context) isNoneOf(f *model.Field, value *jen.Statement, values []model.Const) *jen.Statement {
	if f.Const != nil {
		return jen.Lit(!slices.ContainsFunc(values, func(v model.Const) bool { return v.Kind == f.Const.Kind && v.Text == f.Const.Text }))
	}
	absent := value
	var all *jen.Statement
	add := func(one *jen.Statement) {
		if all == nil {
			all = one
		} else {
			all = all.Op("&&").Add(one)
		}
	}
	if f.Pointer() {
		value = jen.Op("*").Add(value)
	}
	b := base(f.Type)
	for _, v := range values {
		switch {
		case b.Kind == model.Enum:
			n := goNamed(f.Type)
			for _, known := range b.Values {
				if known.Kind == v.Kind && known.Text == v.Text {
					add(value.Clone().Op("!=").Add(c.name(n, known.GoName)))
				}
			}
		case b.Kind == v.Kind && v.Kind == model.Bool:
			if v.Text == "true" {
				add(jen.Op("!").Add(value.Clone()))
			} else {
				add(value.Clone())
			}
		case b.Kind == v.Kind:
			add(value.Clone().Op("!=").Add(constant(v)))
		}
	}
	switch {
	case all == nil:
		return jen.True()
	case f.Pointer() && len(values) > 1:
		return jen.Add(absent.Clone()).Op("==").Nil().Op("||").Parens(all)
	case f.Pointer():
		return jen.Add(absent.Clone()).Op("==").Nil().Op("||").Add(all)
	}
	return all
}

// fill returns the statement that sets a field of a row.
func (c *context) fill(to, from *model.Field, value *jen.Statement) jen.Code {
	dst := jen.Id("row").Dot(to.GoName)
	if from.Const != nil {
		value = c.constantOf(to.Type, *from.Const)
	}
	switch {
	case !to.Pointer():
	case from.Const == nil && from.Pointer():
		value = listing("Copy").Call(value)
	default:
		value = listing("Some").Call(value)
	}
	return dst.Op("=").Add(value)
}

// constantOf returns a constant as a value of a row's type.
func (c *context) constantOf(t *model.Type, v model.Const) *jen.Statement {
	b := base(t)
	if b.Kind == model.Enum {
		for _, known := range b.Values {
			if known.Kind == v.Kind && known.Text == v.Text {
				return jen.Id(known.GoName)
			}
		}
	}
	if b.Kind == model.Int {
		return jen.Int64().Call(constant(v))
	}
	return constant(v)
}

// walk follows a path in a value and returns what leaf makes of the field at its end,
// under the conditions that the parts on the way are there. Cases of unions in which
// the path leads nowhere are left out.
func (c *context) walk(t *model.Type, value *jen.Statement, path []string, depth int, leaf func(*model.Field, *jen.Statement) []jen.Code) []jen.Code {
	u := base(t)
	if u.Kind == model.Sum {
		return c.walkCases(u, value, path, depth, leaf)
	}
	i := slices.IndexFunc(u.Fields, func(f *model.Field) bool { return f.InCUE() == path[0] })
	if i < 0 {
		return nil
	}
	f := u.Fields[i]
	here := value.Clone().Dot(f.GoName)
	if len(path) == 1 {
		return leaf(f, here)
	}
	inner := c.walk(f.Type, here, path[1:], depth+1, leaf)
	if len(inner) > 0 && f.Pointer() {
		return []jen.Code{jen.If(here.Clone().Op("!=").Nil()).Block(inner...)}
	}
	return inner
}

func (c *context) walkCases(sum *model.Type, value *jen.Statement, path []string, depth int, leaf func(*model.Field, *jen.Statement) []jen.Code) []jen.Code {
	name := "v" + strconv.Itoa(depth)
	var cases []jen.Code
	used := false
	for _, arm := range sum.Arms {
		inner := c.walk(arm.Type, jen.Id(name), path, depth+1, func(f *model.Field, v *jen.Statement) []jen.Code {
			used = used || f.Const == nil
			return leaf(f, v)
		})
		if len(inner) > 0 {
			used = used || len(path) > 1
			cases = append(cases, jen.Case(c.name(arm, arm.GoName)).Block(inner...))
		}
	}
	if len(cases) == 0 {
		return nil
	}
	if !used {
		return []jen.Code{jen.Switch(value.Clone().Assert(jen.Type())).Block(cases...)}
	}
	return []jen.Code{jen.Switch(jen.Id(name).Op(":=").Add(value.Clone()).Assert(jen.Type())).Block(cases...)}
}
