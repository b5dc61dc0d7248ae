package cueload

import (
	"strings"

	"ironstar.dev/internal/eventtable"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// starter returns a SELECT to begin with: it has the columns and the parameters of the
// query, and reads its first event.
func starter(q *model.Query) string {
	if len(q.On) == 0 || len(q.On[0].Events) == 0 {
		return "SELECT …"
	}
	e := q.On[0].Events[0]
	columns := map[string]string{}
	for _, c := range eventtable.Columns(e) {
		columns[c.Path[len(c.Path)-1]] = `"` + c.Flat() + `"`
	}
	var selected, where []string
	for _, f := range q.Row.Type.Fields {
		selected = append(selected, rowStarter(f, columns)+` AS "`+f.Name+`"`)
	}
	if q.Span != nil {
		where = append(where, "_at >= $from AND _at < $until")
	}
	for _, name := range sqlParams(q) {
		if column := columns[name]; column != "" {
			where = append(where, "("+column+" = $"+name+" OR $"+name+" IS NULL)")
		} else if q.Span == nil || name != fromParam && name != untilParam {
			where = append(where, "(_stream = $"+name+" OR $"+name+" IS NULL)")
		}
	}
	text := "SELECT " + strings.Join(selected, ", ") + " FROM " + naming.EventTable(q.On[0].Aggregate, e)
	if len(where) > 0 {
		text += " WHERE " + strings.Join(where, " AND ")
	}
	return text
}

// rowStarter returns what may be in a column of an answer.
func rowStarter(f *model.Field, columns map[string]string) string {
	switch column := columns[f.Name]; {
	case column != "":
		return column
	case f.Type.Underlying().Kind == model.Time:
		return "_at"
	case f.Type.Underlying().Kind == model.Int:
		return "1"
	}
	return "_stream"
}

func (c *sqlCheck) starter() string { return starter(c.q) }

// duckFile returns the name of the file with the SQL of a query for DuckDB alone.
func duckFile(q *model.Query) string { return naming.SQLFiles(q, "duckdb")[0] }
