package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/scalar"
)

// commandsFile returns the file with an aggregate's commands: their types, the
// functions that read them from requests, and their form fields.
func (c *context) commandsFile(a *model.Aggregate) *goFile {
	f := c.newFile("", naming.AggregateFile(a, "commands"), a.Pos)
	var arms []*model.Named
	for _, cmd := range a.Commands {
		arms = append(arms, cmd.Payload)
	}
	name := naming.CommandSum.Of(a.Name)
	f.add(
		handshake(),
		sumOf(wrap(name+" is a command of "+a.Name+": one of "+goNames(arms)+"."), name, arms),
	)
	if len(a.Commands) > 0 {
		f.add(c.parse(a), c.inputTable(a))
	}
	for _, cmd := range a.Commands {
		n := *cmd.Payload
		if n.Doc == "" {
			n.Doc = n.GoName + " is a command of " + a.Name + "."
		} else {
			n.Doc = document(n.Doc, cmd.Name, n.GoName, "")
		}
		f.add(c.declaration(&n))
		f.add(c.formFields(cmd))
		f.add(c.types(cmd.Payload)[1:]...)
	}
	return f
}

// parse declares the function that reads a command from a request.
func (c *context) parse(a *model.Aggregate) jen.Code {
	name := naming.CommandSum.Of(a.Name)
	origin := false
	var cases []jen.Code
	for _, cmd := range a.Commands {
		n := cmd.Payload
		value := c.call(needDecode, n, jen.Id("d"))
		injected := injections(n)
		origin = origin || len(injected) > 0
		var body []jen.Code
		if len(injected) > 0 || c.plan.constrained[n] {
			body = append(append(body, jen.Id("v").Op(":=").Add(value)), injected...)
			value = jen.Id("v")
		}
		if c.plan.constrained[n] {
			body = append(body, c.call(needCheck, n, jen.Id("c"), jen.Id("v")))
		}
		body = append(body, jen.Id("command").Op("=").Add(value))
		cases = append(cases, jen.Case(jen.Lit(naming.Kebab(cmd.Name))).Block(body...))
	}
	from := "o"
	if !origin {
		from = "_"
	}
	return comment(naming.ParseCommand.Of(a.Name)+` reads the JSON of a command from a request. It decodes it
strictly, trims texts, sets injected fields, and checks the command. name is the
command's name in addresses: "`+naming.Kebab(a.Commands[0].Name)+`". The error is ironstar.ErrUnknownCommand, a
*wire.SyntaxError or an ironstar.Invalid.`).
		Func().Id(naming.ParseCommand.Of(a.Name)).
		Params(jen.Id("name").String(), jen.Id("body").Index().Byte(), jen.Id(from).Add(root("Origin"))).
		Params(jen.Id(name), jen.Error()).Block(
		jen.Var().Id("command").Id(name),
		jen.List(jen.Id("d"), jen.Id("c")).Op(":=").List(wire("NewRequestDecoder").Call(jen.Id("body")), wire("NewChecker").Call()),
		jen.Switch(jen.Id("name")).Block(append(cases, jen.Default().Block(jen.Return(jen.Nil(), root("ErrUnknownCommand"))))...),
		returnIf(wire("FinishRequest").Call(jen.Id("d"), jen.Id("c"))),
		jen.Return(jen.Id("command"), jen.Nil()),
	)
}

func injections(n *model.Named) []jen.Code {
	var fill []jen.Code
	for _, f := range n.Type.Fields {
		value := map[model.Inject]*jen.Statement{
			model.InjectNow:     wire("Instant").Call(jen.Id("o").Dot("Now").Call()),
			model.InjectUUID:    jen.Id("o").Dot("NewUUID").Call(),
			model.InjectActor:   jen.Id("o").Dot("Actor"),
			model.InjectSession: jen.Id("o").Dot("Session"),
		}[f.Inject]
		switch {
		case value == nil:
		case f.Optional:
			fill = append(fill, jen.Id("v").Dot(f.GoName).Op("=").New(value))
		default:
			fill = append(fill, jen.Id("v").Dot(f.GoName).Op("=").Add(value))
		}
	}
	return fill
}

// inputTable describes how forms and signals become the JSON of each command.
func (c *context) inputTable(a *model.Aggregate) jen.Code {
	var rows []jen.Code
	for _, cmd := range a.Commands {
		if !cmd.Internal {
			rows = append(rows, jen.Lit(naming.Kebab(cmd.Name)).Op(":").Add(c.inputs(cmd.Payload)))
		}
	}
	table := comment(a.Name + "Inputs describes how forms and signals become the JSON of each command.").
		Var().Id(naming.CommandInputs.Of(a.Name)).Op("=").Map(jen.String()).Index().Add(wire("Input"))
	if len(rows) == 0 {
		return table.Values()
	}
	return table.Add(multi(rows...))
}

// inputs describes the fields that people fill in.
func (c *context) inputs(n *model.Named) *jen.Statement {
	var rows []jen.Code
	for _, f := range readable(n.Type) {
		rows = append(rows, jen.Values(c.input(f, map[*model.Named]bool{n: true})...))
	}
	if len(rows) == 0 {
		return jen.Nil()
	}
	if len(rows) == 1 {
		return jen.Values(rows...)
	}
	return multi(rows...)
}

// input is one row; within are the enclosing structs.
func (c *context) input(f *model.Field, within map[*model.Named]bool) []jen.Code {
	row := []jen.Code{jen.Id("Name").Op(":").Lit(f.Name)}
	add := func(name string, value jen.Code) { row = append(row, jen.Id(name).Op(":").Add(value)) }
	if f.Const != nil {
		add("Const", raw(scalar.JSON(*f.Const)))
		return row
	}
	if f.Optional {
		add("Optional", jen.True())
	} else if f.Required() {
		add("Required", jen.True())
	}
	_, kind, many, of := inForm(f.Type, within)
	if many {
		add("Many", jen.True())
	}
	if kind != "InputText" {
		add("Kind", wire(kind))
	}
	if of != nil {
		within[of] = true
		row = append(row, c.structInputs(of, within)...)
		delete(within, of)
	}
	return row
}

// structInputs are the parts of a row for the fields of a struct, or for the
// cases of a union.
func (c *context) structInputs(n *model.Named, within map[*model.Named]bool) []jen.Code {
	fields := func(of *model.Named) jen.Code {
		var rows []jen.Code
		for _, f := range of.Type.Fields {
			if n.Type.Kind != model.Sum || f.Name != n.Type.Tag {
				rows = append(rows, jen.Values(c.input(f, within)...))
			}
		}
		if len(rows) == 0 {
			return nil
		}
		return jen.Id("Fields").Op(":").Index().Add(wire("Input")).Add(multi(rows...))
	}
	if n.Type.Kind != model.Sum {
		if all := fields(n); all != nil {
			return []jen.Code{all}
		}
		return nil
	}
	var cases []jen.Code
	for _, arm := range n.Type.Arms {
		row := []jen.Code{jen.Id("Value").Op(":").Lit(n.Type.TagOf(arm))}
		if all := fields(arm); all != nil {
			row = append(row, all)
		}
		cases = append(cases, jen.Values(row...))
	}
	return []jen.Code{
		jen.Id("Tag").Op(":").Lit(n.Type.Tag),
		jen.Id("Cases").Op(":").Index().Add(wire("InputCase")).Add(multi(cases...)),
	}
}

func isScalar(t *model.Type) bool {
	switch t.Kind {
	case model.List, model.Map, model.Struct, model.Sum:
		return false
	}
	return true
}

func inputKind(t *model.Type) string {
	switch t.Kind {
	case model.Int:
		return "InputInt"
	case model.Number:
		return "InputNumber"
	case model.Bool:
		return "InputFlag"
	case model.Decimal:
		return "InputDecimal"
	case model.Time:
		return "InputTime"
	case model.UUID:
		return "InputUUID"
	case model.Date, model.Duration:
		return "InputScalar"
	case model.Struct:
		return "InputObject"
	case model.Sum:
		return "InputUnion"
	case model.List, model.Map:
		return "InputJSON"
	case model.Enum:
		return enumInput(t)
	}
	return "InputText"
}

// enumInput is a text if blanks matter: if "" or " a" is one of the values.
func enumInput(t *model.Type) string {
	if isIntEnum(t) {
		return "InputInt"
	}
	for _, v := range t.Values {
		if v.Text == "" || strings.TrimSpace(v.Text) != v.Text {
			return "InputText"
		}
	}
	return "InputScalar"
}
