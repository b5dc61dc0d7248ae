package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/shape"
)

// viewFile returns the file of a view: its interface of hand-written methods, the
// functions that fold it, its inline state, and its parameters.
func (c *context) viewFile(v *model.View) *goFile {
	f := c.newFile("", naming.ViewFile(v), v.Pos)
	doc := document(v.Doc, v.Name, naming.ViewName.Of(v.Name), "")
	if doc != "" {
		doc = "\n\n" + document(v.Doc, v.Name, v.Name, "")
	}
	f.add(handshake(), comment(naming.ViewName.Of(v.Name)+" is the name of the view."+doc).Const().Id(naming.ViewName.Of(v.Name)).Op("=").Lit(naming.ViewID(v)))
	switch {
	case v.List != nil:
		c.list(f, v)
	case v.Shows != nil:
		f.add(c.shows(v)...)
	case v.Of != nil:
		f.add(fingerprint(naming.ViewFingerprint.Of(v.Name), jen.Id(naming.AggregateFingerprint.Of(v.Of.Name))), c.ownState(v))
	default:
		f.add(fingerprint(naming.ViewFingerprint.Of(v.Name), jen.Lit(c.viewFingerprint(v))), c.foldInterface(v), c.foldConstructor(v), c.fold(v))
		if v.Key != "stream" && v.Key != "global" {
			f.add(c.viewKeys(v))
		}
		f.add(c.state(v.State, " is the state that the events of "+v.Name+" are folded into.")...)
	}
	if v.Param != nil {
		f.add(c.params(v.Name, v.Param, c.typesBeside(v))...)
	}
	return f
}

func viewState(v *model.View) *model.Type {
	if v.Of != nil {
		return v.Of.State
	}
	return v.State
}

func recordParam() jen.Code { return jen.Id("r").Op("*").Add(root("Record")) }

// ownState declares the view of an aggregate's own state.
func (c *context) ownState(v *model.View) jen.Code {
	a := v.Of
	state := c.goType(a.State)
	of := root("View").Index(state)
	by := self(a.Name, "s", "r")
	return comment(naming.ViewConstructor.Of(v.Name)+" returns the view, made from the aggregate's hand-written code. The state of the\nview is the aggregate's own state.").
		Func().Id(naming.ViewConstructor.Of(v.Name)).Params(jen.Add(by).Id(a.Name)).Add(of).Block(
		jen.Id("aggregate").Op(":=").Id(naming.AggregateConstructor.Of(a.Name)).Call(by),
		jen.Return(jen.Add(of).Add(pairs(
			"Name", jen.Id(naming.ViewName.Of(v.Name)),
			"Fingerprint", jen.Id("aggregate").Dot("Fingerprint"),
			"By", root("ByStream"),
			"Kinds", jen.Index().String().Values(jen.Id(naming.Kind.Of(a.Name))),
			"State", jen.Id("aggregate").Dot("State"),
			"Initial", jen.Func().Params(jen.String()).Add(state).Block(jen.Return(jen.Id("aggregate").Dot("Initial").Call())),
			"Evolve", jen.Func().Params(jen.Id("_").String(), jen.Id("s").Add(state), recordParam()).
				Params(jen.Add(state), jen.Bool(), jen.Error()).Block(
				jen.List(jen.Id("s"), jen.Err()).Op(":=").Add(root("Load")).Call(jen.Op("&").Id("aggregate"), jen.Id("s"), jen.Id("r")),
				jen.Return(jen.Id("s"), jen.Err().Op("==").Nil(), jen.Err()),
			),
			"Shown", c.shown(a.State),
		))),
	)
}

func (c *context) foldInterface(v *model.View) jen.Code {
	doc := document(v.Doc, v.Name, v.Name, v.Name+" is a view of the "+c.pkg.Name+" domain.") +
		"\n\nHand-written code implements it: one Evolve method for each event."
	body := []jen.Code{sourceMethod(), jen.Id(naming.InitialMethod).Params(jen.Id("key").String()).Add(c.goType(v.State)), jen.Line()}
	for _, on := range v.On {
		for _, e := range on.Events {
			body = append(body, jen.Id(naming.ViewEvolve(on.Aggregate, e)).Add(c.foldSignature(v, e)))
		}
	}
	return comment(doc).Type().Id(v.Name).Interface(body...)
}

func (c *context) foldSignature(v *model.View, e *model.Event) *jen.Statement {
	return jen.Params(c.goType(v.State), jen.Id(current(e).GoName), jen.Op("*").Add(root("Record"))).Add(c.goType(v.State))
}

func (c *context) foldConstructor(v *model.View) jen.Code {
	of := root("View").Index(c.goType(v.State))
	by := self(v.Name, "s", "r", "e")
	keying := map[string]string{"stream": "ByStream", "global": "Global"}[v.Key]
	if keying == "" {
		keying = "ByField"
	}
	var kinds []jen.Code
	for _, on := range v.On {
		kinds = append(kinds, jen.Id(naming.Kind.Of(on.Aggregate.Name)))
	}
	key := "_"
	args := append([]jen.Code{by}, handArgsOf(v)...)
	if keying == "ByField" {
		key = "key"
		args = append(args, jen.Id("key"))
	}
	args = append(args, jen.Id("s"), jen.Id("r"))
	rows := []any{
		"Name", jen.Id(naming.ViewName.Of(v.Name)),
		"Fingerprint", fingerprintOf(naming.ViewFingerprint.Of(v.Name), by),
		"By", root(keying),
		"Kinds", jen.Index().String().Values(kinds...),
	}
	if keying == "ByField" {
		rows = append(rows, "Keys", c.keysFunc(v))
	}
	rows = append(rows,
		"State", c.stateCodec(v.State),
		"Initial", jen.Add(by).Dot(naming.InitialMethod),
		"Evolve", jen.Func().Params(jen.Id(key).String(), jen.Id("s").Add(c.goType(v.State)), recordParam()).
			Params(c.goType(v.State), jen.Bool(), jen.Error()).Block(
			jen.Return(jen.Id(naming.FoldRecord.Of(v.Name)).Call(args...))),
		"Shown", c.shown(v.State))
	return comment(naming.ViewConstructor.Of(v.Name) + " returns the view, made from its hand-written code.").
		Func().Id(naming.ViewConstructor.Of(v.Name)).Params(append([]jen.Code{jen.Add(by).Id(v.Name)}, handParamsOf(v)...)...).Add(of).Block(
		jen.Return(jen.Add(of).Add(pairs(rows...))))
}

// handName returns the parameter name for an aggregate's hand-written upcasters
// in functions of views.
func handName(a *model.Aggregate) string {
	return strings.ToLower(a.Name[:1]) + a.Name[1:] + "Upcasts"
}

// handParamsOf and handArgsOf return parameters and arguments for the hand-written
// upcasters that a view needs to read its events.
func handParamsOf(v *model.View) (params []jen.Code) {
	for _, on := range v.On {
		if byHand(on.Aggregate) {
			params = append(params, jen.Id(handName(on.Aggregate)).Id(naming.Upcasts.Of(on.Aggregate.Name)))
		}
	}
	return params
}

func handArgsOf(v *model.View) (args []jen.Code) {
	for _, on := range v.On {
		if byHand(on.Aggregate) {
			args = append(args, jen.Id(handName(on.Aggregate)))
		}
	}
	return args
}

// keysFunc returns the function that lists the keys of a record.
func (c *context) keysFunc(v *model.View) jen.Code {
	args := handArgsOf(v)
	if len(args) == 0 {
		return jen.Id(naming.ViewKeys.Of(v.Name))
	}
	return jen.Func().Params(recordParam()).Params(jen.Index().String(), jen.Error()).Block(
		jen.Return(jen.Id(naming.ViewKeys.Of(v.Name)).Call(append(args, jen.Id("r"))...)))
}

// viewFingerprint returns a hash of the state and the events folded into it.
func (c *context) viewFingerprint(v *model.View) string {
	parts := []string{"view", naming.ViewID(v), v.Key, shape.Of(v.State).String()}
	for _, on := range v.On {
		parts = append(parts, naming.KindName(on.Aggregate))
		for _, e := range on.Events {
			parts = append(parts, folded(e)...)
		}
		parts = append(parts, foldedRetired(on.Aggregate)...)
		if c.plan.withholds(on.Aggregate) {
			parts = append(parts, "without payload")
		}
		for _, e := range on.Events {
			if paths := c.plan.secretPaths(current(e).Type); paths != "" {
				parts = append(parts, "without "+e.Name+": "+paths)
			}
		}
	}
	return shape.Sum(parts...)
}

// fold declares the function that folds a record into the state of one key.
func (c *context) fold(v *model.View) jen.Code {
	by := self(v.Name, "s", "r", "e")
	byField := v.Key != "stream" && v.Key != "global"
	params := append([]jen.Code{jen.Add(by).Id(v.Name)}, handParamsOf(v)...)
	if byField {
		params = append(params, jen.Id("key").String())
	}
	params = append(params, jen.Id("s").Add(c.goType(v.State)), recordParam())
	var kinds []jen.Code
	for _, on := range v.On {
		var cases []jen.Code
		record := jen.Id("r")
		if c.plan.withholds(on.Aggregate) {
			record = record.Dot("WithoutPayload").Call()
		}
		for _, e := range on.Events {
			event := jen.Id("e")
			if c.plan.secrets[current(e)] {
				event = c.call(needHide, current(e), event)
			}
			step := jen.List(jen.Id("s"), jen.Id("touched")).Op("=").
				List(jen.Add(by).Dot(naming.ViewEvolve(on.Aggregate, e)).Call(jen.Id("s"), event, record), jen.True())
			if byField {
				step = jen.If(keyText(c.keyField(v, e)).Op("==").Id("key")).Block(step)
			}
			cases = append(cases, jen.Case(jen.Id(current(e).GoName)).Block(step))
		}
		kinds = append(kinds, jen.Case(jen.Id(naming.Kind.Of(on.Aggregate.Name))).Block(c.eachEvent(on, []jen.Code{jen.Id("s"), jen.False(), jen.Err()},
			jen.Switch(jen.Id("e").Op(":=").Id("e").Assert(jen.Type())).Block(cases...))...))
	}
	return jen.Func().Id(naming.FoldRecord.Of(v.Name)).Params(params...).
		Params(jen.Id("_").Add(c.goType(v.State)), jen.Id("touched").Bool(), jen.Err().Error()).Block(
		jen.Switch(jen.Id("r").Dot("Stream").Dot("Kind")).Block(kinds...),
		jen.Return(jen.Id("s"), jen.Id("touched"), jen.Nil()),
	)
}

// eachEvent decodes the record r and runs do for each event e.
func (c *context) eachEvent(on model.Source, onError []jen.Code, do jen.Code) []jen.Code {
	return []jen.Code{
		jen.List(jen.Id("events"), jen.Err()).Op(":=").Add(root("Decoded")).Call(jen.Id("r"), c.decoding(on.Aggregate, jen.Id(handName(on.Aggregate)))),
		jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(onError...)),
		jen.For(jen.List(jen.Id("_"), jen.Id("e")).Op(":=").Range().Id("events")).Block(do),
	}
}

// viewKeys declares the function that lists the keys of a record.
func (c *context) viewKeys(v *model.View) jen.Code {
	var kinds []jen.Code
	for _, on := range v.On {
		var cases []jen.Code
		for _, e := range on.Events {
			cases = append(cases, jen.Case(jen.Id(current(e).GoName)).Block(
				jen.Id("keys").Op("=").Append(jen.Id("keys"), keyText(c.keyField(v, e)))))
		}
		kinds = append(kinds, jen.Case(jen.Id(naming.Kind.Of(on.Aggregate.Name))).Block(c.eachEvent(on, []jen.Code{jen.Nil(), jen.Err()},
			jen.Switch(jen.Id("e").Op(":=").Id("e").Assert(jen.Type())).Block(cases...))...))
	}
	return jen.Func().Id(naming.ViewKeys.Of(v.Name)).Params(append(handParamsOf(v), recordParam())...).Params(jen.Id("keys").Index().String(), jen.Id("_").Error()).Block(
		jen.Switch(jen.Id("r").Dot("Stream").Dot("Kind")).Block(kinds...),
		jen.Return(wire("Distinct").Call(jen.Id("keys")), jen.Nil()),
	)
}

func (c *context) keyField(v *model.View, e *model.Event) *model.Field {
	for _, f := range current(e).Type.Fields {
		if f.InCUE() == v.Key {
			return f
		}
	}
	panic("codegen: event " + e.Name + " has no field " + v.Key + " for view " + v.Name)
}

// keyText returns the key of event e as text.
func keyText(f *model.Field) *jen.Statement { return textOf(f.Type, jen.Id("e").Dot(f.GoName)) }

// textOf returns a scalar as text.
func textOf(t *model.Type, v *jen.Statement) *jen.Statement {
	b := base(t)
	switch {
	case b.Kind == model.Int:
		return jen.Qual("strconv", "FormatInt").Call(v, jen.Lit(10))
	case b.Kind == model.Enum && isIntEnum(b):
		return jen.Qual("strconv", "FormatInt").Call(jen.Int64().Call(v), jen.Lit(10))
	case b.Kind == model.Bool:
		return jen.Qual("strconv", "FormatBool").Call(v)
	case b.Kind == model.Number:
		return jen.String().Call(wire("AppendNumber").Call(jen.Nil(), v))
	case b.Kind == model.UUID, b.Kind == model.Date, b.Kind == model.Decimal:
		return v.Clone().Dot("String").Call()
	}
	return asText(t, v)
}

// signalsFile returns the file with the signals that pages keep in the browser.
func (c *context) signalsFile() *goFile {
	if len(c.pkg.Signals) == 0 {
		return nil
	}
	var places []model.Pos
	for _, s := range c.pkg.Signals {
		places = append(places, s.Pos)
	}
	f := c.newFile("", naming.SignalsFile, places...)
	f.add(handshake())
	for _, s := range c.pkg.Signals {
		check := jen.Nil()
		if c.plan.constrained[s.Payload] {
			check = jen.Id(naming.Check.Of(s.Payload.GoName))
		}
		n := *s.Payload
		n.Doc = document(s.Doc, s.Name, n.GoName, n.GoName+" has the signals that a page keeps in the browser.")
		f.add(
			c.declaration(&n),
			comment(naming.ReadSignals.Of(n.GoName)+" reads the signals of "+n.GoName+" from all signals of a page. It ignores others.\nThe error is a *wire.SyntaxError or an ironstar.Invalid.").
				Func().Id(naming.ReadSignals.Of(n.GoName)).Params(jen.Id("signals").Index().Byte()).Params(jen.Id(n.GoName), jen.Error()).Block(
				jen.Return(wire("DecodeChecked").Call(jen.Id("signals"), jen.Id(naming.Decode.Of(n.GoName)), check))),
			signalNames(&n),
			signalVersion(&n),
		)
		f.add(c.types(s.Payload)[1:]...)
	}
	return f
}

// signalVersion declares the version of signals: a hash of their whole shape,
// including constraints, because a page with older constraints is out of date.
func signalVersion(n *model.Named) jen.Code {
	name := naming.SignalsVersion.Of(n.GoName)
	return comment(name + " is a hash of the shape of " + n.GoName + ": an open page with another version is out of date.").
		Const().Id(name).Op("=").Lit(shape.Sum("signals", shape.Of(n.Type).String()))
}

// signalNames declares the names of signals for templates.
func signalNames(n *model.Named) jen.Code {
	var names, values []jen.Code
	for _, f := range n.Type.Fields {
		if f.Const == nil {
			names = append(names, jen.Id(f.GoName))
			values = append(values, jen.Lit(f.Name))
		}
	}
	name := naming.SignalNames.Of(n.GoName)
	return comment(name + " has the names of the signals, for templates.").
		Var().Id(name).Op("=").Struct(jen.List(names...).Add(root("Signal"))).Values(values...)
}
