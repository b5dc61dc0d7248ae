package engine

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"ironstar.dev"
)

// kept is what a view knows of its snapshots. But for dirty and failures it
// belongs to the keeper's goroutine, and before that to Start.
type kept[S any] struct {
	on      atomic.Bool       // states are kept; read by all
	at      ironstar.Position // the checkpoint's
	rows    int               // keys that have a snapshot
	size    int               // bytes that the last pass wrote
	spoiled bool              // what is stored is not to be used, and goes first
	told    bool              // of a state that cannot be kept

	failures atomic.Int64 // keys that stand still, and the view itself

	mu    sync.Mutex  // guards dirty; taken last
	dirty []*state[S] // that changed since they were written
}

func (k *kept[S]) mark(some ...*state[S]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.dirty = append(k.dirty, some...)
}

// take returns what changed, and forgets it.
func (k *kept[S]) take() []*state[S] {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := k.dirty
	k.dirty = nil
	return all
}

// prepare says whether the view is kept.
func (v *view[S]) prepare() {
	oneStream := v.def.By != ironstar.ByStream || len(v.def.Kinds) == 1 // which a version is of
	v.kept.on.Store(oneStream && v.def.State.Append != nil && v.engine.keeper.keeps(v.def.Name, v.def.Fingerprint))
}

// touched notes that a state changed. st.mu is held.
func (v *view[S]) touched(st *state[S]) {
	if !v.kept.on.Load() || st.dirty {
		return
	}
	if v.def.By == ironstar.ByStream {
		if !isDue(int64(st.version(v)-st.kept), v.engine.opts.SnapshotStream, st.size) {
			return
		}
		v.engine.keeper.ring()
	}
	st.dirty = true
	v.kept.mark(st)
}

// version is of the one stream of a key. st.mu is held.
func (st *state[S]) version(v *view[S]) ironstar.Version { return st.sequence[v.def.Kinds[0]] }

// restore takes the states of a view that is kept whole from snapshots, as of the
// position that it returns. The log has to be folded from there on; each key
// skips what it has. Whatever is wrong with them is told, and the position is 0.
func (v *view[S]) restore(ctx context.Context, head ironstar.Position) ironstar.Position {
	if !v.kept.on.Load() {
		return 0
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	at, err := v.readSnapshots(ctx, head)
	if err != nil {
		v.keys, v.kept.rows, v.kept.spoiled = map[string]*state[S]{}, 0, true
		if ctx.Err() == nil {
			v.engine.opts.Logger.Warn("snapshots are not used; the view is folded from all events", "view", v.def.Name, "err", err)
		}
		return 0
	}
	v.kept.at = at
	return at
}

func (v *view[S]) readSnapshots(ctx context.Context, head ironstar.Position) (ironstar.Position, error) {
	store, name, fingerprint := v.engine.keeper.store, v.def.Name, v.def.Fingerprint
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
	if v.kept.rows < c.Keys {
		return 0, fmt.Errorf("there are %d of %d", v.kept.rows, c.Keys)
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
	v.kept.rows++
	return nil
}

// keep writes what changed, if it is worth it. It says whether the view has, at
// some position, all that it needs.
func (v *view[S]) keep(ctx context.Context, at ironstar.Position, stopping bool) (bool, error) {
	k := &v.kept
	switch {
	case !k.on.Load():
		return true, nil
	case k.spoiled:
		err := v.engine.keeper.store.ForgetSnapshots(ctx, func(name, fingerprint string) bool {
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
	// A key that failed is to fail after the next start as well: what is up to
	// its failure must be folded again.
	if k.failures.Load() > 0 || at == k.at || !stopping && !isDue(int64(at-k.at), v.engine.opts.SnapshotEvery, k.size) {
		return k.at > 0, nil
	}
	size, err := v.write(ctx, at)
	if err != nil || !k.on.Load() || k.failures.Load() > 0 {
		return k.at > 0, err
	}
	err = v.engine.keeper.store.SaveCheckpoint(ctx, ironstar.Checkpoint{
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
	dirty := v.kept.take()
	var unsaved []*state[S] // of the batch
	saved := func() {
		for _, st := range unsaved {
			if !st.saved {
				st.saved = true
				v.kept.rows++
			}
		}
		unsaved = unsaved[:0]
	}
	batch := batch{keeper: v.engine.keeper, saved: saved}
	for i, st := range dirty {
		row, err := v.snapshot(st, at)
		switch {
		case err != nil:
			v.cannotKeep(st.key, err)
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

// cannotKeep tells, once, of a state that would not come back as it is. Without
// it a view that is kept whole has no use for the others.
func (v *view[S]) cannotKeep(key string, err error) {
	if v.def.By != ironstar.ByStream {
		v.kept.on.Store(false)
	}
	if !v.kept.told {
		v.kept.told = true
		v.engine.keeper.unkeepable(v.def.Name, key, err)
	}
}

// snapshot encodes a state, unless it stands still, and sees whether it would
// come back.
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
	st.kept, st.size = row.Version, len(row.State)
	return row, err
}

// reclaim makes states dirty again that were not written.
func (v *view[S]) reclaim(ctx context.Context, some []*state[S]) {
	if v.def.By == ironstar.ByStream && ctx.Err() == nil {
		return // they are, when they have grown again; meanwhile they may be evicted
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
	v.kept.mark(again...)
}
