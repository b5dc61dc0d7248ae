package codegen

import (
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/shape"
)

// eventsFile returns the file with an aggregate's events: their types and their
// codec.
func (c *context) eventsFile(a *model.Aggregate) *goFile {
	f := c.newFile("", naming.AggregateFile(a, "events"), a.Pos)
	var arms []*model.Named
	for _, e := range a.Events {
		arms = append(arms, current(e))
	}
	name := naming.EventSum.Of(a.Name)
	f.add(
		handshake(),
		sumOf(wrap(name+" is an event of "+a.Name+": one of "+goNames(arms)+"."), name, arms),
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
			jen.Id("Kind").Op(":").Id(naming.Kind.Of(a.Name)),
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
	return comment(a.Name + "Shapes has the shape of each event version that this build writes or reads.").
		Var().Id(naming.Shapes.Of(a.Name)).Op("=").Index().Add(root("Shape")).Add(multi(rows...))
}

// readAs returns the names of the events that a retired event becomes.
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
			jen.Op("&").Id(naming.Shapes.Of(a.Name)).Index(jen.Lit(row)), c.call(needAppend, n, jen.Id("b"), jen.Id("e"))))
		cases = append(cases, jen.Case(jen.Id(n.GoName)).Block(body...))
	}
	body := []jen.Code{jen.Return(root("Proposed").Values(), wire("NoEvent").Call(jen.Id(naming.Kind.Of(a.Name)), jen.Id("e")))}
	if len(cases) > 0 {
		body = []jen.Code{
			jen.Var().Id("s").Op("*").Add(root("Shape")),
			jen.Id("c").Op(":=").Add(wire("NewChecker")).Call(),
			jen.Id("b").Op(":=").Id("c").Dot("Buffer").Call(),
			typeSwitch("e", append(cases, jen.Default().Block(body...))),
			jen.Return(wire(c.propose(a)).Call(jen.Id("s"), jen.Id("c"), jen.Id("b"))),
		}
	}
	name := naming.EncodeEvent.Of(a.Name)
	return comment(name+" checks an event and writes it in its current version.").
		Func().Id(name).Params(jen.Id("e").Id(naming.EventSum.Of(a.Name))).Params(root("Proposed"), jen.Error()).Block(body...)
}

// propose returns the name of the function of package wire that makes a proposal.
// Events of recursive types need another function.
func (c *context) propose(a *model.Aggregate) string {
	w := nesting{}
	for _, e := range a.Events {
		if w.named(current(e)) {
			return "ProposeNested"
		}
	}
	return "Propose"
}

// nesting finds recursive types. It marks the types on the current path with
// true.
type nesting map[*model.Named]bool

func (w nesting) named(n *model.Named) bool {
	within, seen := w[n]
	if seen {
		return within
	}
	w[n] = true
	defer func() { w[n] = false }()
	return w.typ(n.Type)
}

func (w nesting) typ(t *model.Type) bool {
	if t == nil {
		return false
	}
	if t.Kind == model.Ref {
		return w.named(t.Named)
	}
	for _, f := range t.Fields {
		if w.typ(f.Type) {
			return true
		}
	}
	return slices.ContainsFunc(t.Arms, w.named) || w.typ(t.Elem)
}

func (c *context) decodeEvent(a *model.Aggregate) jen.Code {
	name := naming.DecodeEvent.Of(a.Name)
	head := comment(name+" decodes a stored event. All code that reads stored events\nof "+a.Name+" calls it (G7).").
		Func().Id(name).Params(handParams(a, jen.Id("r").Op("*").Add(root("Record")))...).Params(jen.Index().Id(naming.EventSum.Of(a.Name)), jen.Error())
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
		body = append([]jen.Code{jen.Var().Id("e").Id(naming.EventSum.Of(a.Name))}, append(body,
			returnIf(wire("FinishEvent").Call(jen.Id("r"), jen.Id("d"))),
			jen.Return(jen.Index().Id(naming.EventSum.Of(a.Name)).Values(jen.Id("e")), jen.Nil()))...)
	}
	return head.Block(body...)
}

// lifted returns the current events of an older version or a retired event.
func (c *context) lifted(a *model.Aggregate, v *model.EventVersion) jen.Code {
	r, d := jen.Id("r"), jen.Id("d")
	read, lift := c.call(needDecode, v.Payload, d), jen.Id(naming.Lift.Of(v.Payload.GoName))
	if byHand(a) {
		return jen.Return(wire("UpcastWith").Call(r, d, jen.Id("by"), read, lift))
	}
	return jen.Return(wire("Upcast").Call(r, d, read, lift))
}

// decoding returns the decode function of an aggregate as a function of
// records. by is the hand-written code.
func (c *context) decoding(a *model.Aggregate, by jen.Code) jen.Code {
	name := jen.Id(naming.DecodeEvent.Of(a.Name))
	if !byHand(a) {
		return name
	}
	return jen.Func().Params(jen.Id("r").Op("*").Add(root("Record"))).Params(jen.Index().Id(naming.EventSum.Of(a.Name)), jen.Error()).Block(
		jen.Return(name.Call(by, jen.Id("r"))))
}

// returnIf returns a nil slice and the error, if there is one.
func returnIf(err jen.Code) jen.Code {
	return jen.If(jen.Err().Op(":=").Add(err), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
}

func version(e *model.Event) string { return strconv.Itoa(e.Versions[len(e.Versions)-1].Version) }
