package codegen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// httpDomain declares the struct of what an application gives for the package.
func (c *context) httpDomain() jen.Code {
	var fields []jen.Code
	for _, a := range c.pkg.Aggregates {
		fields = append(fields, jen.Id(naming.Code.Of(a.Name)).Add(c.domain(naming.Aggregate.Of(a.Name))).Comment("what is decided, and how it is folded"))
	}
	for _, v := range c.pkg.Views {
		if len(fields) > 0 {
			fields = append(fields, jen.Line())
		}
		if v.HasCode() {
			about := "how it is folded"
			if v.List != nil {
				about = "what it adds to rows"
			}
			fields = append(fields, jen.Id(naming.Code.Of(v.Name)).Add(c.domain(naming.View.Of(v.Name))).Comment(about))
		}
		fields = append(fields,
			jen.Id(naming.Page.Of(v.Name)).Func().Params(c.pageShows(v), jen.Id(naming.PageAt.Of(v.Name))).Qual(templPkg, "Component").Comment("its live part"),
			jen.Id(naming.Heading.Of(v.Name)).Func().Params(c.pageShows(v), jen.Id(naming.PageAt.Of(v.Name))).String().Comment("nil: the view's name"),
			jen.Id(naming.PageDocument.Of(v.Name)).Func().Params(jen.Id(naming.PageDocument.Of(v.Name))).Qual(templPkg, "Component").Comment("around it; nil: the application's"),
			jen.Id(naming.PageOptions.Of(v.Name)).Qual(livePkg, "ViewOptions"),
		)
	}
	for _, q := range c.pkg.Queries {
		if q.View == nil {
			continue
		}
		if len(fields) > 0 {
			fields = append(fields, jen.Line())
		}
		fields = append(fields, jen.Id(naming.Code.Of(q.Name)).Add(c.domain(naming.Query.Of(q.Name))).Comment("what its rows are"))
	}
	for _, p := range c.pkg.Processes {
		if len(fields) > 0 {
			fields = append(fields, jen.Line())
		}
		fields = append(fields, jen.Id(naming.Code.Of(p.Name)).Add(c.domain(naming.Process.Of(p.Name))).Comment("what happens by itself"))
		if len(p.Effects) > 0 {
			fields = append(fields, jen.Id(naming.EffectCode.Of(p.Name)).Add(c.domain(naming.ProcessEffects.Of(p.Name))).Comment("what it does in the outside world"))
		}
	}
	return comment(naming.HTTPDomain + " is what an application gives for the " + c.pkg.Name + " domain: its hand-written code, and a\npage for each view. Put it into ops.App.Domains.").
		Type().Id(naming.HTTPDomain).Struct(fields...)
}

// httpParts declares the struct of what runs of the package: what code of the
// application's own sends commands to, and reads.
func (c *context) httpParts() jen.Code {
	fields := c.partFields()
	if len(fields) == 0 {
		return nil
	}
	return comment(naming.HTTPParts + " are the running parts of the domain, for code of your own. " + naming.HTTPPartsOf + " finds\nthem.").
		Type().Id(naming.HTTPParts).Struct(fields...)
}

func (c *context) partFields() (fields []jen.Code) {
	for _, a := range c.commanded() {
		fields = append(fields, jen.Id(naming.Handler.Of(a.Name)).Qual(enginePkg, "Handler").Index(c.domain(naming.CommandSum.Of(a.Name))))
	}
	for _, v := range c.pkg.Views {
		if v.List != nil {
			fields = append(fields, jen.Id(naming.Reader.Of(v.Name)).Op("*").Qual(enginePkg, "ListReader").Index(jen.List(c.domain(v.List.Row.GoName), c.paramType(v))))
			continue
		}
		if v.Shows == nil {
			fields = append(fields, jen.Id(naming.Reader.Of(v.Name)).Op("*").Qual(enginePkg, "Reader").Index(c.foreign(viewState(v))))
		}
	}
	for _, q := range c.pkg.Queries {
		fields = append(fields, jen.Id(naming.Reader.Of(q.Name)).Op("*").Add(query("Reader")).Index(c.queryTypes(q)))
	}
	return fields
}

// httpPartsOf declares the function that finds the parts of a running engine.
func (c *context) httpPartsOf() jen.Code {
	var found []jen.Code
	part := func(pkg, find, id, field string) {
		found = append(found, jen.Line().Qual(pkg, find).Call(jen.Id("e"), c.domain(id), jen.Op("&").Id("p").Dot(field)))
	}
	for _, a := range c.commanded() {
		part(enginePkg, "FindHandler", naming.Kind.Of(a.Name), naming.Handler.Of(a.Name))
	}
	for _, v := range c.pkg.Views {
		switch {
		case v.List != nil:
			part(enginePkg, "FindList", naming.ViewName.Of(v.Name), naming.Reader.Of(v.Name))
		case v.Shows == nil:
			part(enginePkg, "FindReader", naming.ViewName.Of(v.Name), naming.Reader.Of(v.Name))
		}
	}
	for _, q := range c.pkg.Queries {
		part(queryPkg, "Find", naming.QueryName.Of(q.Name), naming.Reader.Of(q.Name))
	}
	if len(found) == 0 {
		return nil
	}
	return comment(naming.HTTPPartsOf+" returns the parts of the domain that run on an engine. The error says that\nthe domain is not registered there.").
		Func().Id(naming.HTTPPartsOf).Params(jen.Id("e").Op("*").Qual(enginePkg, "Engine")).Params(jen.Id("p").Id(naming.HTTPParts), jen.Err().Error()).Block(
		jen.Err().Op("=").Qual("errors", "Join").Call(append(found, jen.Line())...),
		jen.Return(jen.Id("p"), jen.Err()))
}

// missing returns statements that return an error which names everything that
// the application forgot, so that the mistake is found at the start and not at
// the first request.
func (c *context) missing() []jen.Code {
	var checks []jen.Code
	check := func(condition jen.Code, text string) {
		checks = append(checks, jen.If(condition).Block(
			jen.Id("missing").Op("=").Append(jen.Id("missing"), jen.Qual("errors", "New").Call(
				jen.Lit(naming.HTTPPackage(c.pkg)+"."+naming.HTTPDomain+" has "+text)))))
	}
	field := func(name string) *jen.Statement { return jen.Id("d").Dot(name) }
	code := func(name string) {
		check(field(name).Op("==").Nil(), "no "+name+": set it to your code, which implements "+c.pkg.Name+"."+name)
	}
	for _, a := range c.pkg.Aggregates {
		code(naming.Code.Of(a.Name))
	}
	for _, v := range c.pkg.Views {
		if v.HasCode() {
			code(naming.Code.Of(v.Name))
		}
		page, options := naming.Page.Of(v.Name), naming.PageOptions.Of(v.Name)
		check(field(page).Op("==").Nil().Op("&&").Op("!").Add(field(options)).Dot("NoPage"),
			"no "+page+": set it to the templ component that shows the view, or set "+options+".NoPage if other code reads it")
		check(field(page).Op("!=").Nil().Op("&&").Add(field(options)).Dot("NoPage"),
			page+", and "+options+".NoPage says that there is none: remove one of them")
	}
	for _, q := range c.pkg.Queries {
		if q.View != nil {
			code(naming.Code.Of(q.Name))
		}
	}
	for _, p := range c.pkg.Processes {
		code(naming.Code.Of(p.Name))
		if name := naming.EffectCode.Of(p.Name); len(p.Effects) > 0 {
			check(field(name).Op("==").Nil(), "no "+name+": set it to your code, which implements "+c.pkg.Name+"."+name)
		}
	}
	if len(checks) == 0 {
		return nil
	}
	out := append([]jen.Code{jen.Var().Id("missing").Index().Error()}, checks...)
	return append(out, jen.If(jen.Id("missing").Op("!=").Nil()).Block(
		jen.Return(jen.Nil(), jen.Qual("errors", "Join").Call(jen.Id("missing").Op("...")))))
}

// register declares the method that adds the domain to an engine, and returns
// what adds its addresses to a server.
func (c *context) register() jen.Code {
	body := c.missing()
	var parts []any
	for _, a := range c.pkg.Aggregates {
		run := jen.Qual(enginePkg, "Run").Call(jen.Id("e"), c.domain(naming.AggregateConstructor.Of(a.Name)).Call(jen.Id("d").Dot(naming.Code.Of(a.Name))))
		if len(a.Commands) == 0 {
			body = append(body, run)
			continue
		}
		parts = append(parts, naming.Handler.Of(a.Name), run)
	}
	for _, v := range c.pkg.Views {
		if v.Shows != nil {
			continue
		}
		follow := "Follow"
		if v.List != nil {
			follow = "FollowList"
		}
		parts = append(parts, naming.Reader.Of(v.Name),
			jen.Qual(enginePkg, follow).Call(jen.Id("e"), c.domain(naming.ViewConstructor.Of(v.Name)).Call(c.viewCode(v)...)))
	}
	for _, q := range c.pkg.Queries {
		register := query("Register").Call(jen.Id("e"), c.domain(naming.QueryConstructor.Of(q.Name)).Call(c.queryCode(q)...))
		if !c.routesParts() {
			body = append(body, register)
			continue
		}
		parts = append(parts, naming.Reader.Of(q.Name), register)
	}
	if parts != nil {
		body = append(body, jen.Id("p").Op(":=").Id(naming.HTTPParts).Add(pairs(parts...)))
	}
	for _, p := range c.pkg.Processes {
		body = append(body, jen.Qual(enginePkg, "RunProcess").Call(jen.Id("e"), c.domain(naming.ProcessConstructor.Of(p.Name)).Call(c.processCode(p)...)))
	}
	body = append(body, jen.Return(jen.Func().Params(jen.Id("s").Op("*").Qual(livePkg, "Server")).Block(c.routes()...), jen.Nil()))
	return comment(naming.HTTPRegister+" adds the domain to an engine that has not started. It returns a function that\nadds the domain's addresses to a server. The error names everything that the domain lacks, and says what to set.").
		Func().Params(jen.Id("d").Id(naming.HTTPDomain)).Id(naming.HTTPRegister).Params(jen.Id("e").Op("*").Qual(enginePkg, "Engine")).
		Params(jen.Func().Params(jen.Op("*").Qual(livePkg, "Server")), jen.Error()).Block(body...)
}

// routesParts reports whether an address needs a part of the domain. The only parts that
// need none are queries: only code of the application asks them then.
func (c *context) routesParts() bool {
	return len(c.commanded()) > 0 || slices.ContainsFunc(c.pkg.Queries, func(q *model.Query) bool { return q.Public }) ||
		slices.ContainsFunc(c.pkg.Views, func(v *model.View) bool { return v.Shows == nil || len(v.Shows) > 0 })
}

// viewCode returns the hand-written code that a view is made from.
func (c *context) viewCode(v *model.View) []jen.Code {
	if v.Of != nil {
		code := []jen.Code{jen.Id("d").Dot(naming.Code.Of(v.Of.Name))}
		if v.HasCode() {
			code = append(code, jen.Id("d").Dot(naming.Code.Of(v.Name)))
		}
		return code
	}
	code := []jen.Code{jen.Id("d").Dot(naming.Code.Of(v.Name))}
	for _, on := range v.On {
		if byHand(on.Aggregate) {
			code = append(code, jen.Id("d").Dot(naming.Code.Of(on.Aggregate.Name)))
		}
	}
	return code
}

// processCode returns the hand-written code that a process is made from.
func (c *context) processCode(p *model.Process) []jen.Code {
	code := c.viewCode(followed(p))
	if len(p.Effects) > 0 {
		code = append(code, jen.Id("d").Dot(naming.EffectCode.Of(p.Name)))
	}
	return code
}

// routes returns the statements that add the addresses of the domain to the
// server s.
func (c *context) routes() []jen.Code {
	var body []jen.Code
	for _, a := range c.commanded() {
		body = append(body, jen.Qual(livePkg, "Commands").Call(jen.Id("s"),
			jen.Qual(livePkg, "CommandSet").Index(c.domain(naming.CommandSum.Of(a.Name))).Add(pairs(
				"Kind", c.domain(naming.Kind.Of(a.Name)),
				"Path", jen.Lit(c.address(a.Name)),
				"CheckID", c.checkIDOf(a),
				"Handler", jen.Id("p").Dot(naming.Handler.Of(a.Name)),
				"Parse", c.domain(naming.ParseCommand.Of(a.Name)),
				"Inputs", c.domain(naming.CommandInputs.Of(a.Name)),
				"Internal", internalNames(a),
			))))
	}
	for _, v := range c.pkg.Views {
		body = append(body, jen.Qual(livePkg, "Pages").Call(jen.Id("s"), c.feedOf("Feed", v).Add(pairs(c.feedFields(v)...))))
	}
	for _, q := range c.pkg.Queries {
		if q.Public {
			body = append(body, c.queryRoute(q))
		}
	}
	for _, g := range c.pkg.Signals {
		body = append(body, jen.Id("s").Dot("Signals").Call(jen.Lit(c.pkg.Name+"."+g.Name), c.domain(naming.SignalsVersion.Of(g.Payload.GoName))))
	}
	return body
}

// internalNames returns the names of the commands without an address, or nil if
// there are none.
func internalNames(a *model.Aggregate) any {
	var names []jen.Code
	for _, cmd := range a.Internal() {
		names = append(names, jen.Lit(naming.Kebab(cmd.Name)))
	}
	if names == nil {
		return nil
	}
	return jen.Index().String().Values(names...)
}

// feedFields returns the fields of a view's feed, and their values.
func (c *context) feedFields(v *model.View) []any {
	keying := map[string]string{"stream": "ByStream", "global": "Global"}[v.Key]
	if keying == "" {
		keying = "ByField"
	}
	fields := []any{
		"Path", jen.Lit(c.address(v.Name)),
		"Name", c.domain(naming.ViewName.Of(v.Name)),
		"Fingerprint", c.domain(naming.ViewFingerprint.Of(v.Name)),
		"By", root(keying),
		"Kind", c.kindOf(streamsOf(v)),
		"CheckID", c.checkIDOf(streamsOf(v)),
		"MustExist", whether(v.MustExist),
		c.readerField(v), c.readerOf(v),
		"ViewOptions", jen.Id("d").Dot(naming.PageOptions.Of(v.Name)),
	}
	fields = append(fields, c.pageFields(v)...)
	if v.Param != nil {
		fields = append(fields, "Parse", c.domain(naming.ParseParams.Of(v.Param.GoName)), "Inputs", c.domain(naming.ParamInputs.Of(v.Name)))
	}
	return fields
}
