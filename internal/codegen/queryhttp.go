package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

const queryPkg = "ironstar.dev/query"

func query(name string) *jen.Statement { return jen.Qual(queryPkg, name) }

// queryTypes returns the types of a query's rows and parameters for the HTTP package.
func (c *context) queryTypes(q *model.Query) jen.Code {
	params := root("None")
	if q.Param != nil {
		params = c.domain(q.Param.GoName)
	}
	return jen.List(c.domain(q.Row.GoName), params)
}

// queryRoute adds the addresses of a query to the server s.
func (c *context) queryRoute(q *model.Query) jen.Code {
	reader := jen.Id("p").Dot(naming.Reader.Of(q.Name))
	fields := []any{
		"Path", jen.Lit(c.address(q.Name)),
		"Name", c.domain(naming.QueryName.Of(q.Name)),
		"Columns", reader.Clone().Dot("Query").Call().Dot("Columns"),
		"Values", reader.Clone().Dot("Query").Call().Dot("Values"),
		"Append", reader.Clone().Dot("Query").Call().Dot("Append"),
	}
	if q.Param != nil {
		fields = append(fields, "Parse", c.domain(naming.ParseParams.Of(q.Param.GoName)), "Inputs", c.domain(naming.ParamInputs.Of(q.Name)))
	}
	if q.Export > 0 {
		fields = append(fields, "Parquet", jen.True())
	}
	fields = append(fields, "Reader", reader)
	return jen.Qual(livePkg, "Query").Call(jen.Id("s"), jen.Qual(livePkg, "QuerySet").Index(c.queryTypes(q)).Add(pairs(fields...)))
}

// queryAddresses declares the functions that return the addresses of a query.
func (c *context) queryAddresses(q *model.Query) []jen.Code {
	if !q.Public {
		return nil
	}
	var params []jen.Code
	query := jen.Lit("")
	if q.Param != nil {
		params = append(params, jen.Id("p").Add(c.domain(q.Param.GoName)))
		query = jen.Id("p").Dot(naming.ParamQuery).Call()
	}
	address := func(name, about, suffix string) jen.Code {
		return comment(name + " returns the address of the answer of " + q.Name + " as " + about + ".").
			Func().Id(name).Params(params...).String().Block(
			jen.Return(wire("Address").Call(query, jen.Lit(c.address(q.Name)+suffix))))
	}
	all := []jen.Code{
		address(naming.QueryJSONURL.Of(q.Name), "JSON", ".json"),
		address(naming.QueryCSVURL.Of(q.Name), "CSV", ".csv"),
	}
	if q.Export > 0 {
		all = append(all, address(naming.QueryParquetURL.Of(q.Name), "Parquet", ".parquet"))
	}
	return all
}

// queryCode returns the hand-written code that a query is made from.
func (c *context) queryCode(q *model.Query) (code []jen.Code) {
	if q.HasSQL() {
		_, _, code = tablesBy(c.pkg)
	}
	if q.View != nil {
		code = append(code, jen.Id("d").Dot(naming.Code.Of(q.Name)))
	}
	return code
}
