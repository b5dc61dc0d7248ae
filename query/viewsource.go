package query

import (
	"context"
	"sync"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// viewEngine is the way that asks a view.
const viewEngine = "view"

// viewSource is a global view of the engine.
type viewSource struct {
	engine *engine.Engine
	view   *engine.AnyReader

	mu     sync.Mutex
	newest time.Time // when a change was noticed last
}

func (v *viewSource) engineName() string { return viewEngine }

// state implements source.
func (v *viewSource) state([]string) sourceState {
	if !v.engine.Ready() {
		return sourceState{}
	}
	s := sourceState{ready: true}
	s.err = v.view.Read(ironstar.GlobalKey, func(_ any, changed, asOf ironstar.Position) error {
		s.changed, s.position = changed, asOf
		return nil
	})
	v.mu.Lock()
	defer v.mu.Unlock()
	s.newest = v.newest
	return s
}

// reach implements source: events that do not concern the view do not change it.
func (v *viewSource) reach(ctx context.Context, p ironstar.Position) error {
	return v.engine.Wait(ctx, p)
}

// run wakes whenever the view changes, until ctx ends.
func (v *viewSource) run(ctx context.Context, wake func()) {
	changed := func() {
		v.mu.Lock()
		v.newest = time.Now()
		v.mu.Unlock()
		wake()
	}
	for ctx.Err() == nil {
		if stop, err := v.view.Notify(ironstar.GlobalKey, changed); err == nil && v.engine.Ready() {
			defer stop()
			wake()
			<-ctx.Done()
			return
		} else if err == nil {
			stop()
		}
		select { // the engine is starting, or the view cannot be read now
		case <-time.After(firstPause):
		case <-ctx.Done():
		}
	}
}

// chooseView binds a query to its view.
func (r *Reader[R, P]) chooseView(runner *Runner, b *binding[R, P]) error {
	v, err := runner.viewFor(r.query.View)
	if err != nil {
		return err
	}
	b.source = v
	b.compute = func(p P) computation {
		return func(_ context.Context, w ironstar.Window) (*result, error) { return r.askView(v, p, w) }
	}
	return nil
}

// askView takes the rows from the state of the view.
func (r *Reader[R, P]) askView(v *viewSource, p P, w ironstar.Window) (*result, error) {
	a := &result{window: w}
	var rows []R
	err := v.view.Read(ironstar.GlobalKey, func(state any, _, asOf ironstar.Position) error {
		return guarded(func() error {
			a.position = asOf
			rows = r.query.FromView(state, p, w)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	if len(rows) > r.query.Rows {
		rows, a.more = rows[:r.query.Rows:r.query.Rows], true
	}
	a.rows, a.count = rows, len(rows)
	return a, nil
}
