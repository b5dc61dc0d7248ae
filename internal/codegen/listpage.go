package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// pageShows returns the type of what hand-written pages of a view get.
func (c *context) pageShows(v *model.View) *jen.Statement {
	switch {
	case v.List != nil:
		return jen.Id(naming.ListPage.Of(v.Name))
	case v.Shows != nil:
		return c.domain(naming.ShownState.Of(v.Name))
	}
	return c.foreign(viewState(v))
}

// feedShows returns the type of what the feed of a view reads.
func (c *context) feedShows(v *model.View) *jen.Statement {
	if v.List != nil {
		return root("Page").Index(c.domain(v.List.Row.GoName))
	}
	return c.pageShows(v)
}

// readerField and readerOf return the field of a feed that reads the view, and its
// value. Each page of a list and of answers has a reader of its own.
func (c *context) readerField(v *model.View) any {
	if v.List != nil || v.Shows != nil {
		return "ReaderAt"
	}
	return "Reader"
}

func (c *context) readerOf(v *model.View) any {
	if v.Shows != nil {
		return c.shownReader(v)
	}
	reader := jen.Id("p").Dot(naming.Reader.Of(v.Name))
	if v.List == nil {
		return reader
	}
	return jen.Func().Params(jen.Id("at").Qual(livePkg, "At").Index(c.paramType(v))).Qual(livePkg, "Reader").Index(c.feedShows(v)).Block(
		jen.Return(reader.Dot("At").Call(jen.Id("at").Dot("Params"), jen.Id("at").Dot("Actor"))))
}

// listPage declares what a page of a list shows, and the addresses of the pages around
// it.
func (c *context) listPage(v *model.View) []jen.Code {
	name := naming.ListPage.Of(v.Name)
	by := jen.Id("p").Id(name)
	here := jen.Id("p").Dot("At").Dot(naming.PageParams)
	address := func(params *jen.Statement) *jen.Statement { return jen.Id(naming.ViewURL.Of(v.Name)).Call(params) }
	link := func(method, about, field, with, without string) jen.Code {
		return comment(method+" "+about).Func().Params(by).Id(method).Params().String().Block(
			jen.If(jen.Id("p").Dot(field).Op("==").Lit("")).Block(jen.Return(jen.Lit(""))),
			jen.Return(address(here.Clone().Dot(without).Call(jen.Lit("")).Dot(with).Call(jen.Id("p").Dot(field)))))
	}
	out := []jen.Code{
		comment(name+" is what a page of "+v.Name+" shows: its rows, and what lies around it.").Type().Id(name).Struct(
			root("Page").Index(c.domain(v.List.Row.GoName)), jen.Id("At").Id(naming.PageAt.Of(v.Name))),
		link("NextURL", "returns the address of the next page, or \"\" if this is the last one.", "Next", "WithAfter", "WithBefore"),
		link("PreviousURL", "returns the address of the page before, or \"\" if this is the first one.", "Previous", "WithBefore", "WithAfter"),
	}
	if len(v.List.Sorts) > 0 {
		sort := c.domain(v.Param.GoName + "Sort")
		out = append(out, comment("SortURL returns the address of the first page in another order.").
			Func().Params(by).Id("SortURL").Params(jen.Id("by").Add(sort)).String().Block(
			jen.Return(address(here.Clone().Dot("WithAfter").Call(jen.Lit("")).Dot("WithBefore").Call(jen.Lit("")).Dot("WithSort").Call(jen.Id("by"))))))
	}
	return out
}
