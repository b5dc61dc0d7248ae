package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ironstar.dev"
)

const (
	// workShare is how long background work rests under load: this many times as
	// long as the last one took, at most maxRest.
	workShare = 10
	maxRest   = 2 * time.Second

	// idleAfter is how long there must be no request for background work to
	// begin. Callers who were just answered need a moment before their next
	// request, especially on a busy machine.
	idleAfter = 5 * time.Millisecond

	// workPatience is how long a request waits for background work before that
	// is interrupted.
	workPatience = 20 * time.Millisecond

	// maxInterruptions is how often work that was interrupted for requests is
	// started again.
	maxInterruptions = 3
)

// errCanceled interrupts work whose caller has left.
var errCanceled = errors.New("canceled")

// work is a write in the background: it can wait, and nothing is lost with it.
// It is interrupted when its caller leaves, when the store closes, and when
// requests wait for it. Only its COMMIT is not, which takes as long as the disk
// does for maxSnapshotBytes.
type work struct {
	do       func(*writeConn) error // in a transaction
	opens    bool                   // it needs the connection that an error has closed
	canceled chan struct{}          // closed when its caller leaves; nothing is sent
	done     chan error             // capacity 1, for the only result

	interruptions int // by requests; the writer's
}

// inBackground lets the writer do something when it has nothing better to do, and
// waits for it. When ctx ends or the store closes, it is given up.
func (s *Store) inBackground(ctx context.Context, do func(*writeConn) error) error {
	return s.workOn(ctx, &work{do: do})
}

func (s *Store) workOn(ctx context.Context, k *work) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.entered.Done()
	k.canceled, k.done = make(chan struct{}), make(chan error, 1)
	select {
	case s.writer.background <- k:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return ironstar.ErrClosed
	}
	select {
	case err := <-k.done:
		return err
	case <-ctx.Done():
	case <-s.closing:
	}
	close(k.canceled)
	err := <-k.done // at once, or when a batch or the COMMIT is through
	if errors.Is(err, errCanceled) {
		if err = ctx.Err(); err == nil {
			err = ironstar.ErrClosed
		}
	}
	return err
}

// nextRequest waits for a request. While there is none, it does background
// work. Gaps of microseconds between requests are not idleness: under such a
// load background work gets a share of the time.
func (w *writer) nextRequest() (*request, bool) {
	for {
		if w.work == nil {
			select {
			case r, open := <-w.queue:
				return r, open
			case w.work = <-w.background: // meanwhile callers may have stored their own requests
			}
		}
		rest := time.Until(w.restUntil)
		if loaded := w.loaded.Load(); loaded && rest <= 0 || !loaded && len(w.queue) == 0 {
			w.runWork()
			continue
		}
		select {
		case r, open := <-w.queue:
			return r, open
		case <-time.After(rest):
		case <-w.work.canceled:
			w.work.done <- errCanceled
			w.work = nil
		}
	}
}

// runWork does the work that waits.
func (w *writer) runWork() {
	k := w.work
	w.turn.Lock()
	begun := time.Now()
	err, forRequests := w.carryOut(k)
	ended := time.Now()
	w.loaded.Store(ended.Sub(w.served) < idleAfter || len(w.queue) > 0)
	w.restUntil = ended.Add(min(workShare*ended.Sub(begun), maxRest))
	w.noteWritten()
	w.turn.Unlock()
	if forRequests {
		if k.interruptions++; k.interruptions < maxInterruptions {
			return // again, after a rest
		}
		err = fmt.Errorf("%w: requests went before it %d times", ironstar.ErrRetryable, k.interruptions)
	}
	w.work = nil
	k.done <- err
}

// carryOut does work in a transaction, with a sync like any other. Work may be
// lost, but without a sync it could make appends unreadable: if the next sync
// fails, the kernel may treat the frames of the work as written.
// [writer.resolveCommit] overwrites only the frames of the append, so frames
// would be missing in the middle of the write-ahead log, which is read only up
// to the gap.
//
// forRequests means that it was interrupted because requests were waiting.
func (w *writer) carryOut(k *work) (err error, forRequests bool) {
	if w.conn == nil && k.opens {
		if err := w.open(); err != nil {
			return fmt.Errorf("%w: %w", ironstar.ErrRetryable, err), false
		}
		w.publish(w.conn.head, nil, 0)
	}
	if w.conn == nil {
		return fmt.Errorf("%w: the file cannot be written now", ironstar.ErrRetryable), false
	}
	stop := make(chan struct{}) // closed to interrupt
	ended := make(chan struct{})
	cause := make(chan interruption)
	go func() {
		c := w.watch(k, ended)
		if c != notInterrupted {
			close(stop)
		}
		cause <- c
	}()
	err = w.transact(w.conn, stop, k.do)
	close(ended)
	switch c := <-cause; {
	case err == nil || c == notInterrupted:
		return err, false
	case c == byCaller:
		return errCanceled, false
	}
	return err, true
}

// interruption is why work is interrupted.
type interruption int

const (
	notInterrupted interruption = iota
	byCaller
	byRequests
)

// watch waits until work has ended, or returns why it must be interrupted.
func (w *writer) watch(k *work, ended <-chan struct{}) interruption {
	patience := time.After(workPatience) // there may be requests already
	for {
		select {
		case <-ended:
			return notInterrupted
		case <-k.canceled:
			return byCaller
		case <-patience:
			if len(w.queue) > 0 {
				return byRequests
			}
			patience = nil
		case <-w.arrived:
			if patience == nil {
				patience = time.After(workPatience)
			}
		}
	}
}

// transact runs do in a transaction. do is interrupted when stop is closed.
func (w *writer) transact(c *writeConn, stop <-chan struct{}, do func(*writeConn) error) error {
	if err := exec(c.begin); err != nil {
		w.dropIfBroken(err)
		return err
	}
	c.SetInterrupt(stop)
	err := do(c)
	c.SetInterrupt(nil)
	if err != nil {
		w.rollback(err)
		return err
	}
	if err := exec(c.commit); err != nil {
		w.drop(err)
		return err
	}
	return nil
}
