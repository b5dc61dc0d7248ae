package query

import (
	"fmt"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// Register adds a query to an engine and returns its reader. Call it before the engine
// starts. Until a [Runner] runs, answers are Loading.
func Register[R, P any](e *engine.Engine, q ironstar.Query[R, P]) *Reader[R, P] {
	r := &Reader[R, P]{query: q}
	e.AddQuery(r)
	return r
}

// Find sets r to what [Register] returned for the query with this name. An error says
// that the engine has no such query, or that its rows or parameters are of other types.
func Find[R, P any](e *engine.Engine, name string, r **Reader[R, P]) error {
	for _, q := range e.Queries() {
		if q.QueryName() != name {
			continue
		}
		found, ok := q.(*Reader[R, P])
		if !ok {
			return fmt.Errorf("query %s is a %T, not a %T", name, q, found)
		}
		*r = found
		return nil
	}
	return fmt.Errorf("the engine has no query %s: add its domain before", name)
}
