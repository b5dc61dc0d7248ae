package codegen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"ironstar.dev"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/shape"
)

// tableSources lists the events of a package that the SQL of some query may read, in the
// order of the schema. Each has a table.
func tableSources(pkg *model.Package) []model.Source {
	read := map[*model.Event]bool{}
	for _, q := range pkg.Queries {
		for _, on := range q.On {
			for _, e := range on.Events {
				read[e] = true
			}
		}
	}
	var all []model.Source
	for _, a := range pkg.Aggregates {
		on := model.Source{Aggregate: a}
		for _, e := range a.Events {
			if read[e] {
				on.Events = append(on.Events, e)
			}
		}
		if on.Events != nil {
			all = append(all, on)
		}
	}
	return all
}

// tablesFile returns the file that lays out the events which queries read.
func (c *context) tablesFile() *goFile {
	sources := tableSources(c.pkg)
	if sources == nil {
		return nil
	}
	var places []model.Pos
	for _, on := range sources {
		places = append(places, on.Aggregate.Pos)
	}
	for _, q := range c.pkg.Queries {
		places = append(places, q.Pos)
	}
	f := c.newFile("", naming.TablesFile, places...)
	f.file.ImportName(cellPkg, "cell")
	f.add(
		handshake(),
		comment(wrap(naming.TablesFingerprint+" changes with the columns of the tables, the events in them and their upcasters.")).
			Const().Id(naming.TablesFingerprint).Op("=").Lit(c.tablesFingerprint(sources)),
		c.tablesFunc(sources),
	)
	for _, on := range sources {
		f.add(c.tableRows(on))
	}
	return f
}

// tablesFingerprint returns a hash of everything that the rows of the tables follow from,
// except hand-written upcasters.
func (c *context) tablesFingerprint(sources []model.Source) string {
	parts := []string{"tables", c.pkg.Name}
	for _, on := range sources {
		parts = append(parts, c.tableParts(on)...)
	}
	return shape.Sum(parts...)
}

// tableParts lists what the rows of the tables of some events follow from.
func (c *context) tableParts(on model.Source) []string {
	parts := []string{naming.KindName(on.Aggregate)}
	for _, e := range on.Events {
		parts = append(append(parts, naming.EventTable(on.Aggregate, e)), folded(e)...)
		for _, column := range c.plan.columnsOf(current(e).Type.Fields) {
			parts = append(parts, columnText(column))
		}
		parts = append(parts, "without "+c.plan.secretPaths(current(e).Type))
	}
	return append(parts, foldedRetired(on.Aggregate)...)
}

// tablesBy returns the parameters and arguments of hand-written code that lays out
// events: that of aggregates with hand-written upcasters.
func tablesBy(pkg *model.Package) (params, args, domain []jen.Code) {
	for _, on := range tableSources(pkg) {
		if a := on.Aggregate; byHand(a) {
			params = append(params, jen.Id(parameter(a.Name)+"Code").Id(naming.Aggregate.Of(a.Name)))
			args = append(args, jen.Id(parameter(a.Name)+"Code"))
			domain = append(domain, jen.Id("d").Dot(naming.Code.Of(a.Name)))
		}
	}
	return params, args, domain
}

func (c *context) tablesFunc(sources []model.Source) jen.Code {
	params, args, _ := tablesBy(c.pkg)
	fingerprint := jen.Id(naming.TablesFingerprint)
	if args != nil { // all of it is in one folder
		fingerprint = root("Fingerprint").Call(jen.Id(naming.TablesFingerprint), jen.Add(args[0]).Dot(naming.SourceMethod).Call())
	}
	var aggregates []jen.Code
	for _, on := range sources {
		var tables []jen.Code
		for _, e := range on.Events {
			columns := jen.Nil()
			if fields := columnValues(c.plan.columnsOf(current(e).Type.Fields)); fields != nil {
				columns = jen.Index().Add(root("Column")).Add(multi(fields...))
			}
			tables = append(tables, cell("Table").Call(jen.Lit(naming.EventTable(on.Aggregate, e)), columns))
		}
		rows := jen.Id(naming.TableRows.Of(on.Aggregate.Name))
		if byHand(on.Aggregate) {
			rows = jen.Func().Params(recordParam(), addParam()).Error().Block(
				jen.Return(rows.Call(jen.Id(parameter(on.Aggregate.Name)+"Code"), jen.Id("r"), jen.Id("add"))))
		}
		aggregates = append(aggregates, jen.Add(pairs(
			"Kind", jen.Id(naming.Kind.Of(on.Aggregate.Name)),
			"Tables", jen.Index().Add(root("EventTable")).Add(multi(tables...)),
			"Rows", rows,
		)))
	}
	return comment(wrap(naming.TablesFunc + " returns how the events that queries read are laid out for SQL.")).
		Func().Id(naming.TablesFunc).Params(params...).Op("*").Add(root("TableSet")).Block(
		jen.Return(jen.Op("&").Add(root("TableSet")).Add(pairs(
			"Context", jen.Lit(c.pkg.Name),
			"Fingerprint", fingerprint,
			"Aggregates", jen.Index().Add(root("EventTables")).Add(multi(aggregates...)),
		))))
}

func addParam() jen.Code {
	return jen.Id("add").Func().Params(jen.Id("table").Int(), jen.Id("values").Index().Any())
}

// tableRows declares the function that lays out the events of an aggregate.
func (c *context) tableRows(on model.Source) jen.Code {
	a := on.Aggregate
	params := []jen.Code{recordParam(), addParam()}
	if byHand(a) {
		params = append([]jen.Code{jen.Id("by").Id(naming.Upcasts.Of(a.Name))}, params...)
	}
	var cases []jen.Code
	for i, e := range on.Events {
		event := jen.Id("e")
		var body []jen.Code
		if c.plan.secrets[current(e)] {
			body = append(body, jen.Add(event).Op("=").Add(c.call(needHide, current(e), event)))
		}
		cells := c.fieldCells(current(e).Type.Fields, event)
		row := cell("Row").Custom(jen.Options{Open: "(", Close: ")", Separator: ",", Multi: len(cells) > 4}, append([]jen.Code{jen.Id("r")}, cells...)...)
		cases = append(cases, jen.Case(jen.Id(current(e).GoName)).Block(append(body, jen.Id("add").Call(jen.Lit(i), row))...))
	}
	name := naming.TableRows.Of(a.Name)
	return jen.Func().Id(name).Params(params...).Error().Block(
		jen.List(jen.Id("events"), jen.Err()).Op(":=").Add(root("Decoded")).Call(jen.Id("r"), c.decoding(a, jen.Id("by"))),
		jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err())),
		jen.For(jen.List(jen.Id("_"), jen.Id("e")).Op(":=").Range().Id("events")).Block(c.tableSwitch(on, cases)),
		jen.Return(jen.Nil()),
	)
}

// tableSwitch is the switch over events. It names the event if a row has a part of it.
func (c *context) tableSwitch(on model.Source, cases []jen.Code) jen.Code {
	used := slices.ContainsFunc(on.Events, func(e *model.Event) bool {
		return c.plan.secrets[current(e)] || len(columned(current(e).Type.Fields)) > 0
	})
	if !used {
		return jen.Switch(jen.Id("e").Assert(jen.Type())).Block(cases...)
	}
	return jen.Switch(jen.Id("e").Op(":=").Id("e").Assert(jen.Type())).Block(cases...)
}

// readTables lists the names of the tables that a query may read.
func readTables(q *model.Query) []string {
	var names []string
	for _, on := range q.On {
		for _, e := range on.Events {
			names = append(names, naming.EventTable(on.Aggregate, e))
		}
	}
	return names
}

// columnsOfRow lists the columns of a query's rows.
func (c *context) columnsOfRow(q *model.Query) []ironstar.Column {
	return c.plan.columnsOf(q.Row.Type.Fields)
}
