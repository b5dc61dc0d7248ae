package codegen

import (
	"strconv"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// eventsFile holds an aggregate's events: their types and codec.
func (c *context) eventsFile(a *model.Aggregate) *goFile {
	f := c.newFile("", fileBase(a.Name)+"_events_gen.go", a.Pos)
	var arms []*model.Named
	for _, e := range a.Events {
		arms = append(arms, current(e))
	}
	name := a.Name + "Event"
	f.add(
		handshake(),
		sumOf(wrap(name+" is something that can happen to a "+a.Name+": one of "+goNames(arms)+"."), name, arms),
		c.shapes(a),
		c.encodeEvent(a),
		c.decodeEvent(a),
	)
	for _, e := range a.Events {
		n := current(e)
		f.add(c.described(n, document(e.Doc, e.Name, n.GoName, n.GoName+" is an event of "+a.Name+"."))...)
	}
	return f
}

func (c *context) shapes(a *model.Aggregate) jen.Code {
	var rows []jen.Code
	add := func(event string, versions []*model.EventVersion) {
		for _, v := range versions {
			rows = append(rows, jen.Values(
				jen.Id("Kind").Op(":").Id(a.Name+"Kind"),
				jen.Id("Type").Op(":").Lit(event),
				jen.Id("SchemaVersion").Op(":").Lit(v.Version),
				jen.Id("Hash").Op(":").Lit(shape.Of(v.Payload.Type).Hash())))
		}
	}
	for _, e := range a.Events {
		add(e.Name, e.Versions)
	}
	for _, e := range a.Retired {
		add(e.Name, e.Versions)
	}
	return comment(a.Name + "Shapes are the shapes of the events as this build writes and reads them.").
		Var().Id(a.Name + "Shapes").Op("=").Index().Add(root("Shape")).Add(multi(rows...))
}

func (c *context) encodeEvent(a *model.Aggregate) jen.Code {
	var cases []jen.Code
	row := -1
	for _, e := range a.Events {
		n := current(e)
		row += len(e.Versions)
		propose := "Propose"
		if e.Final {
			propose = "ProposeFinal"
		}
		var body []jen.Code
		if c.plan.constrained[n] {
			body = append(body, jen.Id("check"+n.GoName).Call(jen.Id("c"), jen.Id("e")))
		}
		body = append(body, jen.Return(wire(propose).Call(
			jen.Op("&").Id(a.Name+"Shapes").Index(jen.Lit(row)), jen.Id("c"), jen.Id("append"+n.GoName).Call(jen.Id("c").Dot("Buffer").Call(), jen.Id("e")))))
		cases = append(cases, jen.Case(jen.Id(n.GoName)).Block(body...))
	}
	name := "Encode" + a.Name + "Event"
	return comment(name+" checks an event and writes it in its current version.").
		Func().Id(name).Params(jen.Id("e").Id(a.Name+"Event")).Params(root("Proposed"), jen.Error()).Block(
		begin(cases, "c", wire("NewChecker").Call()),
		typeSwitch("e", cases),
		jen.Return(root("Proposed").Values(), wire("NoEvent").Call(jen.Id(a.Name+"Kind"), jen.Id("e"))),
	)
}

func (c *context) decodeEvent(a *model.Aggregate) jen.Code {
	var cases []jen.Code
	add := func(event string, v *model.EventVersion, isCurrent bool) {
		read := jen.Id("decode" + v.Payload.GoName).Call(jen.Id("d"))
		version := wire("EventVersion").Values(jen.Id("Type").Op(":").Lit(event), jen.Id("Version").Op(":").Lit(v.Version))
		cases = append(cases, jen.Case(version).Block(jen.Return(c.stored(a, v, read, isCurrent))))
	}
	for _, e := range a.Events {
		for i, v := range e.Versions {
			add(e.Name, v, i == len(e.Versions)-1)
		}
	}
	for _, e := range a.Retired {
		for _, v := range e.Versions {
			add(e.Name, v, false)
		}
	}
	name := "Decode" + a.Name + "Event"
	stored := wire("EventVersion").Values(
		jen.Id("Type").Op(":").Id("r").Dot("Type"), jen.Id("Version").Op(":").Id("r").Dot("SchemaVersion"))
	return comment(name+" reads a stored event. It is the one way from stored bytes to\nevents of "+a.Name+" (G7).").
		Func().Id(name).Params(handParams(a, jen.Id("r").Op("*").Add(root("Record")))...).Params(jen.Index().Id(a.Name+"Event"), jen.Error()).Block(
		begin(cases, "d", wire("NewDecoder").Call(jen.Id("r").Dot("Payload"))),
		jen.Switch(jen.Parens(stored)).Block(cases...),
		jen.Return(jen.Nil(), wire("Unreadable").Call(jen.Id("r"))),
	)
}

// stored is what a record stands for.
func (c *context) stored(a *model.Aggregate, v *model.EventVersion, read jen.Code, isCurrent bool) *jen.Statement {
	r, d := jen.Id("r"), jen.Id("d")
	switch {
	case isCurrent:
		return wire("Stored").Index(jen.Id(a.Name+"Event")).Call(r, d, read)
	case byHand(a):
		return wire("LiftedBy").Call(r, d, jen.Id("by"), read, jen.Id(liftName(v.Payload)))
	}
	return wire("Lifted").Call(r, d, read, jen.Id(liftName(v.Payload)))
}

// decoding is the one decode function of an aggregate as a function of records:
// by is its hand-written side.
func (c *context) decoding(a *model.Aggregate, by jen.Code) jen.Code {
	name := jen.Id("Decode" + a.Name + "Event")
	if !byHand(a) {
		return name
	}
	return jen.Func().Params(jen.Id("r").Op("*").Add(root("Record"))).Params(jen.Index().Id(a.Name+"Event"), jen.Error()).Block(
		jen.Return(name.Call(by, jen.Id("r"))))
}

// begin declares a variable that the cases use, if there are any.
func begin(cases []jen.Code, name string, value jen.Code) jen.Code {
	if len(cases) == 0 {
		return jen.Null()
	}
	return jen.Id(name).Op(":=").Add(value)
}

func version(e *model.Event) string { return strconv.Itoa(e.Versions[len(e.Versions)-1].Version) }
