package sqlite

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"ironstar.dev"
)

// maxBatchBytes ends a batch like Options.MaxBatch does, so that a few big
// payloads do not make a transaction that takes seconds.
const maxBatchBytes = 8 << 20

// maxYields is how often in a row the writer lets others run without a request
// coming of it, before it starts. It takes a few microseconds.
const maxYields = 3

// writer stores appends. Its goroutine owns the connection that writes; nothing
// else touches it while the goroutine runs.
type writer struct {
	path     string
	maxBatch int
	maxTails int
	log      *slog.Logger
	publish  func(head ironstar.Position)

	outage outage

	conn  *writeConn // nil after an error, until the next batch reopens it
	queue chan *request
	ended chan struct{} // closed when the goroutine has ended, never sent to

	chores    chan *chore // no room: whoever has one waits
	loaded    bool        // there was a request since the last chore
	restUntil time.Time   // from chores, under load
}

// newWriter opens the connection; start starts the goroutine.
func newWriter(path string, o Options, publish func(ironstar.Position)) (*writer, error) {
	w := &writer{
		path:     path,
		maxBatch: o.MaxBatch,
		maxTails: maxTails,
		log:      o.Logger,
		outage:   outage{log: o.Logger, file: path},
		publish:  publish,
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
	return w, nil
}

func (w *writer) start() { go w.run() }

// stop ends the goroutine after what is queued. No request may come after it.
func (w *writer) stop() {
	close(w.queue)
	<-w.ended
}

func (w *writer) run() {
	defer close(w.ended)
	var requests []*request
	var batch []*pending
	callers := 1 // that come again and again, by what was seen lately
	for {
		first, open := w.next()
		if !open {
			return
		}
		requests = w.gather(append(requests[:0], first), callers)
		callers = max(len(requests), callers-callers/8-1)
		batch = batch[:0]
		for i, r := range requests {
			if !r.state.CompareAndSwap(waiting, taken) {
				requests[i] = nil // its caller has left
				continue
			}
			batch = r.sendable(batch)
		}
		w.store(batch)
		w.outage.settled(batch)
		for _, r := range requests {
			if r != nil {
				r.done <- struct{}{} // from here on r is its caller's
			}
		}
		clear(batch) // hold no payloads while waiting
	}
}

// gather adds what is waiting to the first request, up to the bounds. It waits
// for no one. But if there were more callers lately, they have just been
// answered and are likely to come again: they get a chance to run, so that
// they share this sync and not the next.
func (w *writer) gather(requests []*request, callers int) []*request {
	appends, bytes := len(requests[0].appends), requests[0].bytes
	for idle := 0; appends < w.maxBatch && bytes < maxBatchBytes; {
		select {
		case r, open := <-w.queue:
			if !open {
				return requests // run stores these and then ends, too
			}
			requests = append(requests, r)
			appends += len(r.appends)
			bytes += r.bytes
			idle = 0
		default:
			if idle++; len(requests) >= callers || idle > maxYields {
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
