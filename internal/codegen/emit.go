package codegen

import (
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// emitter writes the statements of an upcaster. In these, v is the old payload, w
// is the new one, and err is an error of hand-written code.
type emitter struct {
	*context
	tables map[*model.Expr]string // name of each table
	body   []jen.Code
	temps  int
	asking bool // the emitter writes the test whether an expression has a value, so it cannot assume that any part is present
}

// newEmitter returns an emitter for the function of a step.
func (c *context) newEmitter(name string, u *model.Upcast) *emitter {
	m := &emitter{context: c, tables: map[*model.Expr]string{}}
	u.Make.Walk(func(e *model.Expr) bool {
		if e.Op == model.Table {
			m.tables[e] = naming.TableOf(name, len(m.tables))
		}
		return true
	})
	return m
}

func (m *emitter) add(s ...jen.Code) { m.body = append(m.body, s...) }

// block returns the statements that f adds.
func (m *emitter) block(f func()) []jen.Code {
	outer := m.body
	m.body = nil
	f()
	inner := m.body
	m.body = outer
	return inner
}

// temp declares a variable.
func (m *emitter) temp(t *model.Type) *jen.Statement {
	m.temps++
	name := "t" + strconv.Itoa(m.temps)
	m.add(jen.Var().Id(name).Add(m.goType(t)))
	return jen.Id(name)
}

// fields sets the fields of a struct, which has the zero value before.
func (m *emitter) fields(dst *jen.Statement, e *model.Expr) {
	made := map[*model.Field]*model.FieldExpr{}
	for _, p := range e.Parts {
		made[p.Field] = p
	}
	for _, f := range base(e.Type).Fields {
		p := made[f]
		if f.Default != nil && (p == nil || p.When != nil || p.If != nil) {
			if value := m.defaultValue(f); value != nil {
				m.add(dst.Clone().Dot(f.GoName).Op("=").Add(value))
			}
		}
		if p != nil {
			m.field(dst.Clone().Dot(f.GoName), p)
		}
	}
}

func (m *emitter) field(dst *jen.Statement, p *model.FieldExpr) {
	value := func() {
		if p.Field.Pointer() {
			m.optional(dst, p.Value, p.Field.Type)
		} else {
			m.assign(dst, p.Value, p.Field.Type)
		}
	}
	if p.If != nil {
		m.add(jen.If(m.value(p.If, p.If.Type)).Block(m.block(value)...))
		return
	}
	if p.When == nil || m.copies(p) {
		value()
		return
	}
	m.add(jen.If(m.conditions(p.When)).Block(m.block(value)...))
}

// copies reports whether the new field is optional like its source, so that nil
// can be copied.
func (m *emitter) copies(p *model.FieldExpr) bool {
	v := p.Value
	return p.Field.Optional && v.Op == model.Select && v.Field.Optional && p.When.Op == model.Select && p.When.Field == v.Field &&
		p.When.Args[0].Missing() == nil && m.sameType(v.Field, p.Field)
}

func (m *emitter) sameType(a, b *model.Field) bool {
	return a.Pointer() == b.Pointer() && m.goType(a.Type).GoString() == m.goType(b.Type).GoString()
}

// optional sets a field that is a pointer.
func (m *emitter) optional(dst *jen.Statement, e *model.Expr, t *model.Type) {
	if e.Op == model.Select && e.Field.Pointer() && m.goType(e.Field.Type).GoString() == m.goType(t).GoString() {
		m.add(dst.Op("=").Add(m.raw(e)))
		return
	}
	if simple(e) {
		value := m.value(e, t)
		if k := base(e.Type).Kind; e.Op == model.Literal && (k == model.Int || k == model.Number) || e.Op == model.Length {
			value = m.goType(t).Call(value)
		}
		m.add(dst.Op("=").New(value))
		return
	}
	x := m.temp(t)
	m.assign(x.Clone(), e, t)
	m.add(dst.Op("=").Op("&").Add(x))
}

// simple reports whether a single Go expression has the value of an expression.
// Others need statements.
func simple(e *model.Expr) bool {
	switch e.Op {
	case model.MakeStruct, model.Each, model.EachEntry, model.Cases, model.Else, model.Hand, model.Choose, model.TagOf:
		return false
	}
	return true
}

// assign sets dst, of type t, to an expression's value.
func (m *emitter) assign(dst *jen.Statement, e *model.Expr, t *model.Type) {
	switch e.Op {
	case model.MakeStruct:
		if n := goNamed(t); n.Type.Kind == model.Sum {
			x := m.temp(e.Type)
			m.fields(x, e)
			m.add(dst.Op("=").Add(x))
			return
		}
		m.fields(dst, e)
	case model.Else:
		m.either(dst, e, t)
	case model.Each:
		m.each(dst, e, t)
	case model.EachEntry:
		m.eachEntry(dst, e, t)
	case model.Cases:
		m.cases(dst, e, t)
	case model.Choose:
		m.choose(dst, e, t)
	case model.TagOf:
		m.tagOf(dst, e)
	case model.Hand:
		m.add(jen.If(jen.Err().Op("==").Nil()).Block(jen.List(dst, jen.Err()).Op("=").Id("by").Dot(e.Name).Call(jen.Id("v"))))
	default:
		m.add(dst.Op("=").Add(m.value(e, t)))
	}
}

func (m *emitter) either(dst *jen.Statement, e *model.Expr, t *model.Type) {
	first, then := e.Args[0], e.Args[1]
	if first.Missing() == nil {
		m.assign(dst, first, t)
		return
	}
	s := jen.If(m.conditions(first)).Block(m.block(func() { m.assign(dst.Clone(), first, t) })...).Else()
	if m.asking && then.Missing() != nil {
		s.If(m.conditions(then))
	}
	m.add(s.Block(m.block(func() { m.assign(dst.Clone(), then, t) })...))
}

func (m *emitter) each(dst *jen.Statement, e *model.Expr, t *model.Type) {
	list, elem := e.Args[0], e.Args[1]
	from := m.value(list, list.Type)
	to := base(t).Elem
	m.add(dst.Clone().Op("=").Make(m.goType(t), jen.Lit(0), jen.Len(from.Clone())))
	add := func() {
		if simple(elem) {
			m.add(dst.Clone().Op("=").Append(dst.Clone(), m.value(elem, to)))
			return
		}
		x := m.temp(to)
		m.assign(x.Clone(), elem, to)
		m.add(dst.Clone().Op("=").Append(dst.Clone(), x))
	}
	m.add(jen.For(m.loop(e).Range().Add(from)).Block(m.block(func() {
		if len(e.Args) > 2 {
			m.add(jen.If(m.value(e.Args[2], e.Args[2].Type)).Block(m.block(add)...))
			return
		}
		add()
	})...))
}

func (m *emitter) eachEntry(dst *jen.Statement, e *model.Expr, t *model.Type) {
	from := m.value(e.Args[0], e.Args[0].Type)
	to := base(t)
	loop := jen.Id(e.Key).Op(":=")
	if mentions(e.Args[2], e.Name) {
		loop = jen.List(jen.Id(e.Key), jen.Id(e.Name)).Op(":=")
	}
	m.add(dst.Clone().Op("=").Make(m.goType(t), jen.Len(from.Clone())))
	m.add(jen.For(loop.Range().Add(from)).Block(m.block(func() {
		key := m.value(e.Args[1], e.Args[1].Type)
		if simple(e.Args[2]) {
			m.add(dst.Clone().Index(key).Op("=").Add(m.value(e.Args[2], to.Elem)))
			return
		}
		x := m.temp(to.Elem)
		m.assign(x.Clone(), e.Args[2], to.Elem)
		m.add(dst.Clone().Index(key).Op("=").Add(x))
	})...))
}

// loop names the loop variable only if the body uses it: Go refuses unused
// variables.
func (m *emitter) loop(e *model.Expr) *jen.Statement {
	used := false
	for _, a := range e.Args[1:] {
		used = used || mentions(a, e.Name)
	}
	if !used {
		return jen.Null()
	}
	return jen.List(jen.Id("_"), jen.Id(e.Name)).Op(":=")
}

// mentions reports whether an expression uses a variable.
func mentions(e *model.Expr, variable string) bool {
	found := false
	e.Walk(func(x *model.Expr) bool {
		found = found || x.Op == model.Variable && x.Name == variable
		for _, p := range x.Parts {
			found = found || mentions(p.When, variable)
		}
		return !found
	})
	return found
}

func (m *emitter) cases(dst *jen.Statement, e *model.Expr, t *model.Type) {
	sum := base(e.Args[0].Type)
	var cases []jen.Code
	for i, arm := range sum.Arms {
		value := e.Entries[i].Value
		body := m.block(func() { m.assign(dst.Clone(), value, t) })
		cases = append(cases, jen.Case(m.name(arm, arm.GoName)).Block(body...))
	}
	m.add(jen.Switch(jen.Id(e.Name).Op(":=").Add(m.value(e.Args[0], e.Args[0].Type)).Assert(jen.Type())).Block(cases...))
}

// raw is a selection without dereference: a pointer if the field is optional.
func (m *emitter) raw(e *model.Expr) *jen.Statement {
	if e.Op != model.Select {
		return m.value(e, e.Type)
	}
	return m.raw(e.Args[0]).Dot(e.Field.GoName)
}

// value returns an expression as Go, of type t.
func (m *emitter) value(e *model.Expr, t *model.Type) *jen.Statement {
	if !simple(e) {
		x := m.temp(t)
		m.assign(x.Clone(), e, t)
		return x.Clone()
	}
	switch e.Op {
	case model.Old:
		return jen.Id("v")
	case model.Variable:
		return jen.Id(e.Name)
	case model.Select:
		if e.Field.Pointer() {
			return jen.Op("*").Add(m.raw(e))
		}
		return m.raw(e)
	case model.Lookup:
		return m.arg(e, 0).Index(jen.Lit(e.Name))
	case model.Literal:
		return m.literal(e, t)
	case model.MakeList:
		var elems []jen.Code
		for _, a := range e.Args {
			elems = append(elems, m.value(a, base(t).Elem))
		}
		return m.goType(t).Values(elems...)
	case model.MakeMap:
		return m.mapOf(e, t)
	case model.Convert:
		return m.goType(e.Type).Call(m.arg(e, 0))
	case model.Join:
		s := m.arg(e, 0)
		for i := range e.Args[1:] {
			s = s.Op("+").Add(m.arg(e, i+1))
		}
		return s
	case model.Table:
		return jen.Id(m.tables[e]).Index(m.arg(e, 0))
	case model.Index:
		return m.arg(e, 0).Index(m.arg(e, 1))
	case model.Length:
		return jen.Int64().Call(jen.Len(m.arg(e, 0)))
	}
	return m.computed(e)
}

func (m *emitter) arg(e *model.Expr, i int) *jen.Statement { return m.value(e.Args[i], e.Args[i].Type) }

func (m *emitter) mapOf(e *model.Expr, t *model.Type) *jen.Statement {
	return m.goType(t).Values(jen.DictFunc(func(d jen.Dict) {
		for _, x := range e.Entries {
			d[jen.Lit(x.Key)] = m.value(x.Value, base(t).Elem)
		}
	}))
}

// wholeArithmetic are the functions of package wire for int64. numberArithmetic
// are the methods of [wire.Number].
var (
	wholeArithmetic  = map[string]string{"+": "Add", "-": "Sub", "*": "Mul", "div": "Div", "mod": "Mod", "quo": "Quo", "rem": "Rem"}
	numberArithmetic = map[string]string{"+": "Plus", "-": "Minus", "*": "Times", "/": "Over"}
)

func (m *emitter) computed(e *model.Expr) *jen.Statement {
	switch e.Op {
	case model.Compare, model.Logic, model.Present, model.IsCase, model.AsCase:
		return m.condition(e)
	case model.Text:
		v := m.arg(e, 0)
		if base(e.Type).Kind == model.Decimal {
			return wire("DecimalOf").Call(v)
		}
		if k := e.Args[0]; k.Op == model.Select && k.Field.Pointer() {
			v = jen.Parens(v)
		}
		return textOf(e.Args[0].Type, v)
	case model.Arithmetic:
		if base(e.Type).Kind == model.Number {
			return m.number(e).Dot("Float64").Call()
		}
		return wire(wholeArithmetic[e.Name]).Call(jen.Op("&").Err(), m.arg(e, 0), m.arg(e, 1))
	}
	var args []jen.Code
	for i := range e.Args {
		args = append(args, m.arg(e, i))
	}
	if e.Name == "strconv.Atoi" {
		return wire("Int").Call(args...)
	}
	if e.Name == "strings.Replace" {
		args[3] = jen.Int().Call(args[3])
	}
	pkg, function, _ := strings.Cut(e.Name, ".")
	return jen.Qual(pkg, function).Call(args...)
}

// number returns an expression as a [wire.Number]. Intermediate results of ints
// do not overflow there.
func (m *emitter) number(e *model.Expr) *jen.Statement {
	isInt := base(e.Type).Kind == model.Int
	switch method := numberArithmetic[e.Name]; {
	case e.Op == model.Arithmetic && method != "":
		return m.number(e.Args[0]).Dot(method).Call(m.number(e.Args[1]))
	case e.Op == model.Literal && isInt:
		return wire("WholeNumber").Call(jen.Op(e.Value.Text))
	case e.Op == model.Literal:
		return wire("NumberText").Call(jen.Lit(e.Value.Text))
	case isInt:
		return wire("WholeNumber").Call(m.value(e, e.Type))
	}
	return wire("NumberOf").Call(m.value(e, e.Type))
}

// literal returns a constant as Go. Strings with a format are read like JSON.
func (m *emitter) literal(e *model.Expr, t *model.Type) *jen.Statement {
	if n := goNamed(t); n != nil && n.Type.Kind == model.Enum {
		for _, known := range n.Type.Values {
			if known.Text == e.Value.Text {
				return m.name(n, known.GoName)
			}
		}
	}
	switch base(t).Kind {
	case model.String:
		return jen.Lit(e.Value.Text)
	case model.Int, model.Number, model.Bool:
		return jen.Op(e.Value.Text)
	}
	return wire("Default").Call(raw(e.Value.JSON), m.readFunc(t))
}

// conditions returns a Go expression that is true if an expression has a value. It
// writes the statements that the Go expression needs.
func (m *emitter) conditions(e *model.Expr) *jen.Statement {
	asked := m.asking
	m.asking = true
	defer func() { m.asking = asked }()
	var all *jen.Statement
	for _, c := range m.conds(e) {
		if all == nil {
			all = jen.Add(c)
		} else {
			all.Op("&&").Add(c)
		}
	}
	return all
}

func (m *emitter) conds(e *model.Expr) []jen.Code {
	switch e.Op {
	case model.Else: // one of the two has a value
		if e.Missing() == nil {
			return nil
		}
		return []jen.Code{jen.Parens(m.conditions(e.Args[0]).Op("||").Add(m.conditions(e.Args[1])))}
	case model.Present:
		return nil
	}
	var all []jen.Code
	for _, a := range e.Args {
		all = append(all, m.conds(a)...)
	}
	if e.Sure {
		return all
	}
	switch e.Op {
	case model.Select:
		if e.Field.Optional {
			all = append(all, m.raw(e).Op("!=").Nil())
		}
	case model.Lookup:
		all = append(all, wire("Has").Call(m.arg(e, 0), jen.Lit(e.Name)))
	case model.Index:
		all = append(all, wire("Within").Call(m.arg(e, 0), m.arg(e, 1)))
	case model.Table:
		all = append(all, wire("Has").Call(jen.Id(m.tables[e]), m.arg(e, 0)))
	case model.Call:
		if e.Name == "strconv.Atoi" {
			all = append(all, wire("IsInt").Call(m.arg(e, 0)))
		}
	case model.Arithmetic:
		switch by := e.Args[1]; {
		case by.Op == model.Literal:
		case e.Name == "/" && by.Op == model.Arithmetic:
			all = append(all, jen.Op("!").Add(m.number(by)).Dot("IsZero").Call())
		case e.Name == "/", len(e.Name) > 1:
			all = append(all, m.arg(e, 1).Op("!=").Lit(0))
		}
	}
	return all
}

// tables declares the tables of a step.
func (c *context) tables(name string, u *model.Upcast) []jen.Code {
	m := c.newEmitter(name, u)
	var decls []jen.Code
	u.Make.Walk(func(e *model.Expr) bool {
		if e.Op == model.Table {
			decls = append(decls, jen.Var().Id(m.tables[e]).Op("=").Map(c.goType(e.Args[0].Type)).Add(c.goType(e.Type)).Values(m.entries(e)))
		}
		return true
	})
	return decls
}

func (m *emitter) entries(e *model.Expr) jen.Dict {
	key := base(e.Args[0].Type)
	isInt := key.Kind == model.Int || key.Kind == model.Enum && isIntEnum(key)
	d := jen.Dict{}
	for _, x := range e.Entries {
		k := jen.Lit(x.Key)
		if isInt {
			k = jen.Op(x.Key)
		}
		d[k] = m.value(x.Value, e.Type)
	}
	return d
}
