package engine

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"ironstar.dev"
)

// readable is an aggregate whose states commands to other streams read.
type readable interface {
	check(ironstar.Stream) error
	hold(ironstar.Stream) (state any, version ironstar.Version, release func(), err error)
}

// shared is the state of a stream for commands to other streams. It is not the one
// that the stream's own commands are decided on: evolve may change that in place
// at any time. A command that needs the state locks it, and folds what has come since.
type shared[S any] struct {
	mu  sync.Mutex
	now *current[S] // nil at first
}

func (s *shared[S]) weight() int64 {
	if s.now == nil {
		return entryBytes
	}
	return s.now.weight()
}

// sharedKey is the key of a shared state in the cache of states. No aggregate has
// that kind, because kinds have no blanks.
func sharedKey(s ironstar.Stream) ironstar.Stream {
	return ironstar.Stream{Kind: "shared " + s.Kind, ID: s.ID}
}

// readStates returns the states that a command reads, and the versions that its
// append requires. The states do not change until release is called.
func (h *runner[S, C, E]) readStates(own ironstar.Stream, now *current[S], c C) (states ironstar.States, requires []ironstar.Required, release func(), err error) {
	release = func() {}
	if h.aggregate.Reads == nil {
		return nil, nil, release, nil
	}
	readings := h.aggregate.Reads(c)
	held := map[ironstar.Stream]any{own: now.state}
	for _, s := range inOrder(readings, own) {
		state, version, end, err := h.engine.hold(s.Stream, s.Field)
		if err != nil {
			release()
			return nil, nil, func() {}, err
		}
		before := release
		release = func() { end(); before() }
		held[s.Stream] = state
		requires = append(requires, ironstar.Required{Stream: s.Stream, Version: version})
	}
	for _, r := range readings {
		states = append(states, held[r.Stream])
	}
	return states, requires, release, nil
}

// inOrder returns the other streams that a command reads, each once. All commands
// lock them in this order, so none waits for one that waits for it.
func inOrder(readings []ironstar.Reading, own ironstar.Stream) []ironstar.Reading {
	others := slices.DeleteFunc(slices.Clone(readings), func(r ironstar.Reading) bool { return r.Stream == own })
	slices.SortStableFunc(others, func(a, b ironstar.Reading) int {
		return cmp.Or(cmp.Compare(a.Stream.Kind, b.Stream.Kind), cmp.Compare(a.Stream.ID, b.Stream.ID))
	})
	return slices.CompactFunc(others, func(a, b ironstar.Reading) bool { return a.Stream == b.Stream })
}

// hold locks the state of a stream. An id that no stream can have is an error of the
// command's field.
func (e *Engine) hold(s ironstar.Stream, field string) (state any, version ironstar.Version, release func(), err error) {
	of, ok := e.handlers[s.Kind].(readable)
	if !ok {
		return nil, 0, nil, fmt.Errorf("a command reads %s: the engine has no aggregate %s: add its domain before", s, s.Kind)
	}
	if err := of.check(s); err != nil {
		return nil, 0, nil, &ReadingError{ironstar.Invalid{{Path: field, Code: "id", Message: "There is nothing with this id.", Detail: err.Error()}}}
	}
	return of.hold(s)
}

func (h *runner[S, C, E]) hold(s ironstar.Stream) (state any, version ironstar.Version, release func(), err error) {
	cached, _ := h.engine.states.GetIfPresent(sharedKey(s))
	entry, ok := cached.(*shared[S])
	if !ok {
		entry = &shared[S]{}
	}
	entry.mu.Lock()
	defer func() {
		if err != nil { // evolve may have changed a part of it
			h.engine.states.Invalidate(sharedKey(s))
			entry.now = nil
			entry.mu.Unlock()
		}
	}()
	if entry.now == nil {
		entry.now, err = h.fromStore(s)
	} else {
		err = h.foldOn(entry.now, h.engine.store.Stream(h.engine.storing(), s, entry.now.version))
	}
	if err != nil {
		return nil, 0, nil, fmt.Errorf("read %s: %w", s, err)
	}
	h.engine.states.Set(sharedKey(s), entry) // its weight may have changed
	return entry.now.state, entry.now.version, entry.mu.Unlock, nil
}

// check reports why a text cannot name a stream of the aggregate.
func (h *runner[S, C, E]) check(s ironstar.Stream) error {
	if err := s.Check(); err != nil {
		return err
	}
	if check := h.aggregate.IDs.Check; check != nil {
		return check(s.ID)
	}
	return nil
}
