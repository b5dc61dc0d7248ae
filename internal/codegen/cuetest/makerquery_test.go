package cuetest_test

import (
	"fmt"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

var (
	columnNames    = []string{"at", "count", "total", "price", "of", "kind", "day"}
	oddColumnNames = []string{"row", "values", "r", "err", "type", "func", "string", "time", "cell", "query", "b", "v", "id", "größe", "json", "_at", "String", "Query"}
	askedNames     = []string{"most", "lot", "day", "kind", "since", "open"}
	oddAskedNames  = []string{"p", "query", "type", "string", "time", "with", "window", "args", "from", "until", "a_b", "cell", "Query", "key", "w", "s"}
)

// madeColumns are types that columns and parameters of a query may have.
var madeColumns = []string{"string", "int", "number", "bool", "schema.#Time", "schema.#Date", "schema.#Decimal", "schema.#UUID", "schema.#Duration", `"a" | "b-c"`, "1 | 2 | -3"}

// queries returns queries of a package, and a view that shows some of them. Their SQL
// goes into the files of the schema.
func (m *maker) queries(of []madeAggregate, folder string, files map[string]string) string {
	var b strings.Builder
	var shown []string
	for range m.IntN(3) {
		a := of[m.IntN(len(of))]
		if len(a.events) == 0 {
			continue
		}
		name := m.typeName()
		b.WriteString(m.doc("") + m.query(name, a, folder, files))
		shown = append(shown, fmt.Sprintf("%s%d: %q", m.name(columnNames, oddColumnNames), len(shown), name))
	}
	if len(shown) > 0 && m.chance(2) {
		fmt.Fprintf(&b, "#%s: schema.#View & {shows: {%s}}\n", m.typeName(), strings.Join(shown, ", "))
	}
	return b.String()
}

func (m *maker) query(name string, a madeAggregate, folder string, files map[string]string) string {
	events := a.events[:1+m.IntN(len(a.events))]
	var row, columns, params, uses []string
	var tables []string
	for _, e := range events {
		tables = append(tables, naming.EventTable(&model.Aggregate{Name: a.name}, &model.Event{Name: e}))
	}
	for _, other := range tables[1:] {
		uses = append(uses, "EXISTS (SELECT 1 FROM "+other+")")
	}
	for i := range 1 + m.IntN(4) {
		column := fmt.Sprintf("%s%d", m.name(columnNames, oddColumnNames), i)
		row = append(row, fmt.Sprintf("%q%s: %s", column, m.pick("", "?"), m.column()))
		columns = append(columns, fmt.Sprintf("1 AS %q", column))
	}
	param := func(name, typ string) {
		params = append(params, name+typ)
	}
	for i := range m.IntN(4) {
		name := fmt.Sprintf("%s%d", m.name(askedNames, oddAskedNames), i)
		param(name, m.pick("?: schema.#Time", ": schema.#Date", `: *"2026-01-02" | schema.#Date`, `: *"a" | "b"`, "?: 1 | 2", ": *true | bool", ": bool", "?: strings.MaxRunes(9)", ": *5 | int & >=1 & <=9", ": int & >=0 & <=3"))
		uses = append(uses, "$"+name+" IS NOT NULL")
	}
	window := ""
	if m.chance(2) {
		param("span", `: *"PT1H" | "PT24H"`)
		window = `	window: {span: "span"`
		if m.chance(2) {
			param("end", "?: schema.#Time")
			window += `, until: "end"`
		}
		window += "}\n"
		uses = append(uses, "_at >= $from", "_at < $until")
	}
	sql := fmt.Sprintf("SELECT %s FROM %s WHERE %s", strings.Join(columns, ", "), tables[0], strings.Join(append(uses, "1 = 1"), " AND "))
	base := folder + "/" + naming.Snake(name)
	engine := m.pick(`"sqlite"`, `"duckdb"`, `["duckdb", "sqlite"]`)
	if m.chance(3) && strings.Contains(engine, "duckdb") {
		files[base+".duckdb.sql"] = sql
	}
	if files[base+".duckdb.sql"] == "" || strings.Contains(engine, "sqlite") || m.oddly() {
		files[base+".sql"] = sql + m.pick("", "\n", "\r\n", ";\n", " -- `ticks`\n")
	}
	text := fmt.Sprintf("#%s: schema.#Query & {\n\ton: %s: [%s]\n\tengine: %s\n\trow: {%s}\n%s", name, a.name, quoted(events), engine, strings.Join(row, ", "), window)
	if params != nil {
		text += "\tparam: {" + strings.Join(params, ", ") + "}\n"
	}
	return text + "}\n"
}

// column returns the type of a column: a scalar, or sometimes what a column cannot be.
func (m *maker) column() string {
	if m.oddly() && len(m.types) > 0 {
		return m.pick(m.types...)
	}
	if m.chance(5) && len(m.texts) > 0 {
		return m.pick(m.texts...)
	}
	return m.pick(madeColumns...)
}
