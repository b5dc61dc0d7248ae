package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"ironstar.dev"
)

// Choice is what a reader of a list chooses. Generated parameters implement it. Equal
// choices have equal query strings, and different choices different ones: they name what
// is watched.
type Choice interface{ Query() string }

// ListReader gives access to the pages of one list.
type ListReader[R any, Q Choice] struct {
	rows   *listRows[R]
	engine *Engine
	query  func(q Q, actor string) ironstar.Selection
}

// FollowList adds a list to an engine and returns its reader. Call it before Start.
// Its rows are in memory completely; they are made anew at each start.
func FollowList[S, R any, Q Choice](e *Engine, l ironstar.List[S, R, Q]) *ListReader[R, Q] {
	if e.started.Load() {
		panic("engine: FollowList after Start")
	}
	list := &listing[S, R, Q]{engine: e, def: l, rows: newListRows[R](l.Sorts, l.Sets, l.Texts), states: map[string]*listState[S]{}, replaying: true, later: map[string]bool{}}
	e.views = append(e.views, list)
	return list.reader()
}

// FindList sets r to what [FollowList] returned for the list with this name. An error
// says that the engine has no such list, or that its types are others.
func FindList[R any, Q Choice](e *Engine, name string, r **ListReader[R, Q]) error {
	for _, p := range e.views {
		if p.about().Name != name {
			continue
		}
		found, ok := p.(interface{ reader() *ListReader[R, Q] })
		if !ok {
			return fmt.Errorf("list %s is a %T, and does not fit a %T", name, p, *r)
		}
		*r = found.reader()
		return nil
	}
	return fmt.Errorf("the engine has no list %s: add its domain before", name)
}

// listing is a list and the states from which its rows are made.
//
// An event changes a state, the state a row, and the row a place in each order. The
// goroutine that follows the log does all of it, so that a reader sees the rows as of
// one position. States are not needed for reading; those that are used most are in
// memory, within the limit of [Options.ViewBytes], and the others are folded again.
type listing[S, R any, Q Choice] struct {
	engine *Engine
	def    ironstar.List[S, R, Q]
	rows   *listRows[R]

	mu     sync.Mutex               // guards states
	states map[string]*listState[S] // of the goroutine that applies, except when it drops some

	replaying bool            // before the start, the log is folded into states, without rows
	later     map[string]bool // streams whose states have no room then
}

// listState is the state of a stream.
type listState[S any] struct {
	cached
	s       S
	version ironstar.Version
	bytes   int // that were folded into it
}

func (l *listing[S, R, Q]) reader() *ListReader[R, Q] {
	return &ListReader[R, Q]{rows: l.rows, engine: l.engine, query: l.def.Select}
}

// apply folds records. One goroutine calls it, in position order.
func (l *listing[S, R, Q]) apply(records ...*ironstar.Record) {
	for _, r := range records {
		switch {
		case r.Stream.Kind != l.def.Kind || l.isWithheld(r.Stream.ID):
		case l.replaying:
			l.replay(r)
		default:
			l.applyOne(r)
		}
	}
}

func (l *listing[S, R, Q]) isWithheld(id string) bool {
	l.rows.mu.Lock()
	defer l.rows.mu.Unlock()
	return l.rows.failed[id] != nil
}

func (l *listing[S, R, Q]) applyOne(r *ironstar.Record) {
	st, err := l.advance(r)
	var row *listRow[R]
	if err == nil {
		row, err = l.row(r.Stream.ID, st.s)
	}
	switch {
	case l.engine.base.Err() != nil && errors.Is(err, context.Canceled):
		return
	case err != nil:
		l.withhold(r, err)
	default:
		l.put(r, row)
	}
}

// put puts the row of a stream into the list; nil takes it away.
func (l *listing[S, R, Q]) put(r *ironstar.Record, row *listRow[R]) {
	l.rows.mu.Lock()
	defer l.rows.mu.Unlock()
	old := l.rows.rows[r.Stream.ID]
	if old == nil && row == nil || old != nil && row != nil && l.same(old, row) {
		return
	}
	l.rows.replace(old, row)
	l.rows.tell(old, row, r.Position)
}

// same reports whether two rows show the same.
func (l *listing[S, R, Q]) same(a, b *listRow[R]) bool {
	return string(l.def.Append(nil, a.row)) == string(l.def.Append(nil, b.row))
}

// withhold takes a stream that cannot be folded out of the list, loudly (G10).
func (l *listing[S, R, Q]) withhold(r *ironstar.Record, err error) {
	l.drop(r.Stream.ID)
	if f := (*foldError)(nil); errors.As(err, &f) {
		r = f.record
	}
	failed := &ViewError{View: l.def.Name, Key: r.Stream.ID, Position: r.Position, Stream: r.Stream, Err: err}
	l.engine.opts.Logger.Error("a row is withheld", "list", l.def.Name, "key", failed.Key, "position", failed.Position,
		"stream", failed.Stream.String(), "err", err, "stack", stackOf(err))
	l.rows.mu.Lock()
	defer l.rows.mu.Unlock()
	l.rows.failed[r.Stream.ID] = failed
	if old := l.rows.rows[r.Stream.ID]; old != nil {
		l.rows.replace(old, nil)
		l.rows.tell(old, nil, r.Position)
	}
	l.rows.tellAll(r.Position)
}

// row makes the row of a state, or returns nil if it has none.
func (l *listing[S, R, Q]) row(id string, s S) (row *listRow[R], err error) {
	err = guarded(func() error {
		made, ok := l.def.Row(id, s)
		if ok {
			row = &listRow[R]{id: id, row: made, values: l.def.Values(made)}
		}
		return nil
	})
	return row, err
}

// advance returns the state of a stream after a record.
func (l *listing[S, R, Q]) advance(r *ironstar.Record) (*listState[S], error) {
	l.mu.Lock()
	st := l.states[r.Stream.ID]
	if st != nil {
		l.engine.viewCache.use(&st.cached)
	}
	l.mu.Unlock()
	var err error
	switch {
	case st != nil && st.version+1 == r.Sequence:
		err = st.fold(l.def.Evolve, r)
	default:
		st, err = l.reload(st, r)
	}
	if err != nil {
		return nil, err
	}
	l.engine.viewCache.weigh(&st.cached, weightOf(0, st.bytes))
	l.engine.viewCache.rest(&st.cached)
	l.engine.viewCache.evict()
	return st, nil
}

// reload folds a stream up to a record. While the store cannot be read it tries again:
// the list would lack the event otherwise.
func (l *listing[S, R, Q]) reload(old *listState[S], r *ironstar.Record) (*listState[S], error) {
	if old != nil {
		l.drop(r.Stream.ID)
	}
	for {
		st, err := l.folded(l.engine.base, r.Stream.ID, func(other *ironstar.Record) bool { return other.Sequence <= r.Sequence })
		unread := (*unreadError)(nil)
		switch {
		case err == nil:
			l.keepState(r.Stream.ID, st)
			return st, nil
		case !errors.As(err, &unread):
			return nil, err
		case l.engine.base.Err() != nil:
			return nil, context.Canceled
		}
		l.engine.opts.Logger.Error("a stream cannot be read, views stand still; trying again", "list", l.def.Name, "stream", r.Stream.String(), "err", err)
		l.engine.pause()
	}
}

func (l *listing[S, R, Q]) keepState(id string, st *listState[S]) {
	st.drop = func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.states[id] == st && l.engine.viewCache.forget(&st.cached) {
			delete(l.states, id)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.states[id] = st
}

// drop forgets the state of a stream.
func (l *listing[S, R, Q]) drop(id string) {
	l.mu.Lock()
	st := l.states[id]
	l.mu.Unlock()
	if st != nil {
		l.engine.viewCache.use(&st.cached) // so that forget takes it
		st.drop()
	}
}

// fold folds a record into a state, which must not be used after an error.
func (st *listState[S]) fold(evolve func(S, *ironstar.Record) (S, error), r *ironstar.Record) error {
	return guarded(func() (err error) {
		if r.Sequence != st.version+1 {
			return fmt.Errorf("event %d of the stream came after %d", r.Sequence, st.version)
		}
		st.s, err = evolve(st.s, r)
		st.version = r.Sequence
		st.bytes += len(r.Payload)
		return err
	})
}

// unreadError is about reading a stream, and not about its events.
type unreadError struct{ err error }

func (e *unreadError) Error() string { return e.err.Error() }
func (e *unreadError) Unwrap() error { return e.err }

// folded folds a stream from a snapshot of its aggregate, or from nothing, as long as
// upTo accepts its records. An error of reading is an unreadError.
func (l *listing[S, R, Q]) folded(ctx context.Context, id string, upTo func(*ironstar.Record) bool) (*listState[S], error) {
	stream := ironstar.Stream{Kind: l.def.Kind, ID: id}
	read := func(after ironstar.Version) iter.Seq2[*ironstar.Record, error] {
		return l.engine.store.Stream(ctx, stream, after)
	}
	if st, row := l.fromSnapshot(id, upTo); st != nil {
		err := l.foldOn(st, tail(row, read), upTo)
		if !errors.Is(err, errNotOfStream) {
			return st, err
		}
		l.engine.snapshots.unused(l.def.Kind, id, err)
	}
	st := &listState[S]{}
	if err := guarded(func() error { st.s = l.def.Initial(); return nil }); err != nil {
		return nil, err
	}
	return st, l.foldOn(st, read(0), upTo)
}

func (l *listing[S, R, Q]) foldOn(st *listState[S], records iter.Seq2[*ironstar.Record, error], upTo func(*ironstar.Record) bool) error {
	for r, err := range records {
		switch {
		case err != nil:
			return &unreadError{err}
		case !upTo(r):
			return nil
		}
		if err := st.fold(l.def.Evolve, r); err != nil {
			return &foldError{r, err}
		}
	}
	return nil
}

// foldError is an event that cannot be folded.
type foldError struct {
	record *ironstar.Record
	err    error
}

func (e *foldError) Error() string { return e.err.Error() }
func (e *foldError) Unwrap() error { return e.err }

// fromSnapshot returns a state of the aggregate that was saved, unless it includes
// more than upTo accepts.
func (l *listing[S, R, Q]) fromSnapshot(id string, upTo func(*ironstar.Record) bool) (*listState[S], *ironstar.Snapshot) {
	k := l.engine.snapshots
	if l.def.State.Decode == nil || l.engine.opts.VerifySnapshots || !k.canWrite(l.def.Kind, l.def.Fingerprint) {
		return nil, nil
	}
	row, there := k.streamSnapshot(l.def.Kind, l.def.Fingerprint, id)
	if !there || !upTo(&ironstar.Record{Sequence: row.Version, Position: row.Position}) {
		return nil, nil
	}
	s, err := decode(&l.def.State, row.State)
	if err != nil {
		k.unused(l.def.Kind, id, err)
		return nil, nil
	}
	return &listState[S]{s: s, version: row.Version, bytes: len(row.State)}, &row
}
