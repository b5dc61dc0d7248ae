package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

const templPkg = "github.com/a-h/templ"

// pageTypes declares what a page of a view is told: which page it is, and the
// document around it.
func (c *context) pageTypes(v *model.View) []jen.Code {
	at, document := naming.PageAt.Of(v.Name), naming.PageDocument.Of(v.Name)
	var fields, args []jen.Code
	if id, about := pageKey(v); id != "" {
		fields = append(fields, jen.Id(id).String().Comment(about))
		args = append(args, jen.Id("at").Dot(id))
	}
	if v.Param != nil {
		fields = append(fields, jen.Id(naming.PageParams).Add(c.paramType(v)))
		args = append(args, jen.Id("at").Dot(naming.PageParams))
	}
	if v.Scope == model.Session {
		fields = append(fields, jen.Id(naming.PageSession).Qual(livePkg, "Session").Comment("which alone sees the page"))
	}
	around := []jen.Code{jen.Qual(livePkg, "Document"), jen.Id(at)}
	if v.Scope == model.Session { // both of them have one, so neither would be found
		around = append(around, jen.Id(naming.PageSession).Qual(livePkg, "Session").Comment("which alone sees the page"))
	}
	return []jen.Code{
		comment(at + " says which page of " + v.Name + " is shown.").Type().Id(at).Struct(fields...),
		comment(naming.PageURL + " returns the address of the page.").
			Func().Params(jen.Id("at").Id(at)).Id(naming.PageURL).Params().String().Block(jen.Return(jen.Id(naming.ViewURL.Of(v.Name)).Call(args...))),
		comment(document + " is a page of " + v.Name + " for the document around it.").
			Type().Id(document).Struct(around...),
	}
}

// pageKey returns the name of the key of a view's page, and what it is. The page
// of a global view has none.
func pageKey(v *model.View) (name, about string) {
	switch {
	case v.Key == "stream":
		return naming.PageID, "of the stream"
	case v.Key != "global":
		return naming.PageKey, "the value of " + v.Key
	}
	return "", ""
}

// pageFields returns the fields of a feed that hand-written code fills. The
// package live knows the page by other types.
func (c *context) pageFields(v *model.View) []any {
	at := jen.Qual(livePkg, "At").Index(c.paramType(v))
	var made []jen.Code
	give := func(field string, value *jen.Statement) { made = append(made, jen.Id(field).Op(":").Add(value)) }
	if id, _ := pageKey(v); id != "" {
		give(id, jen.Id("at").Dot("Key"))
	}
	if v.Param != nil {
		give(naming.PageParams, jen.Id("at").Dot("Params"))
	}
	if v.Scope == model.Session {
		give(naming.PageSession, jen.Id("at").Dot("Session"))
	}
	here := jen.Id(naming.PageAt.Of(v.Name)).Values(made...)
	page, title, document := naming.Page.Of(v.Name), naming.Heading.Of(v.Name), naming.PageDocument.Of(v.Name)
	of := func(field string) *jen.Statement { return jen.Id("d").Dot(field) }
	state, shown := jen.Id("s").Add(c.feedShows(v)), jen.Id("s")
	if v.List != nil {
		shown = jen.Id(naming.ListPage.Of(v.Name)).Values(jen.Id("s"), here)
	}
	around := []jen.Code{jen.Id("Document").Op(":").Id("around"), jen.Id(naming.PageAt.Of(v.Name)).Op(":").Add(here)}
	if v.Scope == model.Session {
		around = append(around, jen.Id(naming.PageSession).Op(":").Id("at").Dot("Session"))
	}
	return []any{
		"Page", jen.Func().Params(state, jen.Id("at").Add(at)).Qual(templPkg, "Component").Block(
			jen.Return(of(page).Call(shown, here))),
		"PerSession", whether(v.Scope == model.Session),
		"Title", jen.Func().Params(state, jen.Id("at").Add(at)).String().Block(
			jen.If(of(title).Op("==").Nil()).Block(jen.Return(c.domain(naming.ViewName.Of(v.Name)))),
			jen.Return(of(title).Call(shown, here))),
		"Document", jen.Func().Params(jen.Id("around").Qual(livePkg, "Document"), jen.Id("at").Add(at)).Qual(templPkg, "Component").Block(
			jen.If(of(document).Op("==").Nil()).Block(jen.Return(jen.Nil())),
			jen.Return(of(document).Call(jen.Id(document).Values(around...)))),
	}
}
