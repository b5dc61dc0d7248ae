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
	"ironstar.dev/internal/text"
)

// propertyTimeout ends a run of Property that hangs.
const propertyTimeout = 30 * time.Second

// Property runs random commands on a few streams, in a real engine. It checks that a
// view always equals the fold of the log up to the same position, and that a new
// engine has the same view after a rebuild and from snapshots (G8).
//
// command draws one command. Let it draw ids from a small set, so that commands
// affect each other. The aggregate may refuse a command. Any other error fails the
// test. The test also fails if no command leads to an event.
//
// open returns a new, empty store. Property calls it about a hundred times, and
// closes the stores.
//
// others adds the other aggregates that commands read, or whose events the view has, to
// an engine that has not started. The function that it returns gives them commands
// after the start:
//
//	func(e *engine.Engine) func(context.Context) error {
//		bidders := engine.Run(e, auction.NewBidder(app.Bidder{}))
//		return func(ctx context.Context) error { … bidders.Do(ctx, "ann", auction.BidderRegister{…}) … }
//	}
func Property[S, C, E, V any](t testing.TB, open func() ironstar.Store,
	a ironstar.Aggregate[S, C, E], v ironstar.View[V], command func(*rapid.T) C, others ...func(*engine.Engine) func(context.Context) error) {
	t.Helper()
	events := ironstar.Position(0) // number of events in all runs
	var refusal error              // the last refusal
	rapid.Check(t, func(rt *rapid.T) {
		ctx, cancel := context.WithTimeout(t.Context(), propertyTimeout)
		defer cancel()
		store := open()
		defer store.Close()
		p := &property[V]{ctx: ctx, store: store, view: v, ids: propertyIDs, others: others}
		if a.IDs.Check != nil {
			p.ids = a.IDs.Examples
		}
		if err := p.settle(rt, func(e *engine.Engine) doer {
			h := engine.Run(e, a)
			return func(id string) error {
				_, err := h.Do(ctx, id, command(rt))
				if err != nil {
					refusal = err
				}
				return err
			}
		}); err != nil {
			rt.Fatal(err)
		}
		events += p.events
	})
	if events == 0 && !t.Failed() {
		t.Fatalf("no command made an event, so the test has checked nothing: let command draw commands that the aggregate accepts; the last answer was: %v", refusal)
	}
}

// doer draws a command, and sends it to the stream with an id.
type doer func(id string) error

// property is one run.
type property[V any] struct {
	ctx   context.Context //nolint:containedctx // lives as long as the run
	store ironstar.Store
	view  ironstar.View[V]
	ids   []string // stream ids

	others []func(*engine.Engine) func(context.Context) error

	events ironstar.Position // number of events at the end
}

// propertyIDs are the streams of a run. There are few, so that some have many events,
// but more than fit into the engine's memory.
var propertyIDs = []string{"a", "b", "c"}

// settle runs the commands and compares the views.
func (p *property[V]) settle(rt *rapid.T, run func(*engine.Engine) doer) error {
	e := engine.New(p.store, engine.Options{StateBytes: 3 << 10, ViewBytes: 3 << 10, SnapshotEvery: 5, SnapshotStream: 3})
	defer e.Close()
	do, reader := run(e), engine.Follow(e, p.view)
	var begin []func(context.Context) error
	for _, other := range p.others {
		begin = append(begin, other(e))
	}
	if err := e.Start(p.ctx); err != nil {
		return err
	}
	for _, first := range begin {
		if err := first(p.ctx); err != nil {
			return err
		}
	}
	before := e.Head()
	for range rapid.IntRange(1, 40).Draw(rt, "commands") {
		id := rapid.SampledFrom(p.ids).Draw(rt, "id")
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
	p.events = e.Head() - before
	if err := p.compare(reader, "after the last command"); err != nil {
		return err
	}
	e.Close() // writes all snapshots
	if err := p.compareNewEngine(engine.Options{NoSnapshots: true}, "after a rebuild"); err != nil {
		return err
	}
	return p.compareNewEngine(engine.Options{}, "after a start with snapshots")
}

// compareNewEngine compares the views of a new engine.
func (p *property[V]) compareNewEngine(o engine.Options, when string) error {
	e := engine.New(p.store, o)
	defer e.Close()
	reader := engine.Follow(e, p.view)
	if err := e.Start(p.ctx); err != nil {
		return err
	}
	return p.compare(reader, when)
}

// compare checks every key.
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
			if p.view.Shown != nil { // as a reader gets it
				want = p.view.Shown(want)
			}
			if changed != wantChanged {
				return fmt.Errorf("the view says that position %d changed it last, but by the log it is %d", changed, wantChanged)
			}
			if diff := difference(want, got); diff != "" {
				return fmt.Errorf("the state is not the fold of the log (-fold +view):\n%s", diff)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("view %s, key %q, %s: %w", p.view.Name, key, when, err)
		}
	}
	return nil
}

// keys lists the keys in the log so far.
func (p *property[V]) keys() ([]string, error) {
	switch p.view.By {
	case ironstar.ByStream:
		return p.ids, nil
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

// FoldView folds the log up to and including a position into the state of one key of
// a view. It also returns the position that last changed the state. It defines what a
// view is, and reads the whole log. It waits until the log has the position or ctx
// ends, because a stream may have an event before the log has it.
func FoldView[V any](ctx context.Context, store ironstar.Store, v ironstar.View[V], key string, upTo ironstar.Position) (s V, changed ironstar.Position, err error) {
	s = v.Initial(key)
	if upTo == 0 {
		return s, 0, nil
	}
	for r, err := range store.Follow(ctx, 0) {
		if err != nil {
			return s, 0, err
		}
		written, err := concerns(v, key, r)
		if err != nil {
			return s, 0, err
		}
		for _, as := range written {
			touched := false
			if s, touched, err = v.Evolve(as, s, r); err != nil {
				return s, 0, fmt.Errorf("fold view %s, key %q, at %d: %w", v.Name, key, r.Position, err)
			}
			if touched {
				changed = r.Position
			}
		}
		if r.Position >= upTo {
			return s, changed, nil
		}
	}
	return s, changed, fmt.Errorf("fold view %s up to %d: %w", v.Name, upTo, ctx.Err())
}

// concerns lists the spellings of a key in a record. Several texts of a field may
// mean the same key.
func concerns[V any](v ironstar.View[V], key string, r *ironstar.Record) (as []string, err error) {
	if !slices.Contains(v.Kinds, r.Stream.Kind) {
		return nil, nil
	}
	keys := []string{r.Stream.ID}
	switch v.By {
	case ironstar.ByStream:
	case ironstar.Global:
		keys = []string{ironstar.GlobalKey}
	case ironstar.ByField:
		if keys, err = v.Keys(r); err != nil {
			return nil, err
		}
		for _, k := range keys {
			if text.Normal(k) == text.Normal(key) {
				as = append(as, k)
			}
		}
		return as, nil
	default:
		return nil, errors.New("ironstartest: unknown keying")
	}
	if slices.Contains(keys, key) {
		as = keys
	}
	return as, nil
}
