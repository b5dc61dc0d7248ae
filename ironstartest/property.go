package ironstartest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// propertyTimeout ends a run of Property that hangs.
const propertyTimeout = 30 * time.Second

// Property runs random commands, to a few streams, in a real engine on stores
// that open makes, and checks that a view is at every moment what a fold of the
// log up to that position is, and at the end what a new engine makes of the log,
// from nothing and from snapshots (G8). command draws one command; let it draw ids from a small pool, so that
// commands meet. A command may be refused; any other error fails the test.
//
// open returns a new, empty store each time it is called, about a hundred
// times; Property closes it.
func Property[S, C, E, V any](t *testing.T, open func() ironstar.Store,
	a ironstar.Aggregate[S, C, E], v ironstar.View[V], command func(*rapid.T) C) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		ctx, cancel := context.WithTimeout(t.Context(), propertyTimeout)
		defer cancel()
		store := open()
		defer store.Close()
		p := &property[V]{ctx: ctx, store: store, view: v}
		if err := p.settle(rt, func(e *engine.Engine) doer {
			h := engine.Run(e, a)
			return func(id string) error {
				_, err := h.Do(ctx, id, command(rt))
				return err
			}
		}); err != nil {
			rt.Fatal(err)
		}
	})
}

// doer draws a command and gives it to the aggregate with an id.
type doer func(id string) error

// property is one run.
type property[V any] struct {
	ctx   context.Context //nolint:containedctx // lives as long as the run
	store ironstar.Store
	view  ironstar.View[V]
}

// propertyIDs are the streams of a run: few, so that some have many events, and
// more than the engine may keep.
var propertyIDs = []string{"a", "b", "c"}

// settle runs the commands and compares.
func (p *property[V]) settle(rt *rapid.T, run func(*engine.Engine) doer) error {
	e := engine.New(p.store, engine.Options{States: 2, ViewKeys: 2, Ring: 4, SnapshotEvery: 5, SnapshotStream: 3})
	defer e.Close()
	do, reader := run(e), engine.Follow(e, p.view)
	if err := e.Start(p.ctx); err != nil {
		return err
	}
	for range rapid.IntRange(1, 40).Draw(rt, "commands") {
		id := rapid.SampledFrom(propertyIDs).Draw(rt, "id")
		if err := do(id); !isAnswer(err) {
			return fmt.Errorf("command to %s: %w", id, err)
		}
		if rapid.IntRange(0, 3).Draw(rt, "look") == 0 {
			if err := p.compare(reader, "while commands arrive"); err != nil {
				return err
			}
		}
	}
	if err := e.Wait(p.ctx, e.Head()); err != nil {
		return err
	}
	if err := p.compare(reader, "after the last command"); err != nil {
		return err
	}
	e.Close() // which writes snapshots of all
	if err := p.again(engine.Options{NoSnapshots: true}, "after a rebuild"); err != nil {
		return err
	}
	return p.again(engine.Options{}, "after a start with snapshots")
}

// again compares what a new engine has.
func (p *property[V]) again(o engine.Options, when string) error {
	e := engine.New(p.store, o)
	defer e.Close()
	reader := engine.Follow(e, p.view)
	if err := e.Start(p.ctx); err != nil {
		return err
	}
	return p.compare(reader, when)
}

// compare looks at every key.
func (p *property[V]) compare(reader *engine.Reader[V], when string) error {
	keys, err := p.keys()
	if err != nil {
		return err
	}
	for _, key := range keys {
		err := reader.Read(key, func(got V, changed, asOf ironstar.Position) error {
			want, wantChanged, err := FoldView(p.ctx, p.store, p.view, key, asOf)
			if err != nil {
				return err
			}
			if changed != wantChanged {
				return fmt.Errorf("changed at %d, the log says %d", changed, wantChanged)
			}
			if diff := difference(want, got); diff != "" {
				return fmt.Errorf("it is not the fold of the log (-fold +view):\n%s", diff)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("view %s, key %q, %s: %w", p.view.Name, key, when, err)
		}
	}
	return nil
}

// keys lists the keys that the log knows by now.
func (p *property[V]) keys() ([]string, error) {
	switch p.view.By {
	case ironstar.ByStream:
		return propertyIDs, nil
	case ironstar.Global:
		return []string{ironstar.GlobalKey}, nil
	}
	var keys []string
	for r, err := range p.store.Log(p.ctx, 0) {
		if err != nil {
			return nil, err
		}
		if !slices.Contains(p.view.Kinds, r.Stream.Kind) {
			continue
		}
		touched, err := p.view.Keys(r)
		if err != nil {
			return nil, err
		}
		keys = append(keys, touched...)
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}

// FoldView folds the log from nothing, up to and with a position, into the
// state of one key of a view, and tells which position last changed it. It is
// the definition of what a view is, and reads the whole log. It waits for the
// position, until ctx ends: a stream may be read before the log shows its end.
func FoldView[V any](ctx context.Context, store ironstar.Store, v ironstar.View[V], key string, upTo ironstar.Position) (s V, changed ironstar.Position, err error) {
	s = v.Initial(key)
	if upTo == 0 {
		return s, 0, nil
	}
	for r, err := range store.Follow(ctx, 0) {
		if err != nil {
			return s, 0, err
		}
		belongs, err := concerns(v, key, r)
		if err != nil {
			return s, 0, err
		}
		touched := false
		if belongs {
			s, touched, err = v.Evolve(key, s, r)
		}
		if err != nil {
			return s, 0, fmt.Errorf("fold view %s, key %q, at %d: %w", v.Name, key, r.Position, err)
		}
		if touched {
			changed = r.Position
		}
		if r.Position >= upTo {
			return s, changed, nil
		}
	}
	return s, changed, fmt.Errorf("fold view %s up to %d: %w", v.Name, upTo, ctx.Err())
}

func concerns[V any](v ironstar.View[V], key string, r *ironstar.Record) (bool, error) {
	if !slices.Contains(v.Kinds, r.Stream.Kind) {
		return false, nil
	}
	switch v.By {
	case ironstar.ByStream:
		return r.Stream.ID == key, nil
	case ironstar.Global:
		return key == ironstar.GlobalKey, nil
	case ironstar.ByField:
		keys, err := v.Keys(r)
		return slices.Contains(keys, key), err
	}
	return false, errors.New("ironstartest: unknown keying")
}
