package sqlite

import (
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

// errPanic is why a connection is replaced after a panic.
var errPanic = errors.New("panic while writing")

// writer stores appends, on the one connection that writes:
//
//		Append ─▶ request ─▶ queue ─▶ batch ─▶ transaction ─▶ publish ─▶ answer
//		             └─ alone: the caller's turn ─┘
//
//	 1. request: [Store.Append] checks and encodes its appends, in the caller's
//	    goroutine. They are one request ([request], [pending]).
//	 2. turn: the holder of the mutex turn may use the connection. A single caller
//	    takes it and stores its request itself (storeAlone), because waking another
//	    goroutine, and being woken by it, takes a tenth of a sync. Other requests
//	    wait in the queue for the writer's goroutine (run).
//	 3. batch: run takes what is in the queue, and waits a moment for requests that
//	    it expects (gather, [batching]), up to Options.MaxBatch appends.
//	 4. transaction: one for the batch (tryBatch). Each append is decided on what
//	    the appends before it make of the log ([writeConn.decide]); then all events
//	    are inserted, and COMMIT syncs. If a statement fails, each append is tried
//	    in a transaction of its own (storeBatch). If COMMIT fails, the file is asked
//	    what became of it ([writer.resolveCommit]).
//	 5. publish: readers see the new head, and those who follow the log wake.
//	 6. answer: each caller gets its outcomes.
//
// When there are no requests, run does background work ([work]). A second
// goroutine copies the write-ahead log into the database ([checkpointer]).
type writer struct {
	path          string
	maxBatch      int
	maxStreamEnds int
	log           *slog.Logger
	publish       publishing
	reads         *pool // the connections that read

	queue      chan *request
	queueBytes byteSemaphore // of payloads in the queue
	busy       atomic.Bool   // run has requests or expects some: callers use the queue
	ended      chan struct{} // closed when run has ended, never sent to

	background chan *work    // capacity 0: callers wait
	work       *work         // taken and not done; belongs to run
	arrived    chan struct{} // capacity 1: a token when a request was queued
	loaded     atomic.Bool   // there was a request since the last work, or just before it
	restUntil  time.Time     // when work may be done under load; run's

	checkpointer *checkpointer
	copied       chan struct{} // closed when its goroutine has ended, never sent to
	stopping     chan struct{} // closed by stop, never sent to

	turn   sync.Mutex // guards what follows
	served time.Time  // when the last requests were

	files    fileIdentity
	conn     *writeConn // nil after an error, until the next batch opens it again
	outage   outage
	batching batching
	batch    []*pending  // kept between batches for its capacity
	lone     [1]*request // the same, of storeAlone
}

// publishing makes the log readable up to head. rows were stored last, at the
// time now, if they are known.
type publishing func(head ironstar.Position, rows []row, now int64)

// storeAlone stores the request of a caller in its own goroutine, if there was
// no other caller recently.
func (w *writer) storeAlone(r *request) bool {
	if w.busy.Load() || !w.turn.TryLock() {
		return false
	}
	done := false
	defer func() {
		if !done { // a panic, which the caller's server may survive
			w.drop(errPanic)
		}
		w.turn.Unlock()
	}()
	w.lone[0] = r
	w.storeRequests(w.lone[:])
	w.lone[0] = nil
	if w.batching.expected > 1 {
		w.busy.Store(true)
	}
	w.noteWritten()
	done = true
	return true
}

// run stores what is queued, until the queue is closed and empty.
func (w *writer) run() {
	defer close(w.ended)
	var requests []*request
	for {
		first, open := w.nextRequest()
		if !open {
			return
		}
		w.busy.Store(true) // otherwise single callers could take each turn
		w.turn.Lock()
		requests = w.gather(append(requests[:0], first))
		requests = slices.DeleteFunc(requests, func(r *request) bool {
			if r.state.CompareAndSwap(waiting, taken) {
				return false
			}
			w.queueBytes.release(r.bytes) // its caller has left
			return true
		})
		w.storeRequests(requests)
		w.busy.Store(w.batching.expected > 1)
		for _, r := range requests {
			r.done <- struct{}{} // from here on r is its caller's
		}
		w.noteWritten()
		w.turn.Unlock()
	}
}

// gather adds to the first request those in the queue and those that come while
// it waits, up to the limits of a batch.
func (w *writer) gather(requests []*request) []*request {
	appends, bytes := len(requests[0].appends), requests[0].bytes
	for appends < w.maxBatch && bytes < maxBatchBytes {
		select {
		case r, open := <-w.queue:
			if !open {
				return requests // run stores these and then ends
			}
			requests = append(requests, r)
			appends += len(r.appends)
			bytes += r.bytes
			w.batching.arrived()
		default:
			if !w.batching.wait(len(requests), time.Now()) {
				return requests
			}
			runtime.Gosched()
		}
	}
	return requests
}

// storeRequests sets the outcomes of requests. The caller has the turn.
func (w *writer) storeRequests(requests []*request) {
	w.batch = w.batch[:0]
	for _, r := range requests {
		w.batch = r.sendable(w.batch)
	}
	begun := time.Now()
	w.loaded.Store(true)
	w.served = begun
	w.storeBatch(w.batch)
	w.outage.observe(w.batch)
	w.batching.answered(len(requests), len(w.queue), time.Since(begun))
	clear(w.batch) // hold no payloads while waiting
}

// storeBatch sets the outcome of each append of a batch: in one transaction, or, if
// a statement fails unexpectedly, in one for each, so that the bad one is found
// and does not touch its neighbours.
func (w *writer) storeBatch(batch []*pending) {
	if len(batch) == 0 {
		return
	}
	err := w.tryBatch(batch)
	switch {
	case err == nil:
	case len(batch) == 1:
		w.outage.cause = err
		batch[0].refuse(classify(err))
	default:
		w.log.Debug("batch rolled back, storing its appends one by one", "appends", len(batch), "error", err)
		for i := range batch {
			w.storeBatch(batch[i : i+1])
		}
	}
}

// tryBatch stores a batch in one transaction and sets all outcomes, or returns
// the error of a statement, with nothing stored.
func (w *writer) tryBatch(batch []*pending) error {
	if err := w.files.checkSometimes(time.Now()); err != nil {
		w.refuseAll(batch, "look for the files", err)
		return nil
	}
	if w.conn == nil {
		if err := w.open(); err != nil {
			w.refuseAll(batch, "reopen", err)
			return nil
		}
		w.publish(w.conn.head, nil, 0)
	}
	c := w.conn
	if err := c.beginBatch(); err != nil {
		w.dropIfBroken(err)
		w.refuseAll(batch, "begin", err)
		return nil
	}
	if err := c.decideBatch(batch); err != nil {
		w.rollback(err)
		return err
	}
	base := c.headBefore
	if err := c.commitBatch(); err != nil {
		w.resolveCommit(batch, err)
		return nil
	}
	w.publish(c.head, c.rows, c.now)
	c.dropRows()
	if err := w.files.checkEvents(); err != nil { // events may be lost when the process ends
		w.outage.cause = err
		w.answerUnknown(batch, base, err)
	}
	return nil
}

// refuseAll answers a batch that was not begun.
func (w *writer) refuseAll(batch []*pending, step string, cause error) {
	w.outage.cause = cause
	for _, p := range batch {
		p.refuse(notStored(fmt.Errorf("%s: %w", step, cause)))
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
