package cueload_test

import (
	"ironstar.dev/internal/model"
)

func (d *dumper) query(q *model.Query) {
	d.doc(q.Doc)
	d.line("query %s rows %d fresh %s within %s at %s", q.Name, q.Rows, q.Fresh, q.Within, at(q.Pos))
	d.in(func() {
		for _, s := range q.On {
			for _, e := range s.Events {
				d.line("on %s.%s", s.Aggregate.Name, e.Name)
			}
		}
		if q.View != nil {
			d.line("view %s", q.View.Name)
		}
		for _, way := range q.Ways {
			d.line("asks %s %s at %s: %q", way.Engine, way.File, at(way.Pos), way.SQL)
		}
		if q.Public || q.Export > 0 {
			d.line("public %t export %d", q.Public, q.Export)
		}
		if q.Span != nil {
			d.line("window %s%s round %s", q.Span.Name, until(q), q.Round)
		}
		if q.Param != nil {
			d.line("param")
			d.in(func() { d.payload(q.Param) })
		}
		d.line("row")
		d.in(func() { d.payload(q.Row) })
	})
}

func until(q *model.Query) string {
	if q.Until == nil {
		return ""
	}
	return " until " + q.Until.Name
}
