package engine

import (
	"fmt"
	"slices"

	"ironstar.dev"
)

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

// Ready reports whether Start is through: every view has what was stored when it began.
func (e *Engine) Ready() bool { return e.ready.Load() }

// AnyReader reads a view without the type of its state.
type AnyReader struct {
	read   func(key string, f func(s any, changed, asOf ironstar.Position) error) error
	notify func(key string, changed func()) (stop func(), err error)
}

// Read is [Reader.Read].
func (r *AnyReader) Read(key string, f func(s any, changed, asOf ironstar.Position) error) error {
	return r.read(key, f)
}

// Notify is [Reader.Notify].
func (r *AnyReader) Notify(key string, changed func()) (stop func(), err error) {
	return r.notify(key, changed)
}

// FindGlobal returns a reader of the global view with this name. An error says that the
// engine has none.
func FindGlobal(e *Engine, name string) (*AnyReader, error) {
	for _, p := range e.views {
		about := p.about()
		if v, ok := p.(interface{ anyReader() *AnyReader }); ok && about.Name == name && about.By == ironstar.Global {
			return v.anyReader(), nil
		}
	}
	return nil, fmt.Errorf("the engine has no global view %s: add its domain before", name)
}

func (v *view[S]) anyReader() *AnyReader {
	r := &Reader[S]{v}
	return &AnyReader{
		read: func(key string, f func(s any, changed, asOf ironstar.Position) error) error {
			return r.Read(key, func(s S, changed, asOf ironstar.Position) error { return f(s, changed, asOf) })
		},
		notify: r.Notify,
	}
}
