package cueload

import (
	"slices"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/sqltext"
)

// sqlCheck checks the SQL of a query for one engine. What the text alone does not say is
// checked by the engine when an application starts.
type sqlCheck struct {
	*schemaReader
	q   *model.Query
	way *model.QueryWay
	s   *sqltext.Statement
}

// at returns the place of a token.
func (c *sqlCheck) at(offset int) model.Pos {
	line, col := sqltext.Place(c.way.SQL, offset)
	return model.Pos{File: c.way.File, Line: line, Col: col}
}

func (c *sqlCheck) add(code string, at sqltext.Token, hint, format string, args ...any) {
	c.problems.add(code, c.at(at.Offset), hint, format, args...)
}

// finishSQL checks the SQL of all queries.
func (r *schemaReader) finishSQL(s *model.Schema) {
	r.lacksSQL()
	for _, q := range r.asking {
		for _, way := range q.Ways {
			r.checkSQL(q, way)
		}
	}
	for _, p := range s.Packages {
		r.eventTables(p)
		r.unusedSQL(p)
	}
}

// dialectOf returns what an engine takes for a token.
func dialectOf(engine string) sqltext.Dialect {
	if engine == "duckdb" {
		return sqltext.DuckDB
	}
	return sqltext.SQLite
}

// checkSQL checks the SQL of a query for one engine, if there is any.
func (r *schemaReader) checkSQL(q *model.Query, way *model.QueryWay) {
	if way.File == "" {
		return
	}
	s, err := sqltext.Read(way.SQL, dialectOf(way.Engine))
	c := &sqlCheck{r, q, way, s}
	if err != nil {
		r.problems.add(codeSQLText, c.at(err.Offset), "", "%s", err.Message)
		return
	}
	if !c.statement() {
		return
	}
	c.params()
	c.tables()
	c.outside()
	c.secrets()
	way.SQL = way.SQL[:s.End()]
}

// statement reports a text that is not one SELECT.
func (c *sqlCheck) statement() bool {
	if len(c.s.Tokens) == 0 {
		c.problems.add(codeSQLStatement, c.at(0), "write "+c.starter(), "the SQL of query %s is empty", c.q.Name)
		return false
	}
	if c.s.Second != nil {
		c.add(codeSQLStatement, *c.s.Second, "write one SELECT, with WITH for what it needs", "a second statement begins here, and a query is one")
		return false
	}
	first, verb := c.s.Tokens[0], c.s.Verb
	switch {
	case first.Is("WITH") && !verb.Is("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"):
		return true
	case verb.Is("SELECT"):
		return true
	}
	c.add(codeSQLStatement, verb, "begin it with SELECT or WITH", "a query reads, so its SQL is a SELECT, and this is %s", strings.ToUpper(clip(verb.Text)))
	return false
}

// clip shortens a token for a message.
func clip(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return text
}

// secrets reports a field that is no column because it is secret.
func (c *sqlCheck) secrets() {
	columns, secret := columnNames(c.q.On)
	for _, name := range secret {
		if slices.ContainsFunc(columns, func(n string) bool { return strings.EqualFold(n, name.text) }) {
			continue
		}
		if at, ok := c.s.Uses(name.text); ok {
			c.problems.addAlso(codeSQLSecret, c.at(at.Offset), []model.Pos{name.pos}, "take it away; what must know it keeps a state of its own, such as a process",
				"field %s has @secret(), so it is no column of a table", name.text)
		}
	}
}
