package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// ids declares the rule for ids of an aggregate. It returns nothing if there is
// no rule.
func (c *context) ids(a *model.Aggregate) []jen.Code {
	if a.ID == nil {
		return nil
	}
	k := &checks{context: c, name: a.Name + "ID"}
	check := orNil(k.fn(a.ID))
	var examples []jen.Code
	if c.options.ExampleIDs != nil {
		for _, id := range c.options.ExampleIDs(a) {
			examples = append(examples, jen.Lit(id))
		}
	}
	decls := k.patterns
	if n := inlineState(a.ID); n != nil {
		decls = append(decls, c.types(n)...)
	}
	decls = append(decls,
		comment(naming.CheckID.Of(a.Name)+" returns an error if a text cannot be an id of "+a.Name+".").
			Func().Id(naming.CheckID.Of(a.Name)).Params(jen.Id("id").String()).Error().Block(
			jen.Return(wire("CheckID").Call(jen.Id(naming.Kind.Of(a.Name)), jen.Id("id"), c.readFunc(a.ID), check))),
		comment(naming.IDs.Of(a.Name)+" is the rule for ids of "+a.Name+".").
			Var().Id(naming.IDs.Of(a.Name)).Op("=").Add(root("IDs")).Values(
			jen.Id("Check").Op(":").Id(naming.CheckID.Of(a.Name)),
			jen.Id("Examples").Op(":").Index().String().Values(examples...)))
	return decls
}

// idsOf returns a reference to the rule for ids, or nil if there is none.
func idsOf(a *model.Aggregate) any {
	if a.ID == nil {
		return nil
	}
	return jen.Id(naming.IDs.Of(a.Name))
}

// checkIDOf returns a reference to the check of ids in the domain package, or nil if
// there is none.
func (c *context) checkIDOf(a *model.Aggregate) any {
	if a == nil || a.ID == nil {
		return nil
	}
	return jen.Qual(c.importPath(a.Package), naming.CheckID.Of(a.Name))
}

// kindOf returns the kind of an aggregate's streams, or nil to omit the field.
func (c *context) kindOf(a *model.Aggregate) any {
	if a == nil {
		return nil
	}
	return jen.Qual(c.importPath(a.Package), naming.Kind.Of(a.Name))
}

// streamsOf returns the aggregate whose streams are the keys of a view, or nil.
func streamsOf(v *model.View) *model.Aggregate {
	switch {
	case v.List != nil:
		return nil
	case v.Of != nil:
		return v.Of
	case v.Key == "stream" && len(v.On) == 1:
		return v.On[0].Aggregate
	}
	return nil
}

// whether returns true, or nil to omit the field.
func whether(b bool) any {
	if !b {
		return nil
	}
	return jen.True()
}
