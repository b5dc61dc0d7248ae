package cueload

import (
	"slices"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/sqltext"
)

// sqlParams lists the names of the parameters that the SQL of a query may have.
func sqlParams(q *model.Query) (names []string) {
	if q.Param != nil {
		for _, f := range q.Param.Type.Fields {
			if f != q.Span && f != q.Until {
				names = append(names, f.Name)
			}
		}
	}
	if q.Span != nil {
		names = append(names, fromParam, untilParam)
	}
	return names
}

// params compares the parameters in the SQL with those of the query.
func (c *sqlCheck) params() {
	known, used := sqlParams(c.q), map[string]bool{}
	for i, t := range c.s.Tokens {
		switch {
		case t.Kind == sqltext.Foreign:
			c.add(codeSQLParam, t, nearestOf(t.Text[1:], known, "write $%s", "write $ and the name of a parameter"), "%s is no parameter of a query: parameters have names, and a $ before them", t.Text)
		case t.Kind != sqltext.Param:
		case !slices.Contains(known, t.Value):
			c.add(codeSQLParam, t, c.unknownParam(t.Value, known), "query %s has no parameter %q for its SQL", c.q.Name, clip(t.Value))
		default:
			used[t.Value] = true
			c.cast(t, i)
		}
	}
	for _, name := range known {
		if !used[name] && (name != untilParam || c.q.Until != nil) {
			c.unusedParam(name)
		}
	}
}

// unknownParam returns what to do about a parameter that a query does not have.
func (c *sqlCheck) unknownParam(name string, known []string) string {
	switch {
	case c.q.Span != nil && (name == c.q.Span.Name || c.q.Until != nil && name == c.q.Until.Name):
		return "the window has it: write $from and $until"
	case name == fromParam || name == untilParam:
		return `write window: span: "span", with param: span: *"PT1H" | "PT24H"`
	}
	return nearestOf(name, known, "did you mean $%s?", "write param: "+name+": …, with its type")
}

// cast reports $from::timestamp, where SQLite takes the whole for the parameter's name.
func (c *sqlCheck) cast(t sqltext.Token, i int) {
	if c.way.Engine == "duckdb" || i+1 == len(c.s.Tokens) || !c.s.Tokens[i+1].Is("::", "(") {
		return
	}
	c.add(codeSQLParam, t, "write CAST($"+t.Value+" AS …), or make a file for DuckDB: "+duckFile(c.q), "SQLite takes %s and what follows it for the name of a parameter", t.Text)
}

func (c *sqlCheck) unusedParam(name string) {
	at := model.Pos{File: c.way.File, Line: 1, Col: 1}
	if (name == fromParam || name == untilParam) && c.q.Span != nil {
		c.problems.addAlso(codeSQLParam, at, []model.Pos{c.q.Span.Pos}, "write WHERE _at >= $from AND _at < $until", "query %s has a window, and its SQL does not use $%s", c.q.Name, name)
		return
	}
	f := c.q.Param.Type.FieldInCUE(name)
	c.problems.addAlso(codeSQLParam, at, []model.Pos{f.Pos}, "use it, or take the parameter away: the answer would be the same for each of its values", "the SQL of query %s does not use parameter %s", c.q.Name, name)
}
