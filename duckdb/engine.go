package duckdb

import (
	"context"
	"fmt"

	"ironstar.dev/query"
)

// Engine answers queries with DuckDB. It is a [query.Engine].
type Engine struct{ opts Options }

var _ query.Engine = (*Engine)(nil)

// New makes an engine. An error names the option that cannot be used.
func New(o Options) (*Engine, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("options of DuckDB: %w", err)
	}
	return &Engine{o}, nil
}

// Name is "duckdb".
func (e *Engine) Name() string { return "duckdb" }

// Open opens the tables of a context, see [query.Engine]. It returns a [*Tables].
func (e *Engine) Open(ctx context.Context, o query.OpenOptions) (query.Tables, error) {
	t, err := e.open(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open the tables of %s in DuckDB: %w", o.Set.Context, err)
	}
	return t, nil
}
