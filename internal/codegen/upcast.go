package codegen

import (
	"strconv"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// upcastsFile holds how older versions and retired events of an aggregate are
// read as what is written today.
func (c *context) upcastsFile(a *model.Aggregate) *goFile {
	if !evolved(a) {
		return nil
	}
	f := c.newFile("", aggregateBase(a)+"_upcasts_gen.go", a.Pos)
	f.add(handshake(), c.upcastsInterface(a))
	for _, e := range a.Events {
		c.lifts(f, a, e.Versions, func(i int) jen.Code {
			if i == len(e.Versions)-2 {
				return jen.Return(jen.Index().Id(a.Name+"Event").Values(jen.Id("w")), jen.Nil())
			}
			return jen.Return(jen.Id(liftName(e.Versions[i+1].Payload)).Call(handArgs(a, jen.Id("w"))...))
		}, len(e.Versions)-1)
		c.oldVersions(f, a, e.Versions[:len(e.Versions)-1], e.Name, "is an older version of an event of "+a.Name+".")
	}
	for _, e := range a.Retired {
		c.lifts(f, a, e.Versions, func(i int) jen.Code {
			return jen.Return(jen.Id(liftName(e.Versions[i+1].Payload)).Call(handArgs(a, jen.Id("w"))...))
		}, len(e.Versions)-1)
		f.add(c.becomes(a, e)...)
		c.oldVersions(f, a, e.Versions, e.Name, "is an event of "+a.Name+" that is no longer written.")
	}
	f.add(c.history(a))
	return f
}

// evolved says whether there is anything but the current versions.
func evolved(a *model.Aggregate) bool {
	for _, e := range a.Events {
		if len(e.Versions) > 1 {
			return true
		}
	}
	return len(a.Retired) > 0
}

// byHand says whether reading an aggregate's events needs its hand-written side.
func byHand(a *model.Aggregate) bool { return len(a.Hands()) > 0 }

// handParams and handArgs add the hand-written side, where it is needed.
func handParams(a *model.Aggregate, params ...jen.Code) []jen.Code {
	if byHand(a) {
		return append([]jen.Code{jen.Id("by").Id(a.Name + "Upcasts")}, params...)
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
	return comment(wrap(a.Name + "Upcasts are the parts of upcasters that are written by hand. They are pure: what they make of an old event is the same for ever.")).
		Type().Id(a.Name + "Upcasts").Interface(methods...)
}

func (c *context) handResult(a *model.Aggregate, h model.HandMethod) jen.Code {
	if h.To == nil {
		return jen.Index().Id(a.Name + "Event")
	}
	return c.goType(h.To)
}

func liftName(n *model.Named) string { return "lift" + n.GoName }
func upName(n *model.Named) string   { return "up" + n.GoName }

// lifts declares, for each of the first count versions, the step to the next and
// the function that goes on from there.
func (c *context) lifts(f *goFile, a *model.Aggregate, versions []*model.EventVersion, then func(i int) jen.Code, count int) {
	for i := range count {
		from, to := versions[i].Payload, versions[i+1]
		f.add(
			comment(liftName(from)+" reads an old "+from.GoName+" as what it is today.").
				Func().Id(liftName(from)).Params(handParams(a, jen.Id("v").Id(from.GoName))...).
				Params(jen.Index().Id(a.Name+"Event"), jen.Error()).Block(
				jen.List(jen.Id("w"), jen.Err()).Op(":=").Id(upName(from)).Call(handArgs(a, jen.Id("v"))...),
				jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err())),
				then(i)),
			c.step(a, upName(from), to.Upcast, upName(from)+" makes a v"+strconv.Itoa(to.Version)+" of a v"+strconv.Itoa(to.Version-1)+"."),
		)
		f.add(c.tables(upName(from), to.Upcast)...)
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

// oldVersions declares the payloads that are only read.
func (c *context) oldVersions(f *goFile, a *model.Aggregate, versions []*model.EventVersion, name, about string) {
	for _, v := range versions {
		f.add(c.described(v.Payload, document(v.Payload.Doc, name, v.Payload.GoName, v.Payload.GoName+" "+about))...)
	}
}

// becomes declares what a retired event is read as, part by part.
func (c *context) becomes(a *model.Aggregate, e *model.Retired) []jen.Code {
	from := e.Versions[len(e.Versions)-1].Payload
	events := jen.Index().Id(a.Name + "Event")
	head := comment(liftName(from)+" reads a retired "+e.Name+" as what it is today.").
		Func().Id(liftName(from)).Params(handParams(a, jen.Id("v").Id(from.GoName))...).
		Params(jen.Id("events").Add(events), jen.Err().Error())
	switch {
	case e.Hand != "":
		return []jen.Code{head.Block(jen.Return(jen.Id("by").Dot(e.Hand).Call(jen.Id("v"))))}
	case len(e.Becomes) == 0:
		return []jen.Code{head.Block(jen.Return(jen.Nil(), jen.Nil()))}
	}
	var body, decls []jen.Code
	for i, p := range e.Becomes {
		name := partName(from, i)
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
				jen.List(jen.Id(more), jen.Err()).Op(op).Id(liftName(p.Upcast.To)).Call(handArgs(a, jen.Id(part))...),
				jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err())),
				jen.Id("events").Op("=").Append(jen.Id("events"), jen.Id(more).Op("...")))
		}
		decls = append(decls, c.step(a, name, p.Upcast, name+" is part "+strconv.Itoa(i+1)+" of what a "+e.Name+" is read as."))
		decls = append(decls, c.tables(name, p.Upcast)...)
	}
	body = append(body, jen.Return(jen.Id("events"), jen.Nil()))
	return append([]jen.Code{head.Block(body...)}, decls...)
}

func partName(from *model.Named, i int) string {
	return "part" + strconv.Itoa(i+1) + "Of" + from.GoName
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
		row(s, wire("Hop").Call(c.function(needDecode, from), c.withHand(a, upName(from), from, to), c.function(needAppend, to)))
	}
	params, doc := handParams(a), "A nil hand-written side will do for those that call nothing of it."
	if !byHand(a) {
		params, doc = []jen.Code{jen.Id(a.Name)}, "None of them needs the hand-written side, which may be nil."
	}
	name := a.Name + "Steps"
	return comment(wrap(name + " are the steps that lead from older events to those of today, for tests and tools. " + doc)).
		Func().Id(name).Params(params...).Index().Add(wire("Step")).Block(
		jen.Return(jen.Index().Add(wire("Step")).Add(multi(rows...))))
}

// noHistory declares that there are no steps yet, so that a test that asks for
// them need not change when there are.
func (c *context) noHistory(a *model.Aggregate) jen.Code {
	if evolved(a) {
		return nil
	}
	name := a.Name + "Steps"
	return comment(wrap(name + " are the steps that lead from older events to those of today, for tests and tools: there is none.")).
		Func().Id(name).Params(jen.Id(a.Name)).Index().Add(wire("Step")).Block(jen.Return(jen.Nil()))
}

// withHand is a step's function without the parameter for the hand-written side.
func (c *context) withHand(a *model.Aggregate, name string, from, to *model.Named) jen.Code {
	if !byHand(a) {
		return jen.Id(name)
	}
	return jen.Func().Params(jen.Id("v").Id(from.GoName)).Params(jen.Id(to.GoName), jen.Error()).Block(
		jen.Return(jen.Id(name).Call(jen.Id("by"), jen.Id("v"))))
}

// split lists the arguments of wire.Split: the reader, and each part.
func (c *context) split(a *model.Aggregate, e *model.Retired) []jen.Code {
	from := e.Versions[len(e.Versions)-1].Payload
	args := []jen.Code{c.function(needDecode, from)}
	if e.Hand != "" {
		up := jen.Func().Params(jen.Id("v").Id(from.GoName)).Params(jen.Index().Id(a.Name+"Event"), jen.Error()).Block(
			jen.Return(jen.Id("by").Dot(e.Hand).Call(jen.Id("v"))))
		return append(args, wire("Made").Call(up, jen.Id("Encode"+a.Name+"Event")))
	}
	for i, p := range e.Becomes {
		args = append(args, wire("Part").Call(jen.Lit(shape.PartName(p)), c.withHand(a, partName(from, i), from, p.Upcast.To), c.function(needAppend, p.Upcast.To)))
	}
	return args
}
