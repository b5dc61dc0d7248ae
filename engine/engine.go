package engine

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"ironstar.dev"
)

// Options of an [Engine]. The zero value works.
type Options struct {
	States   int // aggregate states kept in memory, per kind; 10 000
	ViewKeys int // states kept in memory of each view keyed by stream; 10 000
	Queue    int // commands that may wait for one aggregate; 1 024
	Ring     int // recent records kept for those who follow the log; 256
	Retries  int // how often a command is decided again after a conflict; 8

	SnapshotEvery  int  // events after which views that are kept whole are kept in snapshots, too; 10 000
	SnapshotStream int  // events after which a stream's state is; 200
	NoSnapshots    bool // none is read or written

	// VerifySnapshots lets Start fold everything from nothing, and compare. What
	// is wrong is told, at level Error, and removed; nothing comes from it.
	VerifySnapshots bool

	Logger   *slog.Logger   // slog.Default()
	Progress func(Progress) // called now and then during a rebuild; may be nil
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		v         *int
		otherwise int
	}{{&o.States, 10_000}, {&o.ViewKeys, 10_000}, {&o.Queue, 1024}, {&o.Ring, 256}, {&o.Retries, 8},
		{&o.SnapshotEvery, 10_000}, {&o.SnapshotStream, 200}} {
		if *d.v <= 0 {
			*d.v = d.otherwise
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
	ring  *ring

	aggregates []Aggregate  // written before Start only
	views      []projection // written before Start only

	keeper *keeper

	head    atomic.Int64 // the last position known to be stored
	applied *mark        // the last position that every view has

	base    context.Context // ends when the engine closes
	end     context.CancelFunc
	started atomic.Bool
	ready   atomic.Bool    // Start is through
	work    sync.WaitGroup // goroutines of ours, and commands under way

	gate   sync.RWMutex // held while work is added, so that Close waits for all of it
	closed bool
}

// New makes an engine that runs nothing yet. Without a store it never can, but
// it knows its [Engine.Aggregates] and [Engine.Views].
func New(store ironstar.Store, o Options) *Engine {
	o = o.withDefaults()
	base, end := context.WithCancel(context.Background())
	e := &Engine{
		store: store, opts: o, ring: newRing(o.Ring), applied: newMark(),
		base: base, end: end,
	}
	e.keeper = newKeeper(e, store)
	return e
}

// Start brings the views that are kept whole to the head, from snapshots of the
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
	begin := e.rebuild
	if e.opts.VerifySnapshots {
		begin = e.startVerified
	}
	if err := begin(ctx, head); err != nil {
		return err
	}
	e.ring.startAt(head)
	e.applied.advance(head)
	e.ready.Store(true)
	e.keeper.reached(head)
	if !e.spawn(e.keeper.run) || !e.spawn(func() { e.follow(head) }) || !e.spawn(func() { e.apply(head) }) {
		return ErrClosed
	}
	return nil
}

// Close stops following, waits for commands under way, writes what snapshots can
// be written in half a second, and returns when no goroutine of the engine is
// left. Further commands get [ErrClosed].
func (e *Engine) Close() error {
	e.gate.Lock()
	e.closed = true
	e.gate.Unlock()
	e.end()
	e.work.Wait()
	if e.ready.Swap(false) {
		e.keeper.last()
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

// Head is the last position that is known to be stored.
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

// KeepSnapshots has snapshots written of all that is new, however little it is:
// somebody is about to read them. It does not wait for that.
func (e *Engine) KeepSnapshots() {
	select {
	case e.keeper.now <- struct{}{}:
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

// Records reads the log after a position and then waits for more, until ctx
// ends. Recent records come from memory; a reader that falls behind gets the
// gap from the store and then rejoins. Nothing is left out.
func (e *Engine) Records(ctx context.Context, after ironstar.Position) iter.Seq2[*ironstar.Record, error] {
	return func(yield func(*ironstar.Record, error) bool) {
		at := after
		recent := make([]*ironstar.Record, 0, e.opts.Ring)
		for ctx.Err() == nil {
			var more <-chan struct{}
			var gap bool
			recent, more, gap = e.ring.after(at, recent[:0])
			for _, r := range recent {
				if !yield(r, nil) {
					return
				}
				at = r.Position
			}
			switch {
			case gap:
				var ok bool
				if at, ok = e.readGap(ctx, at, yield); !ok {
					return
				}
			case len(recent) == 0:
				select {
				case <-more:
				case <-ctx.Done():
				}
			}
		}
	}
}

func (e *Engine) readGap(ctx context.Context, at ironstar.Position, yield func(*ironstar.Record, error) bool) (ironstar.Position, bool) {
	for r, err := range e.store.Log(ctx, at) {
		if err != nil {
			if ctx.Err() == nil {
				yield(nil, fmt.Errorf("read log after %d: %w", at, err))
			}
			return at, false
		}
		if !yield(r, nil) {
			return at, false
		}
		at = r.Position
	}
	return at, true
}

// followPause is how long reading of the log rests after an error.
const followPause = time.Second

// follow puts what the store publishes into the ring.
func (e *Engine) follow(at ironstar.Position) {
	for e.base.Err() == nil {
		for r, err := range e.store.Follow(e.base, at) {
			if err != nil {
				e.opts.Logger.Error("the log cannot be followed; trying again", "after", at, "err", err)
				break
			}
			at = r.Position
			e.sawHead(at)
			e.ring.put(r)
		}
		e.pause()
	}
}

// apply folds every record into every view, in position order.
func (e *Engine) apply(at ironstar.Position) {
	one := make([]*ironstar.Record, 1)
	for e.base.Err() == nil {
		for r, err := range e.Records(e.base, at) {
			if err != nil {
				e.opts.Logger.Error("views stand still; trying again", "after", at, "err", err)
				break
			}
			one[0] = r
			for _, v := range e.views {
				v.apply(one...)
			}
			at = r.Position
			e.applied.advance(at)
			e.keeper.reached(at)
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
