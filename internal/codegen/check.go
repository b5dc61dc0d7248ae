package codegen

import (
	"math/big"
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

var checkerParam = jen.Id("c").Op("*").Qual(wirePkg, "Checker")

// hasChecks reports whether a type needs a check. Besides constraints, all strings
// must be UTF-8, all numbers finite, and all times and days in a range that has a
// text form.
func (p *plan) hasChecks(t *model.Type) bool {
	if t == nil {
		return false
	}
	if len(t.Checks) > 0 {
		return true
	}
	switch t.Kind {
	case model.String, model.Number, model.Time, model.Date, model.Duration, model.Enum, model.Sum, model.Map:
		return true
	case model.List:
		return p.hasChecks(t.Elem)
	case model.Ref:
		return p.constrained[t.Named]
	}
	for _, f := range t.Fields {
		if f.Const == nil && p.hasChecks(f.Type) {
			return true
		}
	}
	return false
}

// checker declares the check function of a type, and its patterns.
func (c *context) checker(n *model.Named) []jen.Code {
	if !c.plan.constrained[n] || n.Type.Kind == model.Enum {
		return nil
	}
	k := &checks{context: c, name: n.GoName}
	var doc *jen.Statement
	var body []jen.Code
	switch n.Type.Kind {
	case model.Struct:
		body = k.structBody(n)
	case model.Sum:
		body = c.sumBody(n)
	default:
		if n.Doc != "" {
			doc = comment(naming.Check.Of(n.GoName) + ": " + n.Doc)
		}
		body = bind(k.of(n.Type, jen.Id("v")), jen.Id("c"))
		if n.Message != nil {
			body = append([]jen.Code{withMessage(jen.Id("c"), n.Message)}, body...)
		}
	}
	function := jen.Add(doc).Func().Id(naming.Check.Of(n.GoName)).Params(checkerParam, jen.Id("v").Add(c.declared(n))).Block(body...)
	return append(k.patterns, function)
}

// declared returns the Go type of a definition.
func (c *context) declared(n *model.Named) *jen.Statement {
	if hasGoType(n) {
		return jen.Id(n.GoName)
	}
	return c.goType(n.Type)
}

func (c *context) sumBody(n *model.Named) []jen.Code {
	var cases []jen.Code
	for _, arm := range n.Type.Arms {
		var body []jen.Code
		if c.plan.constrained[arm] {
			body = append(body, c.call(needCheck, arm, jen.Id("c"), jen.Id("v")))
		}
		cases = append(cases, jen.Case(c.name(arm, arm.GoName)).Block(body...))
	}
	missing := jen.Default().Block(jen.Id("c").Dot("NilSum").Call())
	value := jen.Id("v").Op(":=").Id("v").Assert(jen.Type())
	if !c.anyConstrained(n.Type.Arms) {
		value = jen.Id("v").Assert(jen.Type())
	}
	return []jen.Code{jen.Switch(value).Block(append(cases, missing)...)}
}

func (c *context) anyConstrained(arms []*model.Named) bool {
	for _, arm := range arms {
		if c.plan.constrained[arm] {
			return true
		}
	}
	return false
}

// checks writes the check function of one definition.
type checks struct {
	*context
	name     string // Go name of the definition
	patterns []jen.Code
}

// check returns a statement that checks a value; c is the checker.
type check func(c jen.Code) jen.Code

func bind(all []check, c jen.Code) []jen.Code {
	var out []jen.Code
	for _, one := range all {
		out = append(out, one(c))
	}
	return out
}

func (k *checks) structBody(n *model.Named) []jen.Code {
	body := []jen.Code{jen.Id("c").Dot("Object").Call()}
	for _, f := range n.Type.Fields {
		if f.Const == nil && k.plan.hasChecks(f.Type) {
			body = append(body, k.field(n, f)...)
		}
	}
	return append(body, jen.Id("c").Dot("End").Call())
}

func (k *checks) field(n *model.Named, f *model.Field) []jen.Code {
	at := jen.Id("c").Dot("At").Call(jen.Lit(f.Name))
	if f.Message != nil {
		at = withMessage(at, f.Message)
	}
	value := jen.Id("v").Dot(f.GoName)
	if k.byMethods(n, f) {
		value = value.Call()
	}
	if f.Pointer() {
		if whole := k.wholeFunc(f.Type); whole != nil {
			return []jen.Code{wire("Maybe").Call(at, value, whole)}
		}
		value = jen.Op("*").Add(value)
	}
	all := k.of(f.Type, value)
	var body []jen.Code
	if len(all) == 1 {
		body = bind(all, at)
	} else {
		body = append([]jen.Code{at}, bind(all, jen.Id("c"))...)
	}
	if f.Optional {
		return []jen.Code{jen.If(jen.Id("v").Dot(f.GoName).Op("!=").Nil()).Block(body...)}
	}
	return body
}

// withMessage adds a call of Checker.Message.
func withMessage(c *jen.Statement, m *model.Message) *jen.Statement {
	return c.Dot("Message").Call(jen.Lit(m.Text()))
}

// wholeFunc returns the function that does all checks of a type, or nil if
// there is no such function.
func (k *checks) wholeFunc(t *model.Type) *jen.Statement {
	if len(t.Checks) > 0 {
		return nil
	}
	switch t.Kind {
	case model.String:
		return checkerMethod("Text")
	case model.Number:
		return checkerMethod("Finite")
	case model.Time:
		return checkerMethod("Time")
	case model.Date:
		return checkerMethod("Date")
	case model.Duration:
		return checkerMethod("Duration")
	case model.Ref:
		if t.Named.Type.Kind != model.Enum && k.plan.constrained[t.Named] {
			return k.function(needCheck, t.Named)
		}
	}
	return nil
}

func checkerMethod(name string) *jen.Statement {
	return jen.Parens(jen.Op("*").Add(wire("Checker"))).Dot(name)
}

// fn returns a function that checks a value, or nil if the type needs no check.
func (k *checks) fn(t *model.Type) *jen.Statement {
	if !k.plan.hasChecks(t) {
		return nil
	}
	if whole := k.wholeFunc(t); whole != nil {
		return whole
	}
	return jen.Func().Params(checkerParam, jen.Id("v").Add(k.goType(t))).Block(bind(k.of(t, jen.Id("v")), jen.Id("c"))...)
}

// of lists the checks of a value.
func (k *checks) of(t *model.Type, v *jen.Statement) []check {
	var all []check
	add := func(c check) { all = append(all, c) }
	switch t.Kind {
	case model.String:
		add(method("Text", v))
	case model.Number:
		add(method("Finite", v))
	case model.Time:
		add(method("Time", v))
	case model.Date:
		add(method("Date", v))
	case model.Duration:
		add(method("Duration", v))
	case model.Ref:
		n := t.Named
		if n.Type.Kind == model.Enum {
			add(function("OneOf", v, k.knownValues(n)))
		} else if k.plan.constrained[n] {
			add(func(c jen.Code) jen.Code { return k.call(needCheck, n, c, v) })
		}
	}
	for _, c := range t.Checks {
		if one := k.constraint(c, t, v); one != nil {
			add(one)
		}
	}
	switch t.Kind {
	case model.List:
		if elem := k.fn(t.Elem); elem != nil {
			add(function("Each", v, elem))
		}
	case model.Map:
		add(function("Entries", v, k.keyFunc(t), orNil(k.fn(t.Elem))))
	}
	return all
}

func orNil(s *jen.Statement) jen.Code {
	if s == nil {
		return jen.Nil()
	}
	return s
}

// keyFunc returns a function that checks a map's keys, which are strings in Go.
func (k *checks) keyFunc(t *model.Type) jen.Code {
	if key := enumKey(t); key != nil {
		return jen.Func().Params(checkerParam, jen.Id("v").String()).Block(
			wire("OneOf").Call(jen.Id("c"), k.typeName(key).Call(jen.Id("v")), k.knownValues(key)))
	}
	if t.Key == nil || t.Key.Kind == model.String && len(t.Key.Checks) == 0 {
		return jen.Nil()
	}
	return orNil(k.fn(t.Key))
}

func (k *checks) typeName(n *model.Named) *jen.Statement { return k.context.name(n, n.GoName) }

// method returns a check that calls a method of the checker.
func method(name string, args ...jen.Code) check {
	return func(c jen.Code) jen.Code { return jen.Add(c).Dot(name).Call(args...) }
}

// function returns a check that calls a function of package wire.
func function(name string, args ...jen.Code) check {
	return func(c jen.Code) jen.Code { return wire(name).Call(append([]jen.Code{c}, args...)...) }
}

// boundFuncs and countMethods are the functions of package wire that check
// numbers and sizes.
var (
	boundFuncs = map[model.Op]string{
		model.Greater: "Above", model.GreaterOrEqual: "AtLeast", model.Less: "Below", model.LessOrEqual: "AtMost",
	}
	countMethods = map[model.Op]string{
		model.MinRunes: "MinRunes", model.MaxRunes: "MaxRunes", model.MinItems: "MinItems",
		model.MaxItems: "MaxItems", model.MinFields: "MinFields", model.MaxFields: "MaxFields",
	}
	textMethods = map[model.Op]string{
		model.HasPrefix: "HasPrefix", model.HasSuffix: "HasSuffix", model.Contains: "Contains", model.TimeFormat: "TimeFormat",
	}
	patternMethods = map[model.Op]string{model.Match: "Match", model.NotMatch: "NotMatch"}
)

func (k *checks) constraint(c model.Check, t *model.Type, v *jen.Statement) check {
	if base(t).Kind == model.Bytes {
		if one := byteBound(c, v); one != nil {
			return one
		}
	}
	if name, ok := boundFuncs[c.Op]; ok && base(t).Kind == model.Decimal {
		return method("Decimal"+name, v, jen.Lit(c.Num))
	} else if ok {
		return bound(name, c, base(t).Kind, v)
	}
	if name, ok := textMethods[c.Op]; ok {
		return method(name, asText(t, v), jen.Lit(c.Text))
	}
	if name, ok := patternMethods[c.Op]; ok {
		return method(name, asText(t, v), k.pattern(c.Text))
	}
	if name, ok := countMethods[c.Op]; ok {
		if c.Op == model.MinRunes || c.Op == model.MaxRunes {
			return method(name, asText(t, v), jen.Lit(int(c.Count)))
		}
		return method(name, jen.Len(v), jen.Lit(int(c.Count)))
	}
	switch c.Op {
	case model.Digits:
		return method("Digits", v, jen.Lit(int(c.Count)))
	case model.UniqueItems:
		return function("Unique", v, k.writeFunc(base(t).Elem))
	case model.MultipleOf:
		if base(t).Kind == model.Number {
			return function("NumberMultipleOf", v, jen.Lit(c.Num))
		}
		return function("MultipleOf", v, jen.Op(c.Num))
	case model.NotEqual:
		return notEqual(c, t, v)
	}
	panic("codegen: a constraint without a check")
}

func (k *checks) pattern(expr string) jen.Code {
	name := naming.PatternOf(k.name, len(k.patterns))
	k.patterns = append(k.patterns, jen.Var().Id(name).Op("=").Add(wire("NewPattern")).Call(raw(expr)))
	return jen.Id(name)
}

// asText converts a value that is a string in CUE to a Go string.
func asText(t *model.Type, v *jen.Statement) *jen.Statement {
	b := base(t)
	switch b.Kind {
	case model.String:
		return v
	case model.Enum:
		return jen.String().Call(v)
	case model.Time:
		return jen.Parens(v).Dot("Format").Call(jen.Qual("time", "RFC3339Nano"))
	case model.Duration:
		return root("FormatDuration").Call(v)
	case model.Bytes:
		return wire("Base64").Call(v)
	}
	return jen.Parens(v).Dot("String").Call()
}

// bound compares with a number. A bound of an int outside int64 is true for all
// values or for none.
func bound(name string, c model.Check, kind model.Kind, v *jen.Statement) check {
	if kind != model.Int && kind != model.Enum {
		return function(name, v, jen.Op(float(c.Num)))
	}
	n, ok := new(big.Int).SetString(c.Num, 10)
	switch {
	case ok && n.IsInt64():
		return function(name, v, jen.Op(c.Num))
	case ok && (n.Sign() > 0) == (c.Op == model.Less || c.Op == model.LessOrEqual):
		return nil
	}
	return method("Problem", jen.Lit("range"), jen.Lit("no value is allowed"))
}

// float returns a number as a Go literal. Go limits the digits of the integer part.
func float(num string) string {
	if strings.ContainsAny(num, ".eE") || len(num) < 100 {
		return num
	}
	return num + ".0"
}

func notEqual(c model.Check, t *model.Type, v *jen.Statement) check {
	switch c.Value.Kind {
	case model.Int, model.Number:
		return function("NotNumber", v, constant(*c.Value))
	case model.Bool:
		return method("NotBool", v, constant(*c.Value))
	}
	return method("NotString", asText(t, v), constant(*c.Value))
}
