package live_test

import (
	"context"
	"fmt"
	"sync"

	"ironstar.dev"
)

type rig struct {
	mu    sync.Mutex
	store ironstar.Store
	agg   ironstar.Aggregate[notes, command, string]
	view  ironstar.View[notes]
	head  ironstar.Position
	keys  map[string]*cell
	watch map[chan struct{}]string
}
type cell struct {
	s       notes
	changed ironstar.Position
	err     error
}

func newRig(st ironstar.Store) *rig {
	r := &rig{store: st, agg: newNotes(), view: newBoard(), keys: map[string]*cell{}, watch: map[chan struct{}]string{}}
	r.catchUp()
	return r
}
func (r *rig) catchUp() {
	for rec, err := range r.store.Log(context.Background(), r.head) {
		if err != nil {
			panic(err)
		}
		c := r.keys[rec.Stream.ID]
		if c == nil {
			c = &cell{}
			r.keys[rec.Stream.ID] = c
		}
		if c.err == nil {
			c.s, _, c.err = r.view.Evolve(rec.Stream.ID, c.s, rec)
		}
		c.changed = rec.Position
		r.head = rec.Position
		for ch, k := range r.watch {
			if k == rec.Stream.ID {
				select {
				case ch <- struct{}{}:
				default:
				}
			}
		}
	}
}
func (r *rig) Head() ironstar.Position                             { r.mu.Lock(); defer r.mu.Unlock(); return r.head }
func (r *rig) Wait(ctx context.Context, p ironstar.Position) error { return nil }
func (r *rig) Read(key string, f func(notes, ironstar.Position, ironstar.Position) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.keys[key]
	if c == nil {
		return f(notes{}, 0, r.head)
	}
	if c.err != nil {
		return c.err
	}
	return f(c.s, c.changed, r.head)
}
func (r *rig) Watch(key string) (<-chan struct{}, func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ch := make(chan struct{}, 1)
	r.watch[ch] = key
	return ch, func() { r.mu.Lock(); delete(r.watch, ch); r.mu.Unlock() }
}
func (r *rig) Do(ctx context.Context, id string, c command) (rec ironstar.Receipt, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	st := ironstar.Stream{Kind: notesKind, ID: id}
	md, req := ironstar.MetadataOf(ctx), ironstar.RequestOf(ctx)
	if md.CommandID != "" {
		if rc, ok, err := r.store.Command(ctx, st, md.CommandID, req); ok || err != nil {
			return rc, err
		}
	}
	var s notes
	var v ironstar.Version
	var last ironstar.Position
	for rec, err := range r.store.Stream(ctx, st, 0) {
		if err != nil {
			return ironstar.Receipt{}, err
		}
		s, _ = r.agg.Load(s, rec)
		v, last = rec.Sequence, rec.Position
	}
	ev, err := r.agg.Decide(s, c)
	if err != nil {
		return ironstar.Receipt{}, err
	}
	if len(ev) == 0 {
		return ironstar.Receipt{Last: last, Version: v}, nil
	}
	p, err := encode(ev[0])
	if err != nil {
		return ironstar.Receipt{}, err
	}
	o := r.store.Append(ctx, ironstar.Append{Stream: st, Expected: v, Events: []ironstar.Proposed{p}, Metadata: md, Request: req})
	r.catchUp()
	return o[0].Receipt, o[0].Err
}
