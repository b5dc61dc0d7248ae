package cueload

import (
	"ironstar.dev/internal/model"
)

// queryParams checks the parameters of a query. They may be what those of a view may
// be, and points in time and days: answers are computed for few of them at once, and
// forgotten again.
func (r *reader) queryParams(q *model.Query) {
	for _, f := range q.Param.Type.Fields {
		r.paramName(f, "a query")
		if f.Const != nil {
			r.problems.add(codeQueryParam, f.Pos, "write the value into the SQL, or give it several: \"a\" | \"b\"", "parameter %s of query %s always has the same value", f.Name, q.Name)
			continue
		}
		if kind := underlying(f.Type).Kind; kind != model.Time && kind != model.Date {
			r.oneParam(f, "query "+q.Name)
		}
	}
}
