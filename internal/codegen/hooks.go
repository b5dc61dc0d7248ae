package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// hooksFile returns the file that exports functions for other packages of the
// schema, which read, write and check types of this package with them. It returns
// no file if other packages need no function.
func (c *context) hooksFile() *goFile {
	f := c.newFile("", naming.HooksFile, c.filePlaces()...)
	f.add(handshake())
	any := false
	for _, n := range namedIn(c.pkg) {
		for _, hook := range c.hooks(n) {
			f.add(hook)
			any = true
		}
	}
	if !any {
		return nil
	}
	return f
}

func (c *context) filePlaces() []model.Pos {
	var places []model.Pos
	for _, file := range c.pkg.Files {
		places = append(places, model.Pos{File: file})
	}
	return places
}

func (c *context) hooks(n *model.Named) []jen.Code {
	needed := c.plan.hooks[n]
	if needed == 0 {
		return nil
	}
	if n.Type.Kind == model.Enum {
		return nil // other packages use the exported list of values
	}
	var out []jen.Code
	hook := func(what need, about string, params, args, result []jen.Code) {
		call := c.call(what, n, args...)
		if len(result) > 0 {
			call = jen.Return(call)
		}
		name := functionName(what, n, true)
		out = append(out, comment(name+" "+about+" for other packages of the schema.").
			Func().Id(name).Params(params...).Add(result...).Block(call))
	}
	v := jen.Id("v").Add(c.declared(n))
	bytes := jen.Index().Byte()
	isStruct := hasGoType(n)
	if isStruct && needed&needDecode != 0 {
		hook(needDecode, "reads a value,", []jen.Code{decoderParam}, []jen.Code{jen.Id("d")}, []jen.Code{jen.Id(n.GoName)})
	}
	if isStruct && needed&needAppend != 0 {
		hook(needAppend, "writes a value,", []jen.Code{jen.Id("b").Add(bytes), v}, []jen.Code{jen.Id("b"), jen.Id("v")}, []jen.Code{bytes})
	}
	if needed&needCheck != 0 && c.plan.constrained[n] {
		hook(needCheck, "checks a value,", []jen.Code{checkerParam, v}, []jen.Code{jen.Id("c"), jen.Id("v")}, nil)
	}
	if isStruct && needed&needHide != 0 && c.plan.secrets[n] {
		hook(needHide, "returns a copy without secrets,", []jen.Code{v}, []jen.Code{jen.Id("v")}, []jen.Code{jen.Id(n.GoName)})
	}
	return out
}
