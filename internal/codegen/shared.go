package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// sharedFields declares a function for each field that several cases of an aggregate's
// state have.
func (c *context) sharedFields(a *model.Aggregate) (decls []jen.Code) {
	for _, f := range a.State.Shared() {
		name := naming.SharedField(a, f)
		var cases []jen.Code
		for _, arm := range a.State.CasesWith(f) {
			cases = append(cases, jen.Case(c.goType(&model.Type{Kind: model.Ref, Named: arm})).Block(jen.Return(jen.Id("s").Dot(f.GoName), jen.True())))
		}
		value := c.goType(f.Type)
		if f.Pointer() {
			value = jen.Op("*").Add(value)
		}
		decls = append(decls, comment(wrap(name+" returns the field "+f.Name+" of the state, and whether the case has it.")).
			Func().Id(name).Params(jen.Id("s").Add(c.goType(a.State))).Params(jen.Id("v").Add(value), jen.Id("ok").Bool()).Block(
			jen.Switch(jen.Id("s").Op(":=").Id("s").Assert(jen.Type())).Block(cases...),
			jen.Return(jen.Id("v"), jen.False()),
		))
	}
	return decls
}
