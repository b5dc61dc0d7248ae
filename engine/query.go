package engine

import "slices"

// Query is a query that was added to an engine. Package query asks it; an engine knows
// no SQL.
type Query interface {
	QueryName() string // "auction.BidsPerMinute"
}

// AddQuery adds a query. Call it before Start.
func (e *Engine) AddQuery(q Query) {
	if e.started.Load() {
		panic("engine: AddQuery after Start")
	}
	e.queries = append(e.queries, q)
}

// Queries lists the queries in the order in which they were added.
func (e *Engine) Queries() []Query { return slices.Clone(e.queries) }
