package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// httpFile returns the file of a package's HTTP code: its Domain, its Parts and
// its addresses.
func (c *context) httpFile() *goFile {
	if len(c.pkg.Aggregates)+len(c.pkg.Views)+len(c.pkg.Queries)+len(c.pkg.Signals) == 0 {
		return nil
	}
	name := naming.HTTPPackage(c.pkg)
	f := c.newFile(name, naming.HTTPFile, c.filePlaces()...)
	f.file.ImportName(queryPkg, "query")
	f.file.PackageComment("Package " + name + " serves package " + c.pkg.Name + " over HTTP: its commands, pages and feeds.")
	f.add(handshake(), c.httpDomain(), c.httpParts(), c.register(), c.httpPartsOf())
	for _, a := range c.pkg.Aggregates {
		f.add(c.commandAddresses(a)...)
	}
	for _, v := range c.pkg.Views {
		f.add(c.pageTypes(v)...)
		f.add(c.viewAddresses(v)...)
		if v.List != nil {
			f.add(c.listPage(v)...)
		}
	}
	for _, q := range c.pkg.Queries {
		f.add(c.queryAddresses(q)...)
	}
	return f
}

// domain returns an identifier of the domain package.
func (c *context) domain(id string) *jen.Statement { return jen.Qual(c.importPath(c.pkg), id) }

// foreign returns a type as the HTTP package refers to it.
func (c *context) foreign(t *model.Type) *jen.Statement {
	n := goNamed(t)
	return jen.Qual(c.importPath(n.Package), n.GoName)
}

func (c *context) address(name string) string { return naming.Address(c.pkg, name) }

func (c *context) paramType(v *model.View) *jen.Statement {
	if v.Param == nil {
		return jen.Qual(livePkg, "None")
	}
	return c.domain(v.Param.GoName)
}

// feedOf returns a type of package live with the view's state and parameters.
func (c *context) feedOf(name string, v *model.View) *jen.Statement {
	return jen.Qual(livePkg, name).Index(jen.List(c.feedShows(v), c.paramType(v)))
}

// commanded returns the aggregates that have commands.
func (c *context) commanded() []*model.Aggregate {
	var all []*model.Aggregate
	for _, a := range c.pkg.Aggregates {
		if len(a.Commands) > 0 {
			all = append(all, a)
		}
	}
	return all
}

func (c *context) commandAddresses(a *model.Aggregate) []jen.Code {
	var out []jen.Code
	for _, cmd := range a.Commands {
		if cmd.Internal {
			continue
		}
		name := naming.CommandURL.Of(cmd.Payload.GoName)
		out = append(out, comment(name+" returns the address for POSTs of "+cmd.Name+".").
			Func().Id(name).Params(jen.Id("id").String()).String().Block(
			jen.Return(wire("Address").Call(jen.Lit(""), jen.Lit(c.address(a.Name)), jen.Id("id"), jen.Lit(naming.Kebab(cmd.Name))))))
	}
	return out
}

func (c *context) viewAddresses(v *model.View) []jen.Code {
	var params []jen.Code
	parts := []jen.Code{jen.Lit(""), jen.Lit(c.address(v.Name))}
	if key, _ := pageKey(v); key != "" {
		key = strings.ToLower(key)
		params = append(params, jen.Id(key).String())
		parts = append(parts, jen.Id(key))
	}
	if v.Param != nil {
		params = append(params, jen.Id("p").Add(c.paramType(v)))
		parts[0] = jen.Id("p").Dot("Query").Call()
	}
	function := func(name, about string, parts []jen.Code) jen.Code {
		return comment(name + about).Func().Id(name).Params(params...).String().Block(jen.Return(wire("Address").Call(parts...)))
	}
	return []jen.Code{
		function(naming.ViewURL.Of(v.Name), " returns the address of a page of "+v.Name+".", parts),
		function(naming.FeedURL.Of(v.Name), " returns the address of the feed that keeps such a page up to date.", append(parts[:len(parts):len(parts)], jen.Lit("feed"))),
	}
}
