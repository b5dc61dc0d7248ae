package codegen

import (
	"time"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/shape"
)

// processFile returns the file of a process: its interfaces of hand-written methods,
// its actions, and the functions between them and the engine.
func (c *context) processFile(p *model.Process) *goFile {
	f := c.newFile("", naming.ProcessFile(p), p.Pos)
	name := naming.ProcessName.Of(p.Name)
	f.add(
		handshake(),
		comment(name+" is the name of the process.").Const().Id(name).Op("=").Lit(naming.ProcessID(p)),
		fingerprint(naming.ProcessFingerprint.Of(p.Name), jen.Lit(c.processFingerprint(p))),
		c.reactingInterface(p),
		c.effectsInterface(p),
		c.processConstructor(p),
	)
	f.add(c.react(p))
	if v := followed(p); byField(v) {
		f.add(c.viewKeys(v))
	}
	f.add(c.due(p), c.refused(p))
	f.add(c.actions(p)...)
	if p.State != nil {
		f.add(c.state(p.State, " is what "+p.Name+" remembers between events.")...)
	}
	return f
}

// followed returns a view of the events that a process reacts to.
func followed(p *model.Process) *model.View {
	return &model.View{Package: p.Package, Name: p.Name, On: p.On, Key: p.Key, State: p.State}
}

func byField(v *model.View) bool { return v.Key != "stream" && v.Key != "global" }

// keyingOf returns the name of the constant that says how a view is divided.
func keyingOf(key string) string {
	switch key {
	case "stream":
		return "ByStream"
	case "global":
		return "Global"
	}
	return "ByField"
}

func (c *context) processFingerprint(p *model.Process) string {
	parts := []string{"process", naming.ProcessID(p), p.Key}
	if p.State != nil {
		parts = append(parts, shape.Of(p.State).String())
	}
	for _, on := range p.On {
		parts = append(parts, naming.KindName(on.Aggregate))
		for _, e := range on.Events {
			parts = append(parts, folded(e)...)
		}
		parts = append(parts, foldedRetired(on.Aggregate)...)
	}
	return shape.Sum(parts...)
}

// processState returns the type of a process's state, struct{} if it has none.
func (c *context) processState(p *model.Process) *jen.Statement {
	if p.State == nil {
		return jen.Struct()
	}
	return c.goType(p.State)
}

func actionsOf(p *model.Process) *jen.Statement {
	return jen.Index().Id(naming.ProcessAction.Of(p.Name))
}

// reactSignature is that of the method which reacts to an event.
func (c *context) reactSignature(p *model.Process, e *model.Event) *jen.Statement {
	event, record := jen.Id(current(e).GoName), jen.Op("*").Add(root("Record"))
	if p.State == nil {
		return jen.Params(event, record).Add(actionsOf(p))
	}
	return jen.Params(c.goType(p.State), event, record).Params(c.goType(p.State), actionsOf(p))
}

// withState adds the state to the parameters or arguments of a method, if there is one.
func (c *context) withState(p *model.Process, state jen.Code, rest ...jen.Code) []jen.Code {
	if p.State == nil {
		return rest
	}
	return append([]jen.Code{state}, rest...)
}

func (c *context) reactingInterface(p *model.Process) jen.Code {
	doc := document(p.Doc, p.Name, p.Name, p.Name+" is a process of the "+c.pkg.Name+" domain.") +
		"\n\nHand-written code implements it: one React method for each event. It returns what\nis to be done, and the state after the event. All methods are pure."
	body := []jen.Code{sourceMethod()}
	if p.State != nil {
		body = append(body, jen.Id(naming.InitialMethod).Params(jen.Id("key").String()).Add(c.goType(p.State)), jen.Line())
	}
	for _, on := range p.On {
		for _, e := range on.Events {
			body = append(body, jen.Id(naming.React(on.Aggregate, e)).Add(c.reactSignature(p, e)))
		}
	}
	if len(p.Timers) > 0 {
		body = append(body, jen.Line())
	}
	for _, t := range p.Timers {
		name := naming.Due.Of(t.Name)
		params := append([]jen.Code{jen.String()}, c.withState(p, c.processState(p), jen.Id(t.Payload.GoName))...)
		body = append(body, comment(document(t.Doc, t.Name, name, name+" is called when the timer is due, with its key.")).Id(name).Params(params...).Add(actionsOf(p)))
	}
	if len(p.Refused) > 0 {
		body = append(body, jen.Line())
	}
	for _, r := range p.Refused {
		name := naming.Refused(r)
		params := append([]jen.Code{jen.String()}, c.withState(p, c.processState(p), jen.Id(naming.SendCommand(p, r.Aggregate, r.Command)), jen.Id(naming.RefusalSum.Of(r.Aggregate.Name)))...)
		body = append(body, comment(name+" is called when the command was refused, with the key.").Id(name).Params(params...).Add(actionsOf(p)))
	}
	return comment(doc).Type().Id(p.Name).Interface(body...)
}

// effectsInterface declares the interface of the code that does effects, if there are
// any.
func (c *context) effectsInterface(p *model.Process) jen.Code {
	if len(p.Effects) == 0 {
		return jen.Null()
	}
	var body []jen.Code
	for _, e := range p.Effects {
		name := naming.Perform.Of(e.Name)
		body = append(body, comment(document(e.Doc, e.Name, name, "")).Id(name).
			Params(jen.Qual("context", "Context"), root("Try"), jen.Id(e.Payload.GoName)).Add(c.performResult(p, e)))
	}
	name := naming.ProcessEffects.Of(p.Name)
	return comment(name + " is what " + p.Name + " does in the outside world. Hand-written code\nimplements it. An error means: try again later. A method can be called several\ntimes for one effect, with the same Try.Key.").
		Type().Id(name).Interface(body...)
}

func answers(e *model.Effect) bool { return e.Done != nil || e.Failed != nil }

func (c *context) performResult(p *model.Process, e *model.Effect) *jen.Statement {
	if !answers(e) {
		return jen.Error()
	}
	return jen.Params(jen.Id(naming.EffectAnswer(p, e)), jen.Error())
}

// processConstructor declares the function that makes the process for the engine.
func (c *context) processConstructor(p *model.Process) jen.Code {
	v := followed(p)
	by := self(p.Name, "s", "r", "e", "t", "o", "ctx", "data", "key", "effects")
	state := c.processState(p)
	of := root("Process").Index(state)
	params := append([]jen.Code{jen.Add(by).Id(p.Name)}, handParamsOf(v)...)
	if len(p.Effects) > 0 {
		params = append(params, jen.Id("effects").Id(naming.ProcessEffects.Of(p.Name)))
	}
	args := append([]jen.Code{by}, handArgsOf(v)...)
	s, key := jen.Id("s").Add(state), jen.Id("key").String()
	reactArgs := append(args[:len(args):len(args)], jen.Id("key"), jen.Id("s"), jen.Id("r"))
	unkeyed := jen.Id("key").String()
	if !byField(v) {
		reactArgs = append(args[:len(args):len(args)], jen.Id("s"), jen.Id("r"))
		unkeyed = jen.Id("_").String()
	}
	rows := []any{
		"View", root("View").Index(state).Add(c.processView(p, v, by)),
		"Was", formerNames(p),
		"Beginning", whether(p.Start == "beginning"),
		"React", jen.Func().Params(unkeyed, s, recordParam()).Params(state, jen.Index().Add(root("Action")), jen.Error()).Block(
			jen.Return(jen.Id(naming.ReactTo.Of(p.Name)).Call(reactArgs...))),
		"Due", jen.Func().Params(key, s, jen.Id("t").Op("*").Add(root("Timer"))).Params(jen.Index().Add(root("Action")), jen.Error()).Block(
			jen.Return(jen.Id(naming.TimerDue.Of(p.Name)).Call(by, jen.Id("key"), jen.Id("s"), jen.Id("t")))),
		"Refused", jen.Func().Params(key, s, jen.Id("o").Op("*").Add(root("Outgoing")), jen.Id("r").Add(root("Refusal"))).Params(jen.Index().Add(root("Action")), jen.Bool(), jen.Error()).Block(
			jen.Return(jen.Id(naming.CommandRefused.Of(p.Name)).Call(by, jen.Id("key"), jen.Id("s"), jen.Id("o"), jen.Id("r")))),
		"Commands", c.sentCommands(p),
		"Timers", c.timerReaders(p),
		"Effects", c.effects(p),
		"ActionOf", jen.Func().Params(jen.Id("a").Any()).Params(root("Action"), jen.Bool()).Block(
			jen.List(jen.Id("action"), jen.Id("ok")).Op(":=").Id("a").Assert(jen.Id(naming.ProcessAction.Of(p.Name))),
			jen.If(jen.Op("!").Id("ok")).Block(jen.Return(root("Action").Values(), jen.False())),
			jen.Return(jen.Id("action").Dot(naming.Seal(naming.ProcessAction.Of(p.Name))).Call(), jen.True())),
	}
	return comment(naming.ProcessConstructor.Of(p.Name) + " returns the process, made from its hand-written code.").
		Func().Id(naming.ProcessConstructor.Of(p.Name)).Params(params...).Add(of).Block(jen.Return(jen.Add(of).Add(pairs(rows...))))
}

// processView returns what says how the state is folded.
func (c *context) processView(p *model.Process, v *model.View, by *jen.Statement) *jen.Statement {
	var kinds []jen.Code
	for _, on := range p.On {
		kinds = append(kinds, jen.Id(naming.Kind.Of(on.Aggregate.Name)))
	}
	rows := []any{
		"Name", jen.Id(naming.ProcessName.Of(p.Name)),
		"Fingerprint", fingerprintOf(naming.ProcessFingerprint.Of(p.Name), by),
		"By", root(keyingOf(p.Key)),
		"Kinds", jen.Index().String().Values(kinds...),
	}
	if byField(v) {
		rows = append(rows, "Keys", c.keysFunc(v))
	}
	if p.State == nil {
		rows = append(rows, "Initial", jen.Func().Params(jen.String()).Struct().Block(jen.Return(jen.Struct().Values())))
	} else {
		rows = append(rows, "State", c.stateCodec(p.State), "Initial", jen.Add(by).Dot(naming.InitialMethod))
	}
	return pairs(rows...)
}

// formerNames lists the former names of a process in the store, or returns nil.
func formerNames(p *model.Process) any {
	var names []jen.Code
	for _, name := range p.Was {
		names = append(names, jen.Lit(naming.ProcessID(&model.Process{Package: p.Package, Name: name})))
	}
	if names == nil {
		return nil
	}
	return jen.Index().String().Values(names...)
}

// sentCommands returns the functions that read the commands of each aggregate to which
// the process sends some, or nil.
func (c *context) sentCommands(p *model.Process) any {
	var rows []jen.Code
	seen := map[*model.Aggregate]bool{}
	for _, one := range p.Commands() {
		if a := one.Aggregate; !seen[a] {
			seen[a] = true
			rows = append(rows, jen.Id(naming.Kind.Of(a.Name)).Op(":").Add(wire("CommandFrom")).Call(jen.Id(naming.ParseCommand.Of(a.Name))))
		}
	}
	if rows == nil {
		return nil
	}
	return jen.Map(jen.String()).Func().Params(jen.String(), jen.Index().Byte(), root("Origin")).Params(jen.Any(), jen.Error()).Add(multi(rows...))
}

// readAndCheck returns the functions that read and check a payload, as arguments.
func (c *context) readAndCheck(n *model.Named) []jen.Code {
	check := jen.Nil()
	if c.plan.constrained[n] {
		check = c.function(needCheck, n)
	}
	return []jen.Code{c.function(needDecode, n), check}
}

func (c *context) timerReaders(p *model.Process) any {
	var rows []jen.Code
	for _, t := range p.Timers {
		rows = append(rows, jen.Lit(t.Name).Op(":").Add(wire("Readable")).Call(c.readAndCheck(t.Payload)...))
	}
	if rows == nil {
		return nil
	}
	return jen.Map(jen.String()).Func().Params(jen.Index().Byte()).Error().Add(multi(rows...))
}

// effects returns the effects of a process, or nil.
func (c *context) effects(p *model.Process) any {
	var rows []jen.Code
	for _, e := range p.Effects {
		decoded := append([]jen.Code{jen.Id("data")}, c.readAndCheck(e.Payload)...)
		call := jen.Id("effects").Dot(naming.Perform.Of(e.Name)).Call(jen.Id("ctx"), jen.Id("t"), jen.Id("e"))
		none := root("Action").Values()
		body := []jen.Code{
			jen.List(jen.Id("e"), jen.Err()).Op(":=").Add(wire("DecodeChecked")).Call(decoded...),
			jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(none, jen.Err())),
		}
		if answers(e) {
			body = append(body,
				jen.List(jen.Id("answer"), jen.Err()).Op(":=").Add(call),
				jen.Switch().Block(
					jen.Case(jen.Err().Op("!=").Nil()).Block(jen.Return(none, jen.Err())),
					jen.Case(jen.Id("answer").Op("==").Nil()).Block(jen.Return(none, wire("ErrNoAnswer"))),
				),
				jen.Return(jen.Id("answer").Dot(naming.Seal(naming.ProcessAction.Of(p.Name))).Call(), jen.Nil()))
		} else {
			body = append(body, jen.Return(none, call))
		}
		perform := jen.Func().Params(jen.Id("ctx").Qual("context", "Context"), jen.Id("t").Add(root("Try")), jen.Id("data").Index().Byte()).Params(root("Action"), jen.Error()).Block(body...)
		rows = append(rows, jen.Lit(e.Name).Op(":").Add(pairs(
			"Within", duration(e.Within),
			"Check", wire("Readable").Call(c.readAndCheck(e.Payload)...),
			"Perform", perform,
		)))
	}
	if rows == nil {
		return nil
	}
	return jen.Map(jen.String()).Add(root("Effect")).Add(multi(rows...))
}

// duration returns a length of time in the largest unit that it is a multiple of.
func duration(d time.Duration) *jen.Statement {
	for _, unit := range []struct {
		name string
		of   time.Duration
	}{{"Hour", time.Hour}, {"Minute", time.Minute}, {"Second", time.Second}, {"Millisecond", time.Millisecond}, {"Microsecond", time.Microsecond}} {
		if d%unit.of == 0 {
			return jen.Lit(int(d/unit.of)).Op("*").Qual("time", unit.name)
		}
	}
	return jen.Qual("time", "Duration").Call(jen.Lit(int(d)))
}
