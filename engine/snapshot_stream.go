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
	writeSnapshots(ctx context.Context, at ironstar.Position, stopping bool) (bool, error)

	beginComparison(ctx context.Context, t *comparison, head ironstar.Position) error
	endComparison()
	verifyStreams(context.Context, *comparison) error
}

// streamSnapshot reads the snapshot of a stream. If it is invalid, the error is
// logged and there is no snapshot.
func (k *snapshotWriter) streamSnapshot(name, fingerprint, id string) (ironstar.Snapshot, bool) {
	row, there, err := k.store.Snapshot(k.engine.storing(), name, fingerprint, id)
	if err == nil && there && (row.Version < 1 || row.Position < 1 || row.Changed < 0 || row.Changed > row.Position) {
		err = fmt.Errorf("snapshot %q of %s: it cannot be of version %d at %d, changed at %d", id, name, row.Version, row.Position, row.Changed)
	}
	if err != nil {
		k.unused(name, id, err)
	}
	return row, there && err == nil
}

func (k *snapshotWriter) unused(name, id string, err error) {
	k.engine.opts.Logger.Warn("a snapshot is not used; the stream is folded from its first event", "of", name, "key", id, "err", err)
}

// tail yields the records of a stream after a snapshot. It first yields an
// error if the stream does not have the snapshot's last event at the snapshot's
// position.
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
	k := h.engine.snapshots
	if !h.hasSnapshots() {
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
	now := &current[S]{state: state, version: row.Version, last: row.Position, snapshotVersion: row.Version, snapshotBytes: len(row.State)}
	err = h.foldOn(now, tail(&row, func(after ironstar.Version) iter.Seq2[*ironstar.Record, error] {
		return h.engine.store.Stream(h.engine.storing(), s, after)
	}))
	if errors.Is(err, errNotOfStream) {
		k.unused(s.Kind, s.ID, err)
		return nil, nil
	}
	return now, err
}

func (h *runner[S, C, E]) hasSnapshots() bool {
	h.decideSnapshots.Do(func() {
		h.snapshotsOn = h.aggregate.State.Append != nil && h.engine.snapshots.canWrite(h.aggregate.Kind, h.aggregate.Fingerprint)
	})
	return h.snapshotsOn
}

// offerSnapshot offers the state of a stream that has grown enough, as it is stored. It is
// called in the line's goroutine, which owns the state, when all have their
// answers.
func (h *runner[S, C, E]) offerSnapshot(s ironstar.Stream, now *current[S]) {
	if !h.hasSnapshots() || !isDue(int64(now.version-now.snapshotVersion), h.engine.opts.SnapshotStream, now.snapshotBytes) {
		return
	}
	codec := &h.aggregate.State
	state, err := encode(codec, now.state)
	if err != nil {
		h.engine.snapshots.cannotBeRead(s.Kind, s.ID, err)
		now.snapshotVersion = now.version // not at each command again
		return
	}
	row := ironstar.Snapshot{
		Name: s.Kind, Fingerprint: h.aggregate.Fingerprint, Key: s.ID,
		Position: now.last, Changed: now.last, Version: now.version, State: state,
	}
	if h.engine.snapshots.offer(offer{row, func(state []byte) error { return readsBack(codec, state) }}) {
		now.snapshotVersion, now.snapshotBytes, now.foldedBytes = now.version, len(state), 0
	}
}

// loaded returns all that is stored of a key, folded on from a snapshot if there
// is one.
func (v *view[S]) loaded(key string) (*state[S], error) {
	if !v.snapshots.on.Load() {
		return v.foldStream(key)
	}
	k := v.engine.snapshots
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

// foldFrom folds the records after a snapshot. If it returns no state, the
// error is about the state in the snapshot.
func (v *view[S]) foldFrom(row *ironstar.Snapshot) (*state[S], error) {
	s, err := decode(&v.def.State, row.State)
	if err != nil {
		return nil, err
	}
	fresh := v.newStreamState(row.Key)
	fresh.s, fresh.changed, fresh.last = s, row.Changed, row.Position
	fresh.sequence[v.def.Kinds[0]] = row.Version
	fresh.snapshotVersion, fresh.snapshotBytes = row.Version, len(row.State)
	records := tail(row, func(after ironstar.Version) iter.Seq2[*ironstar.Record, error] { return v.stream(row.Key, after) })
	for r, err := range records {
		if err != nil {
			return fresh, err
		}
		v.foldNext(fresh, r)
	}
	return fresh, nil
}

// stream reads the stream of a key.
func (v *view[S]) stream(key string, after ironstar.Version) iter.Seq2[*ironstar.Record, error] {
	return v.engine.store.Stream(v.engine.base, ironstar.Stream{Kind: v.def.Kinds[0], ID: key}, after)
}
