package codegen

import (
	"math/big"
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
)

var checkerParam = jen.Id("c").Op("*").Qual(wirePkg, "Checker")

// hasChecks says whether there is anything to check about a type. Strings must
// be UTF-8, numbers finite, times and days such as can be written.
func (p *plan) hasChecks(t *model.Type) bool {
	if t == nil {
		return false
	}
	if len(t.Checks) > 0 {
		return true
	}
	switch t.Kind {
	case model.String, model.Number, model.Time, model.Date, model.Enum, model.Sum, model.Map:
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

// checker declares the check of a type, and its patterns.
func (c *context) checker(n *model.Named) []jen.Code {
	if !c.plan.constrained[n] || n.Type.Kind == model.Enum {
		return nil
	}
	k := &checks{context: c, name: n.GoName}
	var doc *jen.Statement
	var body []jen.Code
	switch n.Type.Kind {
	case model.Struct:
		body = k.structBody(n.Type)
	case model.Sum:
		body = c.sumBody(n)
	default:
		if n.Doc != "" {
			doc = comment("check" + n.GoName + ": " + n.Doc)
		}
		body = bind(k.of(n.Type, jen.Id("v")), jen.Id("c"))
	}
	function := jen.Add(doc).Func().Id("check"+n.GoName).Params(checkerParam, jen.Id("v").Add(c.declared(n))).Block(body...)
	return append(k.patterns, function)
}

// declared is the type that a definition stands for.
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
		cases = append(cases, jen.Case(jen.Id(arm.GoName)).Block(body...))
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

// checks writes the check of one definition.
type checks struct {
	*context
	name     string // for the names of patterns
	patterns []jen.Code
}

// check is a statement about a value; c is the checker.
type check func(c jen.Code) jen.Code

func bind(all []check, c jen.Code) []jen.Code {
	var out []jen.Code
	for _, one := range all {
		out = append(out, one(c))
	}
	return out
}

func (k *checks) structBody(t *model.Type) []jen.Code {
	body := []jen.Code{jen.Id("c").Dot("Object").Call()}
	for _, f := range t.Fields {
		if f.Const == nil && k.plan.hasChecks(f.Type) {
			body = append(body, k.field(f)...)
		}
	}
	return append(body, jen.Id("c").Dot("End").Call())
}

func (k *checks) field(f *model.Field) []jen.Code {
	at := jen.Id("c").Dot("At").Call(jen.Lit(f.Name))
	value := jen.Id("v").Dot(f.GoName)
	saved := k.name
	k.name += f.GoName
	defer func() { k.name = saved }()
	if pointer(f) {
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

// wholeFunc is the function that is all there is to check about a type, or nil.
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

// fn is a function that checks a value, nil if there is nothing to check.
func (k *checks) fn(t *model.Type) *jen.Statement {
	if !k.plan.hasChecks(t) {
		return nil
	}
	if whole := k.wholeFunc(t); whole != nil {
		return whole
	}
	return jen.Func().Params(checkerParam, jen.Id("v").Add(k.goType(t))).Block(bind(k.of(t, jen.Id("v")), jen.Id("c"))...)
}

// of lists what is to be checked about a value.
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

// keyFunc checks a map's keys, which are strings there.
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

// method is a check that is a method of the checker.
func method(name string, args ...jen.Code) check {
	return func(c jen.Code) jen.Code { return jen.Add(c).Dot(name).Call(args...) }
}

// function is a check that is a function of package wire.
func function(name string, args ...jen.Code) check {
	return func(c jen.Code) jen.Code { return wire(name).Call(append([]jen.Code{c}, args...)...) }
}

// boundFuncs and countMethods are the checks of package wire behind the
// constraints on numbers and sizes.
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
	if name, ok := boundFuncs[c.Op]; ok {
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
	name := "pattern" + k.name
	if len(k.patterns) > 0 {
		name += string(rune('A' + len(k.patterns)))
	}
	k.patterns = append(k.patterns, jen.Var().Id(name).Op("=").Add(wire("NewPattern")).Call(raw(expr)))
	return jen.Id(name)
}

// asText is a value that is text in CUE as a Go string.
func asText(t *model.Type, v *jen.Statement) *jen.Statement {
	b := base(t)
	switch b.Kind {
	case model.String:
		return v
	case model.Enum:
		return jen.String().Call(v)
	case model.Time:
		return jen.Parens(v).Dot("Format").Call(jen.Qual("time", "RFC3339Nano"))
	}
	return jen.Parens(v).Dot("String").Call()
}

// bound compares with a number. An int's bound beyond int64 is met by all or
// by none.
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
	return method("Problem", jen.Lit("range"), jen.Lit("no value is possible"))
}

// float is a number as a literal of Go's; its integers end at some 150 digits.
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
