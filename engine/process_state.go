package engine

import (
	"context"
	"fmt"

	"ironstar.dev"
)

// keyState is the state of one key of a process: the fold of the key's events up to
// the position that the process has reached.
type keyState[S any] struct {
	s      S
	folded int // bytes of these events
}

func (k *keyState[S]) weight() int64 { return weightOf(0, k.folded) }

// states are the states of a process from when it begins at what is stored. Those keyed
// by stream are in the cache of the engine and are folded again from their stream; the
// others stay in memory.
type states[S any] struct {
	p     *process[S]
	life  int                     // of the process: what an earlier life left in the cache may be ahead of what is stored
	whole map[string]*keyState[S] // not keyed by stream
}

// newStates returns states of their own. When a process begins again, those from before
// may have events in them that it is going to react to again.
func (p *process[S]) newStates() *states[S] {
	return &states[S]{p: p, life: p.lives, whole: map[string]*keyState[S]{}}
}

// cacheKey is the name of a state in the cache. No aggregate has that kind, because
// kinds have no blanks.
func (ks *states[S]) cacheKey(key string) ironstar.Stream {
	return ironstar.Stream{Kind: fmt.Sprintf("process %s %d", ks.p.def.Name, ks.life), ID: key}
}

func (ks *states[S]) initial(key string) (*keyState[S], error) {
	k := &keyState[S]{}
	err := guarded(func() error { k.s = ks.p.def.Initial(key); return nil })
	return k, err
}

// load folds everything up to a position, if states stay in memory. It returns the
// keys whose code fails, and under [ironstar.UnkeyedEvent] the first event whose keys are
// not known.
func (ks *states[S]) load(ctx context.Context, upTo ironstar.Position) (failed map[string]error, err error) {
	failed = map[string]error{}
	unknown := 0
	if ks.p.def.By == ironstar.ByStream || upTo == 0 {
		return failed, nil
	}
	for r, err := range ks.p.engine.store.Log(ctx, 0) {
		if err != nil {
			return nil, fmt.Errorf("%w the log: %w", errRead, err)
		}
		if r.Position > upTo {
			break
		}
		keys, err := ks.p.keysOf(r)
		if err != nil {
			if unknown++; unknown == 1 {
				failed[ironstar.UnkeyedEvent(r.Position)] = unknownKeys(r, err)
			}
			continue
		}
		for _, key := range keys {
			if failed[key.key] != nil {
				continue
			}
			k, err := ks.get(ctx, key.key, upTo)
			if err == nil {
				_, err = ks.fold(key.as, k, r)
			}
			if err != nil {
				failed[key.key] = err
				ks.forget(key.key)
			}
		}
	}
	return failed, ctx.Err()
}

// get returns the state of a key as of a position.
func (ks *states[S]) get(ctx context.Context, key string, upTo ironstar.Position) (*keyState[S], error) {
	if ks.p.def.By != ironstar.ByStream {
		k := ks.whole[key]
		if k == nil {
			var err error
			if k, err = ks.initial(key); err != nil {
				return nil, err
			}
			ks.whole[key] = k
		}
		return k, nil
	}
	if cached, ok := ks.p.engine.states.GetIfPresent(ks.cacheKey(key)); ok {
		return cached.(*keyState[S]), nil
	}
	k, err := ks.initial(key)
	if err != nil {
		return nil, err
	}
	stream := ironstar.Stream{Kind: ks.p.def.Kinds[0], ID: key}
	for r, err := range ks.p.engine.store.Stream(ctx, stream, 0) {
		if err != nil {
			return nil, fmt.Errorf("%w %s: %w", errRead, stream, err)
		}
		if r.Position > upTo {
			break
		}
		if _, err := ks.fold(key, k, r); err != nil {
			return nil, err
		}
	}
	ks.keep(key, k)
	return k, nil
}

// keep puts a state that has changed into the cache.
func (ks *states[S]) keep(key string, k *keyState[S]) {
	if ks.p.def.By == ironstar.ByStream {
		ks.p.engine.states.Set(ks.cacheKey(key), k)
	}
}

// forget drops a state after an error: hand-written code may have changed a part of it.
func (ks *states[S]) forget(key string) {
	delete(ks.whole, key)
	ks.p.engine.states.Invalidate(ks.cacheKey(key))
}

// fold folds a record into a state and returns the actions. key is in the record's own
// spelling.
func (ks *states[S]) fold(key string, k *keyState[S], r *ironstar.Record) (actions []ironstar.Action, err error) {
	err = guarded(func() (err error) {
		k.s, actions, err = ks.p.def.React(key, k.s, r)
		return err
	})
	k.folded += len(r.Payload)
	return actions, ofCode(err)
}
