package auctionseason

import (
	"bytes"
	"context"
	"fmt"
	"iter"

	"ironstar.dev"
)

// atOnce is how many appends are stored in one transaction.
const atOnce = 4096

// ledger stores appends in their order, in batches, while the next ones are made. What the
// store has already is compared.
type ledger struct {
	next  ironstar.Position // of the next event
	batch []ironstar.Append

	batches chan []ironstar.Append // to the goroutine that stores them, which ends when it is closed
	failed  chan error             // the first error of that; capacity 1
	done    chan struct{}          // closed when that has ended

	found func() (*ironstar.Record, error, bool) // the next event that is stored already
	end   func()
	head  ironstar.Position // up to here they are
}

func newLedger(ctx context.Context, store ironstar.Store) (*ledger, error) {
	head, err := store.Head(ctx)
	if err != nil {
		return nil, err
	}
	l := &ledger{next: 1, head: head, batches: make(chan []ironstar.Append, 1), failed: make(chan error, 1), done: make(chan struct{})}
	l.found, l.end = iter.Pull2(store.Log(ctx, 0))
	go l.store(ctx, store)
	return l, nil
}

// store stores what comes until an error. Then it goes on taking batches, so that nobody
// waits.
func (l *ledger) store(ctx context.Context, store ironstar.Store) {
	defer close(l.done)
	broken := false
	for batch := range l.batches {
		if broken {
			continue
		}
		for i, out := range store.Append(ctx, batch...) {
			if out.Err != nil {
				l.failed <- fmt.Errorf("store what happened to %s: %w", batch[i].Stream, out.Err)
				broken = true
				break
			}
		}
	}
}

// add adds events. The error may be about events that were added before.
func (l *ledger) add(a ironstar.Append) error {
	if l.next <= l.head {
		return l.compare(&a)
	}
	l.next += ironstar.Position(len(a.Events))
	if l.batch = append(l.batch, a); len(l.batch) < atOnce {
		return nil
	}
	l.batches <- l.batch
	l.batch = nil
	return l.failure()
}

func (l *ledger) failure() error {
	select {
	case err := <-l.failed:
		l.failed <- err
		return err
	default:
		return nil
	}
}

// compare finds events that are stored already.
func (l *ledger) compare(a *ironstar.Append) error {
	for i := range a.Events {
		e := &a.Events[i]
		r, err, ok := l.found()
		switch {
		case err != nil:
			return err
		case !ok || r.Stream != a.Stream || r.Type != e.Type || r.SchemaVersion != e.SchemaVersion || !bytes.Equal(r.Payload, e.Payload):
			return &OtherError{Position: l.next}
		}
		l.next++
	}
	return nil
}

// OtherError means that the database has other events than the season, so that the season
// cannot be continued there.
type OtherError struct{ Position ironstar.Position }

func (e *OtherError) Error() string {
	return fmt.Sprintf("the database has another event at position %d than this season", e.Position)
}

// close stores the rest.
func (l *ledger) close() error {
	if len(l.batch) > 0 {
		l.batches <- l.batch
	}
	close(l.batches)
	l.end()
	<-l.done
	return l.failure()
}
