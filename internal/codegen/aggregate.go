package codegen

import (
	"go/token"
	"slices"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/shape"
)

// aggregateFile returns the file with an aggregate's interface of hand-written
// methods, the functions that call them, and its inline state.
func (c *context) aggregateFile(a *model.Aggregate) *goFile {
	f := c.newFile("", naming.AggregateFile(a, ""), a.Pos)
	f.add(
		handshake(),
		comment(a.Name+"Kind is the kind of the streams of "+a.Name+".").
			Const().Id(naming.Kind.Of(a.Name)).Op("=").Lit(naming.KindName(a)),
		fingerprint(naming.AggregateFingerprint.Of(a.Name), jen.Lit(c.aggregateFingerprint(a))),
		c.decidingInterface(a),
		c.constructor(a),
		c.noHistory(a),
	)
	f.add(c.ids(a)...)
	f.add(c.state(a.State, " is the state that the events of "+a.Name+" are folded into.")...)
	f.add(c.sharedFields(a)...)
	return f
}

// state declares an inline state.
func (c *context) state(t *model.Type, about string) []jen.Code {
	n := inlineState(t)
	if n == nil {
		return nil
	}
	return c.described(n, document(n.Doc, n.Name, n.GoName, n.GoName+about))
}

// described declares an inline type with another comment.
func (c *context) described(n *model.Named, doc string) []jen.Code {
	decl := *n
	decl.Doc = doc
	return append([]jen.Code{c.declaration(&decl)}, c.types(n)[1:]...)
}

func fingerprint(name string, value jen.Code) jen.Code {
	return comment(wrap(name + " changes with the declared state, the events folded into it and their upcasters.")).
		Const().Id(name).Op("=").Add(value)
}

// fingerprintOf combines the declared fingerprint with the hand-written code.
func fingerprintOf(name string, by jen.Code) jen.Code {
	return root("Fingerprint").Call(jen.Id(name), jen.Add(by).Dot(naming.SourceMethod).Call())
}

// sourceMethod declares the method that returns the hand-written code.
func sourceMethod() jen.Code {
	return comment("Source returns the hand-written code, which is part of the fingerprint.").
		Id(naming.SourceMethod).Params().Qual("embed", "FS").Line()
}

// inlineState returns the inline type of a state, or nil.
func inlineState(t *model.Type) *model.Named {
	if t.Kind == model.Ref && t.Named.Inline {
		return t.Named
	}
	return nil
}

func current(e *model.Event) *model.Named { return e.Versions[len(e.Versions)-1].Payload }

func (c *context) decidingInterface(a *model.Aggregate) jen.Code {
	doc := document(a.Doc, a.Name, a.Name, a.Name+" is an aggregate of the "+c.pkg.Name+" domain.") +
		"\n\nHand-written code implements it: one Decide method for each command, one\nEvolve method for each event."
	body := []jen.Code{sourceMethod(), jen.Id(naming.InitialMethod).Params().Add(c.goType(a.State)), jen.Line()}
	for _, cmd := range a.Commands {
		name := naming.Decide.Of(cmd.Name)
		body = append(body, comment(document(cmd.Doc, cmd.Name, name, "")).Id(name).Add(c.decideSignature(a, cmd)))
	}
	body = append(body, jen.Line())
	for _, e := range a.Events {
		if e.To != nil {
			continue
		}
		name := naming.Evolve.Of(e.Name)
		body = append(body, comment(document(e.Doc, e.Name, name, "")).Id(name).Add(c.evolveSignature(a, e)))
	}
	if byHand(a) {
		body = append(body, jen.Line(), jen.Id(naming.Upcasts.Of(a.Name)))
	}
	return comment(doc).Type().Id(a.Name).Interface(body...)
}

func (c *context) decideSignature(a *model.Aggregate, cmd *model.Command) *jen.Statement {
	params := []jen.Code{c.goType(cmd.In.Of(a.State)), jen.Id(cmd.Payload.GoName)}
	for _, f := range cmd.Reads() {
		params = append(params, c.goType(f.ReadsIn.Of(f.Reads.State)))
	}
	return jen.Params(params...).Params(jen.Index().Id(naming.EventSum.Of(a.Name)), jen.Error())
}

func (c *context) evolveSignature(a *model.Aggregate, e *model.Event) *jen.Statement {
	return jen.Params(c.goType(e.In.Of(a.State)), jen.Id(current(e).GoName)).Add(c.goType(a.State))
}

func (c *context) constructor(a *model.Aggregate) jen.Code {
	state, command, event := c.goType(a.State), jen.Id(naming.CommandSum.Of(a.Name)), jen.Id(naming.EventSum.Of(a.Name))
	params := jen.Index(jen.List(state, command, event))
	by := selfOf(a)
	s, cmd, e := jen.Id("s").Add(state), jen.Id("c").Add(command), jen.Id("e").Add(event)
	return comment(naming.AggregateConstructor.Of(a.Name) + " returns the aggregate, made from its hand-written code.").
		Func().Id(naming.AggregateConstructor.Of(a.Name)).Params(jen.Add(by).Id(a.Name)).Add(root("Aggregate")).Add(params).Block(
		jen.Return(root("Aggregate").Add(params).Add(pairs(
			"Kind", jen.Id(naming.Kind.Of(a.Name)),
			"Fingerprint", fingerprintOf(naming.AggregateFingerprint.Of(a.Name), by),
			"Shapes", jen.Id(naming.Shapes.Of(a.Name)),
			"IDs", idsOf(a),
			"State", c.stateCodec(a.State),
			"Secrets", c.secretNames(a),
			"Reads", c.reads(a),
			"Unique", c.unique(a),
			"Applies", c.applies(a),
			"Codec", root("Codec").Index(event).Values(jen.Id("Encode").Op(":").Id(naming.EncodeEvent.Of(a.Name)), jen.Id("Decode").Op(":").Add(c.decoding(a, by))),
			"Decider", root("Decider").Add(params).Add(pairs(
				"Initial", jen.Add(by).Dot(naming.InitialMethod),
				"Decide", jen.Func().Params(s, cmd, jen.Id(statesParam(a)).Add(root("States"))).Params(jen.Index().Add(event), jen.Error()).Block(c.decide(a)...),
				"Evolve", jen.Func().Params(s, e).Add(state).Block(c.evolve(a)...),
			)),
		))))
}

// stateCodec returns the codec of a state for snapshots. It does not check
// constraints, because they apply to input only.
func (c *context) stateCodec(t *model.Type) jen.Code {
	n, d := goNamed(t), jen.Id("d")
	return root("StateCodec").Index(c.goType(t)).Add(pairs(
		"Append", c.function(needAppend, n),
		"Decode", jen.Func().Params(jen.Id("b").Index().Byte()).Params(c.goType(t), jen.Error()).Block(
			jen.Add(d).Op(":=").Add(wire("NewStateDecoder")).Call(jen.Id("b")),
			jen.Id("s").Op(":=").Add(c.call(needDecode, n, d)),
			jen.Return(jen.Id("s"), wire("FinishState").Call(d)),
		)))
}

// pairs returns a composite literal with one field on each line. The arguments are
// name, value, name, value … It omits a pair with a nil value.
func pairs(namesAndValues ...any) *jen.Statement {
	var rows []jen.Code
	for i := 0; i < len(namesAndValues); i += 2 {
		if namesAndValues[i+1] == nil {
			continue
		}
		rows = append(rows, jen.Id(namesAndValues[i].(string)).Op(":").Add(namesAndValues[i+1].(jen.Code)))
	}
	return multi(rows...)
}

// self returns a parameter name for the hand-written code that differs from the
// names of the other parameters.
func self(name string, taken ...string) *jen.Statement {
	id := lower(name)
	for _, t := range taken {
		if id == t {
			return jen.Id("by")
		}
	}
	return jen.Id(id)
}

// stateParam names the state that a command reads by a field.
func stateParam(f *model.Field, taken ...string) string {
	name := parameter(f.GoName)
	if token.IsKeyword(name) || name == "s" || name == "c" || slices.Contains(taken, name) {
		return name + "State"
	}
	return name
}

// parameter makes a name of parameters of an exported name: BidderID becomes bidderID,
// URLOf urlOf.
func parameter(exported string) string {
	letters := []rune(exported)
	for i := range letters {
		if i > 0 && (!unicode.IsUpper(letters[i]) || i+1 < len(letters) && !unicode.IsUpper(letters[i+1])) {
			break
		}
		letters[i] = unicode.ToLower(letters[i])
	}
	return string(letters)
}

// statesParam names the parameter with the states that commands read.
func statesParam(a *model.Aggregate) string {
	if a.ReadsOthers() {
		return "others"
	}
	return "_"
}

// reads lists the streams that commands read, or returns nil.
func (c *context) reads(a *model.Aggregate) any {
	if !a.ReadsOthers() {
		return nil
	}
	var cases []jen.Code
	for _, cmd := range a.Commands {
		var list []jen.Code
		for _, f := range cmd.Reads() {
			stream := root("Stream").Values(jen.Id("Kind").Op(":").Id(naming.Kind.Of(f.Reads.Name)), jen.Id("ID").Op(":").Add(textOf(f.Type, jen.Id("c").Dot(f.GoName))))
			list = append(list, jen.Values(jen.Id("Field").Op(":").Lit(f.Name), jen.Id("Stream").Op(":").Add(stream)))
		}
		if list != nil {
			cases = append(cases, jen.Case(jen.Id(cmd.Payload.GoName)).Block(jen.Return(jen.Index().Add(root("Reading")).Add(multi(list...)))))
		}
	}
	return jen.Func().Params(jen.Id("c").Id(naming.CommandSum.Of(a.Name))).Index().Add(root("Reading")).Block(typeSwitch("c", cases), jen.Return(jen.Nil()))
}

// typeSwitch is a switch over the cases of a sealed interface.
func typeSwitch(of string, cases []jen.Code) jen.Code {
	if len(cases) == 0 {
		return jen.Null()
	}
	return jen.Switch(jen.Id(of).Op(":=").Id(of).Assert(jen.Type())).Block(cases...)
}

// aggregateFingerprint returns a hash of the state and of everything that is folded
// into it.
func (c *context) aggregateFingerprint(a *model.Aggregate) string {
	parts := []string{"aggregate", naming.KindName(a), shape.Of(a.State).String()}
	for _, e := range a.Events {
		parts = append(parts, folded(e)...)
		if e.In != nil {
			parts = append(append(parts, "in"), goNamesOf(e.In.Cases)...)
		}
		if e.To != nil {
			parts = append(parts, "to", e.To.GoName)
		}
	}
	return shape.Sum(append(parts, foldedRetired(a)...)...)
}

// folded returns the parts of an event that a state depends on: the current version
// and the steps to it.
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

// sumOf declares a sealed interface for an aggregate's commands, events or
// refusals. extra are further methods.
func sumOf(doc, name string, arms []*model.Named, extra ...jen.Code) jen.Code {
	methods := append(extra, jen.Id(naming.Seal(name)).Params())
	s := comment(doc).Type().Id(name).Interface(methods...)
	for i, arm := range arms {
		if i == 0 {
			s.Line()
		}
		s.Line().Func().Params(jen.Id(arm.GoName)).Id(naming.Seal(name)).Params().Block()
	}
	return s
}

func goNames(arms []*model.Named) string { return wrap(strings.Join(goNamesOf(arms), ", ")) }

func goNamesOf(arms []*model.Named) (names []string) {
	for _, arm := range arms {
		names = append(names, arm.GoName)
	}
	return names
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
