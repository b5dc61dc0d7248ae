package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/shape"
)

// shows declares what a view has that shows the answers of queries.
func (c *context) shows(v *model.View) []jen.Code {
	parts := []string{"shows", naming.ViewID(v)}
	var fields []jen.Code
	for _, s := range v.Shows {
		parts = append(parts, s.Name, c.queryFingerprint(s.Query))
		fields = append(fields, jen.Id(s.GoName).Add(root("Answer")).Index(jen.Id(s.Query.Row.GoName)))
	}
	name := naming.ViewFingerprint.Of(v.Name)
	state := naming.ShownState.Of(v.Name)
	out := []jen.Code{
		comment(name + " changes with the questions whose answers are shown.").Const().Id(name).Op("=").Lit(shape.Sum(parts...)),
		comment(document(v.Doc, v.Name, state, state+" has the answers that "+v.Name+" shows.")).Type().Id(state).Struct(fields...),
	}
	if v.Param == nil {
		return out
	}
	for _, s := range v.Shows {
		if s.Query.Param != nil {
			out = append(out, c.shownParams(v, s))
		}
	}
	return out
}

// shownParams declares the method that returns the parameters of one query.
func (c *context) shownParams(v *model.View, s *model.Shown) jen.Code {
	q, to := s.Query, jen.Id("to")
	body := []jen.Code{jen.Var().Id("to").Id(q.Param.GoName)}
	for _, f := range q.Param.Type.Fields {
		from := v.Param.Type.FieldInCUE(f.InCUE())
		if f.Const != nil || from == nil {
			continue
		}
		value := c.converted(paramValue(from), from, f)
		if naming.HasParamMethods(f) {
			body = append(body, to.Clone().Op("=").Add(to.Clone().Dot(naming.ParamWith.Of(f.GoName)).Call(value)))
			continue
		}
		body = append(body, to.Clone().Dot(f.GoName).Op("=").Add(value))
	}
	name := naming.ShownParams.Of(s.GoName)
	return comment(name + " returns the parameters of " + q.Name + ".").
		Func().Params(jen.Id("p").Id(v.Param.GoName)).Id(name).Params().Id(q.Param.GoName).Block(append(body, jen.Return(to))...)
}

// converted returns a parameter as another one that takes the same values: enums have
// types of their own.
func (c *context) converted(value *jen.Statement, from, to *model.Field) *jen.Statement {
	a, b := goNamed(from.Type), goNamed(to.Type)
	switch {
	case a == b:
		return value
	case to.Pointer():
		return jen.Parens(jen.Op("*").Add(c.goType(to.Type))).Call(value)
	}
	return c.goType(to.Type).Call(value)
}

// shownReader returns the function that makes a reader of all answers of a page.
func (c *context) shownReader(v *model.View) *jen.Statement {
	at := jen.Id("at").Qual(livePkg, "At").Index(c.paramType(v))
	var parts []jen.Code
	for _, s := range v.Shows {
		params := root("None").Values()
		if s.Query.Param != nil {
			params = jen.Id("at").Dot("Params").Dot(naming.ShownParams.Of(s.GoName)).Call()
		}
		put := jen.Func().Params(jen.Id("s").Op("*").Add(c.domain(naming.ShownState.Of(v.Name))), jen.Id("a").Add(root("Answer")).Index(c.domain(s.Query.Row.GoName))).Block(
			jen.Id("s").Dot(s.GoName).Op("=").Id("a"))
		parts = append(parts, query("Part").Call(jen.Id("p").Dot(naming.Reader.Of(s.Query.Name)).Dot("At").Call(params), put))
	}
	return jen.Func().Params(at).Qual(livePkg, "Reader").Index(c.feedShows(v)).Block(
		jen.Return(query("Join").Custom(jen.Options{Open: "(", Close: ")", Separator: ",", Multi: true}, parts...)))
}
