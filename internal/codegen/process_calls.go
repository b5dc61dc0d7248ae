package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// react declares the function that gives each event of a record to its method.
func (c *context) react(p *model.Process) jen.Code {
	v := followed(p)
	by := self(p.Name, "s", "r", "e", "t", "o", "ctx", "data", "key", "effects")
	params := append([]jen.Code{jen.Add(by).Id(p.Name)}, handParamsOf(v)...)
	if byField(v) {
		params = append(params, jen.Id("key").String())
	}
	params = append(params, jen.Id("s").Add(c.processState(p)), recordParam())
	var kinds []jen.Code
	for _, on := range p.On {
		var cases []jen.Code
		for _, e := range on.Events {
			step := jen.Id("some").Op("=").Add(by).Dot(naming.React(on.Aggregate, e)).Call(jen.Id("e"), jen.Id("r"))
			if p.State != nil {
				step = jen.List(jen.Id("s"), jen.Id("some")).Op("=").Add(by).Dot(naming.React(on.Aggregate, e)).Call(jen.Id("s"), jen.Id("e"), jen.Id("r"))
			}
			if byField(v) {
				step = jen.If(keyText(c.keyField(v, e)).Op("==").Id("key")).Block(step)
			}
			cases = append(cases, jen.Case(jen.Id(current(e).GoName)).Block(step))
		}
		do := jen.Var().Id("some").Add(actionsOf(p)).Line().
			Switch(jen.Id("e").Op(":=").Id("e").Assert(jen.Type())).Block(cases...).Line().
			Id("all").Op("=").Append(jen.Id("all"), jen.Id("some").Op("..."))
		kinds = append(kinds, jen.Case(jen.Id(naming.Kind.Of(on.Aggregate.Name))).Block(c.eachEvent(on, []jen.Code{jen.Id("s"), jen.Nil(), jen.Err()}, do)...))
	}
	return jen.Func().Id(naming.ReactTo.Of(p.Name)).Params(params...).
		Params(c.processState(p), jen.Index().Add(root("Action")), jen.Error()).Block(
		jen.Var().Id("all").Add(actionsOf(p)),
		jen.Switch(jen.Id("r").Dot("Stream").Dot("Kind")).Block(kinds...),
		jen.Return(jen.Id("s"), erasedActions(p, jen.Id("all")), jen.Nil()),
	)
}

// erasedActions returns actions as the engine takes them.
func erasedActions(p *model.Process, all jen.Code) *jen.Statement {
	sum := naming.ProcessAction.Of(p.Name)
	return wire("Actions").Call(all, jen.Id(sum).Dot(naming.Seal(sum)))
}

// due declares the function that gives a timer to its method.
func (c *context) due(p *model.Process) jen.Code {
	by := self(p.Name, "s", "r", "e", "t", "o", "ctx", "data", "key", "effects")
	var cases []jen.Code
	for _, t := range p.Timers {
		decoded := append([]jen.Code{jen.Id("t").Dot("Data")}, c.readAndCheck(t.Payload)...)
		args := append([]jen.Code{jen.Id("key")}, c.withState(p, jen.Id("s"), jen.Id("data"))...)
		cases = append(cases, jen.Case(jen.Lit(t.Name)).Block(
			jen.List(jen.Id("data"), jen.Err()).Op(":=").Add(wire("DecodeChecked")).Call(decoded...),
			jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err())),
			jen.Return(erasedActions(p, jen.Add(by).Dot(naming.Due.Of(t.Name)).Call(args...)), jen.Nil()),
		))
	}
	names := []jen.Code{jen.Add(by).Id(p.Name), jen.Id("key").String(), jen.Id("s").Add(c.processState(p))}
	if cases == nil {
		names = []jen.Code{jen.Id("_").Id(p.Name), jen.Id("_").String(), jen.Id("_").Add(c.processState(p))}
	} else if p.State == nil {
		names[2] = jen.Id("_").Struct()
	}
	body := []jen.Code{jen.Return(jen.Nil(), wire("NoTimer").Call(jen.Id(naming.ProcessName.Of(p.Name)), jen.Id("t").Dot("Name")))}
	if cases != nil {
		body = append([]jen.Code{jen.Switch(jen.Id("t").Dot("Name")).Block(cases...)}, body...)
	}
	return jen.Func().Id(naming.TimerDue.Of(p.Name)).Params(append(names, jen.Id("t").Op("*").Add(root("Timer")))...).
		Params(jen.Index().Add(root("Action")), jen.Error()).Block(body...)
}

// refused declares the function that gives the refusal of a command to its method.
func (c *context) refused(p *model.Process) jen.Code {
	by := self(p.Name, "s", "r", "e", "t", "o", "ctx", "data", "key", "effects")
	var body []jen.Code
	for _, r := range p.Refused {
		args := append([]jen.Code{jen.Id("key")}, c.withState(p, jen.Id("s"),
			jen.Id(naming.SendCommand(p, r.Aggregate, r.Command)).Values(jen.Id("To").Op(":").Id("o").Dot("To").Dot("ID"), jen.Id("Command").Op(":").Id("data")),
			jen.Id("refusal"))...)
		body = append(body, jen.If(
			jen.List(jen.Id("refusal"), jen.Id("ok")).Op(":=").Id("r").Assert(jen.Id(naming.RefusalSum.Of(r.Aggregate.Name))),
			jen.Id("ok").Op("&&").Id("o").Dot("Name").Op("==").Lit(naming.Kebab(r.Command.Name)),
		).Block(
			jen.List(jen.Id("data"), jen.Err()).Op(":=").Add(wire("DecodeChecked")).Call(jen.Id("o").Dot("Data"), c.function(needDecode, r.Command.Payload), jen.Nil()),
			jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.False(), jen.Err())),
			jen.Return(erasedActions(p, jen.Add(by).Dot(naming.Refused(r)).Call(args...)), jen.True(), jen.Nil()),
		))
	}
	var fine []jen.Code
	for _, r := range p.Ignore {
		fine = append(fine, jen.Id(r.Refusal.Payload.GoName))
	}
	if fine != nil {
		body = append(body, jen.Switch(jen.Id("r").Assert(jen.Type())).Block(jen.Case(fine...).Block(jen.Return(jen.Nil(), jen.True(), jen.Nil()))))
	}
	body = append(body, jen.Return(jen.Nil(), jen.False(), jen.Nil()))
	param := func(name string, used bool) *jen.Statement {
		if used {
			return jen.Id(name)
		}
		return jen.Id("_")
	}
	handled := len(p.Refused) > 0
	byName := jen.Id("_")
	if handled {
		byName = jen.Add(by)
	}
	return jen.Func().Id(naming.CommandRefused.Of(p.Name)).Params(
		byName.Id(p.Name), param("key", handled).String(), param("s", handled && p.State != nil).Add(c.processState(p)),
		param("o", handled).Op("*").Add(root("Outgoing")), param("r", handled || fine != nil).Add(root("Refusal")),
	).Params(jen.Index().Add(root("Action")), jen.Bool(), jen.Error()).Block(body...)
}

// actions declares the types of everything that a process can do.
func (c *context) actions(p *model.Process) []jen.Code {
	sum := naming.ProcessAction.Of(p.Name)
	seal := naming.Seal(sum)
	var arms []*model.Named
	var out []jen.Code
	add := func(name, doc string, fields []jen.Code, action ...any) {
		arms = append(arms, &model.Named{GoName: name})
		if fields != nil {
			out = append(out, comment(doc).Type().Id(name).Struct(fields...))
		}
		receiver := jen.Id("a").Id(name)
		if len(action) == 4 && fields != nil && len(fields) == 0 { // Do and Name only
			receiver = jen.Id(name)
		}
		out = append(out, jen.Func().Params(receiver).Id(seal).Params().Add(root("Action")).Block(jen.Return(root("Action").Add(pairs(action...)))))
	}
	for _, one := range p.Commands() {
		a, cmd := one.Aggregate, one.Command
		name := naming.SendCommand(p, a, cmd)
		add(name, wrap(name+" sends "+cmd.Name+" to a "+a.Name+"."),
			[]jen.Code{jen.Id("To").String().Comment("id of the " + a.Name), jen.Id("Command").Id(cmd.Payload.GoName)},
			"Do", root("Send"), "Name", jen.Lit(naming.Kebab(cmd.Name)),
			"To", root("Stream").Values(jen.Id("Kind").Op(":").Id(naming.Kind.Of(a.Name)), jen.Id("ID").Op(":").Id("a").Dot("To")),
			"Data", c.call(needAppend, cmd.Payload, jen.Nil(), jen.Id("a").Dot("Command")))
	}
	for _, t := range p.Timers {
		name := naming.SetTimer(p, t)
		add(name, wrap(name+" sets the timer "+t.Name+" of the key, in place of the one before."),
			[]jen.Code{jen.Id("At").Qual("time", "Time").Comment("when it is due"), jen.Id("Timer").Id(t.Payload.GoName)},
			"Do", root("Set"), "Name", jen.Lit(t.Name), "At", jen.Id("a").Dot("At"), "Data", c.call(needAppend, t.Payload, jen.Nil(), jen.Id("a").Dot("Timer")))
		name = naming.CancelTimer(p, t)
		add(name, wrap(name+" cancels the timer "+t.Name+" of the key, if there is one."), []jen.Code{}, "Do", root("Cancel"), "Name", jen.Lit(t.Name))
		out = append(out, c.described(t.Payload, document(t.Doc, t.Name, t.Payload.GoName, t.Payload.GoName+" is what is known when the timer "+t.Name+" is due."))...)
	}
	for _, e := range p.Effects {
		add(e.Payload.GoName, "", nil, "Do", root("Perform"), "Name", jen.Lit(e.Name), "Data", c.call(needAppend, e.Payload, jen.Nil(), jen.Id("a")))
		out = append(out, c.described(e.Payload, document(e.Doc, e.Name, e.Payload.GoName, e.Payload.GoName+" is what the handler of the effect "+e.Name+" is told."))...)
		out = append(out, c.answerOf(p, e)...)
	}
	doc := wrap(sum + " is something that " + p.Name + " can do: one of " + goNames(arms) + ".")
	return append([]jen.Code{comment(doc).Type().Id(sum).Interface(jen.Id(seal).Params().Add(root("Action")))}, out...)
}

// answerOf declares the interface of what the handler of an effect can say.
func (c *context) answerOf(p *model.Process, e *model.Effect) []jen.Code {
	if !answers(e) {
		return nil
	}
	sum := naming.EffectAnswer(p, e)
	var arms []*model.Named
	for _, one := range []*model.CommandOf{e.Done, e.Failed} {
		if one != nil {
			arms = append(arms, &model.Named{GoName: naming.SendCommand(p, one.Aggregate, one.Command)})
		}
	}
	return []jen.Code{sumOf(wrap(sum+" says how the effect "+e.Name+" ended: "+goNames(arms)+"."), sum, arms, jen.Id(naming.ProcessAction.Of(p.Name)))}
}
