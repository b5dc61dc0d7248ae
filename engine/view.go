package engine

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"ironstar.dev"
	"ironstar.dev/internal/text"
)

// projection is a view, its state's type erased.
type projection interface {
	eager() bool // it is held as a whole and rebuilt at start
	apply(...*ironstar.Record)
	snapshotted
	health() []*ViewError
	about() ViewInfo
	count() int // keys in memory
}

// Follow adds a view to an engine and returns its reader. Call it before Start.
// A view keyed by stream is folded from its stream when it is read. A global
// view or one keyed by field is folded from the whole log at start and stays in
// memory completely.
func Follow[S any](e *Engine, v ironstar.View[S]) *Reader[S] {
	if e.started.Load() {
		panic("engine: Follow after Start")
	}
	view := &view[S]{engine: e, def: v, keys: map[string]*state[S]{}}
	e.views = append(e.views, view)
	return &Reader[S]{view}
}

// view holds the states of one view.
type view[S any] struct {
	engine *Engine
	def    ironstar.View[S]

	mu     sync.Mutex // guards what follows; taken before a state's lock, never after it
	keys   map[string]*state[S]
	failed *ViewError // the whole view stands still

	snapshots viewSnapshots[S]
	compared  *compared // only while they are verified
}

// state is one key of a view.
type state[S any] struct {
	key    string
	users  int           // readers and watchers; guarded by view.mu
	ready  chan struct{} // closed when it is loaded, or loading failed; only keyed by stream
	cached               // only keyed by stream

	mu       sync.Mutex // guards what follows
	s        S
	loaded   bool
	missed   []*ironstar.Record          // records that arrived while it was being loaded
	sequence map[string]ironstar.Version // keyed by stream: the last event folded, by kind
	changed  ironstar.Position           // the last position that touched it
	err      *ViewError
	loadErr  error // reading the stream failed; the state is dropped
	watchers []*watch

	// Of snapshots.
	since           ironstar.Position // the state was loaded up to this position
	last            ironstar.Position // keyed by stream: of the last event folded
	snapshotVersion ironstar.Version  // keyed by stream: version of the snapshot that was saved last
	snapshotBytes   int               // of it
	foldedBytes     int               // keyed by stream: of the events since
	dirty           bool              // it is in the list of states to save
	saved           bool              // it has been written; the snapshot writer's
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

// apply folds records. One goroutine calls it, in position order. It takes the
// lock of a key once for consecutive records of that key, which are all records
// in a global view.
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
				v.weigh(st)
				v.engine.viewCache.evict()
			}
		case ironstar.Global:
			held = v.applyTo(held, ironstar.GlobalKey, r)
		case ironstar.ByField:
			var keys []string
			err := guarded(func() (err error) { keys, err = v.def.Keys(r); return err })
			if err != nil { // the record's keys are unknown, so all keys may be wrong
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

// applyTo folds a record into a key and returns the key's state with its lock
// held. held is the state that was locked before, or nil; it is released if it
// is another one. A field's value becomes a key in normal form, as in
// addresses; evolve gets the record's own spelling.
func (v *view[S]) applyTo(held *state[S], key string, r *ironstar.Record) *state[S] {
	normal := text.Normal(key)
	if held == nil || held.key != normal {
		v.release(held)
		held = v.hold(normal)
	}
	if held.err == nil {
		v.fold(held, key, r)
	}
	return held
}

// hold returns the state of a key with its lock held. The caller releases it.
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
		st.drop = func() { v.drop(st) }
		return st
	}
	st.loaded = true
	if err := guarded(func() error { st.s = v.def.Initial(key); return nil }); err != nil {
		st.err = &ViewError{View: v.def.Name, Key: key, Err: err}
		v.snapshots.failures.Add(1)
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
	st.foldedBytes += len(r.Payload)
	v.fold(st, st.key, r)
}

// fold calls the view's evolve for a record. st.mu is held. key is the key in
// the record's spelling.
func (v *view[S]) fold(st *state[S], key string, r *ironstar.Record) {
	if r.Position <= st.since {
		return // the snapshot includes it
	}
	if v.compared != nil {
		v.compareBefore(st, r.Position)
	}
	var touched bool
	err := guarded(func() (err error) {
		st.s, touched, err = v.def.Evolve(key, st.s, r)
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
		if v.compared != nil {
			v.compareAfter(st, r.Position)
		}
	}
}

// fail stops a key, loudly. st.mu is held.
func (v *view[S]) fail(st *state[S], r *ironstar.Record, err error) {
	var none S
	st.s = none // half folded: must not be read
	v.snapshots.failures.Add(1)
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
	v.snapshots.failures.Add(1)
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

// use returns the loaded state of a key and keeps it in memory until done is
// called. An error is about reading the stream; the next call tries again.
func (v *view[S]) use(ctx context.Context, key string) (st *state[S], done func(), err error) {
	if v.def.By == ironstar.ByField {
		key = text.Normal(key)
	}
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
		v.weigh(st)
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
	if v.def.By == ironstar.ByStream {
		v.engine.viewCache.use(&st.cached)
	}
}

func (v *view[S]) unpin(st *state[S]) {
	v.leave(st)
	if v.def.By == ironstar.ByStream {
		v.engine.viewCache.evict()
	}
}

// weigh reports the size of a state to the cache.
func (v *view[S]) weigh(st *state[S]) {
	st.mu.Lock()
	bytes := weightOf(st.snapshotBytes, st.foldedBytes)
	st.mu.Unlock()
	v.engine.viewCache.weigh(&st.cached, bytes)
}

// drop evicts a state, unless it is in use again.
func (v *view[S]) drop(st *state[S]) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if st.users == 0 && v.keys[st.key] == st && v.engine.viewCache.forget(&st.cached) {
		delete(v.keys, st.key)
	}
}

func (v *view[S]) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.keys)
}

// leave removes a user of a state. A state without users can be evicted.
func (v *view[S]) leave(st *state[S]) {
	v.mu.Lock()
	defer v.mu.Unlock()
	st.users--
	if st.users > 0 || v.keys[st.key] != st {
		return
	}
	if v.def.By != ironstar.ByStream {
		st.mu.Lock()
		defer st.mu.Unlock()
		if st.changed == 0 && st.err == nil { // was read, but has no events
			delete(v.keys, st.key)
		}
		return
	}
	v.engine.viewCache.rest(&st.cached)
}

// load folds the stored events into a new state. The state is already in
// v.keys, so events that are committed from now on are applied to it or
// collected in missed. Events that were committed before are in what the store
// reads. So no event is missed.
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
	st.last, st.snapshotVersion, st.snapshotBytes, st.foldedBytes = fresh.last, fresh.snapshotVersion, fresh.snapshotBytes, fresh.foldedBytes
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

// newStreamState returns a state that is not in v.keys, so it is not kept in
// memory.
func (v *view[S]) newStreamState(key string) *state[S] {
	return &state[S]{key: key, sequence: map[string]ironstar.Version{}, dirty: true}
}

// records reads the streams of a key, one of each kind, in position order. The
// streams are read one after the other, so they are read up to a common
// position only; later events are applied afterwards.
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
	v.engine.viewCache.forget(&st.cached)
}
