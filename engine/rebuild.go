package engine

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"ironstar.dev"
)

// Progress is the progress of a rebuild.
type Progress struct {
	Work      Work
	At, Head  ironstar.Position
	PerSecond float64       // events, on average so far
	Left      time.Duration // at that rate
	Done      bool
}

// Work is what a start does with a long log.
type Work int

const (
	RebuildViews  Work = iota
	RestoreClaims      // reads the values of rules of uniqueness that the store does not have
)

// progressEvery is how often Progress is called.
const progressEvery = 250 * time.Millisecond

// restored is a view and the position of its snapshots.
type restored struct {
	view projection
	at   ironstar.Position
}

// rebuild brings the views that are held as a whole to head: from their snapshots,
// and from the log what these do not have.
func (e *Engine) rebuild(ctx context.Context, head ironstar.Position) error {
	var all []restored
	for _, v := range e.views {
		if v.prepare(); v.eager() {
			all = append(all, restored{v, v.restore(ctx, head)})
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("rebuild views: %w", err)
	}
	slices.SortStableFunc(all, func(a, b restored) int { return cmp.Compare(a.at, b.at) })
	return e.foldAll(ctx, e.store.Log, all, head, e.reporter(RebuildViews, head))
}

// foldAll folds the log up to head into views, each from where it is, sorted by
// that.
func (e *Engine) foldAll(ctx context.Context, log logFunc, all []restored, head ironstar.Position, passed func(from, at ironstar.Position)) error {
	var views []projection
	for i, one := range all {
		views = append(views, one.view)
		end := head
		if i+1 < len(all) {
			end = all[i+1].at
		}
		if one.at >= end {
			continue
		}
		err := e.foldLog(ctx, log, views, one.at, end, func(at ironstar.Position) { passed(all[0].at, at) })
		if err != nil {
			return fmt.Errorf("rebuild views: %w", err)
		}
	}
	if len(all) > 0 && all[0].at < head {
		passed(all[0].at, head)
	}
	return nil
}

// reporter calls Progress now and then, and at the end.
func (e *Engine) reporter(work Work, head ironstar.Position) func(from, at ironstar.Position) {
	begun, told := time.Now(), time.Now()
	return func(from, at ironstar.Position) {
		if e.opts.Progress == nil || at < head && time.Since(told) <= progressEvery {
			return
		}
		told = time.Now()
		rate := float64(at-from) / max(time.Since(begun).Seconds(), 1e-9)
		e.opts.Progress(Progress{
			Work: work, At: at, Head: head, PerSecond: rate, Done: at == head,
			Left: time.Duration(float64(head-at) / rate * float64(time.Second)),
		})
	}
}

// logFunc reads a log; see [ironstar.Store].
type logFunc func(ctx context.Context, after ironstar.Position, prepare ...func(*ironstar.Record)) iter.Seq2[*ironstar.Record, error]

// foldRows is how many records are folded at a time: so long may a key be
// locked.
const foldRows = 256

// foldLog folds the events in (after, head] into views, in the caller's
// goroutine, and calls passed from time to time. Records are decoded by the
// store's readers, on all processors. A record that cannot be decoded is
// decoded again by each view, so that the view reports the error in order.
func (e *Engine) foldLog(ctx context.Context, log logFunc, views []projection, after, head ironstar.Position, passed func(at ironstar.Position)) error {
	batch := make([]*ironstar.Record, 0, foldRows)
	fold := func() {
		for _, v := range views {
			v.apply(batch...)
		}
		clear(batch) // so that records do not stay in memory
		batch = batch[:0]
	}
	for r, err := range log(ctx, after, e.decoding(views)) {
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

// decoding returns a function that decodes the records of views once for all of
// them. It leaves records of aggregates that do not run here to the views.
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
