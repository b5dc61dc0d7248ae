package main

import (
	"fmt"
	"strings"

	"ironstar.dev"
	"ironstar.dev/internal/eventtable"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// query prints a query with the tables that its SQL may read.
func (d *explanation) query(q *model.Query) {
	for _, way := range q.Ways {
		what := q.Package.Name + "." + nameOf(q.View) + ", by your Go code"
		if way.File != "" {
			what = d.schemaFile(way.File)
		}
		d.line("asks", "%s: %s", way.Engine, what)
	}
	d.sources(q.On)
	for _, on := range q.On {
		for _, e := range on.Events {
			d.line("table", "%s (%s)", naming.EventTable(on.Aggregate, e), tableColumns(e))
		}
	}
	d.line("address", "%s", naming.Address(q.Package, q.Name))
	if q.Span != nil {
		d.line("window", "$from and $until, of the length %s; it ends %s", q.Span.Name, windowEnd(q))
	}
	d.line("rows", "at most %d", q.Rows)
	d.line("fresh", "%s: it is not computed again sooner", ironstar.FormatDuration(q.Fresh))
	d.line("within", "%s", ironstar.FormatDuration(q.Within))
	d.line("row", "%s.%s", q.Package.Name, q.Row.GoName)
	d.shape(q.Row.Type)
	if q.Param != nil {
		d.line("parameters", "%s.%s", q.Package.Name, q.Param.GoName)
		d.shape(q.Param.Type)
	}
}

func nameOf(v *model.View) string {
	if v == nil {
		return ""
	}
	return v.Name
}

// tableColumns lists the columns of the table of an event, with dots for fields in them.
func tableColumns(e *model.Event) string {
	names := []string{"_position", "_stream", "_version", "_at"}
	for _, c := range eventtable.Columns(e) {
		names = append(names, c.Dotted())
	}
	return strings.Join(names, ", ")
}

func windowEnd(q *model.Query) string {
	now := "now, rounded up to " + ironstar.FormatDuration(q.Round)
	if q.Until == nil {
		return now
	}
	return fmt.Sprintf("at %s, or %s", q.Until.Name, now)
}

// shows prints a view that shows the answers of queries.
func (d *explanation) shows(v *model.View) {
	for _, s := range v.Shows {
		d.line("shows", "%s: %s.%s", s.Name, s.Query.Package.Name, s.Query.Name)
	}
	d.line("scope", "%s", string(v.Scope))
	if v.Param != nil {
		d.line("parameters", "%s.%s", d.entry.pkg.Name, v.Param.GoName)
		d.shape(v.Param.Type)
	}
}

// usesInQuery returns whether and how a query uses an entry.
func usesInQuery(q *model.Query, e *entry) (how string, ok bool) {
	if e.view != nil && q.View == e.view {
		return "(view)", true
	}
	for _, on := range q.On {
		if e.kind == "aggregate" && on.Aggregate == e.aggregate {
			return "(on)", true
		}
		for _, event := range on.Events {
			if e.event != nil && event == e.event {
				return "(on, table " + naming.EventTable(on.Aggregate, event) + ")", true
			}
		}
	}
	return "", false
}

// shownBy reports whether a view shows the answers of a query.
func shownBy(v *model.View, q *model.Query) bool {
	for _, s := range v.Shows {
		if s.Query == q {
			return true
		}
	}
	return false
}
