package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
)

// httpFile holds the HTTP half of a package: what a server needs of it, and its
// addresses.
func (c *context) httpFile() *goFile {
	if len(c.pkg.Aggregates) == 0 && len(c.pkg.Views) == 0 && len(c.pkg.Signals) == 0 {
		return nil
	}
	name := c.pkg.Name + "http"
	f := c.newFile(name, "context_gen.go", c.filePlaces()...)
	f.file.PackageComment("Package " + name + " is the HTTP half of package " + c.pkg.Name + ": its addresses and what serves them.")
	f.add(handshake(), c.httpContext(), c.routes())
	for _, a := range c.pkg.Aggregates {
		f.add(c.commandAddresses(a)...)
	}
	for _, v := range c.pkg.Views {
		f.add(c.viewAddresses(v)...)
	}
	return f
}

// domain is something of the package that this is the HTTP half of.
func (c *context) domain(id string) *jen.Statement { return jen.Qual(c.importPath(c.pkg), id) }

// foreign is a type of the package, or of another one, seen from the HTTP half.
func (c *context) foreign(t *model.Type) *jen.Statement {
	n := goNamed(t)
	return jen.Qual(c.importPath(n.Package), n.GoName)
}

func (c *context) address(name string) string { return "/" + dirOf(c.pkg) + "/" + kebab(name) }

func (c *context) paramType(v *model.View) *jen.Statement {
	if v.Param == nil {
		return jen.Qual(livePkg, "None")
	}
	return c.domain(v.Param.GoName)
}

// feedOf is a type of package live over the view's state and parameters.
func (c *context) feedOf(name string, v *model.View) *jen.Statement {
	return jen.Qual(livePkg, name).Index(jen.List(c.foreign(viewState(v)), c.paramType(v)))
}

func pageKind(v *model.View) string {
	if v.Scope == model.Session {
		return "SessionPage"
	}
	return "Page"
}

// commanded are the aggregates that take commands.
func (c *context) commanded() []*model.Aggregate {
	var all []*model.Aggregate
	for _, a := range c.pkg.Aggregates {
		if len(a.Commands) > 0 {
			all = append(all, a)
		}
	}
	return all
}

func (c *context) httpContext() jen.Code {
	var fields []jen.Code
	for _, a := range c.commanded() {
		fields = append(fields, jen.Id(a.Name).Qual(livePkg, "Handler").Index(c.domain(a.Name+"Command")))
	}
	for _, v := range c.pkg.Views {
		if len(fields) > 0 {
			fields = append(fields, jen.Line())
		}
		fields = append(fields,
			jen.Id(v.Name).Qual(livePkg, "Reader").Index(c.foreign(viewState(v))),
			jen.Id(v.Name+"Page").Add(c.feedOf(pageKind(v), v)),
			jen.Id(v.Name+"Title").Func().Params(c.foreign(viewState(v)), c.paramType(v)).String().Comment("nil: the view's name"),
		)
	}
	return comment("Context is all that a server needs to serve the " + c.pkg.Name + " domain.").
		Type().Id("Context").Struct(fields...)
}

func (c *context) routes() jen.Code {
	var body []jen.Code
	for _, a := range c.commanded() {
		body = append(body, jen.Qual(livePkg, "Commands").Call(jen.Id("s"),
			jen.Qual(livePkg, "CommandSet").Index(c.domain(a.Name+"Command")).Add(pairs(
				"Kind", c.domain(a.Name+"Kind"),
				"Path", jen.Lit(c.address(a.Name)),
				"Handler", jen.Id("c").Dot(a.Name),
				"Parse", c.domain("Parse"+a.Name+"Command"),
				"Inputs", c.domain(a.Name+"Inputs"),
			))))
	}
	for _, v := range c.pkg.Views {
		keying := map[string]string{"stream": "ByStream", "global": "Global"}[v.Key]
		if keying == "" {
			keying = "ByField"
		}
		if v.Of != nil {
			keying = "ByStream"
		}
		rows := []any{
			"Path", jen.Lit(c.address(v.Name)),
			"Name", c.domain(v.Name + "Name"),
			"Fingerprint", c.domain(v.Name + "Fingerprint"),
			"By", root(keying),
			"Reader", jen.Id("c").Dot(v.Name),
			pageKind(v), jen.Id("c").Dot(v.Name + "Page"),
			"Title", jen.Id("c").Dot(v.Name + "Title"),
		}
		if v.Param != nil {
			rows = append(rows, "Parse", c.domain("Parse"+v.Param.GoName), "Inputs", c.domain(v.Name+"Inputs"))
		}
		body = append(body, jen.Qual(livePkg, "Pages").Call(jen.Id("s"), c.feedOf("Feed", v).Add(pairs(rows...))))
	}
	for _, g := range c.pkg.Signals {
		body = append(body, jen.Id("s").Dot("Signals").Call(jen.Lit(c.pkg.Name+"."+g.Name), c.domain(g.Payload.GoName+"Version")))
	}
	return comment("Routes adds the addresses of the domain to a server.").
		Func().Params(jen.Id("c").Id("Context")).Id("Routes").Params(jen.Id("s").Op("*").Qual(livePkg, "Server")).Block(body...)
}

func (c *context) commandAddresses(a *model.Aggregate) []jen.Code {
	var out []jen.Code
	for _, cmd := range a.Commands {
		name := cmd.Payload.GoName + "URL"
		out = append(out, comment(name+" is where "+cmd.Name+" is posted to.").
			Func().Id(name).Params(jen.Id("id").String()).String().Block(
			jen.Return(wire("Address").Call(jen.Lit(""), jen.Lit(c.address(a.Name)), jen.Id("id"), jen.Lit(kebab(cmd.Name))))))
	}
	return out
}

func (c *context) viewAddresses(v *model.View) []jen.Code {
	var params []jen.Code
	parts := []jen.Code{jen.Lit(""), jen.Lit(c.address(v.Name))}
	if v.Of != nil || v.Key != "global" {
		params = append(params, jen.Id("key").String())
		parts = append(parts, jen.Id("key"))
	}
	if v.Param != nil {
		params = append(params, jen.Id("p").Add(c.paramType(v)))
		parts[0] = jen.Id("p").Dot("Query").Call()
	}
	function := func(name, about string, parts []jen.Code) jen.Code {
		return comment(name + about).Func().Id(name).Params(params...).String().Block(jen.Return(wire("Address").Call(parts...)))
	}
	return []jen.Code{
		function(v.Name+"URL", " is the address of a page over "+v.Name+".", parts),
		function(v.Name+"FeedURL", " is the address of what keeps such a page up to date.", append(parts[:len(parts):len(parts)], jen.Lit("feed"))),
	}
}
