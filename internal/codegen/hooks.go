package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
)

// hooksFile exports what other packages of the schema need of this one's types
// to read, write and check them. Without such it is not there.
func (c *context) hooksFile() *goFile {
	f := c.newFile("", "hooks_gen.go", c.filePlaces()...)
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
	need := c.plan.hooks[n]
	if need == 0 {
		return nil
	}
	if n.Type.Kind == model.Enum {
		return []jen.Code{comment("Known" + n.GoName + " lists the values of " + n.GoName + ", for other packages of the schema.").
			Func().Id("Known" + n.GoName).Params().Index().Id(n.GoName).Block(
			jen.Return(jen.Qual("slices", "Clone").Call(jen.Id(known(n)))))}
	}
	var out []jen.Code
	hook := func(verb, what string, params, args, result []jen.Code) {
		call := jen.Id(verb + n.GoName).Call(args...)
		if len(result) > 0 {
			call = jen.Return(call)
		}
		out = append(out, comment(title(verb)+n.GoName+" "+what+" for other packages of the schema.").
			Func().Id(title(verb)+n.GoName).Params(params...).Add(result...).Block(call))
	}
	v := jen.Id("v").Add(c.declared(n))
	bytes := jen.Index().Byte()
	isStruct := hasGoType(n)
	if isStruct && need&needDecode != 0 {
		hook("decode", "reads one,", []jen.Code{decoderParam}, []jen.Code{jen.Id("d")}, []jen.Code{jen.Id(n.GoName)})
	}
	if isStruct && need&needAppend != 0 {
		hook("append", "writes one,", []jen.Code{jen.Id("b").Add(bytes), v}, []jen.Code{jen.Id("b"), jen.Id("v")}, []jen.Code{bytes})
	}
	if need&needCheck != 0 && c.plan.constrained[n] {
		hook("check", "checks one,", []jen.Code{checkerParam, v}, []jen.Code{jen.Id("c"), jen.Id("v")}, nil)
	}
	return out
}
