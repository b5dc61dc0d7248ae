package cueload

import (
	"slices"
	"strings"

	"ironstar.dev/internal/eventtable"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/sqltext"
)

// tablesOf maps the tables of events to these, by name.
func tablesOf(on []model.Source) (names []string) {
	for _, s := range on {
		for _, e := range s.Events {
			names = append(names, naming.EventTable(s.Aggregate, e))
		}
	}
	return names
}

// tables reports tables that the query does not name in on.
func (c *sqlCheck) tables() {
	names := tablesOf(c.q.On)
	for _, t := range c.s.Tables {
		name := strings.ToLower(t.Token.Value)
		switch known := slices.Contains(names, name); {
		case t.Token.Kind == sqltext.Text && !known:
			c.add(codeSQLTable, t.At, thereIs(names), "%s would be a file, and a query reads only the tables of its events", clip(t.Token.Text))
		case !known:
			c.add(codeSQLTable, t.At, c.unknownTable(t, name, names), "query %s has no table %q", c.q.Name, clip(t.Token.Value))
		case t.Schema != "" && !strings.EqualFold(t.Schema, "main"):
			c.add(codeSQLTable, t.At, "write "+name, "the tables of a query are in no schema or database called %s", clip(t.Schema))
		}
	}
}

// unknownTable returns what to do about a table that a query does not have.
func (c *sqlCheck) unknownTable(t sqltext.Table, name string, names []string) string {
	for _, a := range c.q.Package.Aggregates {
		for _, e := range a.Events {
			if naming.EventTable(a, e) == name && t.Schema == "" {
				return "it has the events " + e.Name + " of " + a.Name + ": name them, on: " + a.Name + `: ["` + e.Name + `"]`
			}
		}
	}
	return nearestOf(name, names, "did you mean %s?", thereIs(names))
}

// columnNames lists the names that SQL may have for fields of events, and those of fields
// that are no columns because they are secret.
func columnNames(on []model.Source) (columns []string, secret []placedText) {
	columns = []string{"_position", "_stream", "_version", "_at"}
	for _, s := range on {
		for _, e := range s.Events {
			for _, c := range eventtable.Columns(e) {
				columns = append(append(columns, c.Flat()), c.Path...)
				columns = append(columns, namesIn(c.Field.Type)...)
			}
			for _, c := range eventtable.Secrets(e) {
				secret = append(secret, placedText{c.Path[len(c.Path)-1], c.Field.Pos})
				if len(c.Path) > 1 {
					secret = append(secret, placedText{c.Flat(), c.Field.Pos})
				}
			}
		}
	}
	return columns, secret
}

// namesIn lists the names of fields in the elements of a list.
func namesIn(t *model.Type) []string {
	var names []string
	seen := map[*model.Type]bool{} // a type may contain itself
	var find func(t *model.Type)
	find = func(t *model.Type) {
		u := t.Underlying()
		if u.Elem == nil || seen[u] {
			return
		}
		seen[u] = true
		for _, f := range u.Elem.Underlying().Fields {
			if !f.Secret {
				names = append(names, f.Name)
				find(f.Type)
			}
		}
	}
	find(t)
	return names
}

// eventTables reports tables, and columns of one table, that have one name to SQL, which
// does not know letter case.
func (r *schemaReader) eventTables(p *model.Package) {
	type table struct {
		aggregate *model.Aggregate
		event     *model.Event
	}
	first, seen := map[string]table{}, map[*model.Event]bool{}
	for _, q := range p.Queries {
		for _, s := range q.On {
			for _, e := range s.Events {
				if seen[e] {
					continue
				}
				seen[e] = true
				name := naming.EventTable(s.Aggregate, e)
				if old, ok := first[name]; ok {
					r.problems.addAlso(codeTable, e.Pos, []model.Pos{old.event.Pos, q.Pos}, "rename one of them, or read one of them only",
						"the tables of the events %s of %s and %s of %s are both called %s", old.event.Name, old.aggregate.Name, e.Name, s.Aggregate.Name, name)
				}
				if strings.HasPrefix(name, "sqlite_") {
					r.problems.addAlso(codeTable, e.Pos, []model.Pos{q.Pos}, "rename the aggregate", "the table of event %s would be called %s, and SQLite keeps such names to itself", e.Name, name)
				}
				first[name] = table{s.Aggregate, e}
				r.eventColumns(e, name)
			}
		}
	}
}

// mostColumns is the greatest number of columns of a table in SQLite.
const mostColumns = 2000

func (r *schemaReader) eventColumns(e *model.Event, table string) {
	first := map[string]eventtable.Column{}
	columns := eventtable.Columns(e)
	for _, c := range columns {
		name := strings.ToLower(c.Flat())
		if old, ok := first[name]; ok {
			r.problems.addAlso(codeTable, c.Field.Pos, []model.Pos{old.Field.Pos}, "rename one of them", "%s and %s would be one column %s of the table %s", old.Dotted(), c.Dotted(), name, table)
		} else if strings.HasPrefix(name, "_") {
			r.problems.add(codeTable, c.Field.Pos, "give it another name in @json(name=…)", "the column %s of the table %s begins with an underscore, as those do that every table has", c.Dotted(), table)
		}
		first[name] = c
	}
	if n := len(columns) + 4; n > mostColumns {
		r.problems.add(codeTable, e.Pos, "put some of its fields into a list or a map", "the table %s would have %d columns, and at most %d are possible", table, n, mostColumns)
	}
}
