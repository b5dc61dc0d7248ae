package engine

import (
	"cmp"
	"container/list"
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"ironstar.dev"
)

// projection is a view, its state's type erased.
type projection interface {
	eager() bool // it is kept as a whole and rebuilt at start
	apply(...*ironstar.Record)
	snapshotted
	health() []*ViewError
	about() View
}

// Follow adds a view to an engine and returns what reads it. Call it before
// Start. A view keyed by stream is folded from its stream when somebody asks; a
// global one or one keyed by field is folded from the whole log at start and
// stays in memory: all its states at once.
func Follow[S any](e *Engine, v ironstar.View[S]) *Reader[S] {
	if e.started.Load() {
		panic("engine: Follow after Start")
	}
	view := &view[S]{engine: e, def: v, keys: map[string]*state[S]{}, recent: list.New()}
	e.views = append(e.views, view)
	return &Reader[S]{view}
}

// view holds the states of one view.
type view[S any] struct {
	engine *Engine
	def    ironstar.View[S]

	mu     sync.Mutex // guards what follows; taken before a state's lock, never after it
	keys   map[string]*state[S]
	recent *list.List // of *state[S] that can be evicted: keyed by stream, not in use; the front was used last
	failed *ViewError // the whole view stands still

	kept     kept[S]   // snapshots of it
	suspects *suspects // only while they are verified
}

// state is one key of a view.
type state[S any] struct {
	key   string
	users int           // readers and watchers; guarded by view.mu
	place *list.Element // in view.recent, if it is there; guarded by view.mu
	ready chan struct{} // closed when it is loaded, or loading failed; only keyed by stream

	mu       sync.Mutex // guards what follows
	s        S
	loaded   bool
	missed   []*ironstar.Record          // what came while it was being loaded
	sequence map[string]ironstar.Version // keyed by stream: the last event folded, by kind
	changed  ironstar.Position           // the last position that touched it
	err      *ViewError
	loadErr  error // reading the stream failed; the state is not kept
	watchers []*watch

	// Of snapshots.
	since ironstar.Position // the state was read from one that has all up to here
	last  ironstar.Position // keyed by stream: of the last event folded
	kept  ironstar.Version  // keyed by stream: what was written last has this version
	size  int               // and this size
	dirty bool              // it is among those to write
	saved bool              // it has been written; the keeper's
}

func (v *view[S]) eager() bool { return v.about().AtStart() }

func (v *view[S]) health() []*ViewError {
	v.mu.Lock()
	defer v.mu.Unlock()
	var all []*ViewError
	if v.failed != nil {
		all = append(all, v.failed)
	}
	for _, st := range v.keys {
		st.mu.Lock()
		if st.err != nil {
			all = append(all, st.err)
		}
		st.mu.Unlock()
	}
	slices.SortFunc(all, func(a, b *ViewError) int { return cmp.Compare(a.Position, b.Position) })
	return all
}

// apply folds records. It is called in position order, by one goroutine. The
// lock of a key is taken once for records that follow each other in it: all of
// them in a global view.
func (v *view[S]) apply(records ...*ironstar.Record) {
	var held *state[S]
	defer func() { v.release(held) }()
	for _, r := range records {
		if !slices.Contains(v.def.Kinds, r.Stream.Kind) {
			continue
		}
		switch v.def.By {
		case ironstar.ByStream:
			if st := v.known(r.Stream.ID); st != nil {
				v.applyToStream(st, r)
			}
		case ironstar.Global:
			held = v.applyTo(held, ironstar.GlobalKey, r)
		case ironstar.ByField:
			var keys []string
			err := guarded(func() (err error) { keys, err = v.def.Keys(r); return err })
			if err != nil { // whose record it is cannot be known, so no key is right any more
				v.release(held) // failWhole locks every state
				held = nil
				v.failWhole(&ViewError{View: v.def.Name, Position: r.Position, Stream: r.Stream, Err: err})
				continue
			}
			for _, key := range keys {
				held = v.applyTo(held, key, r)
			}
		}
	}
}

func (v *view[S]) known(key string) *state[S] {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.keys[key]
}

func (v *view[S]) applyToStream(st *state[S], r *ironstar.Record) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if !st.loaded {
		st.missed = append(st.missed, r)
		return
	}
	v.foldNext(st, r)
}

// applyTo folds a record into a key, whose state it leaves held. held is what is
// held before: the same one, another, which is released, or nil.
func (v *view[S]) applyTo(held *state[S], key string, r *ironstar.Record) *state[S] {
	if held == nil || held.key != key {
		v.release(held)
		held = v.hold(key)
	}
	if held.err == nil {
		v.fold(held, r)
	}
	return held
}

// hold returns the state of a key with its lock taken. Whoever holds one
// releases it.
func (v *view[S]) hold(key string) *state[S] {
	v.mu.Lock()
	st := v.keys[key]
	if st == nil {
		st = v.newState(key)
	}
	st.users++ // a reader that leaves must not take a state away that is about to change
	v.mu.Unlock()
	st.mu.Lock()
	return st
}

func (v *view[S]) release(held *state[S]) {
	if held != nil {
		held.mu.Unlock()
		v.unpin(held)
	}
}

// newState adds the state of a key. v.mu is held.
func (v *view[S]) newState(key string) *state[S] {
	st := &state[S]{key: key}
	v.keys[key] = st
	if v.def.By == ironstar.ByStream {
		st.ready = make(chan struct{})
		return st
	}
	st.loaded = true
	if err := guarded(func() error { st.s = v.def.Initial(key); return nil }); err != nil {
		st.err = &ViewError{View: v.def.Name, Key: key, Err: err}
		v.kept.failures.Add(1)
		v.log(st.err)
	}
	return st
}

// foldNext folds a record of the stream, unless loading has folded it already.
func (v *view[S]) foldNext(st *state[S], r *ironstar.Record) {
	last := st.sequence[r.Stream.Kind]
	switch {
	case st.err != nil || r.Sequence <= last:
		return
	case r.Sequence > last+1:
		v.fail(st, r, fmt.Errorf("event %d of the stream came after %d", r.Sequence, last))
		return
	}
	st.sequence[r.Stream.Kind], st.last = r.Sequence, r.Position
	v.fold(st, r)
}

// fold gives a record to the view's evolve. st.mu is held.
func (v *view[S]) fold(st *state[S], r *ironstar.Record) {
	if r.Position <= st.since {
		return // it came with a snapshot
	}
	if v.suspects != nil {
		v.leaving(st, r.Position)
	}
	var touched bool
	err := guarded(func() (err error) {
		st.s, touched, err = v.def.Evolve(st.key, st.s, r)
		return err
	})
	if err != nil {
		v.fail(st, r, err)
		return
	}
	if touched {
		st.changed = r.Position
		v.touched(st)
		st.notify()
		if v.suspects != nil {
			v.left(st, r.Position)
		}
	}
}

// fail stops a key, loudly. st.mu is held.
func (v *view[S]) fail(st *state[S], r *ironstar.Record, err error) {
	var none S
	st.s = none // half folded: nobody may see it
	v.kept.failures.Add(1)
	st.err = &ViewError{View: v.def.Name, Key: st.key, Position: r.Position, Stream: r.Stream, Err: err}
	v.log(st.err)
	st.notify()
}

func (v *view[S]) failWhole(err *ViewError) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.failed != nil {
		return
	}
	v.failed = err
	v.kept.failures.Add(1)
	v.log(err)
	for _, st := range v.keys {
		st.mu.Lock()
		st.notify()
		st.mu.Unlock()
	}
}

func (v *view[S]) log(err *ViewError) {
	v.engine.opts.Logger.Error("view stands still", "view", err.View, "key", err.Key,
		"position", err.Position, "stream", err.Stream.String(), "err", err.Err, "stack", stackOf(err.Err))
}

// use returns the state of a key, loaded, and keeps it in memory until done is
// called. An error is about reading the stream; the next call tries again.
func (v *view[S]) use(ctx context.Context, key string) (st *state[S], done func(), err error) {
	v.mu.Lock()
	if v.failed != nil {
		defer v.mu.Unlock()
		return nil, nil, v.failed
	}
	st = v.keys[key]
	fresh := st == nil
	if fresh {
		st = v.newState(key)
	}
	v.pin(st)
	v.mu.Unlock()
	done = func() { v.unpin(st) }
	if v.def.By != ironstar.ByStream {
		return st, done, nil
	}
	if fresh {
		v.load(st)
	}
	select {
	case <-st.ready:
	case <-ctx.Done():
		done()
		return nil, nil, ctx.Err()
	}
	if st.loadErr != nil {
		done()
		return nil, nil, st.loadErr
	}
	return st, done, nil
}

// pin takes a state out of the reach of eviction. v.mu is held.
func (v *view[S]) pin(st *state[S]) {
	st.users++
	if st.place != nil {
		v.recent.Remove(st.place)
		st.place = nil
	}
}

func (v *view[S]) unpin(st *state[S]) {
	v.mu.Lock()
	defer v.mu.Unlock()
	st.users--
	if st.users > 0 || v.keys[st.key] != st {
		return
	}
	if v.def.By != ironstar.ByStream {
		st.mu.Lock()
		defer st.mu.Unlock()
		if st.changed == 0 && st.err == nil { // asked for, but never there
			delete(v.keys, st.key)
		}
		return
	}
	st.place = v.recent.PushFront(st)
	if v.recent.Len() > v.engine.opts.ViewKeys {
		oldest := v.recent.Remove(v.recent.Back()).(*state[S])
		delete(v.keys, oldest.key)
	}
}

// load folds what is stored into a new state. The state is in v.keys, so what
// is committed from now on is applied to it, or kept in missed; what was
// committed before is in what the store reads. So nothing falls in between.
func (v *view[S]) load(st *state[S]) {
	defer close(st.ready)
	fresh, err := v.loaded(st.key)
	if err != nil {
		v.forget(st, fmt.Errorf("load view %s, key %q: %w", v.def.Name, st.key, err))
		return
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.s, st.sequence, st.changed, st.err, st.loaded = fresh.s, fresh.sequence, fresh.changed, fresh.err, true
	st.last, st.kept, st.size = fresh.last, fresh.kept, fresh.size
	for _, r := range st.missed {
		v.foldNext(st, r)
	}
	st.missed = nil
	if st.err == nil {
		v.touched(st)
	}
}

// foldStream folds all that is stored of a key into a new state.
func (v *view[S]) foldStream(key string) (*state[S], error) {
	fresh := v.newStreamState(key)
	err := guarded(func() error {
		fresh.s = v.def.Initial(key)
		for r, err := range v.records(key) {
			if err != nil {
				return err
			}
			v.foldNext(fresh, r)
		}
		return nil
	})
	return fresh, err
}

// newStreamState is a state that is not among those of the view, so that it is
// not kept either.
func (v *view[S]) newStreamState(key string) *state[S] {
	return &state[S]{key: key, sequence: map[string]ironstar.Version{}, dirty: true}
}

// records reads the streams that a key stands for, one of each kind, in the
// order of positions. Several streams are read one after the other, so they are
// read up to a common position only: what is behind it is still to be applied.
func (v *view[S]) records(key string) iter.Seq2[*ironstar.Record, error] {
	if len(v.def.Kinds) == 1 {
		return v.stream(key, 0)
	}
	ctx := v.engine.base
	return func(yield func(*ironstar.Record, error) bool) {
		all, err := v.readAll(ctx, key)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, r := range all {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (v *view[S]) readAll(ctx context.Context, key string) ([]*ironstar.Record, error) {
	head, err := v.engine.store.Head(ctx)
	if err != nil {
		return nil, err
	}
	var all []*ironstar.Record
	for _, kind := range v.def.Kinds {
		for r, err := range v.engine.store.Stream(ctx, ironstar.Stream{Kind: kind, ID: key}, 0) {
			if err != nil {
				return nil, err
			}
			if r.Position > head {
				break
			}
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *ironstar.Record) int { return cmp.Compare(a.Position, b.Position) })
	return all, nil
}

// forget drops a state that could not be loaded. ready is not closed yet.
func (v *view[S]) forget(st *state[S], err error) {
	st.loadErr = err
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.keys, st.key)
}
