package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ironstar.dev"
)

// Progress tells how far a rebuild is.
type Progress struct {
	At, Head  ironstar.Position
	PerSecond float64       // events, on average so far
	Left      time.Duration // at that rate
	Done      bool
}

// progressEvery is how often Progress is called.
const progressEvery = 250 * time.Millisecond

// rebuild folds the log up to head into the views that are kept whole.
func (e *Engine) rebuild(ctx context.Context, head ironstar.Position) error {
	var eager []projection
	for _, v := range e.views {
		if v.eager() {
			eager = append(eager, v)
		}
	}
	for _, v := range e.views {
		v.prepare()
	}
	after := head
	for _, v := range eager {
		after = min(after, v.restore(ctx, head))
	}
	if len(eager) == 0 || after == head {
		return ctx.Err()
	}
	begun, told := time.Now(), time.Now()
	err := e.foldLog(ctx, eager, after, head, func(at ironstar.Position) {
		if time.Since(told) > progressEvery {
			told = time.Now()
			e.report(at, head, begun, false)
		}
	})
	if err != nil {
		return fmt.Errorf("rebuild views: %w", err)
	}
	e.report(head, head, begun, true)
	return nil
}

// foldRows is how many records are folded at a time: so long may a key be
// locked.
const foldRows = 256

// foldLog folds what the log has in (after, head] into views, in the caller's
// goroutine, and calls passed now and then. Records are decoded where the store
// reads them, on all processors; one that cannot be is decoded again by each
// view that is to fold it, so that the error is the view's and comes in its turn.
func (e *Engine) foldLog(ctx context.Context, views []projection, after, head ironstar.Position, passed func(at ironstar.Position)) error {
	batch := make([]*ironstar.Record, 0, foldRows)
	fold := func() {
		for _, v := range views {
			v.apply(batch...)
		}
		clear(batch) // not to keep what is read while others are
		batch = batch[:0]
	}
	for r, err := range e.store.Log(ctx, after, e.decoding(views)) {
		if err != nil {
			return err
		}
		if r.Position > head {
			break // follow brings it
		}
		if batch = append(batch, r); len(batch) == cap(batch) {
			fold()
			passed(r.Position)
		}
	}
	fold()
	return ctx.Err()
}

// decoding returns what decodes the records that views read, once for all of
// them. Those of an aggregate that does not run here are left to the views.
func (e *Engine) decoding(views []projection) func(*ironstar.Record) {
	decode := map[string]func(*ironstar.Record) (int, error){}
	for _, a := range e.aggregates {
		if slices.ContainsFunc(views, func(v projection) bool { return slices.Contains(v.about().Kinds, a.Kind) }) {
			decode[a.Kind] = a.Decode
		}
	}
	return func(r *ironstar.Record) {
		if f := decode[r.Stream.Kind]; f != nil {
			_, _ = f(r) // an error comes again
		}
	}
}

func (e *Engine) report(at, head ironstar.Position, begun time.Time, done bool) {
	if e.opts.Progress == nil {
		return
	}
	rate := float64(at) / max(time.Since(begun).Seconds(), 1e-9)
	e.opts.Progress(Progress{
		At: at, Head: head, PerSecond: rate, Done: done,
		Left: time.Duration(float64(head-at) / rate * float64(time.Second)),
	})
}
