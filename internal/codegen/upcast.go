package codegen

import (
	"strconv"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/shape"
)

// upcastsFile returns the file that converts older versions and retired events
// of an aggregate to current events.
func (c *context) upcastsFile(a *model.Aggregate) *goFile {
	if !evolved(a) {
		return nil
	}
	f := c.newFile("", naming.AggregateFile(a, "upcasts"), a.Pos)
	f.add(handshake(), c.upcastsInterface(a))
	for _, e := range a.Events {
		c.lifts(f, a, e.Versions, func(i int) jen.Code {
			if i == len(e.Versions)-2 {
				return jen.Return(jen.Index().Id(naming.EventSum.Of(a.Name)).Values(jen.Id("w")), jen.Nil())
			}
			return jen.Return(jen.Id(naming.Lift.Of(e.Versions[i+1].Payload.GoName)).Call(handArgs(a, jen.Id("w"))...))
		}, len(e.Versions)-1)
		c.oldVersions(f, a, e.Versions[:len(e.Versions)-1], e.Name, "is an older version of an event of "+a.Name+".")
	}
	for _, e := range a.Retired {
		c.lifts(f, a, e.Versions, func(i int) jen.Code {
			return jen.Return(jen.Id(naming.Lift.Of(e.Versions[i+1].Payload.GoName)).Call(handArgs(a, jen.Id("w"))...))
		}, len(e.Versions)-1)
		f.add(c.becomes(a, e)...)
		c.oldVersions(f, a, e.Versions, e.Name, "is an event of "+a.Name+" that is no longer written.")
	}
	f.add(c.history(a))
	return f
}

// evolved reports whether there are older versions or retired events.
func evolved(a *model.Aggregate) bool {
	for _, e := range a.Events {
		if len(e.Versions) > 1 {
			return true
		}
	}
	return len(a.Retired) > 0
}

// byHand reports whether reading an aggregate's events needs hand-written code.
func byHand(a *model.Aggregate) bool { return len(a.Hands()) > 0 }

// handParams and handArgs add a parameter or argument for the hand-written code, if
// reading events needs it.
func handParams(a *model.Aggregate, params ...jen.Code) []jen.Code {
	if byHand(a) {
		return append([]jen.Code{jen.Id("by").Id(naming.Upcasts.Of(a.Name))}, params...)
	}
	return params
}

func handArgs(a *model.Aggregate, args ...jen.Code) []jen.Code {
	if byHand(a) {
		return append([]jen.Code{jen.Id("by")}, args...)
	}
	return args
}

func (c *context) upcastsInterface(a *model.Aggregate) jen.Code {
	var methods []jen.Code
	for _, h := range a.Hands() {
		methods = append(methods, jen.Id(h.Name).Params(jen.Id(h.From.GoName)).Params(c.handResult(a, h), jen.Error()))
	}
	if len(methods) == 0 {
		return nil
	}
	return comment(wrap(a.Name + "Upcasts has the hand-written parts of upcasters. They are pure: the same old event always gives the same result.")).
		Type().Id(naming.Upcasts.Of(a.Name)).Interface(methods...)
}

func (c *context) handResult(a *model.Aggregate, h model.HandMethod) jen.Code {
	if h.To == nil {
		return jen.Index().Id(naming.EventSum.Of(a.Name))
	}
	return c.goType(h.To)
}

// lifts declares two functions for each of the first count versions: the step to the
// next version, and the conversion to current events.
func (c *context) lifts(f *goFile, a *model.Aggregate, versions []*model.EventVersion, then func(i int) jen.Code, count int) {
	for i := range count {
		from, to := versions[i].Payload, versions[i+1]
		f.add(
			comment(naming.Lift.Of(from.GoName)+" converts an old "+from.GoName+" to current events.").
				Func().Id(naming.Lift.Of(from.GoName)).Params(handParams(a, jen.Id("v").Id(from.GoName))...).
				Params(jen.Index().Id(naming.EventSum.Of(a.Name)), jen.Error()).Block(
				jen.List(jen.Id("w"), jen.Err()).Op(":=").Id(naming.Step.Of(from.GoName)).Call(handArgs(a, jen.Id("v"))...),
				jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err())),
				then(i)),
			c.step(a, naming.Step.Of(from.GoName), to.Upcast, naming.Step.Of(from.GoName)+" converts version "+strconv.Itoa(to.Version-1)+" to version "+strconv.Itoa(to.Version)+"."),
		)
		f.add(c.tables(naming.Step.Of(from.GoName), to.Upcast)...)
	}
}

// step declares the function of one upcast.
func (c *context) step(a *model.Aggregate, name string, u *model.Upcast, doc string) jen.Code {
	m := c.newEmitter(name, u)
	var body []jen.Code
	if u.Hand != "" {
		body = []jen.Code{jen.Return(jen.Id("by").Dot(u.Hand).Call(jen.Id("v")))}
	} else {
		m.fields(jen.Id("w"), u.Make)
		body = append(m.body, jen.Return(jen.Id("w"), jen.Err()))
	}
	return comment(doc).Func().Id(name).Params(handParams(a, jen.Id("v").Id(u.From.GoName))...).
		Params(jen.Id("w").Id(u.To.GoName), jen.Err().Error()).Block(body...)
}

// oldVersions declares payloads of older versions.
func (c *context) oldVersions(f *goFile, a *model.Aggregate, versions []*model.EventVersion, name, about string) {
	for _, v := range versions {
		f.add(c.described(v.Payload, document(v.Payload.Doc, name, v.Payload.GoName, v.Payload.GoName+" "+about))...)
	}
}

// becomes declares the function that converts a retired event, and one for each
// part.
func (c *context) becomes(a *model.Aggregate, e *model.Retired) []jen.Code {
	from := e.Versions[len(e.Versions)-1].Payload
	events := jen.Index().Id(naming.EventSum.Of(a.Name))
	head := comment(naming.Lift.Of(from.GoName)+" converts a retired "+e.Name+" to the events that replace it.").
		Func().Id(naming.Lift.Of(from.GoName)).Params(handParams(a, jen.Id("v").Id(from.GoName))...).
		Params(jen.Id("events").Add(events), jen.Err().Error())
	switch {
	case e.Hand != "":
		return []jen.Code{head.Block(jen.Return(jen.Id("by").Dot(e.Hand).Call(jen.Id("v"))))}
	case len(e.Becomes) == 0:
		return []jen.Code{head.Block(jen.Return(jen.Nil(), jen.Nil()))}
	}
	var body, decls []jen.Code
	for i, p := range e.Becomes {
		name := naming.Part(from, i)
		part, more := "p"+strconv.Itoa(i+1), "more"
		body = append(body,
			jen.List(jen.Id(part), jen.Err()).Op(":=").Id(name).Call(handArgs(a, jen.Id("v"))...),
			jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err())))
		if p.Event != nil && p.Version == len(p.Event.Versions) {
			body = append(body, jen.Id("events").Op("=").Append(jen.Id("events"), jen.Id(part)))
		} else {
			op := ":="
			if i > 0 {
				more += strconv.Itoa(i + 1)
			}
			body = append(body,
				jen.List(jen.Id(more), jen.Err()).Op(op).Id(naming.Lift.Of(p.Upcast.To.GoName)).Call(handArgs(a, jen.Id(part))...),
				jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err())),
				jen.Id("events").Op("=").Append(jen.Id("events"), jen.Id(more).Op("...")))
		}
		decls = append(decls, c.step(a, name, p.Upcast, name+" makes event "+strconv.Itoa(i+1)+" of the events that replace a retired "+e.Name+"."))
		decls = append(decls, c.tables(name, p.Upcast)...)
	}
	body = append(body, jen.Return(jen.Id("events"), jen.Nil()))
	return append([]jen.Code{head.Block(body...)}, decls...)
}

// history declares all steps, for tests and tools.
func (c *context) history(a *model.Aggregate) jen.Code {
	var rows []jen.Code
	row := func(s Step, up jen.Code) {
		row := []jen.Code{jen.Id("Event").Op(":").Lit(s.Event), jen.Id("Version").Op(":").Lit(s.Version)}
		if s.ByHand() {
			row = append(row, jen.Id("Hand").Op(":").True())
		}
		if s.Retired != nil {
			row = append(row, jen.Id("Parts").Op(":").True())
		}
		rows = append(rows, jen.Values(append(row, jen.Id("Up").Op(":").Add(up))...))
	}
	for _, s := range Steps(a) {
		if s.Retired != nil {
			row(s, wire("Split").Call(c.split(a, s.Retired)...))
			continue
		}
		from, to := s.Hop.From, s.Hop.To
		row(s, wire("Hop").Call(c.function(needDecode, from), c.withHand(a, naming.Step.Of(from.GoName), from, to), c.function(needAppend, to)))
	}
	params, doc := handParams(a), "The hand-written code may be nil for steps that do not call it."
	if !byHand(a) {
		params, doc = []jen.Code{jen.Id(a.Name)}, "No step calls the hand-written code, so it may be nil."
	}
	name := naming.Steps.Of(a.Name)
	return comment(wrap(name + " returns the steps from older versions of events to the current ones, for tests and tools. " + doc)).
		Func().Id(name).Params(params...).Index().Add(wire("Step")).Block(
		jen.Return(jen.Index().Add(wire("Step")).Add(multi(rows...))))
}

// noHistory declares an empty list of steps, so that tests that use it compile
// before and after the first step.
func (c *context) noHistory(a *model.Aggregate) jen.Code {
	if evolved(a) {
		return nil
	}
	name := naming.Steps.Of(a.Name)
	return comment(wrap(name + " returns the steps from older versions of events to the current ones, for tests and tools. No step exists yet.")).
		Func().Id(name).Params(jen.Id(a.Name)).Index().Add(wire("Step")).Block(jen.Return(jen.Nil()))
}

// withHand returns a step's function without the parameter for hand-written code.
func (c *context) withHand(a *model.Aggregate, name string, from, to *model.Named) jen.Code {
	if !byHand(a) {
		return jen.Id(name)
	}
	return jen.Func().Params(jen.Id("v").Id(from.GoName)).Params(jen.Id(to.GoName), jen.Error()).Block(
		jen.Return(jen.Id(name).Call(jen.Id("by"), jen.Id("v"))))
}

// split lists the arguments of wire.Split: the reader and each part.
func (c *context) split(a *model.Aggregate, e *model.Retired) []jen.Code {
	from := e.Versions[len(e.Versions)-1].Payload
	args := []jen.Code{c.function(needDecode, from)}
	if e.Hand != "" {
		up := jen.Func().Params(jen.Id("v").Id(from.GoName)).Params(jen.Index().Id(naming.EventSum.Of(a.Name)), jen.Error()).Block(
			jen.Return(jen.Id("by").Dot(e.Hand).Call(jen.Id("v"))))
		return append(args, wire("HandParts").Call(up, jen.Id(naming.EncodeEvent.Of(a.Name))))
	}
	for i, p := range e.Becomes {
		args = append(args, wire("Part").Call(jen.Lit(shape.PartName(p)), c.withHand(a, naming.Part(from, i), from, p.Upcast.To), c.function(needAppend, p.Upcast.To)))
	}
	return args
}
