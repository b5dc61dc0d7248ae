package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// refusalsFile returns the file with an aggregate's refusals.
func (c *context) refusalsFile(a *model.Aggregate) *goFile {
	if len(a.Refusals) == 0 {
		return nil
	}
	f := c.newFile("", naming.AggregateFile(a, "refusals"), a.Pos)
	var arms []*model.Named
	for _, r := range a.Refusals {
		arms = append(arms, r.Payload)
	}
	name := naming.RefusalSum.Of(a.Name)
	f.add(
		handshake(),
		sumOf(wrap(name+" is a refusal of "+a.Name+": one of "+goNames(arms)+"."), name, arms, root("Refusal")),
	)
	for _, r := range a.Refusals {
		n := *r.Payload
		n.Doc = document(r.Doc, r.Name, n.GoName, n.GoName+" is a refusal of "+a.Name+".")
		f.add(c.declaration(&n))
		f.add(c.refusalMethods(r)...)
		f.add(refusalField(a, r)...)
		f.add(c.types(r.Payload)[1:]...)
	}
	return f
}

func (c *context) refusalMethods(r *model.Refusal) []jen.Code {
	n := r.Payload
	return []jen.Code{
		comment(`Code returns the refusal's stable name.`).
			Func().Params(jen.Id(n.GoName)).Id(naming.RefusalCode).Params().String().Block(jen.Return(jen.Lit(r.Name))),
		c.refusalError(r),
		comment("AppendJSON appends the refusal's details as JSON.").
			Func().Params(jen.Id("r").Id(n.GoName)).Id(naming.RefusalJSON).Params(jen.Id("b").Index().Byte()).Index().Byte().Block(
			jen.Return(c.call(needAppend, n, jen.Id("b"), jen.Id("r")))),
	}
}

// refusalError declares Error. It returns the schema's comment, or the name in words,
// and then the details.
func (c *context) refusalError(r *model.Refusal) jen.Code {
	if r.Message != nil {
		return c.refusalMessage(r)
	}
	n := r.Payload
	sentence := firstSentence(r.Doc)
	sentence = strings.TrimLeft(strings.TrimPrefix(sentence, r.Name), ": ")
	if sentence == "" {
		sentence = strings.ReplaceAll(naming.Kebab(r.Name), "-", " ")
	}
	var details []string
	var args []jen.Code
	for _, f := range n.Type.Fields {
		if f.Const == nil && !f.Optional && !f.Secret && isScalar(base(f.Type)) {
			details = append(details, f.Name+" %v")
			args = append(args, jen.Id("r").Dot(f.GoName))
		}
	}
	head := jen.Func().Params(jen.Id("r").Id(n.GoName)).Id(naming.RefusalError).Params().String()
	if len(args) == 0 {
		head = jen.Func().Params(jen.Id(n.GoName)).Id(naming.RefusalError).Params().String().Block(jen.Return(jen.Lit(sentence)))
	} else {
		format := strings.ReplaceAll(sentence, "%", "%%") + " (" + strings.Join(details, ", ") + ")"
		head.Block(jen.Return(jen.Qual("fmt", "Sprintf").Call(append([]jen.Code{jen.Lit(format)}, args...)...)))
	}
	return comment("Error returns a sentence for people.").Add(head)
}

// refusalMessage declares Error with the schema's message and the values of its
// fields.
func (c *context) refusalMessage(r *model.Refusal) jen.Code {
	receiver := jen.Id(r.Payload.GoName)
	var text *jen.Statement
	for _, p := range r.Message.Parts {
		part := jen.Lit(p.Text)
		if p.Field != nil {
			receiver = jen.Id("r").Id(r.Payload.GoName)
			part = textOf(p.Field.Type, jen.Id("r").Dot(p.Field.GoName))
		}
		if text == nil {
			text = part
		} else {
			text.Op("+").Add(part)
		}
	}
	return comment("Error returns a sentence for people.").
		Func().Params(receiver).Id("Error").Params().String().Block(jen.Return(text))
}
