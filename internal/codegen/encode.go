package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
)

// appender declares the function that writes a struct or sum.
func (c *context) appender(n *model.Named) jen.Code {
	head := jen.Func().Id("append"+n.GoName).Params(jen.Id("b").Index().Byte(), jen.Id("v").Id(n.GoName)).Index().Byte()
	switch n.Type.Kind {
	case model.Struct:
		return head.Block(c.appendFields(n.Type.Fields)...)
	case model.Sum:
		var cases []jen.Code
		for _, arm := range n.Type.Arms {
			cases = append(cases, jen.Case(jen.Id(arm.GoName)).Block(jen.Return(jen.Id("append"+arm.GoName).Call(jen.Id("b"), jen.Id("v")))))
		}
		return head.Block(
			jen.Switch(jen.Id("v").Op(":=").Id("v").Assert(jen.Type())).Block(cases...),
			jen.Return(text("null")),
		)
	}
	return nil
}

// text appends fixed text to b.
func text(s string) *jen.Statement { return jen.Append(jen.Id("b"), jen.Add(raw(s)).Op("...")) }

// appendFields writes an object. When its first field is always there, each
// other one brings the comma before it; else each brings the comma behind it,
// and EndObject takes the last one away.
func (c *context) appendFields(fields []*model.Field) []jen.Code {
	if len(fields) == 0 {
		return []jen.Code{jen.Return(text("{}"))}
	}
	before := !fields[0].Optional
	b := jen.Id("b").Op("=")
	var body []jen.Code
	if !before {
		body = append(body, b.Clone().Append(jen.Id("b"), jen.LitRune('{')))
	}
	for i, f := range fields {
		label := quoteJSON(f.Name) + ":"
		switch {
		case before && i == 0:
			label = "{" + label
		case before:
			label = "," + label
		}
		write := c.appendField(f, label)
		if !before {
			write = jen.Append(write, jen.LitRune(','))
		}
		stmt := b.Clone().Add(write)
		if f.Optional {
			stmt = jen.If(jen.Id("v").Dot(f.GoName).Op("!=").Nil()).Block(stmt)
		}
		body = append(body, stmt)
	}
	if before {
		return append(body, jen.Return(jen.Append(jen.Id("b"), jen.LitRune('}'))))
	}
	return append(body, jen.Return(wire("EndObject").Call(jen.Id("b"))))
}

func (c *context) appendField(f *model.Field, label string) *jen.Statement {
	if f.Const != nil {
		return text(label + constantJSON(*f.Const))
	}
	value := jen.Id("v").Dot(f.GoName)
	if pointer(f) {
		value = jen.Op("*").Add(value)
	}
	return c.write(f.Type, text(label), value)
}

var scalarWriters = map[model.Kind]string{
	model.String: "AppendString", model.Int: "AppendInt", model.Number: "AppendNumber", model.Bool: "AppendBool",
	model.Time: "AppendTime", model.Date: "AppendDate", model.Decimal: "AppendDecimal", model.UUID: "AppendUUID",
}

// write is an expression that appends a value to b.
func (c *context) write(t *model.Type, b, value jen.Code) *jen.Statement {
	t = plain(t)
	switch t.Kind {
	case model.List:
		return wire("AppendList").Call(b, value, c.writeFunc(t.Elem))
	case model.Map:
		return wire("AppendMap").Call(b, value, c.writeFunc(t.Elem))
	}
	return c.writeFunc(t).Call(b, value)
}

// writeFunc is a function that appends a value.
func (c *context) writeFunc(t *model.Type) *jen.Statement {
	t = plain(t)
	if name, ok := scalarWriters[t.Kind]; ok {
		return wire(name)
	}
	if t.Kind == model.Ref {
		if t.Named.Type.Kind == model.Enum {
			return wire(ofEnum("AppendEnum", t.Named.Type)).Index(c.name(t.Named, t.Named.GoName))
		}
		return c.function("append", t.Named)
	}
	return jen.Func().Params(jen.Id("b").Index().Byte(), jen.Id("v").Add(c.goType(t))).Index().Byte().Block(
		jen.Return(c.write(t, jen.Id("b"), jen.Id("v"))))
}

// plain follows definitions that are no Go types.
func plain(t *model.Type) *model.Type {
	for t.Kind == model.Ref && !hasGoType(t.Named) {
		t = t.Named.Type
	}
	return t
}
