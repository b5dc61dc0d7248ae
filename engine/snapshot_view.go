package engine

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"ironstar.dev"
)

// viewSnapshots is the state of a view's snapshots. Except for dirty and
// failures it belongs to the snapshot writer's goroutine, and before that to
// Start.
type viewSnapshots[S any] struct {
	on      atomic.Bool       // states are written; read by all
	at      ironstar.Position // the checkpoint's
	rows    int               // keys that have a snapshot
	size    int               // bytes that the last pass wrote
	spoiled bool              // stored snapshots must not be used and are removed first
	logged  bool              // a state that cannot be written was logged

	failures atomic.Int64 // keys that stand still, and the view itself

	mu    sync.Mutex  // guards dirty; taken last
	dirty []*state[S] // that changed since they were written
}

func (k *viewSnapshots[S]) mark(some ...*state[S]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.dirty = append(k.dirty, some...)
}

// take returns what changed, and forgets it.
func (k *viewSnapshots[S]) take() []*state[S] {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := k.dirty
	k.dirty = nil
	return all
}

// prepare reports whether the view has snapshots.
func (v *view[S]) prepare() {
	oneStream := v.def.By != ironstar.ByStream || len(v.def.Kinds) == 1 // which a version is of
	v.snapshots.on.Store(oneStream && v.def.State.Append != nil && v.engine.snapshots.canWrite(v.def.Name, v.def.Fingerprint))
}

// touched notes that a state changed. st.mu is held.
func (v *view[S]) touched(st *state[S]) {
	if !v.snapshots.on.Load() || st.dirty {
		return
	}
	if v.def.By == ironstar.ByStream {
		if !isDue(int64(st.version(v)-st.snapshotVersion), v.engine.opts.SnapshotStream, st.snapshotBytes) {
			return
		}
		v.engine.snapshots.wake()
	}
	st.dirty = true
	v.snapshots.mark(st)
}

// version returns the version of the only stream of a key. st.mu is held.
func (st *state[S]) version(v *view[S]) ironstar.Version { return st.sequence[v.def.Kinds[0]] }

// restore loads the states of a view that is completely in memory from its
// snapshots, and returns the position after which the log has to be folded.
// Each key skips the events that it has. Errors are logged and lead to position
// 0.
func (v *view[S]) restore(ctx context.Context, head ironstar.Position) ironstar.Position {
	if !v.snapshots.on.Load() {
		return 0
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	at, err := v.readSnapshots(ctx, head)
	if err != nil {
		v.keys, v.snapshots.rows, v.snapshots.spoiled = map[string]*state[S]{}, 0, true
		if ctx.Err() == nil {
			v.engine.opts.Logger.Warn("snapshots are not used; the view is folded from all events", "view", v.def.Name, "err", err)
		}
		return 0
	}
	v.snapshots.at = at
	return at
}

func (v *view[S]) readSnapshots(ctx context.Context, head ironstar.Position) (ironstar.Position, error) {
	store, name, fingerprint := v.engine.snapshots.store, v.def.Name, v.def.Fingerprint
	c, there, err := store.Checkpoint(ctx, name, fingerprint)
	if err != nil || !there {
		return 0, err
	}
	if c.Position > head || c.Position < 0 {
		return 0, fmt.Errorf("the checkpoint is at %d, the log ends at %d", c.Position, head)
	}
	for row, err := range store.Snapshots(ctx, name, fingerprint) {
		if err != nil {
			return 0, err
		}
		if err := v.take(row, head); err != nil {
			return 0, fmt.Errorf("snapshot %q: %w", row.Key, err)
		}
	}
	if v.snapshots.rows < c.Keys {
		return 0, fmt.Errorf("there are %d of %d", v.snapshots.rows, c.Keys)
	}
	return c.Position, nil
}

// take makes a snapshot a state. v.mu is held.
func (v *view[S]) take(row ironstar.Snapshot, head ironstar.Position) error {
	switch {
	case row.Position > head:
		return fmt.Errorf("it is of %d, the log ends at %d", row.Position, head)
	case row.Changed < 1 || row.Changed > row.Position || row.Version != 0:
		return fmt.Errorf("it cannot have changed at %d, as of %d, at version %d", row.Changed, row.Position, row.Version)
	case v.def.By == ironstar.Global && row.Key != ironstar.GlobalKey:
		return fmt.Errorf("the view has one key, %q", ironstar.GlobalKey)
	}
	s, err := decode(&v.def.State, row.State)
	if err != nil {
		return err
	}
	v.keys[row.Key] = &state[S]{key: row.Key, s: s, loaded: true, changed: row.Changed, since: row.Position, saved: true}
	v.snapshots.rows++
	return nil
}

// writeSnapshots saves the changes if there are enough. It reports whether all
// states of the view are saved for some position.
func (v *view[S]) writeSnapshots(ctx context.Context, at ironstar.Position, stopping bool) (bool, error) {
	k := &v.snapshots
	switch {
	case !k.on.Load():
		return true, nil
	case k.spoiled:
		err := v.engine.snapshots.store.ForgetSnapshots(ctx, func(name, fingerprint string) bool {
			return name != v.def.Name || fingerprint != v.def.Fingerprint
		})
		if err != nil {
			return false, err
		}
		k.spoiled = false
	}
	if v.def.By == ironstar.ByStream {
		_, err := v.write(ctx, at)
		return true, err
	}
	// A key that failed must fail after the next start too, so events up to its
	// failure must be folded again.
	if k.failures.Load() > 0 || at == k.at || !stopping && !isDue(int64(at-k.at), v.engine.opts.SnapshotEvery, k.size) {
		return k.at > 0, nil
	}
	size, err := v.write(ctx, at)
	if err != nil || !k.on.Load() || k.failures.Load() > 0 {
		return k.at > 0, err
	}
	err = v.engine.snapshots.store.SaveCheckpoint(ctx, ironstar.Checkpoint{
		Name: v.def.Name, Fingerprint: v.def.Fingerprint, Position: at, Keys: k.rows,
	})
	if err != nil {
		return k.at > 0, err
	}
	k.at, k.size = at, size
	return true, nil
}

// write writes the states that changed. at is a position that all of them have.
func (v *view[S]) write(ctx context.Context, at ironstar.Position) (size int, err error) {
	dirty := v.snapshots.take()
	var unsaved []*state[S] // of the batch
	saved := func() {
		for _, st := range unsaved {
			if !st.saved {
				st.saved = true
				v.snapshots.rows++
			}
		}
		unsaved = unsaved[:0]
	}
	batch := snapshotBatch{snapshotWriter: v.engine.snapshots, saved: saved}
	for i, st := range dirty {
		row, err := v.snapshot(st, at)
		switch {
		case err != nil:
			v.cannotWrite(st.key, err)
			continue
		case row.State == nil:
			continue
		}
		size += len(row.State)
		unsaved = append(unsaved, st)
		if err := batch.add(ctx, row); err != nil {
			v.reclaim(ctx, append(unsaved, dirty[i+1:]...))
			return size, err
		}
	}
	if err := batch.save(ctx); err != nil {
		v.reclaim(ctx, unsaved)
		return size, err
	}
	return size, nil
}

// cannotWrite logs, once, a state that cannot be decoded again. Without it the
// other snapshots of a view that is completely in memory are useless.
func (v *view[S]) cannotWrite(key string, err error) {
	if v.def.By != ironstar.ByStream {
		v.snapshots.on.Store(false)
	}
	if !v.snapshots.logged {
		v.snapshots.logged = true
		v.engine.snapshots.cannotBeRead(v.def.Name, key, err)
	}
}

// snapshot encodes a state, unless it has stopped, and checks that it can be
// decoded again.
func (v *view[S]) snapshot(st *state[S], at ironstar.Position) (ironstar.Snapshot, error) {
	row, err := v.encoded(st, at)
	if err == nil && row.State != nil {
		err = readsBack(&v.def.State, row.State)
	}
	return row, err
}

func (v *view[S]) encoded(st *state[S], at ironstar.Position) (row ironstar.Snapshot, err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.dirty = false
	if st.err != nil || !st.loaded {
		return row, nil
	}
	row = ironstar.Snapshot{
		Name: v.def.Name, Fingerprint: v.def.Fingerprint, Key: st.key,
		Position: max(at, st.changed), Changed: st.changed,
	}
	if v.def.By == ironstar.ByStream {
		row.Position, row.Version = st.last, st.version(v)
	}
	row.State, err = encode(&v.def.State, st.s)
	st.snapshotVersion, st.snapshotBytes, st.foldedBytes = row.Version, len(row.State), 0
	return row, err
}

// reclaim makes states dirty again that were not written.
func (v *view[S]) reclaim(ctx context.Context, some []*state[S]) {
	if v.def.By == ironstar.ByStream && ctx.Err() == nil {
		return // later, when it has grown again; it may be evicted meanwhile
	}
	var again []*state[S]
	for _, st := range some {
		st.mu.Lock()
		if !st.dirty {
			st.dirty = true
			again = append(again, st)
		}
		st.mu.Unlock()
	}
	v.snapshots.mark(again...)
}
