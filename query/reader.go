package query

import (
	"context"

	"ironstar.dev"
)

// Reader answers one query. All methods may be called from any goroutine.
type Reader[R, P any] struct {
	query ironstar.Query[R, P]
}

// QueryName is the name of the query: "auction.BidsPerMinute".
func (r *Reader[R, P]) QueryName() string { return r.query.Name }

// Query is the definition of the query.
func (r *Reader[R, P]) Query() *ironstar.Query[R, P] { return &r.query }

// At returns the question with its parameters.
func (r *Reader[R, P]) At(p P) *Asked[R] { return &Asked[R]{} }

// AskOptions say what [Reader.Ask] waits for. The zero value works.
type AskOptions struct {
	// Position must be in the answer. At a position beyond the head nothing is waited for.
	Position ironstar.Position
}

// Ask waits for an answer. If the tables are being made, it waits for them too. The
// error is that of ctx, or that of the answer if there is none.
func (r *Reader[R, P]) Ask(ctx context.Context, p P, o AskOptions) (ironstar.Answer[R], error) {
	return ironstar.Answer[R]{Loading: true}, nil
}

// Asked is a question with its parameters, for a package that shows its answer: package
// live.
type Asked[R any] struct{}

// Read calls f with the answer that is there. If it is not up to date and nobody watches
// it, Read waits a short time for the next one. changed is the position at which it was
// computed last, asOf the position that it includes. f runs outside of all locks, and
// must not change the answer. The error is that of f.
func (a *Asked[R]) Read(_ string, f func(answer ironstar.Answer[R], changed, asOf ironstar.Position) error) error {
	return f(ironstar.Answer[R]{Loading: true}, 0, 0)
}

// Notify calls changed whenever the answer is another one, until stop is called, which is
// required. The answer is kept up to date until then. changed must return at once
// and must not read an answer. There is never an error.
func (a *Asked[R]) Notify(_ string, changed func()) (stop func(), err error) {
	return func() {}, nil
}

// Revision is another one whenever the answer may be another one, and is never used again.
func (a *Asked[R]) Revision() uint64 { return 0 }
