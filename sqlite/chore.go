package sqlite

import (
	"context"
	"fmt"
	"time"

	"ironstar.dev"
)

// choreShare is how long the writer leaves chores alone under load: this many
// times as long as the last one took.
const choreShare = 10

// idleAfter is how long there was no request when there is no load. Those who
// were just answered need a moment to come again, most of all on a busy machine.
const idleAfter = 5 * time.Millisecond

// chore is a write that can wait, and whose loss is none.
type chore struct {
	do   func(*writeConn) error // in a transaction
	done chan error             // has room for the one result
}

// chore lets the writer do something when it has nothing better to do, and waits
// for it. Once it is begun, ctx does not end it.
func (s *Store) chore(ctx context.Context, do func(*writeConn) error) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.entered.Done()
	c := &chore{do: do, done: make(chan error, 1)}
	select {
	case s.writer.chores <- c:
		return <-c.done
	case <-ctx.Done():
		return ctx.Err()
	}
}

// next waits for a request. Until there is one, chores are done. A load that
// leaves gaps of microseconds, or none, is not idleness: under it they get a
// share of the time.
func (w *writer) next() (*request, bool) {
	for {
		chores := w.chores
		var later <-chan time.Time
		if w.waiting != nil {
			chores = nil // one at a time
			rest, loaded := time.Until(w.restUntil), w.loaded.Load()
			if loaded && rest <= 0 || !loaded && len(w.queue) == 0 {
				w.run1(w.waiting)
				continue
			}
			later = time.After(rest)
		}
		select {
		case r, open := <-w.queue:
			return r, open
		default:
		}
		select {
		case r, open := <-w.queue:
			return r, open
		case w.waiting = <-chores: // there may have been callers meanwhile who are served by themselves
		case <-later:
		}
	}
}

// run1 does a chore.
func (w *writer) run1(c *chore) {
	w.turn.Lock()
	defer w.turn.Unlock()
	begun := time.Now()
	w.waiting = nil
	c.done <- w.carryOut(c)
	now := time.Now()
	w.loaded.Store(now.Sub(w.served) < idleAfter)
	w.restUntil = now.Add(choreShare * now.Sub(begun))
	w.checkpoint()
}

// carryOut does a chore in a transaction, that is synced as any other. Not to
// sync it, as it may be lost, would take appends with it: if the next sync fails,
// the kernel holds the frames of the chore as written, and [writer.settle], which
// overwrites those of the append only, would leave them missing in the middle of
// the write-ahead log; it is read up to there.
func (w *writer) carryOut(c *chore) error {
	conn := w.conn
	if conn == nil {
		return fmt.Errorf("%w: the file cannot be written now", ironstar.ErrRetryable)
	}
	return w.transact(conn, c.do)
}

// transact runs do in a transaction.
func (w *writer) transact(c *writeConn, do func(*writeConn) error) error {
	if err := exec(c.begin); err != nil {
		w.dropIfBroken(err)
		return err
	}
	if err := do(c); err != nil {
		w.rollback(err)
		return err
	}
	c.unseen += lookAfter // it may have written as much as it liked
	if err := exec(c.commit); err != nil {
		w.drop(err)
		return err
	}
	return nil
}
