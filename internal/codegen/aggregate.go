package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// aggregateFile holds what the hand-written side must have, how it is called,
// and the state if it is written in place.
func (c *context) aggregateFile(a *model.Aggregate) *goFile {
	f := c.newFile("", aggregateBase(a)+"_gen.go", a.Pos)
	f.add(
		handshake(),
		comment(a.Name+"Kind names the streams of "+a.Name+".").
			Const().Id(a.Name+"Kind").Op("=").Lit(kindOf(a)),
		fingerprint(a.Name, jen.Lit(c.aggregateFingerprint(a))),
		c.decidingInterface(a),
		c.constructor(a),
		c.noHistory(a),
	)
	f.add(c.state(a.State, " is what the events of "+a.Name+" fold into.")...)
	return f
}

// state declares a state that is written in place.
func (c *context) state(t *model.Type, about string) []jen.Code {
	n := inlineState(t)
	if n == nil {
		return nil
	}
	return c.described(n, document(n.Doc, n.Name, n.GoName, n.GoName+about))
}

// described declares a type written in place with another comment.
func (c *context) described(n *model.Named, doc string) []jen.Code {
	decl := *n
	decl.Doc = doc
	return append([]jen.Code{c.declaration(&decl)}, c.types(n)[1:]...)
}

func fingerprint(name string, value jen.Code) jen.Code {
	return comment(wrap(name + "Fingerprint changes with the declared state, the events folded into it and their upcasters.")).
		Const().Id(name + "Fingerprint").Op("=").Add(value)
}

// fingerprintOf adds the hand-written code to what is declared.
func fingerprintOf(name string, by jen.Code) jen.Code {
	return root("Fingerprint").Call(jen.Id(name+"Fingerprint"), jen.Add(by).Dot("Source").Call())
}

// sourceMethod gives the hand-written code.
func sourceMethod() jen.Code {
	return comment("Source is the code of the hand-written side, which is part of the fingerprint.").
		Id("Source").Params().Qual("embed", "FS").Line()
}

// inlineState is the type of a state that is written in place, or nil.
func inlineState(t *model.Type) *model.Named {
	if t.Kind == model.Ref && t.Named.Inline {
		return t.Named
	}
	return nil
}

// kindOf is the aggregate's name in stored streams.
func kindOf(a *model.Aggregate) string { return a.Package.Name + "." + a.Name }

func current(e *model.Event) *model.Named { return e.Versions[len(e.Versions)-1].Payload }

func (c *context) decidingInterface(a *model.Aggregate) jen.Code {
	doc := document(a.Doc, a.Name, a.Name, a.Name+" is an aggregate of the "+c.pkg.Name+" domain.") +
		"\n\nIt is what the hand-written side must have: one Decide method a command, one\nEvolve method an event."
	body := []jen.Code{sourceMethod(), jen.Id("Initial").Params().Add(c.goType(a.State)), jen.Line()}
	for _, cmd := range a.Commands {
		name := "Decide" + cmd.Name
		body = append(body, comment(document(cmd.Doc, cmd.Name, name, "")).Id(name).Add(c.decideSignature(a, cmd)))
	}
	body = append(body, jen.Line())
	for _, e := range a.Events {
		name := "Evolve" + e.Name
		body = append(body, comment(document(e.Doc, e.Name, name, "")).Id(name).Add(c.evolveSignature(a, e)))
	}
	if byHand(a) {
		body = append(body, jen.Line(), jen.Id(a.Name+"Upcasts"))
	}
	return comment(doc).Type().Id(a.Name).Interface(body...)
}

func (c *context) decideSignature(a *model.Aggregate, cmd *model.Command) *jen.Statement {
	return jen.Params(c.goType(a.State), jen.Id(cmd.Payload.GoName)).Params(jen.Index().Id(a.Name+"Event"), jen.Error())
}

func (c *context) evolveSignature(a *model.Aggregate, e *model.Event) *jen.Statement {
	return jen.Params(c.goType(a.State), jen.Id(current(e).GoName)).Add(c.goType(a.State))
}

func (c *context) constructor(a *model.Aggregate) jen.Code {
	state, command, event := c.goType(a.State), jen.Id(a.Name+"Command"), jen.Id(a.Name+"Event")
	params := jen.Index(jen.List(state, command, event))
	by := self(a.Name, "s", "c", "e", "r")
	s, cmd, e := jen.Id("s").Add(state), jen.Id("c").Add(command), jen.Id("e").Add(event)
	return comment("New" + a.Name + " makes the aggregate of its hand-written side.").
		Func().Id("New" + a.Name).Params(jen.Add(by).Id(a.Name)).Add(root("Aggregate")).Add(params).Block(
		jen.Return(root("Aggregate").Add(params).Add(pairs(
			"Kind", jen.Id(a.Name+"Kind"),
			"Fingerprint", fingerprintOf(a.Name, by),
			"Shapes", jen.Id(a.Name+"Shapes"),
			"State", c.stateCodec(a.State),
			"Codec", root("Codec").Index(event).Values(jen.Id("Encode").Op(":").Id("Encode"+a.Name+"Event"), jen.Id("Decode").Op(":").Add(c.decoding(a, by))),
			"Decider", root("Decider").Add(params).Add(pairs(
				"Initial", jen.Add(by).Dot("Initial"),
				"Decide", jen.Func().Params(s, cmd).Params(jen.Index().Add(event), jen.Error()).Block(c.decide(a)...),
				"Evolve", jen.Func().Params(s, e).Add(state).Block(c.evolve(a)...),
			)),
		))))
}

// stateCodec is how a state is kept in a snapshot: without a check of its
// constraints, which bind what comes from outside.
func (c *context) stateCodec(t *model.Type) jen.Code {
	n, d := goNamed(t), jen.Id("d")
	return root("StateCodec").Index(c.goType(t)).Add(pairs(
		"Append", c.function(needAppend, n),
		"Decode", jen.Func().Params(jen.Id("b").Index().Byte()).Params(c.goType(t), jen.Error()).Block(
			jen.Add(d).Op(":=").Add(wire("NewStateDecoder")).Call(jen.Id("b")),
			jen.Id("s").Op(":=").Add(c.call(needDecode, n, d)),
			jen.Return(jen.Id("s"), wire("Folded").Call(d)),
		)))
}

// pairs is a composite literal with one field a line: name, value, name, value …
func pairs(namesAndValues ...any) *jen.Statement {
	var rows []jen.Code
	for i := 0; i < len(namesAndValues); i += 2 {
		rows = append(rows, jen.Id(namesAndValues[i].(string)).Op(":").Add(namesAndValues[i+1].(jen.Code)))
	}
	return multi(rows...)
}

// self is the name of the hand-written side in a function whose other
// parameters are the given ones.
func self(name string, taken ...string) *jen.Statement {
	id := lower(name)
	for _, t := range taken {
		if id == t {
			return jen.Id("by")
		}
	}
	return jen.Id(id)
}

// decide calls the hand-written method for each command.
func (c *context) decide(a *model.Aggregate) []jen.Code {
	by := self(a.Name, "s", "c", "e", "r")
	var cases []jen.Code
	for _, cmd := range a.Commands {
		cases = append(cases, jen.Case(jen.Id(cmd.Payload.GoName)).Block(
			jen.Return(jen.Add(by).Dot("Decide"+cmd.Name).Call(jen.Id("s"), jen.Id("c")))))
	}
	return []jen.Code{
		typeSwitch("c", cases),
		jen.Return(jen.Nil(), wire("NoCommand").Call(jen.Id(a.Name+"Kind"), jen.Id("c"))),
	}
}

// evolve calls the hand-written method for each event.
func (c *context) evolve(a *model.Aggregate) []jen.Code {
	by := self(a.Name, "s", "c", "e", "r")
	var cases []jen.Code
	for _, e := range a.Events {
		cases = append(cases, jen.Case(jen.Id(current(e).GoName)).Block(
			jen.Return(jen.Add(by).Dot("Evolve"+e.Name).Call(jen.Id("s"), jen.Id("e")))))
	}
	return []jen.Code{
		typeSwitch("e", cases),
		jen.Panic(wire("NoEvent").Call(jen.Id(a.Name+"Kind"), jen.Id("e"))),
	}
}

// typeSwitch tells the cases of a sealed interface apart.
func typeSwitch(of string, cases []jen.Code) jen.Code {
	if len(cases) == 0 {
		return jen.Null()
	}
	return jen.Switch(jen.Id(of).Op(":=").Id(of).Assert(jen.Type())).Block(cases...)
}

// aggregateFingerprint changes with the state and with what is folded into it.
func (c *context) aggregateFingerprint(a *model.Aggregate) string {
	parts := []string{"aggregate", kindOf(a), shape.Of(a.State).String()}
	for _, e := range a.Events {
		parts = append(parts, folded(e)...)
	}
	return shape.Sum(append(parts, foldedRetired(a)...)...)
}

// folded is what the states that an event is folded into depend on: its current
// version, and how older ones become it.
func folded(e *model.Event) []string {
	parts := []string{e.Name, version(e), shape.Of(current(e).Type).String()}
	for _, v := range e.Versions {
		parts = append(parts, shape.Step(v.Upcast))
	}
	return parts
}

func foldedRetired(a *model.Aggregate) []string {
	var parts []string
	for _, e := range a.Retired {
		for _, v := range e.Versions {
			parts = append(parts, shape.Step(v.Upcast))
		}
		parts = append(parts, e.Name, shape.Becomes(e))
	}
	return parts
}

// sumOf declares a sealed interface over an aggregate's commands, events or
// refusals. extra are more methods of it.
func sumOf(doc, name string, arms []*model.Named, extra ...jen.Code) jen.Code {
	methods := append(extra, jen.Id("is"+name).Params())
	s := comment(doc).Type().Id(name).Interface(methods...)
	for i, arm := range arms {
		if i == 0 {
			s.Line()
		}
		s.Line().Func().Params(jen.Id(arm.GoName)).Id("is" + name).Params().Block()
	}
	return s
}

func goNames(arms []*model.Named) string {
	var names []string
	for _, arm := range arms {
		names = append(names, arm.GoName)
	}
	return wrap(strings.Join(names, ", "))
}

// wrap breaks a text into lines of comment length.
func wrap(s string) string {
	var b strings.Builder
	width := 0
	for _, word := range strings.Fields(s) {
		switch {
		case width == 0:
		case width+1+len(word) > 76:
			b.WriteByte('\n')
			width = 0
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += len(word)
	}
	return b.String()
}
