package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"ironstar.dev"
)

// finishLists makes the rows of all lists as of head, when the log has been folded into
// their states up to there.
func (e *Engine) finishLists(ctx context.Context, head ironstar.Position) error {
	for _, v := range e.views {
		l, ok := v.(interface {
			replayed(ctx context.Context, head ironstar.Position) error
		})
		if !ok {
			continue
		}
		if err := l.replayed(ctx, head); err != nil {
			return fmt.Errorf("rebuild list %s: %w", v.about().Name, err)
		}
	}
	return ctx.Err()
}

// replay folds a record of the log into the state of its stream. If there is no room for
// its state, the stream is folded later.
func (l *listing[S, R, Q]) replay(r *ironstar.Record) {
	id := r.Stream.ID
	if l.later[id] {
		return
	}
	st := l.states[id]
	if st == nil {
		if _, used := l.engine.viewCache.held(); used >= l.engine.opts.ViewBytes {
			l.later[id] = true
			return
		}
		st = &listState[S]{}
		if err := guarded(func() error { st.s = l.def.Initial(); return nil }); err != nil {
			l.withhold(r, err)
			return
		}
		l.keepState(id, st)
	}
	if err := st.fold(l.def.Evolve, r); err != nil {
		l.withhold(r, err)
		return
	}
	l.engine.viewCache.weigh(&st.cached, weightOf(0, st.bytes))
}

// replayed makes the rows. The states stay in memory until there is no room for them.
func (l *listing[S, R, Q]) replayed(ctx context.Context, head ironstar.Position) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ids := slices.AppendSeq(slices.Collect(maps.Keys(l.later)), maps.Keys(l.states))
	states := maps.Clone(l.states)
	var next atomic.Int64
	var work sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		work.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(ids) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := l.rebuildOne(ctx, ids[i], states[ids[i]], head); err != nil {
					stop(err)
				}
			}
		})
	}
	work.Wait()
	for _, st := range states {
		l.engine.viewCache.rest(&st.cached)
	}
	l.engine.viewCache.evict()
	l.later, l.replaying = nil, false
	l.rows.mu.Lock()
	defer l.rows.mu.Unlock()
	l.rows.changed = head
	return context.Cause(ctx)
}

// rebuildOne makes the row of a stream from its state, or folds the stream if the state
// is nil.
func (l *listing[S, R, Q]) rebuildOne(ctx context.Context, id string, st *listState[S], head ironstar.Position) (err error) {
	if st == nil {
		st, err = l.folded(ctx, id, func(r *ironstar.Record) bool { return r.Position <= head })
	}
	if unread := (*unreadError)(nil); errors.As(err, &unread) {
		return err
	}
	var row *listRow[R]
	if err == nil {
		row, err = l.row(id, st.s)
	}
	switch {
	case err != nil:
		l.withhold(&ironstar.Record{Stream: ironstar.Stream{Kind: l.def.Kind, ID: id}, Position: head}, err)
	case row != nil:
		l.rows.mu.Lock()
		defer l.rows.mu.Unlock()
		l.rows.replace(nil, row)
	}
	return nil
}

// about describes the list as a view that is folded at start.
func (l *listing[S, R, Q]) about() ViewInfo {
	return ViewInfo{
		Name: l.def.Name, Fingerprint: l.def.Fingerprint, By: ironstar.Global, Kinds: []string{l.def.Kind},
		Fold: l.apply,
	}
}

func (l *listing[S, R, Q]) health() []*ViewError {
	l.rows.mu.Lock()
	defer l.rows.mu.Unlock()
	all := make([]*ViewError, 0, len(l.rows.failed))
	for _, err := range l.rows.failed {
		all = append(all, err)
	}
	slices.SortFunc(all, func(a, b *ViewError) int { return cmp.Compare(a.Position, b.Position) })
	return all
}

func (l *listing[S, R, Q]) count() int {
	l.rows.mu.Lock()
	defer l.rows.mu.Unlock()
	return len(l.rows.rows)
}

func (l *listing[S, R, Q]) eager() bool { return true }

// A list has no snapshots of its own.

func (l *listing[S, R, Q]) prepare() {}

func (l *listing[S, R, Q]) restore(context.Context, ironstar.Position) ironstar.Position { return 0 }

func (l *listing[S, R, Q]) writeSnapshots(context.Context, ironstar.Position, bool) (bool, error) {
	return true, nil
}

func (l *listing[S, R, Q]) beginComparison(context.Context, *comparison, ironstar.Position) error {
	return nil
}

func (l *listing[S, R, Q]) endComparison() {}

func (l *listing[S, R, Q]) verifyStreams(context.Context, *comparison) error { return nil }
