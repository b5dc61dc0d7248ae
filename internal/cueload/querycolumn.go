package cueload

import (
	"ironstar.dev/internal/model"
)

// columns checks the columns of a query's rows.
func (r *reader) columns(q *model.Query) {
	if len(q.Row.Type.Fields) == 0 {
		r.problems.add(codeQueryRow, q.Row.Pos, "write row: {count: int}", "the rows of query %s have no columns", q.Name)
	}
	for _, f := range q.Row.Type.Fields {
		switch kind := underlying(f.Type).Kind; {
		case f.Const != nil:
			r.problems.add(codeQueryRow, f.Pos, "take it away, or write its type", "column %s of query %s always has the same value", f.Name, q.Name)
		case f.Default != nil:
			r.problems.add(codeQueryRow, f.Pos, "write "+f.Name+"?: … for a column that may be NULL, or coalesce(…) in the SQL", "column %s of query %s has a default, and rows have what the SQL says", f.Name, q.Name)
		case f.Secret:
			r.problems.add(codeQueryRow, f.Pos, "take it away: fields with @secret() do not reach a query", "column %s of query %s is secret, and whoever reads the answer sees it", f.Name, q.Name)
		case !isColumn(kind):
			r.problems.add(codeQueryRow, f.Pos, "name a scalar in it: a text, a number, a bool, a time or an enum", "column %s of query %s is %s, and a column is a scalar or an enum", f.Name, q.Name, aKind(kind))
		}
	}
}

// isColumn reports whether values of a kind can be in a column of an answer.
func isColumn(kind model.Kind) bool {
	switch kind {
	case model.Bytes, model.Struct, model.Sum, model.List, model.Map, model.Ref:
		return false
	}
	return true
}
