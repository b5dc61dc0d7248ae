package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/scalar"
)

// appender declares the function that writes a struct or sum.
func (c *context) appender(n *model.Named) jen.Code {
	head := jen.Func().Id(naming.Append.Of(n.GoName)).Params(jen.Id("b").Index().Byte(), jen.Id("v").Id(n.GoName)).Index().Byte()
	switch n.Type.Kind {
	case model.Struct:
		return head.Block(c.appendFields(n.Type.Fields)...)
	case model.Sum:
		var cases []jen.Code
		for _, arm := range n.Type.Arms {
			cases = append(cases, jen.Case(c.name(arm, arm.GoName)).Block(jen.Return(c.call(needAppend, arm, jen.Id("b"), jen.Id("v")))))
		}
		return head.Block(
			jen.Switch(jen.Id("v").Op(":=").Id("v").Assert(jen.Type())).Block(cases...),
			jen.Return(text(jen.Id("b"), "null")),
		)
	}
	return nil
}

// text appends fixed JSON to b.
func text(b jen.Code, json string) *jen.Statement { return wire("Raw").Call(b, raw(json)) }

func (c *context) appendFields(fields []*model.Field) []jen.Code {
	if len(fields) == 0 {
		return []jen.Code{jen.Return(text(jen.Id("b"), "{}"))}
	}
	assign := jen.Id("b").Op("=")
	body := []jen.Code{assign.Clone().Add(wire("BeginObject")).Call(jen.Id("b"))}
	for _, f := range fields {
		if f.Inject != model.InjectNone {
			continue
		}
		stmt := assign.Clone().Add(c.appendField(f))
		if f.Optional {
			stmt = jen.If(jen.Id("v").Dot(f.GoName).Op("!=").Nil()).Block(stmt)
		}
		body = append(body, stmt)
	}
	return append(body, jen.Return(wire("EndObject").Call(jen.Id("b"))))
}

func (c *context) appendField(f *model.Field) *jen.Statement {
	quoted := scalar.Quote(f.Name)
	name := raw(quoted[1 : len(quoted)-1])
	b := wire("Name").Call(jen.Id("b"), name)
	if f.Const != nil {
		return text(b, scalar.JSON(*f.Const))
	}
	value := jen.Id("v").Dot(f.GoName)
	if f.Pointer() {
		value = jen.Op("*").Add(value)
	}
	kind, value := scalarWriter(f.Type, value)
	if kind != "" {
		return wire("Member"+kind).Call(jen.Id("b"), name, value)
	}
	return c.write(f.Type, b, value)
}

var scalarWriters = map[model.Kind]string{
	model.String: "String", model.Int: "Int", model.Number: "Number", model.Bool: "Bool",
	model.Time: "Time", model.Date: "Date", model.Decimal: "Decimal", model.UUID: "UUID",
	model.Duration: "Duration", model.Bytes: "Bytes",
}

// scalarWriter returns the suffix of the function that writes a scalar, and the
// value as that function takes it. For lists, maps, structs and sums it returns
// "".
func scalarWriter(t *model.Type, value *jen.Statement) (kind string, as *jen.Statement) {
	t = resolve(t)
	if t.Kind != model.Ref || t.Named.Type.Kind != model.Enum {
		return scalarWriters[t.Kind], value
	}
	if isIntEnum(t.Named.Type) {
		return "Int", jen.Int64().Call(value)
	}
	return "String", jen.String().Call(value)
}

// write returns an expression that appends a value to b.
func (c *context) write(t *model.Type, b, value *jen.Statement) *jen.Statement {
	t = resolve(t)
	if kind, as := scalarWriter(t, value); kind != "" {
		return wire("Append"+kind).Call(b, as)
	}
	switch t.Kind {
	case model.List:
		return wire("AppendList").Call(b, value, c.writeFunc(t.Elem))
	case model.Map:
		return wire("AppendMap").Call(b, value, c.writeFunc(t.Elem))
	}
	return c.writeFunc(t).Call(b, value)
}

// writeFunc returns a function that appends a value.
func (c *context) writeFunc(t *model.Type) *jen.Statement {
	t = resolve(t)
	if name, ok := scalarWriters[t.Kind]; ok {
		return wire("Append" + name)
	}
	if t.Kind == model.Ref {
		if t.Named.Type.Kind == model.Enum {
			return wire(ofEnum("AppendEnum", t.Named.Type)).Index(c.name(t.Named, t.Named.GoName))
		}
		return c.function(needAppend, t.Named)
	}
	return jen.Func().Params(jen.Id("b").Index().Byte(), jen.Id("v").Add(c.goType(t))).Index().Byte().Block(
		jen.Return(c.write(t, jen.Id("b"), jen.Id("v"))))
}

// resolve resolves definitions that are not Go types.
func resolve(t *model.Type) *model.Type {
	for t.Kind == model.Ref && !hasGoType(t.Named) {
		t = t.Named.Type
	}
	return t
}
