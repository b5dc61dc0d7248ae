package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
)

// commandsFile holds an aggregate's commands: their types, how they are read
// from outside, and what forms know about them.
func (c *context) commandsFile(a *model.Aggregate) *goFile {
	f := c.newFile("", aggregateBase(a)+"_commands_gen.go", a.Pos)
	var arms []*model.Named
	for _, cmd := range a.Commands {
		arms = append(arms, cmd.Payload)
	}
	name := a.Name + "Command"
	f.add(
		handshake(),
		sumOf(wrap(name+" is something that people may ask of a "+a.Name+": one of "+goNames(arms)+"."), name, arms),
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

// parse declares how a command is read that came from outside.
func (c *context) parse(a *model.Aggregate) jen.Code {
	name := a.Name + "Command"
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
		cases = append(cases, jen.Case(jen.Lit(kebab(cmd.Name))).Block(body...))
	}
	from := "o"
	if !origin {
		from = "_"
	}
	return comment("Parse"+name+` reads the JSON of a command that came from outside: it decodes
strictly, trims, fills in what the boundary knows, and checks. name is as
in addresses: "`+kebab(a.Commands[0].Name)+`". The error is ironstar.ErrUnknownCommand, a
*wire.SyntaxError or an ironstar.Invalid.`).
		Func().Id("Parse"+name).
		Params(jen.Id("name").String(), jen.Id("body").Index().Byte(), jen.Id(from).Add(root("Origin"))).
		Params(jen.Id(name), jen.Error()).Block(
		jen.Var().Id("command").Id(name),
		jen.List(jen.Id("d"), jen.Id("c")).Op(":=").List(wire("NewDecoder").Call(jen.Id("body")), wire("NewChecker").Call()),
		jen.Switch(jen.Id("name")).Block(append(cases, jen.Default().Block(jen.Return(jen.Nil(), root("ErrUnknownCommand"))))...),
		returnIf(wire("Request").Call(jen.Id("d"), jen.Id("c"))),
		jen.Return(jen.Id("command"), jen.Nil()),
	)
}

func injections(n *model.Named) []jen.Code {
	var fill []jen.Code
	for _, f := range n.Type.Fields {
		value := map[model.Inject]*jen.Statement{
			model.InjectNow:     jen.Id("o").Dot("Now").Call(),
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

// inputTable says how forms and signals become the JSON of each command.
func (c *context) inputTable(a *model.Aggregate) jen.Code {
	var rows []jen.Code
	for _, cmd := range a.Commands {
		rows = append(rows, jen.Lit(kebab(cmd.Name)).Op(":").Add(c.inputs(cmd.Payload)))
	}
	return comment(a.Name + "Inputs says how forms and signals become the JSON of each command.").
		Var().Id(a.Name + "Inputs").Op("=").Map(jen.String()).Index().Add(wire("Input")).Add(multi(rows...))
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

// input is one row; within are the structs that it is in.
func (c *context) input(f *model.Field, within map[*model.Named]bool) []jen.Code {
	row := []jen.Code{jen.Id("Name").Op(":").Lit(f.Name)}
	add := func(name string, value jen.Code) { row = append(row, jen.Id(name).Op(":").Add(value)) }
	if f.Const != nil {
		return append(row, c.constInput(f)...)
	}
	t := base(f.Type)
	if t.Kind == model.List && isScalar(base(t.Elem)) {
		add("Many", jen.True())
		t = base(t.Elem)
	}
	kind := inputKind(t)
	if n := goNamed(f.Type); kind == "InputObject" && n != nil {
		if within[n] {
			kind = "InputJSON" // it holds itself: a form cannot
		} else {
			within[n] = true
			add("Kind", wire(kind))
			add("Fields", c.objectInputs(n, within))
			delete(within, n)
			return row
		}
	}
	if kind != "InputText" {
		add("Kind", wire(kind))
	}
	return row
}

func (c *context) constInput(f *model.Field) []jen.Code {
	kind := map[model.Kind]string{model.Int: "InputNumber", model.Bool: "InputFlag"}[f.Const.Kind]
	if kind == "" {
		return nil
	}
	return []jen.Code{jen.Id("Kind").Op(":").Add(wire(kind))}
}

// objectInputs are the fields of a struct, or those of all cases of a sum.
func (c *context) objectInputs(n *model.Named, within map[*model.Named]bool) jen.Code {
	structs := []*model.Named{n}
	if n.Type.Kind == model.Sum {
		structs = n.Type.Arms
	}
	var rows []jen.Code
	seen := map[string]bool{}
	for _, s := range structs {
		for _, f := range s.Type.Fields {
			if !seen[f.Name] {
				seen[f.Name] = true
				rows = append(rows, jen.Values(c.input(f, within)...))
			}
		}
	}
	return jen.Index().Add(wire("Input")).Add(multi(rows...))
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
	case model.Int, model.Number:
		return "InputNumber"
	case model.Bool:
		return "InputFlag"
	case model.Struct, model.Sum:
		return "InputObject"
	case model.List, model.Map:
		return "InputJSON"
	case model.Enum:
		if isIntEnum(t) {
			return "InputNumber"
		}
	}
	return "InputText"
}
