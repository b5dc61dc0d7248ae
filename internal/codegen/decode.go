package codegen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/scalar"
)

var decoderParam = jen.Id("d").Op("*").Qual(wirePkg, "Decoder")

// decoder declares the function that reads a struct or sum. Other types are
// read inline.
func (c *context) decoder(n *model.Named) []jen.Code {
	switch n.Type.Kind {
	case model.Struct:
		return []jen.Code{c.fieldTable(n), c.structDecoder(n)}
	case model.Sum:
		return []jen.Code{c.sumDecoder(n)}
	}
	return nil
}

// readable lists the fields that a request has: all except injected fields.
func readable(t *model.Type) []*model.Field {
	var fields []*model.Field
	for _, f := range t.Fields {
		if f.Inject == model.InjectNone {
			fields = append(fields, f)
		}
	}
	return fields
}

func (c *context) fieldTable(n *model.Named) jen.Code {
	var rows []jen.Code
	for _, f := range readable(n.Type) {
		row := []jen.Code{jen.Id("Name").Op(":").Lit(f.Name)}
		if f.Required() {
			row = append(row, jen.Id("Required").Op(":").True())
		}
		rows = append(rows, jen.Values(row...))
	}
	if len(rows) == 0 {
		return nil
	}
	return jen.Var().Id(naming.Fields.Of(n.GoName)).Op("=").Index().Add(wire("Field")).Add(multi(rows...))
}

func (c *context) structDecoder(n *model.Named) jen.Code {
	open := "Struct"
	if c.isSignals(n) {
		open = "StructAmong"
	}
	var body, cases []jen.Code
	for i, f := range readable(n.Type) {
		if f.Default != nil && !f.Optional && !c.byMethods(n, f) {
			value := c.defaultValue(f)
			if scaled(f.Type, map[*model.Named]bool{}) {
				value = wire("DefaultIn").Call(jen.Id("d"), raw(f.Default.JSON), c.readFunc(f.Type))
			}
			if value != nil {
				body = append(body, jen.Id("v").Dot(f.GoName).Op("=").Add(value))
			}
		}
		cases = append(cases, jen.Case(jen.Lit(i)).Block(c.readField(n, f)))
	}
	table := jen.Id(naming.Fields.Of(n.GoName))
	if len(cases) == 0 {
		table = jen.Nil()
	}
	loop := jen.For(jen.Id("o").Op(":=").Id("d").Dot(open).Call(table), jen.Id("o").Dot("Next").Call(), jen.Empty())
	if len(cases) == 0 {
		loop.Block()
	} else {
		loop.Block(jen.Switch(jen.Id("o").Dot("Index")).Block(cases...))
	}
	body = append(body, loop, jen.Return(jen.Id("v")))
	return jen.Func().Id(naming.Decode.Of(n.GoName)).Params(decoderParam).Params(jen.Id("v").Id(n.GoName)).Block(body...)
}

func (c *context) readField(n *model.Named, f *model.Field) jen.Code {
	if c.byMethods(n, f) {
		return jen.Id("v").Dot(chosen(f)).Op("=").Add(wire("Choose")).Call(c.read(f.Type), c.paramDefault(f))
	}
	if f.Const != nil {
		return jen.Id("d").Dot("Const").Call(raw(scalar.JSON(*f.Const)))
	}
	target := jen.Id("v").Dot(f.GoName).Op("=")
	if f.Pointer() {
		read := c.readFunc(f.Type)
		if f.Trim {
			read = decoderMethod("Trimmed")
		}
		return target.Add(wire("Optional").Call(jen.Id("d"), read))
	}
	if f.Trim {
		return target.Id("d").Dot("Trimmed").Call()
	}
	return target.Add(c.read(f.Type))
}

var scalarReaders = map[model.Kind]string{
	model.String: "String", model.Int: "Int", model.Number: "Number", model.Bool: "Bool",
	model.Time: "Time", model.Date: "Date", model.Decimal: "Decimal", model.UUID: "UUID",
	model.Duration: "Duration", model.Bytes: "Bytes",
}

// read returns an expression that reads a value from d.
func (c *context) read(t *model.Type) *jen.Statement {
	if n, ok := scalar.Digits(t); ok {
		return jen.Id("d").Dot("Scaled").Call(jen.Lit(n))
	}
	if method, ok := scalarReaders[t.Kind]; ok {
		return jen.Id("d").Dot(method).Call()
	}
	switch t.Kind {
	case model.List:
		return wire("List").Call(jen.Id("d"), c.readFunc(t.Elem))
	case model.Map:
		if key := enumKey(t); key != nil {
			return wire("EnumMap").Call(jen.Id("d"), c.knownValues(key), c.readFunc(t.Elem))
		}
		return wire("Map").Index(jen.String()).Call(jen.Id("d"), c.readFunc(t.Elem))
	}
	n := t.Named
	switch n.Type.Kind {
	case model.Struct, model.Sum:
		return c.call(needDecode, n, jen.Id("d"))
	case model.Enum:
		return wire(ofEnum("Enum", n.Type)).Call(jen.Id("d"), c.knownValues(n))
	}
	return c.read(n.Type)
}

// readFunc returns a function that reads a value.
func (c *context) readFunc(t *model.Type) *jen.Statement {
	if _, ok := scalar.Digits(t); ok {
		return jen.Func().Params(decoderParam).Add(c.goType(t)).Block(jen.Return(c.read(t)))
	}
	b := t
	for b.Kind == model.Ref && !hasGoType(b.Named) {
		b = b.Named.Type
	}
	if method, ok := scalarReaders[b.Kind]; ok {
		return decoderMethod(method)
	}
	if b.Kind == model.Ref && b.Named.Type.Kind != model.Enum {
		return c.function(needDecode, b.Named)
	}
	return jen.Func().Params(decoderParam).Add(c.goType(b)).Block(jen.Return(c.read(b)))
}

func decoderMethod(name string) *jen.Statement {
	return jen.Parens(jen.Op("*").Add(wire("Decoder"))).Dot(name)
}

func ofEnum(function string, t *model.Type) string {
	if isIntEnum(t) {
		return function + "Int"
	}
	return function
}

// enumKey returns the enum of a map's keys, or nil.
func enumKey(t *model.Type) *model.Named {
	if t.Key == nil {
		return nil
	}
	return goNamed(t.Key)
}

// knownValues returns an expression for an enum's values in order. In another
// package it is a call of a function, because that package must not change them.
func (c *context) knownValues(n *model.Named) *jen.Statement {
	if n.Package == c.pkg {
		return jen.Id(naming.ValueList.Of(n.GoName))
	}
	return c.name(n, naming.Values.Of(n.GoName)).Call()
}

func (c *context) sumDecoder(n *model.Named) jen.Code {
	var cases, tags []jen.Code
	for _, arm := range n.Type.Arms {
		tag := n.Type.TagOf(arm)
		cases = append(cases, jen.Case(jen.Lit(tag)).Block(jen.Return(c.call(needDecode, arm, jen.Id("d")))))
		tags = append(tags, jen.Lit(tag))
	}
	return jen.Func().Id(naming.Decode.Of(n.GoName)).Params(decoderParam).Id(n.GoName).Block(
		jen.Id("tag").Op(":=").Id("d").Dot("Tag").Call(jen.Lit(n.Type.Tag)),
		jen.Switch(jen.Id("tag")).Block(cases...),
		jen.Id("d").Dot("NoArm").Call(jen.Lit(n.Type.Tag), jen.Id("tag"), jen.Index().String().Values(tags...)),
		jen.Return(jen.Nil()),
	)
}

// defaultValue returns a default as Go, or nil if it is the zero value.
func (c *context) defaultValue(f *model.Field) jen.Code {
	v := f.Default
	if n := goNamed(f.Type); n != nil && n.Type.Kind == model.Enum {
		for _, known := range n.Type.Values {
			if known.Text == v.Text {
				return c.name(n, known.GoName)
			}
		}
	}
	switch base(f.Type).Kind {
	case model.String:
		return orNothing(v.Text == "", jen.Lit(v.Text))
	case model.Int, model.Number:
		return orNothing(v.Text == "0", jen.Op(float(v.Text)))
	case model.Bool:
		return orNothing(v.Text == "false", jen.Op(v.Text))
	}
	return wire("Default").Call(raw(v.JSON), c.readFunc(f.Type))
}

// scaled reports whether values of a type have decimals that get a number of digits
// in requests.
func scaled(t *model.Type, seen map[*model.Named]bool) bool {
	if t == nil || seen[t.Named] {
		return false
	}
	if t.Named != nil {
		seen[t.Named] = true
	}
	if _, ok := scalar.Digits(t); ok {
		return true
	}
	t = base(t)
	return scaled(t.Elem, seen) || slices.ContainsFunc(t.Fields, func(f *model.Field) bool { return scaled(f.Type, seen) }) ||
		slices.ContainsFunc(t.Arms, func(n *model.Named) bool { return scaled(n.Type, seen) })
}

func orNothing(zero bool, value jen.Code) jen.Code {
	if zero {
		return nil
	}
	return value
}

func (c *context) isSignals(n *model.Named) bool {
	for _, s := range c.pkg.Signals {
		if s.Payload == n {
			return true
		}
	}
	return false
}
