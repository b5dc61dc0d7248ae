package query

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"ironstar.dev"
)

// tableSource is the tables of one context in one engine.
type tableSource struct {
	name      string // "auction.sqlite"
	of        Engine
	set       *ironstar.TableSet
	store     ironstar.Store
	dir       string
	logger    *slog.Logger
	progress  func(Progress)
	wake      func()      // readers see something else
	questions []*Question // written before Run only
	exports   *exports

	mu       sync.Mutex
	tables   Tables // nil while they are not open
	damaged  context.CancelCauseFunc
	ready    bool
	position ironstar.Position
	base     ironstar.Position            // any table may have changed up to here
	changed  map[string]ironstar.Position // the last position that changed a table since
	newest   map[string]time.Time         // when that event was stored
	stalled  time.Time                    // since when nothing is fed; the zero time: it is
	err      error                        // why
	failures int                          // how often something failed, for metrics
	refused  map[*Question]error
}

// standsStill means that an event cannot be laid out: only another build can go on.
type standsStill struct{ err error }

func (e *standsStill) Error() string { return e.err.Error() }
func (e *standsStill) Unwrap() error { return e.err }

func (t *tableSource) engineName() string { return t.of.Name() }

// state implements source.
func (t *tableSource) state(reads []string) sourceState {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := sourceState{ready: t.ready && t.tables != nil, position: t.position, changed: t.base, stalled: t.stalled, err: t.err}
	for _, table := range reads {
		if at := t.changed[table]; at > s.changed {
			s.changed, s.newest = at, t.newest[table]
		}
	}
	return s
}

// reach implements source: each position changes the state.
func (t *tableSource) reach(context.Context, ironstar.Position) error { return nil }

// ask asks the tables.
func (t *tableSource) ask(ctx context.Context, q *Question, args []ironstar.QueryArg, row func([]any) error) (ironstar.Position, error) {
	t.mu.Lock()
	tables, refused, damaged := t.tables, t.refused[q], t.damaged
	t.mu.Unlock()
	switch {
	case refused != nil:
		return 0, refused
	case tables == nil:
		return 0, fmt.Errorf("the tables %s are not open", t.name)
	}
	p, err := tables.Ask(ctx, q, args, row)
	if errors.Is(err, ErrDamaged) {
		damaged(err)
	}
	return p, err
}

// Pauses between attempts, after an error of the tables or of the store.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 10 * time.Second
)

// run opens and feeds the tables until ctx ends, again and again.
func (t *tableSource) run(ctx context.Context) {
	pause, again := firstPause, false
	t.exports.clear()
	defer t.exports.clear()
	for ctx.Err() == nil {
		began := time.Now()
		err := t.session(ctx, again)
		if ctx.Err() != nil {
			return
		}
		again = errors.Is(err, ErrDamaged)
		if time.Since(began) > lastPause {
			pause = firstPause
		}
		t.stop(err)
		t.wake()
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		pause = min(2*pause, lastPause)
	}
}

// stop notes and logs why nothing is fed. Another process that has the file is not an error
// for those who ask: it ends soon.
func (t *tableSource) stop(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stalled.IsZero() {
		t.stalled = time.Now()
	}
	t.failures++
	if errors.Is(err, ErrLocked) {
		t.logger.Debug("the tables of the queries wait for another process", "tables", t.name, "because", err)
		return
	}
	if t.err == nil || t.err.Error() != err.Error() {
		t.logger.Error("the tables of the queries are not fed; trying again", "tables", t.name, "err", err)
	}
	t.err = err
}

// session opens the tables and feeds them until something fails.
func (t *tableSource) session(ctx context.Context, again bool) (err error) {
	head, err := t.store.Head(ctx)
	if err != nil {
		return fmt.Errorf("read head: %w", err)
	}
	tables, err := t.of.Open(ctx, OpenOptions{
		Dir: t.dir, Set: t.set, Logger: t.logger, LogID: t.store.LogID(), Again: again,
		Believe: func(ctx context.Context, c Checkpoint) (string, error) { return believe(ctx, t.store, t.set, c) },
	})
	if err != nil {
		return err
	}
	ctx, damaged := context.WithCancelCause(ctx)
	defer damaged(nil)
	defer func() {
		t.mu.Lock()
		t.tables, t.ready = nil, false
		t.mu.Unlock()
		err = errors.Join(err, tables.Close())
	}()
	refused, err := t.check(ctx, tables)
	if err != nil {
		return err
	}
	position, err := tables.Position(ctx)
	if err != nil {
		return err
	}
	t.opened(tables, damaged, refused, position)
	f := &feeder{source: t, tables: tables, layer: newLayer(t.set), stored: position, at: position, from: position, goal: head}
	return f.run(ctx)
}

// check asks the tables whether each question can be asked.
func (t *tableSource) check(ctx context.Context, tables Tables) (map[*Question]error, error) {
	refused := map[*Question]error{}
	for _, q := range t.questions {
		err := tables.Check(ctx, q)
		if err != nil && !errors.Is(err, ErrSQL) {
			return nil, err
		}
		if err != nil {
			refused[q] = err
			t.logger.Error("a query cannot be asked", "query", q.Name, "file", q.File, "err", err)
		}
	}
	return refused, nil
}

func (t *tableSource) opened(tables Tables, damaged context.CancelCauseFunc, refused map[*Question]error, at ironstar.Position) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tables, t.damaged, t.refused = tables, damaged, refused
	t.position, t.base = at, max(t.base, at)
	t.changed, t.newest = map[string]ironstar.Position{}, map[string]time.Time{}
}

// fed notes that the tables have all events up to a position.
func (t *tableSource) fed(at ironstar.Position, rows []laid, ready bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, one := range rows {
		for _, table := range one.rows {
			t.changed[table.Table], t.newest[table.Table] = one.record.Position, one.record.RecordedAt
		}
	}
	t.position = max(t.position, at)
	t.ready = t.ready || ready
	t.stalled, t.err = time.Time{}, nil
}

// jumped notes that another process has fed the tables up to a position: any of them may
// have changed.
func (t *tableSource) jumped(to ironstar.Position) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.position, t.base = max(t.position, to), max(t.base, to)
}

// asks lets the tables be asked although they do not follow the log.
func (t *tableSource) asks() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ready = true
}
