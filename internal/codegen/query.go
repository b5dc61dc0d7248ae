package codegen

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/shape"
)

// queryFile returns the file of a query: its SQL, its constructor, its rows and its
// parameters.
func (c *context) queryFile(q *model.Query) *goFile {
	places := []model.Pos{q.Pos}
	for _, w := range q.Ways {
		places = append(places, model.Pos{File: w.File})
	}
	f := c.newFile("", naming.QueryFile(q), places...)
	f.file.ImportName(cellPkg, "cell")
	name := naming.QueryName.Of(q.Name)
	doc := document(q.Doc, q.Name, q.Name, "")
	if doc != "" {
		doc = "\n\n" + doc
	}
	f.add(
		handshake(),
		comment(name+" is the name of the query."+doc).Const().Id(name).Op("=").Lit(naming.QueryID(q)),
		comment(wrap(naming.QueryFingerprint.Of(q.Name)+" changes with the question, and with what its answer is made of.")).
			Const().Id(naming.QueryFingerprint.Of(q.Name)).Op("=").Lit(c.queryFingerprint(q)),
	)
	f.add(sqlTexts(q)...)
	f.add(c.rowsInterface(q), c.queryConstructor(q), c.queryColumns(q), c.queryScan(q), c.queryValues(q), c.queryArgs(q), c.queryWindow(q))
	row := *q.Row
	row.Doc = document(row.Doc, row.Name, row.GoName, row.GoName+" is a row of the answer of "+q.Name+".")
	f.add(c.declaration(&row))
	f.add(c.types(q.Row)[1:]...)
	if q.Param != nil {
		f.add(c.params(q.Name, q.Param, inlineUnder(c.pkg, q.Row))...)
	}
	return f
}

// queryFingerprint returns a hash of a question, and of the events or the view that its
// answer is made of.
func (c *context) queryFingerprint(q *model.Query) string {
	parts := []string{"query", naming.QueryID(q), shape.Of(q.Row.Type).String(), fmt.Sprint(q.Rows, q.Export, q.Fresh, q.Within, q.Round)}
	if q.Param != nil {
		parts = append(parts, shape.Of(q.Param.Type).String())
	}
	for _, f := range []*model.Field{q.Span, q.Until} {
		if f != nil {
			parts = append(parts, "window "+f.Name)
		}
	}
	for _, w := range q.Ways {
		parts = append(parts, w.Engine, w.SQL)
	}
	for _, on := range q.On {
		parts = append(parts, c.tableParts(on)...)
	}
	if q.View != nil {
		parts = append(parts, c.viewFingerprint(q.View))
	}
	return shape.Sum(parts...)
}

// sqlNames returns the name of the constant with the SQL of each way, "" for that of a
// view. Ways with one file have one constant.
func sqlNames(q *model.Query) map[*model.QueryWay]string {
	files := map[string]bool{}
	for _, w := range q.Ways {
		if w.File != "" {
			files[w.File] = true
		}
	}
	names := map[*model.QueryWay]string{}
	for _, w := range q.Ways {
		switch {
		case w.File == "":
		case len(files) == 1:
			names[w] = naming.QuerySQL.Of(q.Name)
		default:
			names[w] = naming.QuerySQLFor(q, w.Engine)
		}
	}
	return names
}

// sqlTexts declares the SQL of a query.
func sqlTexts(q *model.Query) (decls []jen.Code) {
	names, declared := sqlNames(q), map[string]bool{}
	for _, w := range q.Ways {
		if name := names[w]; name != "" && !declared[name] {
			declared[name] = true
			decls = append(decls, comment("from "+w.File).Const().Id(name).Op("=").Add(sqlText(w.SQL)))
		}
	}
	return decls
}

// sqlText returns SQL as it is in its file, if Go can write it so.
func sqlText(sql string) jen.Code {
	if strings.ContainsAny(sql, "`\r\ufeff\x00") || !utf8.ValidString(sql) {
		return jen.Lit(sql)
	}
	return jen.Op("`" + sql + "`")
}

// rowsInterface declares what hand-written code gives for a query that asks a view.
func (c *context) rowsInterface(q *model.Query) jen.Code {
	if q.View == nil {
		return nil
	}
	doc := document(q.Doc, q.Name, q.Name, q.Name+" is a query of the "+c.pkg.Name+" domain.") + "\n\nHand-written code implements it."
	params := []jen.Code{jen.Id("s").Add(c.goType(viewState(q.View)))}
	if q.Param != nil {
		params = append(params, jen.Id("p").Id(q.Param.GoName))
	}
	if q.Span != nil {
		params = append(params, jen.Id("w").Add(root("Window")))
	}
	return comment(doc).Type().Id(naming.Query.Of(q.Name)).Interface(
		comment(naming.RowsMethod + " returns the answer to the question from a state of " + q.View.Name + ". It is pure, and does not\nchange the state.").
			Id(naming.RowsMethod).Params(params...).Index().Id(q.Row.GoName))
}

// queryParams returns the type of a query's parameters.
func (c *context) queryParams(q *model.Query) *jen.Statement {
	if q.Param == nil {
		return root("None")
	}
	return jen.Id(q.Param.GoName)
}

func (c *context) queryConstructor(q *model.Query) jen.Code {
	of := root("Query").Index(jen.List(jen.Id(q.Row.GoName), c.queryParams(q)))
	var params []jen.Code
	rows := []any{
		"Name", jen.Id(naming.QueryName.Of(q.Name)),
		"Fingerprint", jen.Id(naming.QueryFingerprint.Of(q.Name)),
		"Ways", queryWays(q),
	}
	if q.HasSQL() {
		more, args, _ := tablesBy(c.pkg)
		params = append(params, more...)
		rows = append(rows, "Tables", jen.Id(naming.TablesFunc).Call(args...), "Reads", texts(readTables(q)))
	}
	rows = append(rows,
		"Columns", jen.Id(naming.QueryColumns.Of(q.Name)),
		"Rows", jen.Lit(q.Rows),
		"Export", jen.Lit(q.Export),
		"Fresh", duration(q.Fresh),
		"Within", duration(q.Within),
	)
	if q.Span != nil {
		rows = append(rows, "Window", jen.Id(naming.QueryWindow.Of(q.Name)), "Round", duration(q.Round))
	}
	rows = append(rows,
		"Args", jen.Id(naming.QueryArgs.Of(q.Name)),
		"Params", queryParamNames(q),
		"Parse", c.queryParse(q),
		"Key", c.queryParams(q).Dot(naming.ParamQuery),
		"Scan", jen.Id(naming.QueryScan.Of(q.Name)),
		"Values", jen.Id(naming.QueryValues.Of(q.Name)),
		"Append", c.function(needAppend, q.Row),
	)
	doc := naming.QueryConstructor.Of(q.Name) + " returns the query."
	if q.View != nil {
		by := self(q.Name, "p", "w")
		params = append(params, jen.Add(by).Id(naming.Query.Of(q.Name)))
		rows = append(rows, "View", jen.Id(naming.ViewName.Of(q.View.Name)), "FromView", c.fromView(q, by))
		doc = naming.QueryConstructor.Of(q.Name) + " returns the query, made from its hand-written code."
	}
	return comment(doc).Func().Id(naming.QueryConstructor.Of(q.Name)).Params(params...).Add(of).Block(
		jen.Return(jen.Add(of).Add(pairs(rows...))))
}

// queryParamNames lists the names of a query's parameters.
func queryParamNames(q *model.Query) jen.Code {
	var names []string
	if q.Param != nil {
		for _, f := range q.Param.Type.Fields {
			names = append(names, f.Name)
		}
	}
	return texts(names)
}

// queryParse reads the parameters of a query from texts.
func (c *context) queryParse(q *model.Query) jen.Code {
	if q.Param == nil {
		return jen.Nil()
	}
	return jen.Func().Params(jen.Id("v").Map(jen.String()).Index().String()).Params(jen.Id(q.Param.GoName), jen.Error()).Block(
		jen.Return(wire("ParseValues").Call(jen.Id("v"), jen.Id(naming.ParamInputs.Of(q.Name)), jen.Id(naming.ParseParams.Of(q.Param.GoName)))))
}

func queryWays(q *model.Query) jen.Code {
	names := sqlNames(q)
	var ways []jen.Code
	for _, w := range q.Ways {
		fields := []jen.Code{jen.Id("Engine").Op(":").Lit(w.Engine)}
		if name := names[w]; name != "" {
			fields = append(fields, jen.Id("SQL").Op(":").Id(name), jen.Id("File").Op(":").Lit(w.File))
		}
		ways = append(ways, jen.Values(fields...))
	}
	return jen.Index().Add(root("QueryWay")).Add(multi(ways...))
}

// texts returns a list of texts.
func texts(all []string) jen.Code {
	var values []jen.Code
	for _, text := range all {
		values = append(values, jen.Lit(text))
	}
	return jen.Index().String().Values(values...)
}

// fromView returns the function that makes rows of a state of a view.
func (c *context) fromView(q *model.Query, by jen.Code) jen.Code {
	args := []jen.Code{jen.Id("state").Assert(c.goType(viewState(q.View)))}
	p, w := jen.Id("_"), jen.Id("_")
	if q.Param != nil {
		p = jen.Id("p")
		args = append(args, jen.Id("p"))
	}
	if q.Span != nil {
		w = jen.Id("w")
		args = append(args, jen.Id("w"))
	}
	return jen.Func().Params(jen.Id("state").Any(), p.Add(c.queryParams(q)), w.Add(root("Window"))).Index().Id(q.Row.GoName).Block(
		jen.Return(jen.Add(by).Dot(naming.RowsMethod).Call(args...)))
}

func (c *context) queryColumns(q *model.Query) jen.Code {
	return jen.Var().Id(naming.QueryColumns.Of(q.Name)).Op("=").Index().Add(root("Column")).Add(multi(columnValues(c.columnsOfRow(q))...))
}
