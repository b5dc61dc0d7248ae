package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// viewFile holds a read model: what its hand-written side must have, how it is
// folded, its state if that is written in place, and its parameters.
func (c *context) viewFile(v *model.View) *goFile {
	f := c.newFile("", fileBase(v.Name)+"_view_gen.go", v.Pos)
	doc := document(v.Doc, v.Name, v.Name+"Name", "")
	if doc != "" {
		doc = "\n\n" + document(v.Doc, v.Name, v.Name, "")
	}
	f.add(handshake(), comment(v.Name+"Name names the view."+doc).Const().Id(v.Name+"Name").Op("=").Lit(c.pkg.Name+"."+v.Name))
	if v.Of != nil {
		f.add(fingerprint(v.Name, jen.Id(v.Of.Name+"Fingerprint")), c.ownState(v))
	} else {
		f.add(fingerprint(v.Name, jen.Lit(c.viewFingerprint(v))), c.foldInterface(v), c.foldConstructor(v), c.fold(v))
		if v.Key != "stream" && v.Key != "global" {
			f.add(c.viewKeys(v))
		}
		f.add(c.state(v.State, " is what the events of "+v.Name+" fold into.")...)
	}
	if v.Param != nil {
		f.add(c.params(v)...)
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

// ownState makes a view of an aggregate's own state.
func (c *context) ownState(v *model.View) jen.Code {
	a := v.Of
	state := c.goType(a.State)
	of := root("View").Index(state)
	by := self(a.Name, "s", "r")
	return comment("New"+v.Name+" makes the view of the aggregate's hand-written side: it is the\naggregate's own state.").
		Func().Id("New"+v.Name).Params(jen.Add(by).Id(a.Name)).Add(of).Block(
		jen.Id("aggregate").Op(":=").Id("New"+a.Name).Call(by),
		jen.Return(jen.Add(of).Add(pairs(
			"Name", jen.Id(v.Name+"Name"),
			"Fingerprint", jen.Id("aggregate").Dot("Fingerprint"),
			"By", root("ByStream"),
			"Kinds", jen.Index().String().Values(jen.Id(a.Name+"Kind")),
			"State", jen.Id("aggregate").Dot("State"),
			"Initial", jen.Func().Params(jen.String()).Add(state).Block(jen.Return(jen.Id("aggregate").Dot("Initial").Call())),
			"Evolve", jen.Func().Params(jen.Id("_").String(), jen.Id("s").Add(state), recordParam()).
				Params(jen.Add(state), jen.Bool(), jen.Error()).Block(
				jen.List(jen.Id("s"), jen.Err()).Op(":=").Add(root("Load")).Call(jen.Op("&").Id("aggregate"), jen.Id("s"), jen.Id("r")),
				jen.Return(jen.Id("s"), jen.Err().Op("==").Nil(), jen.Err()),
			),
		))),
	)
}

func evolveName(a *model.Aggregate, e *model.Event) string { return "Evolve" + a.Name + e.Name }

func (c *context) foldInterface(v *model.View) jen.Code {
	doc := document(v.Doc, v.Name, v.Name, v.Name+" is a view of the "+c.pkg.Name+" domain.") +
		"\n\nIt is what the hand-written side must have: one Evolve method an event."
	body := []jen.Code{sourceMethod(), jen.Id("Initial").Params(jen.Id("key").String()).Add(c.goType(v.State)), jen.Line()}
	for _, on := range v.On {
		for _, e := range on.Events {
			body = append(body, jen.Id(evolveName(on.Aggregate, e)).Add(c.foldSignature(v, e)))
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
		kinds = append(kinds, jen.Id(on.Aggregate.Name+"Kind"))
	}
	key := "_"
	args := append([]jen.Code{by}, handArgsOf(v)...)
	if keying == "ByField" {
		key = "key"
		args = append(args, jen.Id("key"))
	}
	args = append(args, jen.Id("s"), jen.Id("r"))
	rows := []any{
		"Name", jen.Id(v.Name + "Name"),
		"Fingerprint", fingerprintOf(v.Name, by),
		"By", root(keying),
		"Kinds", jen.Index().String().Values(kinds...),
	}
	if keying == "ByField" {
		rows = append(rows, "Keys", c.keysFunc(v))
	}
	rows = append(rows,
		"State", c.stateCodec(v.State),
		"Initial", jen.Add(by).Dot("Initial"),
		"Evolve", jen.Func().Params(jen.Id(key).String(), jen.Id("s").Add(c.goType(v.State)), recordParam()).
			Params(c.goType(v.State), jen.Bool(), jen.Error()).Block(
			jen.Return(jen.Id("evolve"+v.Name).Call(args...))))
	return comment("New" + v.Name + " makes the view of its hand-written side.").
		Func().Id("New" + v.Name).Params(append([]jen.Code{jen.Add(by).Id(v.Name)}, handParamsOf(v)...)...).Add(of).Block(
		jen.Return(jen.Add(of).Add(pairs(rows...))))
}

// handName is what the hand-written side of an aggregate's upcasters is called
// in functions of views.
func handName(a *model.Aggregate) string {
	return strings.ToLower(a.Name[:1]) + a.Name[1:] + "Upcasts"
}

// handParamsOf and handArgsOf are the hand-written upcasters that a view needs to
// read its events.
func handParamsOf(v *model.View) (params []jen.Code) {
	for _, on := range v.On {
		if byHand(on.Aggregate) {
			params = append(params, jen.Id(handName(on.Aggregate)).Id(on.Aggregate.Name+"Upcasts"))
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

// keysFunc is the function of a record that lists its keys.
func (c *context) keysFunc(v *model.View) jen.Code {
	args := handArgsOf(v)
	if len(args) == 0 {
		return jen.Id("keysOf" + v.Name)
	}
	return jen.Func().Params(recordParam()).Params(jen.Index().String(), jen.Error()).Block(
		jen.Return(jen.Id("keysOf" + v.Name).Call(append(args, jen.Id("r"))...)))
}

// viewFingerprint changes with the state and the events folded into it.
func (c *context) viewFingerprint(v *model.View) string {
	parts := []string{"view", c.pkg.Name + "." + v.Name, v.Key, shape.Of(v.State).String()}
	for _, on := range v.On {
		parts = append(parts, kindOf(on.Aggregate))
		for _, e := range on.Events {
			parts = append(parts, folded(e)...)
		}
		parts = append(parts, foldedRetired(on.Aggregate)...)
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
		for _, e := range on.Events {
			step := jen.List(jen.Id("s"), jen.Id("touched")).Op("=").
				List(jen.Add(by).Dot(evolveName(on.Aggregate, e)).Call(jen.Id("s"), jen.Id("e"), jen.Id("r")), jen.True())
			if byField {
				step = jen.If(keyText(c.keyField(v, e)).Op("==").Id("key")).Block(step)
			}
			cases = append(cases, jen.Case(jen.Id(current(e).GoName)).Block(step))
		}
		kinds = append(kinds, jen.Case(jen.Id(on.Aggregate.Name+"Kind")).Block(c.eachEvent(on, []jen.Code{jen.Id("s"), jen.False(), jen.Err()},
			jen.Switch(jen.Id("e").Op(":=").Id("e").Assert(jen.Type())).Block(cases...))...))
	}
	return jen.Func().Id("evolve"+v.Name).Params(params...).
		Params(jen.Id("_").Add(c.goType(v.State)), jen.Id("touched").Bool(), jen.Err().Error()).Block(
		jen.Switch(jen.Id("r").Dot("Stream").Dot("Kind")).Block(kinds...),
		jen.Return(jen.Id("s"), jen.Id("touched"), jen.Nil()),
	)
}

// eachEvent decodes the record r and does something with each event e.
func (c *context) eachEvent(on model.Source, onError []jen.Code, do jen.Code) []jen.Code {
	return []jen.Code{
		jen.List(jen.Id("events"), jen.Err()).Op(":=").Add(root("Decoded")).Call(jen.Id("r"), c.decoding(on.Aggregate, jen.Id(handName(on.Aggregate)))),
		jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(onError...)),
		jen.For(jen.List(jen.Id("_"), jen.Id("e")).Op(":=").Range().Id("events")).Block(do),
	}
}

// viewKeys declares which keys a record touches.
func (c *context) viewKeys(v *model.View) jen.Code {
	var kinds []jen.Code
	for _, on := range v.On {
		var cases []jen.Code
		for _, e := range on.Events {
			cases = append(cases, jen.Case(jen.Id(current(e).GoName)).Block(
				jen.Id("keys").Op("=").Append(jen.Id("keys"), keyText(c.keyField(v, e)))))
		}
		kinds = append(kinds, jen.Case(jen.Id(on.Aggregate.Name+"Kind")).Block(c.eachEvent(on, []jen.Code{jen.Nil(), jen.Err()},
			jen.Switch(jen.Id("e").Op(":=").Id("e").Assert(jen.Type())).Block(cases...))...))
	}
	return jen.Func().Id("keysOf"+v.Name).Params(append(handParamsOf(v), recordParam())...).Params(jen.Id("keys").Index().String(), jen.Id("_").Error()).Block(
		jen.Switch(jen.Id("r").Dot("Stream").Dot("Kind")).Block(kinds...),
		jen.Return(wire("Distinct").Call(jen.Id("keys")), jen.Nil()),
	)
}

func (c *context) keyField(v *model.View, e *model.Event) *model.Field {
	for _, f := range current(e).Type.Fields {
		if f.Name == v.Key {
			return f
		}
	}
	panic("codegen: event " + e.Name + " has no field " + v.Key + " for view " + v.Name)
}

// keyText is the key that e has, as text.
func keyText(f *model.Field) *jen.Statement { return textOf(f.Type, jen.Id("e").Dot(f.GoName)) }

// textOf is a scalar as text.
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

// params declares what a reader may choose and how it is written in addresses.
func (c *context) params(v *model.View) []jen.Code {
	n := v.Param
	check := jen.Nil()
	if c.plan.constrained[n] {
		check = jen.Id("check" + n.GoName)
	}
	decl := *n
	decl.Doc = document(n.Doc, n.Name, n.GoName, n.GoName+" are what a reader of "+v.Name+" may choose.")
	inputs := c.inputs(n)
	if len(readable(n.Type)) == 0 {
		inputs = jen.Values()
	}
	out := []jen.Code{
		c.declaration(&decl),
		comment("Parse"+n.GoName+" reads parameters from JSON; those left out are as the schema says.\nThe error is a *wire.SyntaxError or an ironstar.Invalid.").
			Func().Id("Parse"+n.GoName).Params(jen.Id("json").Index().Byte()).Params(jen.Id(n.GoName), jen.Error()).Block(
			jen.Return(wire("Checked").Call(jen.Id("json"), jen.Id("decode"+n.GoName), check))),
		comment(v.Name + "Inputs says how a query string becomes JSON.").
			Var().Id(v.Name + "Inputs").Op("=").Index().Add(wire("Input")).Add(inputs),
		c.query(n),
	}
	return append(out, c.types(n)[1:]...)
}

// query declares the query string of parameters.
func (c *context) query(n *model.Named) jen.Code {
	body := []jen.Code{jen.Var().Id("q").Add(wire("Query"))}
	for _, f := range n.Type.Fields {
		if f.Const != nil {
			continue
		}
		value := jen.Id("p").Dot(f.GoName)
		if pointer(f) {
			value = jen.Op("*").Add(value)
		}
		add := jen.Id("q").Dot("Add").Call(jen.Lit(f.Name), textOf(f.Type, value))
		if f.Default != nil && !f.Optional {
			add = jen.Id("q").Dot("AddUnless").Call(jen.Lit(f.Name), textOf(f.Type, value), jen.Lit(f.Default.Text))
		}
		if pointer(f) {
			add = jen.If(jen.Id("p").Dot(f.GoName).Op("!=").Nil()).Block(add)
		}
		body = append(body, add)
	}
	body = append(body, jen.Return(jen.Id("q").Dot("String").Call()))
	return comment("Query is the query string of an address with these parameters. Equal\nparameters have equal ones; what is as the schema says is left out.").
		Func().Params(jen.Id("p").Id(n.GoName)).Id("Query").Params().String().Block(body...)
}

// signalsFile holds what pages keep in the browser.
func (c *context) signalsFile() *goFile {
	if len(c.pkg.Signals) == 0 {
		return nil
	}
	var places []model.Pos
	for _, s := range c.pkg.Signals {
		places = append(places, s.Pos)
	}
	f := c.newFile("", "signals_gen.go", places...)
	f.add(handshake())
	for _, s := range c.pkg.Signals {
		check := jen.Nil()
		if c.plan.constrained[s.Payload] {
			check = jen.Id("check" + s.Payload.GoName)
		}
		n := *s.Payload
		n.Doc = document(s.Doc, s.Name, n.GoName, n.GoName+" is what a page keeps in the browser.")
		f.add(
			c.declaration(&n),
			comment("Read"+n.GoName+" reads them from the signals of a page, which may hold others as well.\nThe error is a *wire.SyntaxError or an ironstar.Invalid.").
				Func().Id("Read"+n.GoName).Params(jen.Id("signals").Index().Byte()).Params(jen.Id(n.GoName), jen.Error()).Block(
				jen.Return(wire("Checked").Call(jen.Id("signals"), jen.Id("decode"+n.GoName), check))),
			signalNames(&n),
			signalVersion(&n),
		)
		f.add(c.types(s.Payload)[1:]...)
	}
	return f
}

// signalVersion declares what changes with the signals, and with nothing else:
// the whole shape, since a page that keeps to an older constraint is out of date.
func signalVersion(n *model.Named) jen.Code {
	name := n.GoName + "Version"
	return comment(name + " names the shape of " + n.GoName + ": an open page with another one is out of date.").
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
	name := n.GoName + "Signals"
	return comment(name + " are the names of the signals, for templates.").
		Var().Id(name).Op("=").Struct(jen.List(names...).Add(root("Signal"))).Values(values...)
}
