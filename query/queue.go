package query

import (
	"context"
	"sync"
)

// A batch has at most so many records, and ends when their payloads have so many bytes.
const (
	batchRecords = 4096
	batchBytes   = 4 << 20
)

// queue hands records from the goroutine that reads the log to the one that feeds: while
// one batch is stored, the next one is collected.
type queue struct {
	mu    sync.Mutex
	items []laid
	bytes int
	err   error // the log cannot be read; it follows the items

	filled  chan struct{} // there is something to take; one is enough
	emptied chan struct{} // there is room; one is enough
}

func newQueue() *queue {
	return &queue{filled: make(chan struct{}, 1), emptied: make(chan struct{}, 1)}
}

// put adds a record, after waiting for room. It returns false when ctx ends.
func (q *queue) put(ctx context.Context, one laid) bool {
	for {
		q.mu.Lock()
		if len(q.items) < batchRecords && q.bytes < batchBytes {
			q.items = append(q.items, one)
			q.bytes += len(one.record.Payload)
			q.mu.Unlock()
			signal(q.filled)
			return true
		}
		q.mu.Unlock()
		select {
		case <-q.emptied:
		case <-ctx.Done():
			return false
		}
	}
}

// fail adds that reading ended.
func (q *queue) fail(err error) {
	q.mu.Lock()
	q.err = err
	q.mu.Unlock()
	signal(q.filled)
}

// take waits for records and takes all. The error is that of ctx, or what fail was given.
func (q *queue) take(ctx context.Context) ([]laid, error) {
	for {
		q.mu.Lock()
		items, err := q.items, q.err
		if len(items) > 0 {
			q.items, q.bytes = nil, 0
			q.mu.Unlock()
			signal(q.emptied)
			return items, nil
		}
		q.mu.Unlock()
		if err != nil {
			return nil, err
		}
		select {
		case <-q.filled:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is signalled
	}
}
