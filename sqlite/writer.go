package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ironstar.dev"
)

// maxBatchBytes ends a batch like Options.MaxBatch does, so that a few big
// payloads do not make a transaction that takes seconds.
const maxBatchBytes = 8 << 20

// errPanic is why a connection is replaced that a panic has left in disorder.
var errPanic = errors.New("panic while writing")

// writer stores appends: in its goroutine, in batches, or in that of a caller
// who is alone.
type writer struct {
	path     string
	maxBatch int
	maxTails int
	log      *slog.Logger
	publish  func(head ironstar.Position)
	reads    *pool // beside which it writes

	queue chan *request
	busy  atomic.Bool   // the goroutine has requests or expects some: callers queue up
	ended chan struct{} // closed when the goroutine has ended, never sent to

	chores    chan *chore // no room: whoever has one waits
	waiting   *chore      // taken, and not begun; the goroutine's
	loaded    atomic.Bool // there was a request since the last chore, or just before it
	restUntil time.Time   // from chores, under load; the goroutine's

	turn   sync.Mutex // guards what follows
	served time.Time  // when the last requests were

	place       place
	conn        *writeConn // nil after an error, until the next batch reopens it
	outage      outage
	crowd       crowd
	checkpoints checkpoints
	batch       []*pending  // room for one
	lone        [1]*request // room for that of a caller who is alone
}

// newWriter opens the connection; start starts the goroutine.
func newWriter(path string, o Options, publish func(ironstar.Position)) (*writer, error) {
	w := &writer{
		path:     path,
		maxBatch: o.MaxBatch,
		maxTails: maxTails,
		log:      o.Logger,
		publish:  publish,
		outage:   outage{log: o.Logger, file: path},

		checkpoints: checkpoints{most: maxLogPages},
		// When it is full, callers wait in Store.send.
		queue:  make(chan *request, o.Queue),
		ended:  make(chan struct{}),
		chores: make(chan *chore),
	}
	if err := w.open(); err != nil {
		return nil, err
	}
	// What a process before us wrote to the write-ahead log comes from the page
	// cache and was perhaps never synced, if it died of a sync error. Copying
	// it into the database makes the kernel write it again. (A reader elsewhere
	// may hold this up. That is no error: a later checkpoint copies the rest.)
	_, err := queryText(w.conn.Conn, "PRAGMA wal_checkpoint(TRUNCATE)")
	if err != nil && !harmless(err) {
		w.closeConn()
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	w.place = placeOf(path)
	return w, nil
}

// start starts the goroutine. reads are the connections that read beside it.
func (w *writer) start(reads *pool) {
	w.reads = reads
	go w.run()
}

// stop ends the goroutine after what is queued. No request may come after it.
func (w *writer) stop() {
	close(w.queue)
	<-w.ended
}

func (w *writer) run() {
	defer close(w.ended)
	var requests []*request
	for {
		first, open := w.next()
		if !open {
			return
		}
		w.busy.Store(true) // so that a caller who is alone does not go before us for ever
		w.turn.Lock()
		requests = w.gather(append(requests[:0], first))
		requests = slices.DeleteFunc(requests, func(r *request) bool {
			return !r.state.CompareAndSwap(waiting, taken) // its caller has left
		})
		w.serve(requests)
		w.busy.Store(w.crowd.expected > 1)
		for _, r := range requests {
			r.done <- struct{}{} // from here on r is its caller's
		}
		w.checkpoint()
		w.turn.Unlock()
	}
}

// serve sets the outcomes of requests. The caller has the turn.
func (w *writer) serve(requests []*request) {
	w.batch = w.batch[:0]
	for _, r := range requests {
		w.batch = r.sendable(w.batch)
	}
	begun := time.Now()
	w.loaded.Store(true)
	w.served = begun
	w.store(w.batch)
	w.outage.settled(w.batch)
	w.crowd.answered(len(requests), len(w.queue), time.Since(begun))
	clear(w.batch) // hold no payloads while waiting
}

// alone serves a caller in its own goroutine, if nobody else has come lately.
// To wake the writer's, and be woken by it, takes a tenth of what a sync takes.
func (w *writer) alone(r *request) bool {
	if w.busy.Load() || !w.turn.TryLock() {
		return false
	}
	whole := false
	defer func() {
		if !whole { // a panic, which the caller's server may survive
			w.drop(errPanic)
		}
		w.turn.Unlock()
	}()
	w.lone[0] = r
	w.serve(w.lone[:])
	w.lone[0] = nil
	if w.crowd.expected > 1 {
		w.busy.Store(true)
	}
	w.checkpoint()
	whole = true
	return true
}

// gather adds what is waiting, and who is expected, to the first request, up to
// the bounds.
func (w *writer) gather(requests []*request) []*request {
	appends, bytes := len(requests[0].appends), requests[0].bytes
	for appends < w.maxBatch && bytes < maxBatchBytes {
		select {
		case r, open := <-w.queue:
			if !open {
				return requests // run stores these and then ends, too
			}
			requests = append(requests, r)
			appends += len(r.appends)
			bytes += r.bytes
			w.crowd.arrived()
		default:
			if !w.crowd.wait(len(requests), time.Now()) {
				return requests
			}
			runtime.Gosched()
		}
	}
	return requests
}

// store sets the outcome of each append of a batch: in one transaction, or, if
// a statement fails unexpectedly, in one for each, so that the bad one is found
// and does not touch its neighbours.
func (w *writer) store(batch []*pending) {
	if len(batch) == 0 {
		return
	}
	err := w.attempt(batch)
	switch {
	case err == nil:
	case len(batch) == 1:
		w.outage.cause = err
		batch[0].refuse(classify(err))
	default:
		w.log.Debug("batch rolled back, storing its appends one by one", "appends", len(batch), "error", err)
		for i := range batch {
			w.store(batch[i : i+1])
		}
	}
}

// attempt stores a batch in one transaction and sets all outcomes, or returns
// the error of a statement, with nothing stored.
func (w *writer) attempt(batch []*pending) error {
	if err := w.place.check(time.Now()); err != nil {
		w.refuseAll(batch, "look for the files", err)
		return nil
	}
	if w.conn == nil {
		if err := w.open(); err != nil {
			w.refuseAll(batch, "reopen", err)
			return nil
		}
		w.publish(w.conn.head)
	}
	c := w.conn
	if err := c.beginBatch(); err != nil {
		w.dropIfBroken(err)
		w.refuseAll(batch, "begin", err)
		return nil
	}
	if err := c.decide(batch); err != nil {
		w.rollback(err)
		return err
	}
	if err := c.commitBatch(); err != nil {
		w.settle(batch, err)
		return nil
	}
	w.publish(c.head)
	return nil
}

// refuseAll answers a batch that was not begun.
func (w *writer) refuseAll(batch []*pending, step string, cause error) {
	w.outage.cause = cause
	for _, p := range batch {
		p.refuse(fmt.Errorf("%w: %s: %w", ironstar.ErrRetryable, step, cause))
	}
}

// rollback ends a transaction after the error of a statement.
func (w *writer) rollback(cause error) {
	if !w.conn.AutocommitEnabled() { // some errors have rolled back already
		if err := exec(w.conn.rollback); err != nil {
			w.drop(err)
			return
		}
	}
	w.conn.forget()
	w.dropIfBroken(cause)
}

// dropIfBroken drops the connection if err says that it may be in disorder.
func (w *writer) dropIfBroken(err error) {
	if !harmless(err) {
		w.drop(err)
	}
}

// drop closes the connection for good; the next batch opens another.
func (w *writer) drop(cause error) {
	level := slog.LevelWarn
	if !w.outage.since.IsZero() { // which tells of it, and not at each batch
		level = slog.LevelDebug
	}
	w.log.Log(context.Background(), level, "write connection is replaced", "file", w.path, "error", cause)
	if err := w.closeConn(); err != nil {
		w.log.Debug("close write connection", "file", w.path, "error", err)
	}
}

// closeConn closes the connection if there is one.
func (w *writer) closeConn() error {
	if w.conn == nil {
		return nil
	}
	err := w.conn.Close()
	w.conn = nil
	return err
}
