package codegen

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// selfOf names an aggregate's hand-written code in the functions that call it.
func selfOf(a *model.Aggregate) *jen.Statement {
	return self(a.Name, "s", "c", "e", "r", "ok", "others")
}

// decide calls the hand-written method for each command, or refuses a command whose
// state is not in one of its cases.
func (c *context) decide(a *model.Aggregate) []jen.Code {
	var cases []jen.Code
	for _, cmd := range a.Commands {
		args := []jen.Code{jen.Id("s"), jen.Id("c")}
		body := c.within(cmd.In, jen.Id("s"), "s")
		for i, f := range cmd.Reads() {
			state := wire("StateOf").Index(c.goType(f.Reads.State)).Call(jen.Id(statesParam(a)), jen.Lit(i))
			if f.ReadsIn == nil {
				args = append(args, state)
				continue
			}
			name := fmt.Sprintf("read%d", i+1)
			if len(f.ReadsIn.Cases) > 1 {
				body = append(body, jen.Id(name).Op(":=").Add(state))
				state = jen.Id(name)
			}
			body, args = append(body, c.within(f.ReadsIn, state, name)...), append(args, jen.Id(name))
		}
		call := jen.Add(selfOf(a)).Dot(naming.Decide.Of(cmd.Name)).Call(args...)
		cases = append(cases, jen.Case(jen.Id(cmd.Payload.GoName)).Block(append(body, jen.Return(call))...))
	}
	return []jen.Code{
		typeSwitch("c", cases),
		jen.Return(jen.Nil(), wire("NoCommand").Call(jen.Id(naming.Kind.Of(a.Name)), jen.Id("c"))),
	}
}

// within returns the statements that refuse a command in other cases of a state. If
// there is one case, they declare it under a name.
func (c *context) within(in *model.In, state jen.Code, name string) []jen.Code {
	if in == nil {
		return nil
	}
	refuse := jen.Return(jen.Nil(), jen.Id(in.Else.Payload.GoName).Values())
	if len(in.Cases) == 1 {
		return []jen.Code{
			jen.List(jen.Id(name), jen.Id("ok")).Op(":=").Add(state).Assert(c.goType(in.Of(nil))),
			jen.If(jen.Op("!").Id("ok")).Block(refuse),
		}
	}
	return []jen.Code{jen.Switch(jen.Add(state).Assert(jen.Type())).Block(
		jen.Case(c.casesOf(in)...), jen.Default().Block(refuse),
	)}
}

// evolve calls the hand-written method for each event. An event that does not apply to
// the state changes nothing.
func (c *context) evolve(a *model.Aggregate) []jen.Code {
	var cases []jen.Code
	reads := false // some case reads the event
	for _, e := range a.Events {
		reads = reads || e.To == nil || slices.ContainsFunc(e.To.Type.Underlying().Fields, e.Gives)
		call := jen.Return(jen.Add(selfOf(a)).Dot(naming.Evolve.Of(e.Name)).Call(jen.Id("s"), jen.Id("e")))
		body := []jen.Code{call}
		switch {
		case e.To != nil:
			body = c.leadTo(a, e)
		case e.In != nil && len(e.In.Cases) == 1:
			is := jen.List(jen.Id("s"), jen.Id("ok")).Op(":=").Id("s").Assert(c.goType(e.In.Of(nil)))
			body = []jen.Code{jen.If(is, jen.Id("ok")).Block(call), jen.Return(jen.Id("s"))}
		case e.In != nil:
			body = []jen.Code{
				jen.Switch(jen.Id("s").Assert(jen.Type())).Block(jen.Case(c.casesOf(e.In)...).Block(call)),
				jen.Return(jen.Id("s")),
			}
		}
		cases = append(cases, jen.Case(jen.Id(current(e).GoName)).Block(body...))
	}
	which := typeSwitch("e", cases)
	if !reads && len(cases) > 0 { // Go refuses a variable that nothing uses
		which = jen.Switch(jen.Id("e").Assert(jen.Type())).Block(cases...)
	}
	return []jen.Code{
		which,
		jen.Panic(wire("NoEvent").Call(jen.Id(naming.Kind.Of(a.Name)), jen.Id("e"))),
	}
}

// leadTo returns the statements that make the case of a state that an event leads to.
func (c *context) leadTo(a *model.Aggregate, e *model.Event) []jen.Code {
	uses := false
	var cases []jen.Code
	for _, before := range e.Before(a.State) {
		values := []jen.Code{}
		for _, f := range e.To.Type.Underlying().Fields {
			switch {
			case f.Const != nil:
			case e.Gives(f):
				values = append(values, jen.Id(f.GoName).Op(":").Id("e").Dot(f.GoName))
			case before.Has(f):
				values, uses = append(values, jen.Id(f.GoName).Op(":").Id("s").Dot(f.GoName)), true
			case base(f.Type).Kind == model.Map && !f.Optional:
				values = append(values, jen.Id(f.GoName).Op(":").Add(c.goType(f.Type)).Values())
			case f.Default != nil:
				if value := c.defaultValue(f); value != nil {
					values = append(values, jen.Id(f.GoName).Op(":").Add(value))
				}
			}
		}
		made := c.goType(&model.Type{Kind: model.Ref, Named: e.To}).Values(values...)
		cases = append(cases, jen.Case(c.goType(&model.Type{Kind: model.Ref, Named: before})).Block(jen.Return(made)))
	}
	of := jen.Id("s").Assert(jen.Type())
	if uses {
		of = jen.Id("s").Op(":=").Add(of)
	}
	return []jen.Code{jen.Switch(of).Block(cases...), jen.Return(jen.Id("s"))}
}

// applies returns the function that says whether an event changes a state, or nil if
// each event changes every state.
func (c *context) applies(a *model.Aggregate) any {
	var cases []jen.Code
	for i, e := range a.Events {
		same := func(other *model.Event) bool {
			return other.In != nil && slices.Equal(other.In.Cases, e.In.Cases)
		}
		if e.In == nil || slices.ContainsFunc(a.Events[:i], same) {
			continue
		}
		var events []jen.Code
		for _, other := range a.Events[i:] {
			if same(other) {
				events = append(events, jen.Id(current(other).GoName))
			}
		}
		cases = append(cases, jen.Case(events...).Block(
			jen.Switch(jen.Id("s").Assert(jen.Type())).Block(jen.Case(c.casesOf(e.In)...).Block(jen.Return(jen.True()))),
			jen.Return(jen.False()),
		))
	}
	if cases == nil {
		return nil
	}
	return jen.Func().Params(jen.Id("s").Add(c.goType(a.State)), jen.Id("e").Id(naming.EventSum.Of(a.Name))).Bool().Block(
		jen.Switch(jen.Id("e").Assert(jen.Type())).Block(cases...),
		jen.Return(jen.True()),
	)
}

func (c *context) casesOf(in *model.In) (cases []jen.Code) {
	for _, n := range in.Cases {
		cases = append(cases, c.goType(&model.Type{Kind: model.Ref, Named: n}))
	}
	return cases
}
