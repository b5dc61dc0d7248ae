package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"ironstar.dev"
	"ironstar.dev/internal/memory"
)

// Options of an [Engine]. The zero value works.
type Options struct {
	// Limits of memory for states that can be folded again, in bytes
	// ([Engine.Memory] returns what is held). The default of each is a
	// sixteenth of the memory that the process may use (GOMEMLIMIT, control
	// group or machine).
	StateBytes int64 // states of aggregates, of all kinds together
	ViewBytes  int64 // states of views keyed by stream, of all together

	Queue   int // commands that may wait for one aggregate; 1 024
	Retries int // how often a command is decided again after a conflict; 8

	SnapshotEvery  int  // events after which views that are held as a whole are written to snapshots; 10 000
	SnapshotStream int  // events after which a stream's state is; 200
	NoSnapshots    bool // snapshots are neither read nor written

	// VerifySnapshots makes Start fold everything and compare it with the
	// snapshots. Wrong snapshots are logged at level Error and removed; no
	// state is read from a snapshot.
	VerifySnapshots bool

	Logger   *slog.Logger   // slog.Default()
	Progress func(Progress) // called now and then during a rebuild; may be nil
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		v         *int
		otherwise int
	}{{&o.Queue, 1024}, {&o.Retries, 8}, {&o.SnapshotEvery, 10_000}, {&o.SnapshotStream, 200}} {
		if *d.v <= 0 {
			*d.v = d.otherwise
		}
	}
	for _, bytes := range []*int64{&o.StateBytes, &o.ViewBytes} {
		if *bytes <= 0 {
			*bytes = memory.Share(16)
		}
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

// Engine runs aggregates and views on one store. Add them with [Run] and
// [Follow], then call Start; after that all methods may be called from any
// goroutine. The store stays the caller's: close it after the engine.
type Engine struct {
	store ironstar.Store
	opts  Options

	aggregates []AggregateInfo // written before Start only
	handlers   map[string]any  // of the aggregates, by kind; written before Start only
	views      []projection    // written before Start only
	processes  []processor     // written before Start only
	queries    []Query         // written before Start only

	states    *otter.Cache[ironstar.Stream, weighted] // of aggregates
	viewCache *viewCache

	claims    claims
	snapshots *snapshotWriter

	startedAt ironstar.Position // the head when Start began

	head    atomic.Int64 // last position that is known to be stored
	applied watermark    // every view has all up to it

	base    context.Context // ends when the engine closes
	end     context.CancelFunc
	started atomic.Bool
	ready   atomic.Bool    // Start is through
	work    sync.WaitGroup // goroutines of the engine, and commands in progress

	gate   sync.RWMutex // held while work is added, so that Close waits for all of it
	closed bool
}

// New makes an engine that does not run yet. Without a store it never can, but
// [Engine.Aggregates] and [Engine.Views] work.
func New(store ironstar.Store, o Options) *Engine {
	o = o.withDefaults()
	base, end := context.WithCancel(context.Background())
	e := &Engine{
		store: store, opts: o, states: newStateCache(o.StateBytes), viewCache: newViewCache(o.ViewBytes),
		handlers: map[string]any{}, base: base, end: end,
	}
	e.snapshots = newSnapshotWriter(e, store)
	return e
}

// Start brings the views that are held as a whole to the head, from snapshots of the
// same fingerprint or else by folding the whole log, and then follows the log
// until Close. It returns early, with an error, if ctx ends or the log cannot be
// read.
func (e *Engine) Start(ctx context.Context) error {
	if e.started.Swap(true) {
		panic("engine: started twice")
	}
	head, err := e.store.Head(ctx)
	if err != nil {
		return fmt.Errorf("start: read head: %w", err)
	}
	e.sawHead(head)
	e.startedAt = head
	begin := e.rebuild
	if e.opts.VerifySnapshots {
		begin = e.startVerified
	}
	if err := begin(ctx, head); err != nil {
		return err
	}
	if err := e.finishLists(ctx, head); err != nil {
		return err
	}
	if len(e.claims.rules) > 0 {
		switch err := e.followClaims(ctx); {
		case ctx.Err() != nil:
			return fmt.Errorf("start: %w", ctx.Err())
		case errors.Is(err, ironstar.ErrRetryable): // another server still owns the store
			e.opts.Logger.Debug("values that must be unique are prepared with the first command", "because", err)
		case err != nil:
			e.opts.Logger.Error("no command can be taken, which is tried again with each", "err", err)
		}
	}
	e.applied.advance(head)
	e.ready.Store(true)
	e.snapshots.reached(head)
	if !e.spawn(e.snapshots.run) || !e.spawn(func() { e.follow(head) }) {
		return ErrClosed
	}
	for _, p := range e.processes {
		if !e.spawn(func() { e.bounded(p) }) {
			return ErrClosed
		}
	}
	return nil
}

// Close stops following, waits for commands in progress, saves the snapshots
// that can be written in half a second, and returns when all goroutines of the
// engine have ended. Further commands get [ErrClosed].
func (e *Engine) Close() error {
	e.gate.Lock()
	e.closed = true
	e.gate.Unlock()
	e.end()
	e.work.Wait()
	if e.ready.Swap(false) {
		e.snapshots.last()
	}
	return nil
}

// enter keeps Close waiting until e.work.Done, unless the engine is closed.
func (e *Engine) enter() bool {
	e.gate.RLock()
	defer e.gate.RUnlock()
	if e.closed {
		return false
	}
	e.work.Add(1)
	return true
}

// spawn runs f in a goroutine that Close waits for, unless the engine is closed.
func (e *Engine) spawn(f func()) bool {
	if !e.enter() {
		return false
	}
	go func() {
		defer e.work.Done()
		f()
	}()
	return true
}

// Head returns the last position that is known to be stored.
func (e *Engine) Head() ironstar.Position { return ironstar.Position(e.head.Load()) }

// Applied is the position that every view has reached.
func (e *Engine) Applied() ironstar.Position { return e.applied.position() }

// Wait returns when every view has reached p, or with ctx's error, or with
// [ErrClosed]. A position beyond the head is not waited for: it is of another
// log.
func (e *Engine) Wait(ctx context.Context, p ironstar.Position) error {
	if p > e.Head() {
		return nil
	}
	return e.applied.wait(ctx, e.base, p)
}

// WriteSnapshots starts saving snapshots of all changes, however few there are,
// because another process is about to read them. It does not wait.
func (e *Engine) WriteSnapshots() {
	select {
	case e.snapshots.now <- struct{}{}:
	default: // it is going to
	}
}

// CatchUp returns when every view has all that the store holds now. The errors
// are those of Wait, or about the store.
func (e *Engine) CatchUp(ctx context.Context) error {
	head, err := e.store.Head(ctx)
	if err != nil {
		return fmt.Errorf("catch up: %w", err)
	}
	e.sawHead(head)
	return e.Wait(ctx, head)
}

// Health lists the views and keys that stand still (G10).
func (e *Engine) Health() []*ViewError {
	var all []*ViewError
	for _, v := range e.views {
		all = append(all, v.health()...)
	}
	return all
}

// followPause is how long reading of the log rests after an error.
const followPause = time.Second

// follow folds what the store publishes into every view, in position order.
func (e *Engine) follow(at ironstar.Position) {
	for e.base.Err() == nil {
		for r, err := range e.store.Follow(e.base, at) {
			if err != nil {
				e.opts.Logger.Error("the log cannot be followed, views stand still; trying again", "after", at, "err", err)
				break
			}
			at = r.Position
			e.sawHead(at)
			for _, v := range e.views {
				v.apply(r)
			}
			e.applied.advance(at)
			e.snapshots.reached(at)
		}
		e.pause()
	}
}

func (e *Engine) pause() {
	if e.base.Err() == nil {
		select {
		case <-time.After(followPause):
		case <-e.base.Done():
		}
	}
}

func (e *Engine) sawHead(p ironstar.Position) {
	for {
		old := e.head.Load()
		if int64(p) <= old || e.head.CompareAndSwap(old, int64(p)) {
			return
		}
	}
}
