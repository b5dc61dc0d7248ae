package codegen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// params declares the parameters of a view or query called name, and the functions that
// read and write them in addresses. Types in elsewhere are declared already.
func (c *context) params(name string, n *model.Named, elsewhere []*model.Named) []jen.Code {
	check := jen.Nil()
	if c.plan.constrained[n] {
		check = jen.Id(naming.Check.Of(n.GoName))
	}
	decl := *n
	decl.Doc = document(n.Doc, n.Name, n.GoName, n.GoName+" are the parameters of "+name+".")
	if slices.ContainsFunc(n.Type.Fields, naming.HasParamMethods) {
		decl.Doc += "\nIn the zero value, each parameter with a default has that default."
	}
	inputs := c.inputs(n)
	if len(readable(n.Type)) == 0 {
		inputs = jen.Values()
	}
	out := []jen.Code{
		c.paramDeclaration(&decl),
		comment(naming.ParseParams.Of(n.GoName)+" reads parameters from JSON. Omitted parameters get their defaults.\nThe error is a *wire.SyntaxError or an ironstar.Invalid.").
			Func().Id(naming.ParseParams.Of(n.GoName)).Params(jen.Id("json").Index().Byte()).Params(jen.Id(n.GoName), jen.Error()).Block(
			jen.Return(wire("DecodeChecked").Call(jen.Id("json"), jen.Id(naming.Decode.Of(n.GoName)), check))),
		comment(name + "Inputs describes how a query string becomes the JSON of parameters.").
			Var().Id(naming.ParamInputs.Of(name)).Op("=").Index().Add(wire("Input")).Add(inputs),
		c.query(n),
	}
	for _, f := range n.Type.Fields {
		if naming.HasParamMethods(f) {
			out = append(out, c.paramMethods(n, f)...)
		}
	}
	return append(out, c.typesOf(without(inlineUnder(c.pkg, n), elsewhere))[1:]...)
}

// paramsInPackage lists the parameters of views and queries.
func paramsInPackage(pkg *model.Package) (all []*model.Named) {
	for _, v := range pkg.Views {
		if v.Param != nil {
			all = append(all, v.Param)
		}
	}
	for _, q := range pkg.Queries {
		if q.Param != nil {
			all = append(all, q.Param)
		}
	}
	return all
}

// byMethods reports whether a parameter has methods instead of a field. A parameter
// with a default has methods, and its zero value means the default. So links of
// older code keep their meaning when the schema gets another parameter.
func (c *context) byMethods(n *model.Named, f *model.Field) bool {
	return naming.HasParamMethods(f) && slices.ContainsFunc(paramsInPackage(c.pkg), func(p *model.Named) bool { return p.Type == n.Type })
}

// chosen returns the name of the Go field that these methods use.
func chosen(f *model.Field) string { return "chosen" + f.GoName }

func (c *context) paramDeclaration(n *model.Named) jen.Code {
	var fields []jen.Code
	for _, f := range n.Type.Fields {
		switch {
		case f.Const != nil:
		case naming.HasParamMethods(f):
			fields = append(fields, jen.Id(chosen(f)).Add(wire("Param")).Index(c.goType(f.Type)))
		default:
			fields = append(fields, c.field(f))
		}
	}
	return comment(n.Doc).Type().Id(n.GoName).Struct(fields...).Add(c.redacted(n))
}

func (c *context) paramMethods(n *model.Named, f *model.Field) []jen.Code {
	doc := document(f.Doc, f.Name, f.GoName, "")
	if doc != "" {
		doc = "\n\n" + doc
	}
	by := jen.Id("p").Id(n.GoName)
	get, with := naming.ParamGet.Of(f.GoName), naming.ParamWith.Of(f.GoName)
	return []jen.Code{
		comment(get + " returns the chosen value, or the default, " + f.Default.JSON + "." + doc).
			Func().Params(by).Id(get).Params().Add(c.goType(f.Type)).Block(
			jen.Return(jen.Id("p").Dot(chosen(f)).Dot("Or").Call(c.paramDefault(f)))),
		comment(with+" returns the parameters with another "+f.GoName+".").
			Func().Params(by).Id(with).Params(jen.Id("v").Add(c.goType(f.Type))).Id(n.GoName).Block(
			jen.Id("p").Dot(chosen(f)).Op("=").Add(wire("Choose")).Call(jen.Id("v"), c.paramDefault(f)),
			jen.Return(jen.Id("p"))),
	}
}

// paramDefault returns a default as Go, also if it is the zero value.
func (c *context) paramDefault(f *model.Field) jen.Code {
	if value := c.defaultValue(f); value != nil {
		return value
	}
	switch base(f.Type).Kind {
	case model.String:
		return jen.Lit("")
	case model.Bool:
		return jen.False()
	}
	return jen.Lit(0)
}

// hasString reports whether the text of a value is the result of its method String.
func hasString(t *model.Type) bool {
	k := base(t).Kind
	return k == model.UUID || k == model.Date || k == model.Decimal
}

// query declares the method that returns the query string.
func (c *context) query(n *model.Named) jen.Code {
	body := []jen.Code{jen.Var().Id("q").Add(wire("Query"))}
	for _, f := range n.Type.Fields {
		if f.Const != nil {
			continue
		}
		value := jen.Id("p").Dot(f.GoName)
		if naming.HasParamMethods(f) {
			value = value.Call()
		}
		if f.Pointer() && !hasString(f.Type) {
			value = jen.Op("*").Add(value)
		}
		add := jen.Id("q").Dot("Add").Call(jen.Lit(f.Name), textOf(f.Type, value))
		if f.Default != nil && !f.Optional {
			add = jen.Id("q").Dot("AddUnless").Call(jen.Lit(f.Name), textOf(f.Type, value), jen.Lit(f.Default.Text))
		}
		if f.Pointer() {
			add = jen.If(jen.Id("p").Dot(f.GoName).Op("!=").Nil()).Block(add)
		}
		body = append(body, add)
	}
	body = append(body, jen.Return(jen.Id("q").Dot("String").Call()))
	return comment(naming.ParamQuery + " returns the query string of an address with these parameters.\nIt omits defaults, so equal parameters have equal query strings.").
		Func().Params(jen.Id("p").Id(n.GoName)).Id(naming.ParamQuery).Params().String().Block(body...)
}
