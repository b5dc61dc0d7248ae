package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
)

// refusalsFile holds the reasons for which an aggregate says no.
func (c *context) refusalsFile(a *model.Aggregate) *goFile {
	if len(a.Refusals) == 0 {
		return nil
	}
	f := c.newFile("", aggregateBase(a)+"_refusals_gen.go", a.Pos)
	var arms []*model.Named
	for _, r := range a.Refusals {
		arms = append(arms, r.Payload)
	}
	name := a.Name + "Refusal"
	f.add(
		handshake(),
		sumOf(wrap(name+" is a reason for which a "+a.Name+" says no: one of "+goNames(arms)+"."), name, arms, root("Refusal")),
	)
	for _, r := range a.Refusals {
		n := *r.Payload
		n.Doc = document(r.Doc, r.Name, n.GoName, n.GoName+" is a refusal of "+a.Name+".")
		f.add(c.declaration(&n))
		f.add(c.refusalMethods(r)...)
		f.add(c.types(r.Payload)[1:]...)
	}
	return f
}

func (c *context) refusalMethods(r *model.Refusal) []jen.Code {
	n := r.Payload
	return []jen.Code{
		comment(`Code is the refusal's stable name.`).
			Func().Params(jen.Id(n.GoName)).Id("Code").Params().String().Block(jen.Return(jen.Lit(r.Name))),
		c.refusalError(r),
		comment("AppendJSON writes the refusal's details.").
			Func().Params(jen.Id("r").Id(n.GoName)).Id("AppendJSON").Params(jen.Id("b").Index().Byte()).Index().Byte().Block(
			jen.Return(c.call(needAppend, n, jen.Id("b"), jen.Id("r")))),
	}
}

// refusalError is a sentence for people: the schema's comment or the name in
// words, and the details that fit.
func (c *context) refusalError(r *model.Refusal) jen.Code {
	n := r.Payload
	sentence := firstSentence(r.Doc)
	sentence = strings.TrimLeft(strings.TrimPrefix(sentence, r.Name), ": ")
	if sentence == "" {
		sentence = strings.Join(words(r.Name), " ")
	}
	var details []string
	var args []jen.Code
	for _, f := range n.Type.Fields {
		if f.Const == nil && !f.Optional && !f.Secret && isScalar(base(f.Type)) {
			details = append(details, f.Name+" %v")
			args = append(args, jen.Id("r").Dot(f.GoName))
		}
	}
	head := jen.Func().Params(jen.Id("r").Id(n.GoName)).Id("Error").Params().String()
	if len(args) == 0 {
		head = jen.Func().Params(jen.Id(n.GoName)).Id("Error").Params().String().Block(jen.Return(jen.Lit(sentence)))
	} else {
		format := strings.ReplaceAll(sentence, "%", "%%") + " (" + strings.Join(details, ", ") + ")"
		head.Block(jen.Return(jen.Qual("fmt", "Sprintf").Call(append([]jen.Code{jen.Lit(format)}, args...)...)))
	}
	return comment("Error says it to people.").Add(head)
}
