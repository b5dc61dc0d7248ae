package sqltext

import "strings"

// Table is what FROM or JOIN names, and WITH does not.
type Table struct {
	Token  Token  // its name, which may be a Text
	Schema string // what stands in front of its name, with dots; "" for nothing
	At     Token  // the beginning of both
}

// clause is what is read of the brackets that a token is in.
type clause struct {
	selects bool // there was a SELECT
	from    bool // it is in what follows FROM
	item    bool // a table comes next
}

// tableReader finds tables.
type tableReader struct {
	*Statement
	clauses []*clause
}

// tables finds the tables that are read.
func (s *Statement) tables() {
	r := &tableReader{s, []*clause{{}}}
	for i := 0; i < len(s.Tokens); i++ {
		i = r.token(i)
	}
}

// token reads a token, and returns the index of the last one that it has read.
func (r *tableReader) token(i int) int {
	t, c := r.Tokens[i], r.clauses[len(r.clauses)-1]
	switch {
	case t.Is("(", "[", "{"):
		r.clauses = append(r.clauses, r.inside(i, c))
		c.item = false
	case t.Is(")", "]", "}"):
		if len(r.clauses) > 1 {
			r.clauses = r.clauses[:len(r.clauses)-1]
		}
	case c.item:
		return r.item(i, c)
	case t.Is(",") && c.from:
		c.item = true
	case r.isKeyword(i):
		r.keyword(i, c)
	}
	return i
}

// inside returns the clause in the brackets that a token opens: in FROM (a JOIN b) there
// are tables at once.
func (r *tableReader) inside(i int, around *clause) *clause {
	if around.item && !r.at(i+1).Is("SELECT", "WITH", "VALUES", "FROM") {
		return &clause{from: true, item: true}
	}
	return &clause{}
}

// isKeyword reports whether a word is not the name of a field or of a result.
func (r *tableReader) isKeyword(i int) bool {
	return r.Tokens[i].Kind == Word && !r.at(i-1).Is(".", "AS")
}

func (r *tableReader) keyword(i int, c *clause) {
	switch t := r.Tokens[i]; {
	case t.Is("SELECT"):
		*c = clause{selects: true}
	case t.Is("FROM"):
		first := i == 0 || r.at(i-1).Is("(", "UNION", "ALL", "INTERSECT", "EXCEPT", "NAME")
		// In x IS DISTINCT FROM y, and in extract(year FROM x), no table follows.
		if (c.selects || first) && !r.at(i-1).Is("DISTINCT") {
			c.from, c.item = true, true
		}
	case t.Is("JOIN") && c.from:
		c.item = true
	case t.Is("WHERE", "GROUP", "HAVING", "WINDOW", "QUALIFY", "ORDER", "LIMIT", "OFFSET", "FETCH", "UNION", "INTERSECT", "EXCEPT"):
		c.from = false
	}
}

// item reads what FROM or JOIN names.
func (r *tableReader) item(i int, c *clause) int {
	t := r.Tokens[i]
	if t.Is("LATERAL") && (r.at(i+1).Is("(") || r.at(i+1).IsName()) {
		return i
	}
	if r.dialect == DuckDB && t.IsName() && r.at(i+1).Is(":") { // FROM alias: table
		return i + 1
	}
	c.item = false
	if t.Kind == Word && (t.Is("SELECT", "WITH", "VALUES") || r.at(i+1).IsName() && t.Is("PIVOT", "UNPIVOT", "DESCRIBE", "SUMMARIZE", "SHOW", "TABLE")) {
		return i
	}
	if !t.IsName() && t.Kind != Text {
		return i
	}
	return r.name(i)
}

// name reads a name with what stands in front of it.
func (r *tableReader) name(i int) int {
	last := i
	var before []string
	for r.at(last+1).Is(".") && r.at(last+2).IsName() {
		before = append(before, r.Tokens[last].Value)
		last += 2
	}
	if r.at(last + 1).Is("(") { // a function that returns a table
		r.tableCalls[last] = true
		return last
	}
	r.tableEnds[last] = true
	t := Table{r.Tokens[last], strings.Join(before, "."), r.Tokens[i]}
	if t.Schema != "" || !r.named[strings.ToLower(t.Token.Value)] {
		r.Tables = append(r.Tables, t)
	}
	return last
}
