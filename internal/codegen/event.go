package codegen

import (
	"strconv"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// eventsFile holds an aggregate's events: their types and codec.
func (c *context) eventsFile(a *model.Aggregate) *goFile {
	f := c.newFile("", aggregateBase(a)+"_events_gen.go", a.Pos)
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
	add := func(event string, v *model.EventVersion, more ...jen.Code) {
		row := []jen.Code{
			jen.Id("Kind").Op(":").Id(a.Name + "Kind"),
			jen.Id("Type").Op(":").Lit(event),
			jen.Id("SchemaVersion").Op(":").Lit(v.Version),
			jen.Id("Hash").Op(":").Lit(shape.Of(v.Payload.Type).Hash()),
		}
		rows = append(rows, jen.Values(append(row, more...)...))
	}
	for _, e := range a.Events {
		for _, v := range e.Versions {
			if e.Final {
				add(e.Name, v, jen.Id("Final").Op(":").True())
			} else {
				add(e.Name, v)
			}
		}
	}
	for _, e := range a.Retired {
		for i, v := range e.Versions {
			more := []jen.Code{jen.Id("Retired").Op(":").True()}
			if readAs := readAs(e); i == len(e.Versions)-1 && len(readAs) > 0 {
				more = append(more, jen.Id("Becomes").Op(":").Index().String().Values(readAs...))
			}
			add(e.Name, v, more...)
		}
	}
	return comment(a.Name + "Shapes are the shapes of the events as this build writes and reads them.").
		Var().Id(a.Name + "Shapes").Op("=").Index().Add(root("Shape")).Add(multi(rows...))
}

// readAs names what a retired event is read as.
func readAs(e *model.Retired) []jen.Code {
	if e.Hand != "" {
		return []jen.Code{jen.Lit(e.Hand)}
	}
	var names []jen.Code
	for _, p := range e.Becomes {
		names = append(names, jen.Lit(shape.PartName(p)))
	}
	return names
}

func (c *context) encodeEvent(a *model.Aggregate) jen.Code {
	var cases []jen.Code
	row := -1
	for _, e := range a.Events {
		n := current(e)
		row += len(e.Versions)
		var body []jen.Code
		if c.plan.constrained[n] {
			body = append(body, c.call(needCheck, n, jen.Id("c"), jen.Id("e")))
		}
		body = append(body, jen.List(jen.Id("s"), jen.Id("b")).Op("=").List(
			jen.Op("&").Id(a.Name+"Shapes").Index(jen.Lit(row)), c.call(needAppend, n, jen.Id("b"), jen.Id("e"))))
		cases = append(cases, jen.Case(jen.Id(n.GoName)).Block(body...))
	}
	body := []jen.Code{jen.Return(root("Proposed").Values(), wire("NoEvent").Call(jen.Id(a.Name+"Kind"), jen.Id("e")))}
	if len(cases) > 0 {
		body = []jen.Code{
			jen.Var().Id("s").Op("*").Add(root("Shape")),
			jen.Id("c").Op(":=").Add(wire("NewChecker")).Call(),
			jen.Id("b").Op(":=").Id("c").Dot("Buffer").Call(),
			typeSwitch("e", append(cases, jen.Default().Block(body...))),
			jen.Return(wire("Propose").Call(jen.Id("s"), jen.Id("c"), jen.Id("b"))),
		}
	}
	name := "Encode" + a.Name + "Event"
	return comment(name+" checks an event and writes it in its current version.").
		Func().Id(name).Params(jen.Id("e").Id(a.Name+"Event")).Params(root("Proposed"), jen.Error()).Block(body...)
}

func (c *context) decodeEvent(a *model.Aggregate) jen.Code {
	name := "Decode" + a.Name + "Event"
	head := comment(name+" reads a stored event. It is the one way from stored bytes to\nevents of "+a.Name+" (G7).").
		Func().Id(name).Params(handParams(a, jen.Id("r").Op("*").Add(root("Record")))...).Params(jen.Index().Id(a.Name+"Event"), jen.Error())
	unreadable := jen.Return(jen.Nil(), wire("Unreadable").Call(jen.Id("r")))
	var cases []jen.Code
	add := func(event string, v *model.EventVersion, do jen.Code) {
		version := wire("EventVersion").Values(jen.Id("Type").Op(":").Lit(event), jen.Id("Version").Op(":").Lit(v.Version))
		cases = append(cases, jen.Case(version).Block(do))
	}
	for _, e := range a.Events {
		for _, v := range e.Versions {
			if v.Payload == current(e) {
				add(e.Name, v, jen.Id("e").Op("=").Add(c.call(needDecode, v.Payload, jen.Id("d"))))
			} else {
				add(e.Name, v, c.lifted(a, v))
			}
		}
	}
	for _, e := range a.Retired {
		for _, v := range e.Versions {
			add(e.Name, v, c.lifted(a, v))
		}
	}
	if len(cases) == 0 {
		return head.Block(unreadable)
	}
	stored := wire("EventVersion").Values(
		jen.Id("Type").Op(":").Id("r").Dot("Type"), jen.Id("Version").Op(":").Id("r").Dot("SchemaVersion"))
	body := []jen.Code{
		jen.Id("d").Op(":=").Add(wire("NewDecoder")).Call(jen.Id("r").Dot("Payload")),
		jen.Switch(jen.Parens(stored)).Block(append(cases, jen.Default().Block(unreadable))...),
	}
	if len(a.Events) > 0 {
		body = append([]jen.Code{jen.Var().Id("e").Id(a.Name + "Event")}, append(body,
			returnIf(wire("Stored").Call(jen.Id("r"), jen.Id("d"))),
			jen.Return(jen.Index().Id(a.Name+"Event").Values(jen.Id("e")), jen.Nil()))...)
	}
	return head.Block(body...)
}

// lifted returns what an older version or a retired event stands for.
func (c *context) lifted(a *model.Aggregate, v *model.EventVersion) jen.Code {
	r, d := jen.Id("r"), jen.Id("d")
	read, lift := c.call(needDecode, v.Payload, d), jen.Id(liftName(v.Payload))
	if byHand(a) {
		return jen.Return(wire("LiftedBy").Call(r, d, jen.Id("by"), read, lift))
	}
	return jen.Return(wire("Lifted").Call(r, d, read, lift))
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

// returnIf returns nothing but an error, if there is one.
func returnIf(err jen.Code) jen.Code {
	return jen.If(jen.Err().Op(":=").Add(err), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
}

func version(e *model.Event) string { return strconv.Itoa(e.Versions[len(e.Versions)-1].Version) }
