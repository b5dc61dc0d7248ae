package cueload

import (
	"slices"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/sqltext"
)

// unread reports events of on whose tables the SQL of no engine reads.
func (a *advice) unread(q *model.Query) {
	var all []*sqltext.Statement
	for _, way := range q.Ways {
		if s, err := sqltext.Read(way.SQL, dialectOf(way.Engine)); err == nil && way.SQL != "" {
			all = append(all, s)
		}
	}
	for _, s := range q.On {
		for _, e := range s.Events {
			table := naming.EventTable(s.Aggregate, e)
			if !slices.ContainsFunc(all, func(s *sqltext.Statement) bool { return s.Mentions(table) }) {
				a.addAlso(codeSQLTable, q.Pos, []model.Pos{e.Pos}, "read it, or take the event away from on: answers are computed again for nothing",
					"query %s names the event %s, and its SQL does not read the table %s", q.Name, e.Name, table)
			}
		}
	}
}
