package codegen

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/scalar"
)

const cellPkg = "ironstar.dev/wire/cell"

func cell(name string) *jen.Statement { return jen.Qual(cellPkg, name) }

// columnsOf lists the columns of a struct's fields: those with a Go field that are no
// secret.
func (p *plan) columnsOf(fields []*model.Field) []ironstar.Column {
	var all []ironstar.Column
	for _, f := range columned(fields) {
		all = append(all, ironstar.Column{Name: f.Name, Type: p.columnType(f.Type, f.Optional)})
	}
	return all
}

// columned lists the fields that have a column.
func columned(fields []*model.Field) (all []*model.Field) {
	for _, f := range fields {
		if f.Const == nil && !isSecret(f) {
			all = append(all, f)
		}
	}
	return all
}

var columnKinds = map[model.Kind]ironstar.ColumnKind{
	model.String: ironstar.TextColumn, model.Int: ironstar.IntColumn, model.Number: ironstar.NumberColumn, model.Bool: ironstar.BoolColumn,
	model.Time: ironstar.TimeColumn, model.Date: ironstar.DateColumn, model.Decimal: ironstar.DecimalColumn, model.UUID: ironstar.UUIDColumn,
	model.Duration: ironstar.DurationColumn, model.Bytes: ironstar.BytesColumn, model.List: ironstar.ListColumn, model.Struct: ironstar.StructColumn,
	model.Sum: ironstar.JSONColumn, model.Map: ironstar.JSONColumn,
}

// columnType returns the type of the column of a field. What SQL has no type for is JSON
// text.
func (p *plan) columnType(t *model.Type, optional bool) ironstar.ColumnType {
	b := base(t)
	c := ironstar.ColumnType{Kind: columnKinds[b.Kind], Optional: optional}
	switch b.Kind {
	case model.Enum:
		c.Kind = ironstar.TextColumn
		if isIntEnum(b) {
			c.Kind = ironstar.IntColumn
		}
	case model.Decimal:
		c.Digits, c.Most = digitsOf(t), mostOf(t)
	case model.List:
		elem := p.columnType(b.Elem, false)
		c.Elem = &elem
	case model.Struct:
		if !p.isStructColumn(t) {
			c.Kind = ironstar.JSONColumn
			break
		}
		c.Fields = p.columnsOf(b.Fields)
	}
	return c
}

// isStructColumn reports whether the column of a struct has fields: it has some, and it
// does not contain itself.
func (p *plan) isStructColumn(t *model.Type) bool {
	n := goNamed(t)
	return !(nesting{}).named(n) && len(columned(n.Type.Fields)) > 0
}

// digitsOf returns how many digits a decimal has after the point, -1 if any number.
func digitsOf(t *model.Type) int {
	if n, ok := scalar.Digits(t); ok {
		return n
	}
	return -1
}

// mostOf returns the number from which no value of a decimal is further away from zero, or
// "" if the schema bounds it in one direction only.
func mostOf(t *model.Type) string {
	var least, most string
	for _, c := range scalar.Constraints(t) {
		switch c.Op {
		case model.Greater, model.GreaterOrEqual:
			least = cmp.Or(least, c.Num)
		case model.Less, model.LessOrEqual:
			most = cmp.Or(most, c.Num)
		}
	}
	if least == "" || most == "" {
		return ""
	}
	a, b := ironstar.MustDecimal(strings.TrimPrefix(least, "-")), ironstar.MustDecimal(strings.TrimPrefix(most, "-"))
	return a.Max(b).String()
}

// columnText writes a column for fingerprints.
func columnText(c ironstar.Column) string {
	return c.Name + " " + columnTypeText(c.Type)
}

func columnTypeText(t ironstar.ColumnType) string {
	text := fmt.Sprintf("%d %t %d %s", t.Kind, t.Optional, t.Digits, t.Most)
	if t.Elem != nil {
		text += "[" + columnTypeText(*t.Elem) + "]"
	}
	for _, f := range t.Fields {
		text += "(" + columnText(f) + ")"
	}
	return text
}

var columnKindNames = [...]string{
	ironstar.TextColumn: "TextColumn", ironstar.IntColumn: "IntColumn", ironstar.NumberColumn: "NumberColumn", ironstar.BoolColumn: "BoolColumn",
	ironstar.TimeColumn: "TimeColumn", ironstar.DateColumn: "DateColumn", ironstar.DecimalColumn: "DecimalColumn", ironstar.UUIDColumn: "UUIDColumn",
	ironstar.DurationColumn: "DurationColumn", ironstar.BytesColumn: "BytesColumn", ironstar.StructColumn: "StructColumn",
	ironstar.ListColumn: "ListColumn", ironstar.JSONColumn: "JSONColumn",
}

// columnValues returns columns as Go, without the type of each.
func columnValues(columns []ironstar.Column) []jen.Code {
	var rows []jen.Code
	for _, c := range columns {
		rows = append(rows, jen.Values(jen.Id("Name").Op(":").Lit(c.Name), jen.Id("Type").Op(":").Add(columnTypeValue(c.Type))))
	}
	return rows
}

func columnTypeValue(t ironstar.ColumnType) *jen.Statement {
	fields := []jen.Code{jen.Id("Kind").Op(":").Add(root(columnKindNames[t.Kind]))}
	add := func(name string, value jen.Code) { fields = append(fields, jen.Id(name).Op(":").Add(value)) }
	if t.Optional {
		add("Optional", jen.True())
	}
	if t.Digits != 0 {
		add("Digits", jen.Lit(t.Digits))
	}
	if t.Most != "" {
		add("Most", jen.Lit(t.Most))
	}
	if t.Fields != nil {
		add("Fields", jen.Index().Add(root("Column")).Add(multi(columnValues(t.Fields)...)))
	}
	if t.Elem != nil {
		add("Elem", jen.Op("&").Add(columnTypeValue(*t.Elem)))
	}
	return root("ColumnType").Values(fields...)
}

// fieldCell returns the value of the column of a field, which has the given value in Go.
func (c *context) fieldCell(f *model.Field, v *jen.Statement) *jen.Statement {
	switch {
	case f.Pointer():
		return cell("Optional").Call(v, c.cellFunc(f.Type))
	case f.Optional:
		return cell("If").Call(v.Clone().Op("!=").Nil(), c.cell(f.Type, v.Clone()))
	}
	return c.cell(f.Type, v)
}

// cell returns the value of a column for a value in Go.
func (c *context) cell(t *model.Type, v *jen.Statement) *jen.Statement {
	b := base(t)
	switch kind := c.plan.columnType(t, false).Kind; {
	case kind == ironstar.JSONColumn:
		return jen.String().Call(c.write(t, jen.Nil(), v))
	case kind == ironstar.StructColumn:
		return jen.Index().Any().Values(c.fieldCells(b.Fields, v)...)
	case kind == ironstar.ListColumn:
		return cell("List").Call(v, c.cellFunc(b.Elem))
	case kind == ironstar.BytesColumn:
		return cell("Bytes").Call(v)
	case b.Kind == model.Enum && isIntEnum(b):
		return jen.Int64().Call(v)
	case b.Kind == model.Enum:
		return jen.String().Call(v)
	}
	return v
}

// fieldCells lists the values of the columns of a struct's fields.
func (c *context) fieldCells(fields []*model.Field, v *jen.Statement) []jen.Code {
	var all []jen.Code
	for _, f := range columned(fields) {
		all = append(all, c.fieldCell(f, v.Clone().Dot(f.GoName)))
	}
	return all
}

// cellFunc returns the function from a value in Go to the value of a column.
func (c *context) cellFunc(t *model.Type) *jen.Statement {
	b := base(t)
	switch {
	case b.Kind == model.Bytes:
		return cell("Bytes")
	case b.Kind == model.Enum && isIntEnum(b):
		return cell("Int")
	case b.Kind == model.Enum:
		return cell("Text")
	case !slices.Contains([]model.Kind{model.Struct, model.Sum, model.List, model.Map}, b.Kind):
		return cell("Same")
	}
	return jen.Func().Params(jen.Id("v").Add(c.goType(t))).Any().Block(jen.Return(c.cell(t, jen.Id("v"))))
}
