package query

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// Untyped is a query without its types, for tools. The queries of an engine implement it.
type Untyped interface {
	engine.Query

	// About describes the query.
	About() About

	// AskValues asks with parameters as texts, as they stand in an address. It waits for
	// an answer that includes a position, as Reader.Ask does.
	AskValues(ctx context.Context, params url.Values, at ironstar.Position) (ironstar.Answer[[]any], error)

	// ExportValues writes the answer as a Parquet file, as Reader.Export does, but always
	// a new one.
	ExportValues(ctx context.Context, params url.Values, at ironstar.Position, out io.Writer) error
}

// About describes a query.
type About struct {
	Name    string              // "auction.BidsPerMinute"
	Ways    []ironstar.QueryWay // in order of preference
	Params  []string            // names of its parameters
	Columns []ironstar.Column   // of its rows
}

// About implements [Untyped].
func (r *Reader[R, P]) About() About {
	return About{Name: r.query.Name, Ways: r.query.Ways, Params: r.query.Params, Columns: r.query.Columns}
}

// AskValues implements [Untyped].
func (r *Reader[R, P]) AskValues(ctx context.Context, params url.Values, at ironstar.Position) (ironstar.Answer[[]any], error) {
	var none ironstar.Answer[[]any]
	p, err := r.parse(params)
	if err != nil {
		return none, err
	}
	a, err := r.Ask(ctx, p, at)
	untyped := ironstar.Answer[[]any]{More: a.More, Position: a.Position, At: a.At, Window: a.Window, Loading: a.Loading, Late: a.Late, Err: a.Err}
	for _, row := range a.Rows {
		untyped.Rows = append(untyped.Rows, r.query.Values(row))
	}
	return untyped, err
}

// parse reads parameters. A name that is none is an error, other than in an address.
func (r *Reader[R, P]) parse(params url.Values) (p P, err error) {
	for name := range params {
		if !slices.Contains(r.query.Params, name) {
			return p, fmt.Errorf("%s has no parameter %q; it has: %s", r.query.Name, name, cmp.Or(strings.Join(r.query.Params, ", "), "none"))
		}
	}
	if r.query.Parse == nil {
		return p, nil
	}
	return r.query.Parse(params)
}
