package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"ironstar.dev"
)

// listed is what the start of an engine needs of a list.
type listed interface {
	kind() string
	rebuild(ctx context.Context, ids []string, head ironstar.Position) error
}

// rebuildLists makes the rows of all lists as of head: stream by stream, on all
// processors. States are discarded, so it needs no more memory than the rows.
func (e *Engine) rebuildLists(ctx context.Context, head ironstar.Position) error {
	streams := map[string]map[string]struct{}{}
	for _, v := range e.views {
		if l, ok := v.(listed); ok {
			streams[l.kind()] = map[string]struct{}{}
		}
	}
	if len(streams) == 0 || head == 0 {
		return nil
	}
	for r, err := range e.store.Log(ctx, 0) {
		if err != nil {
			return fmt.Errorf("rebuild lists: %w", err)
		}
		if r.Position > head {
			break
		}
		if ids := streams[r.Stream.Kind]; ids != nil {
			ids[r.Stream.ID] = struct{}{}
		}
	}
	for _, v := range e.views {
		l, ok := v.(listed)
		if !ok {
			continue
		}
		ids := make([]string, 0, len(streams[l.kind()]))
		for id := range streams[l.kind()] {
			ids = append(ids, id)
		}
		if err := l.rebuild(ctx, ids, head); err != nil {
			return fmt.Errorf("rebuild list %s: %w", v.about().Name, err)
		}
	}
	return ctx.Err()
}

func (l *listing[S, R, Q]) kind() string { return l.def.Kind }

// rebuild makes the rows of streams.
func (l *listing[S, R, Q]) rebuild(ctx context.Context, ids []string, head ironstar.Position) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var work sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		work.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(ids) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := l.rebuildOne(ctx, ids[i], head); err != nil {
					stop(err)
				}
			}
		})
	}
	work.Wait()
	l.rows.mu.Lock()
	defer l.rows.mu.Unlock()
	l.rows.changed = head
	return context.Cause(ctx)
}

func (l *listing[S, R, Q]) rebuildOne(ctx context.Context, id string, head ironstar.Position) error {
	st, err := l.folded(ctx, id, func(r *ironstar.Record) bool { return r.Position <= head })
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

// foldedAlone are the states of streams in a tool that folds the log without a store.
// They are all in memory.
type foldedAlone[S any] struct{ states map[string]*listState[S] }

func (f *foldedAlone[S]) advance(evolve func(S, *ironstar.Record) (S, error), initial func() S, r *ironstar.Record) (*listState[S], error) {
	st := f.states[r.Stream.ID]
	if st == nil {
		st = &listState[S]{}
		if err := guarded(func() error { st.s = initial(); return nil }); err != nil {
			return nil, err
		}
		f.states[r.Stream.ID] = st
	}
	return st, st.fold(evolve, r)
}

// about describes the list as a view that is folded at start.
func (l *listing[S, R, Q]) about() ViewInfo {
	return ViewInfo{
		Name: l.def.Name, Fingerprint: l.def.Fingerprint, By: ironstar.Global, Kinds: []string{l.def.Kind},
		Fold: func(records ...*ironstar.Record) {
			if l.alone == nil {
				l.alone = &foldedAlone[S]{map[string]*listState[S]{}}
			}
			l.apply(records...)
		},
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

// A list is rebuilt stream by stream and has no snapshots of its own.

func (l *listing[S, R, Q]) eager() bool { return false }

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
