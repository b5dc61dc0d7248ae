package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"ironstar.dev"
)

// errNotOfStream refuses a snapshot that the stream does not lead to.
var errNotOfStream = errors.New("the stream has no event of its version at its position")

// snapshotted is what snapshots need of a view.
type snapshotted interface {
	prepare()
	restore(ctx context.Context, head ironstar.Position) ironstar.Position
	keep(ctx context.Context, at ironstar.Position, stopping bool) (bool, error)

	suspect(ctx context.Context, t *trial, head ironstar.Position) error
	acquit()
	verifyStreams(context.Context, *trial) error
}

// streamSnapshot reads the one of a stream. What is wrong with it is told, and
// there is none.
func (k *keeper) streamSnapshot(name, fingerprint, id string) (ironstar.Snapshot, bool) {
	row, there, err := k.store.Snapshot(k.engine.storing(), name, fingerprint, id)
	if err == nil && there && (row.Version < 1 || row.Position < 1 || row.Changed < 0 || row.Changed > row.Position) {
		err = fmt.Errorf("snapshot %q of %s: it cannot be of version %d at %d, changed at %d", id, name, row.Version, row.Position, row.Changed)
	}
	if err != nil {
		k.unused(name, id, err)
	}
	return row, there && err == nil
}

func (k *keeper) unused(name, id string, err error) {
	k.engine.opts.Logger.Warn("a snapshot is not used; the stream is folded from its first event", "of", name, "key", id, "err", err)
}

// tail yields what follows a snapshot in its stream, and before it an error
// unless the stream has the snapshot's last event where that says.
func tail(row *ironstar.Snapshot, stream func(after ironstar.Version) iter.Seq2[*ironstar.Record, error]) iter.Seq2[*ironstar.Record, error] {
	return func(yield func(*ironstar.Record, error) bool) {
		first := true
		for r, err := range stream(row.Version - 1) {
			if first && err == nil {
				first = false
				if r.Sequence != row.Version || r.Position != row.Position {
					yield(nil, errNotOfStream)
					return
				}
				continue
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
		if first {
			yield(nil, errNotOfStream)
		}
	}
}

// fromSnapshot returns the state as stored, folded on from a snapshot, or nil.
func (h *runner[S, C, E]) fromSnapshot(s ironstar.Stream) (*current[S], error) {
	k := h.engine.keeper
	if !h.keeps() {
		return nil, nil
	}
	row, there := k.streamSnapshot(s.Kind, h.aggregate.Fingerprint, s.ID)
	if !there {
		return nil, nil
	}
	state, err := decode(&h.aggregate.State, row.State)
	if err != nil {
		k.unused(s.Kind, s.ID, err)
		return nil, nil
	}
	now := &current[S]{state: state, version: row.Version, last: row.Position, kept: row.Version, size: len(row.State)}
	err = h.foldOn(now, tail(&row, func(after ironstar.Version) iter.Seq2[*ironstar.Record, error] {
		return h.engine.store.Stream(h.engine.storing(), s, after)
	}))
	if errors.Is(err, errNotOfStream) {
		k.unused(s.Kind, s.ID, err)
		return nil, nil
	}
	return now, err
}

func (h *runner[S, C, E]) keeps() bool {
	h.whether.Do(func() {
		h.kept = h.aggregate.State.Append != nil && h.engine.keeper.keeps(h.aggregate.Kind, h.aggregate.Fingerprint)
	})
	return h.kept
}

// keep offers the state of a stream that has grown enough. What is among the
// states is stored. It is called in the line's goroutine, which owns the state,
// when all have their answers.
func (h *runner[S, C, E]) keep(s ironstar.Stream) {
	if !h.keeps() {
		return
	}
	now, there := h.states.GetIfPresent(s.ID)
	if !there || !isDue(int64(now.version-now.kept), h.engine.opts.SnapshotStream, now.size) {
		return
	}
	codec := &h.aggregate.State
	state, err := encode(codec, now.state)
	if err != nil {
		h.engine.keeper.unkeepable(s.Kind, s.ID, err)
		now.kept = now.version // not at each command again
		return
	}
	row := ironstar.Snapshot{
		Name: s.Kind, Fingerprint: h.aggregate.Fingerprint, Key: s.ID,
		Position: now.last, Changed: now.last, Version: now.version, State: state,
	}
	if h.engine.keeper.offer(offer{row, func(state []byte) error { return readsBack(codec, state) }}) {
		now.kept, now.size = now.version, len(state)
	}
}

// loaded returns all that is stored of a key, folded on from a snapshot if there
// is one.
func (v *view[S]) loaded(key string) (*state[S], error) {
	if !v.kept.on.Load() {
		return v.foldStream(key)
	}
	k := v.engine.keeper
	row, there := k.streamSnapshot(v.def.Name, v.def.Fingerprint, key)
	if !there {
		return v.foldStream(key)
	}
	fresh, err := v.foldFrom(&row)
	if err != nil && (fresh == nil || errors.Is(err, errNotOfStream)) {
		k.unused(v.def.Name, key, err)
		return v.foldStream(key)
	}
	return fresh, err
}

// foldFrom folds what follows a snapshot. Without a state, the error is about
// that of the snapshot.
func (v *view[S]) foldFrom(row *ironstar.Snapshot) (*state[S], error) {
	s, err := decode(&v.def.State, row.State)
	if err != nil {
		return nil, err
	}
	fresh := v.newStreamState(row.Key)
	fresh.s, fresh.changed, fresh.last = s, row.Changed, row.Position
	fresh.sequence[v.def.Kinds[0]] = row.Version
	fresh.kept, fresh.size = row.Version, len(row.State)
	records := tail(row, func(after ironstar.Version) iter.Seq2[*ironstar.Record, error] { return v.stream(row.Key, after) })
	for r, err := range records {
		if err != nil {
			return fresh, err
		}
		v.foldNext(fresh, r)
	}
	return fresh, nil
}

// stream reads the one stream of a key.
func (v *view[S]) stream(key string, after ironstar.Version) iter.Seq2[*ironstar.Record, error] {
	return v.engine.store.Stream(v.engine.base, ironstar.Stream{Kind: v.def.Kinds[0], ID: key}, after)
}
