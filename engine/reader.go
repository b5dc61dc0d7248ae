package engine

import (
	"context"
	"errors"
	"slices"

	"ironstar.dev"
)

// Reader gives access to the states of one view.
type Reader[S any] struct{ view *view[S] }

// Read calls f with the state of a key, the position that last changed it, and
// the position up to which all events are in it. A key without events has the
// view's initial state, changed at 0. Fields that the schema calls secret are not in
// it. f runs under the key's lock: it must not
// keep s or anything in it, and must not read the same view. While f runs
// nothing is folded into that key.
//
// The error is f's error, a [*ViewError] if the key has stopped, or about
// reading the store.
func (r *Reader[S]) Read(key string, f func(s S, changed, asOf ironstar.Position) error) error {
	applied := r.view.engine.Applied() // before the state is read, so that it is not too new
	st, done, err := r.view.use(r.view.engine.base, key)
	if err != nil {
		return r.view.engine.orClosed(err)
	}
	defer done()
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.err != nil {
		return st.err
	}
	r.view.engine.sawHead(st.changed) // it can be here before it has come through the log
	s := st.s
	if shown := r.view.def.Shown; shown != nil {
		s = shown(s)
	}
	return f(s, st.changed, max(applied, st.changed))
}

// Notify calls changed whenever the key may have changed or failed, until stop
// is called, which is required. The key stays in memory until then. changed
// runs under the key's lock: it must return at once and must not read a view.
// An error means that the store could not be read or is closing; try again.
func (r *Reader[S]) Notify(key string, changed func()) (stop func(), err error) {
	st, done, err := r.view.use(r.view.engine.base, key)
	if standsStill := (*ViewError)(nil); errors.As(err, &standsStill) {
		return func() {}, nil
	} else if err != nil {
		return nil, r.view.engine.orClosed(err)
	}
	w := &watch{changed}
	st.mu.Lock()
	st.watchers = append(st.watchers, w)
	st.mu.Unlock()
	return func() {
		st.mu.Lock()
		st.watchers = slices.DeleteFunc(st.watchers, func(other *watch) bool { return other == w })
		st.mu.Unlock()
		done()
	}, nil
}

// orClosed is [ErrClosed] for what failed because the engine is closed.
func (e *Engine) orClosed(err error) error {
	if e.base.Err() != nil && errors.Is(err, context.Canceled) {
		return ErrClosed
	}
	return err
}

type watch struct{ wake func() }

// notify calls all watchers. st.mu is held.
func (st *state[S]) notify() {
	for _, w := range st.watchers {
		w.wake()
	}
}
