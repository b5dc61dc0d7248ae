package engine

import (
	"errors"
	"slices"

	"ironstar.dev"
)

// Reader gives access to the states of one view.
type Reader[S any] struct{ view *view[S] }

// Read calls f with the state of a key, the position that last changed it, and
// the position up to which everything is in it. A key that no event has touched
// has the view's initial state, changed at 0. f runs under the key's lock: it
// must not keep s or anything in it, nor read the same view. While it runs
// nothing is folded into that key.
//
// The error is f's, or a [*ViewError] if the key stands still, or about reading
// the store.
func (r *Reader[S]) Read(key string, f func(s S, changed, asOf ironstar.Position) error) error {
	applied := r.view.engine.Applied() // before the state is looked at, so that it is not too new
	st, done, err := r.view.use(r.view.engine.base, key)
	if err != nil {
		return err
	}
	defer done()
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.err != nil {
		return st.err
	}
	r.view.engine.sawHead(st.changed) // it can be here before it has come through the log
	return f(st.s, st.changed, max(applied, st.changed))
}

// Watch returns a channel that holds one token whenever the key may have
// changed, or failed, since the last token was taken, and a function that ends
// this and must be called. The channel's capacity is 1; a token more is dropped,
// since one says it all. The key stays in memory meanwhile. A closed channel
// says that the store could not be read, or is closing: come again.
func (r *Reader[S]) Watch(key string) (changed <-chan struct{}, stop func()) {
	tokens := make(chan struct{}, 1)
	stop, err := r.Notify(key, func() {
		select {
		case tokens <- struct{}{}:
		default: // one is there already
		}
	})
	if err != nil {
		close(tokens)
		return tokens, func() {}
	}
	return tokens, stop
}

// Notify calls changed whenever the key may have changed, or failed, until stop
// is called, which must be. The key stays in memory meanwhile. changed runs under
// the key's lock and in front of others who wait: it must return at once and read
// no view. An error says that the store could not be read, or is closing: come
// again.
func (r *Reader[S]) Notify(key string, changed func()) (stop func(), err error) {
	st, done, err := r.view.use(r.view.engine.base, key)
	if standsStill := (*ViewError)(nil); errors.As(err, &standsStill) {
		return func() {}, nil
	} else if err != nil {
		return nil, err
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

type watch struct{ wake func() }

// notify wakes all who watch. st.mu is held.
func (st *state[S]) notify() {
	for _, w := range st.watchers {
		w.wake()
	}
}
