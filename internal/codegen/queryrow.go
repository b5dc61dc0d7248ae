package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// queryScan declares the function that reads the values of a row.
func (c *context) queryScan(q *model.Query) jen.Code {
	name, r := naming.QueryScan.Of(q.Name), jen.Id("r")
	body := []jen.Code{jen.Add(r).Op(":=").Add(cell("Read")).Call(jen.Id(naming.QueryColumns.Of(q.Name)), jen.Id("values"))}
	for _, f := range columned(q.Row.Type.Fields) {
		value := c.scanned(f.Type)
		if f.Pointer() {
			value = cell("Null").Call(r, c.scanFunc(f.Type))
		}
		body = append(body, jen.Id("row").Dot(f.GoName).Op("=").Add(value))
	}
	return comment(wrap(name+" reads the values of a row. The error names the column.")).
		Func().Id(name).Params(jen.Id("values").Index().Any()).Params(jen.Id("row").Id(q.Row.GoName), jen.Id("_").Error()).Block(
		append(body, jen.Return(jen.Id("row"), jen.Add(r).Dot("Err").Call()))...)
}

// scanned returns an expression that reads a value from the reader r.
func (c *context) scanned(t *model.Type) *jen.Statement {
	if n := goNamed(t); n != nil {
		return cell(ofEnum("Enum", n.Type)).Call(jen.Id("r"), c.knownValues(n))
	}
	return jen.Id("r").Dot(cellReaders[base(t).Kind]).Call()
}

// cellReaders are the methods of a reader of cells.
var cellReaders = map[model.Kind]string{
	model.String: "Text", model.Int: "Int", model.Number: "Number", model.Bool: "Bool",
	model.Time: "Time", model.Date: "Date", model.Decimal: "Decimal", model.UUID: "UUID",
	model.Duration: "Duration", model.Bytes: "Bytes",
}

// scanFunc returns a function that reads a value.
func (c *context) scanFunc(t *model.Type) *jen.Statement {
	reader := jen.Op("*").Add(cell("Reader"))
	if goNamed(t) == nil {
		return jen.Parens(reader).Dot(cellReaders[base(t).Kind])
	}
	return jen.Func().Params(jen.Id("r").Add(reader)).Add(c.goType(t)).Block(jen.Return(c.scanned(t)))
}

// queryValues declares the function that lists the values of a row.
func (c *context) queryValues(q *model.Query) jen.Code {
	name := naming.QueryValues.Of(q.Name)
	return comment(name + " returns what " + naming.QueryScan.Of(q.Name) + " reads.").
		Func().Id(name).Params(jen.Id("row").Id(q.Row.GoName)).Index().Any().Block(
		jen.Return(jen.Index().Any().Add(multi(c.fieldCells(q.Row.Type.Fields, jen.Id("row"))...))))
}

// queryArgs declares the function that returns the named parameters of the SQL. What
// says which time is asked about is not among them: the SQL has the window.
func (c *context) queryArgs(q *model.Query) jen.Code {
	var args []jen.Code
	if q.Param != nil {
		for _, f := range columned(q.Param.Type.Fields) {
			if f == q.Span || f == q.Until {
				continue
			}
			args = append(args, jen.Values(
				jen.Id("Name").Op(":").Lit(f.Name),
				jen.Id("Type").Op(":").Add(columnTypeValue(c.plan.columnType(f.Type, f.Optional))),
				jen.Id("Value").Op(":").Add(c.fieldCell(f, paramValue(f))),
			))
		}
	}
	p, result := jen.Id("p"), jen.Index().Add(root("QueryArg")).Add(multi(args...))
	if args == nil {
		p, result = jen.Id("_"), jen.Nil()
	}
	name := naming.QueryArgs.Of(q.Name)
	return jen.Func().Id(name).Params(p.Add(c.queryParams(q))).Index().Add(root("QueryArg")).Block(jen.Return(result))
}

// paramValue returns the value of a parameter in p.
func paramValue(f *model.Field) *jen.Statement {
	if naming.HasParamMethods(f) {
		return jen.Id("p").Dot(naming.ParamGet.Of(f.GoName)).Call()
	}
	return jen.Id("p").Dot(f.GoName)
}

// queryWindow declares the function that says which time is asked about.
func (c *context) queryWindow(q *model.Query) jen.Code {
	if q.Span == nil {
		return nil
	}
	w := []jen.Code{jen.Id("Span").Op(":").Add(cell("Span")).Call(paramValue(q.Span))}
	body := []jen.Code{jen.Id("w").Op(":=").Op("&").Add(root("Window")).Values(w...)}
	if q.Until != nil {
		until := jen.Id("p").Dot(q.Until.GoName)
		body = append(body, jen.If(until.Clone().Op("!=").Nil()).Block(jen.Id("w").Dot("Until").Op("=").Op("*").Add(until)))
	}
	return jen.Func().Id(naming.QueryWindow.Of(q.Name)).Params(jen.Id("p").Add(c.queryParams(q))).Op("*").Add(root("Window")).Block(
		append(body, jen.Return(jen.Id("w")))...)
}
