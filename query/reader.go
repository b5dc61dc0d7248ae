package query

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"ironstar.dev"
)

var (
	errClosed   = errors.New("queries are not answered any more: the application ends")
	errNoRunner = errors.New("queries are not answered yet: make a query.Runner with New before you ask")
)

// Reader answers one query. All methods may be called from any goroutine.
type Reader[R, P any] struct {
	query ironstar.Query[R, P]
	bound atomic.Pointer[binding[R, P]] // nil until New has made a runner
}

// binding is what a runner gives a reader.
type binding[R, P any] struct {
	cache    *cache
	source   source
	question *Question // what tables are asked
	compute  func(p P) computation
	refused  error // there is no source: why
}

// QueryName is the name of the query: "auction.BidsPerMinute".
func (r *Reader[R, P]) QueryName() string { return r.query.Name }

// Query is the definition of the query.
func (r *Reader[R, P]) Query() *ironstar.Query[R, P] { return &r.query }

// At returns the question with its parameters.
func (r *Reader[R, P]) At(p P) *Asked[R] {
	a := &Asked[R]{columns: r.query.Columns, values: r.query.Values}
	b := r.bound.Load()
	switch {
	case b == nil:
	case b.refused != nil:
		a.refused = b.refused
	default:
		a.cache, a.key = b.cache, r.query.Name+"\x00"+r.query.Key(p)
		a.make = func() *entry { return r.entry(b, p) }
	}
	return a
}

// entry makes the entry of a question.
func (r *Reader[R, P]) entry(b *binding[R, P], p P) *entry {
	e := &entry{
		source: b.source, reads: r.query.Reads, compute: b.compute(p),
		fresh: r.query.Fresh, within: r.query.Within, round: r.query.Round,
	}
	if r.query.Window != nil {
		e.window = r.query.Window(p)
	}
	return e
}

// Ask waits for an answer, for the tables too if they are being made. It respects the
// query's fresh: the answer may lack what happened in that time, except up to the position
// at. Beyond the head of the log that is of another log, and is waited for until ctx ends. The
// error is that of ctx, or why there is no newer answer; the answer is then the
// last one there is.
func (r *Reader[R, P]) Ask(ctx context.Context, p P, at ironstar.Position) (ironstar.Answer[R], error) {
	a := r.At(p)
	switch {
	case a.refused != nil:
		return a.none(), a.refused
	case a.cache == nil:
		return a.none(), errNoRunner
	}
	if err := r.bound.Load().source.reach(ctx, at); err != nil {
		return a.none(), err
	}
	first, ended := true, uint64(0)
	seen, err := a.cache.await(ctx, a.key, a.make, func(e *entry, s sourceState, now time.Time) bool {
		if first {
			first, ended = false, e.finished
		}
		has := e.upTo >= at && e.result != nil
		switch {
		case has && (e.isCurrent(s, now) || e.finished > ended):
			return true
		case e.failed != nil && (e.finished > ended || now.Before(e.retry)):
			return true
		}
		return s.err != nil && (e.result != nil || !s.ready) && e.running == nil
	})
	answer := a.answer(seen)
	if err == nil {
		err = answer.Err
	}
	return answer, err
}

// Asked is a question with its parameters, for a package that shows its answer: package
// live.
type Asked[R any] struct {
	cache   *cache // nil: there is no runner yet, or the question cannot be asked
	key     string
	make    func() *entry
	refused error

	columns []ironstar.Column
	values  func(R) []any
}

// Read calls f with the answer that is there. If it is not up to date and nobody watches
// it, Read waits a short time for the next one. changed is the position at which it was
// computed, asOf the position that it includes. f runs outside of all locks, and must not
// change the answer. The error is that of f.
func (a *Asked[R]) Read(_ string, f func(answer ironstar.Answer[R], changed, asOf ironstar.Position) error) error {
	if a.cache == nil {
		return f(a.none(), 0, 0)
	}
	at := a.cache.show(a.key, a.make)
	answer := a.answer(at)
	var changed ironstar.Position
	if at.result != nil {
		changed = at.result.position
	}
	return f(answer, changed, answer.Position)
}

// Notify calls changed whenever the answer is another one, until stop is called, which is
// required. The answer is kept up to date until then. changed runs under a lock: it must
// return at once and must not read an answer. An error wraps [ironstar.ErrBusy], or says
// that there is no runner yet; try again.
func (a *Asked[R]) Notify(_ string, changed func()) (stop func(), err error) {
	switch {
	case a.refused != nil:
		return func() {}, nil
	case a.cache == nil:
		return nil, errNoRunner
	}
	return a.cache.watch(a.key, a.make, changed)
}

// Revision is another one whenever the answer may be another one, and never an earlier one
// again.
func (a *Asked[R]) Revision() uint64 {
	if a.cache == nil {
		return 0
	}
	return a.cache.see(a.key, a.make).revision
}

// none is the answer before there is one.
func (a *Asked[R]) none() ironstar.Answer[R] {
	return ironstar.Answer[R]{Loading: a.refused == nil, Err: a.refused, Columns: a.columns, Values: a.values}
}

// answer is what a caller sees, with its type.
func (a *Asked[R]) answer(at seen) ironstar.Answer[R] {
	answer := a.none()
	answer.Position, answer.Late, answer.Err = at.upTo, at.late, at.err
	answer.Loading = at.result == nil && at.err == nil
	if at.result == nil {
		return answer
	}
	answer.Rows, _ = at.result.rows.([]R)
	answer.More, answer.At, answer.Window = at.result.more, at.result.at, at.result.window
	return answer
}
