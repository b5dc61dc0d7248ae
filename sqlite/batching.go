package sqlite

import "time"

const (
	// patience: the writer waits for 1/patience of the time of a transaction. A
	// transaction costs about as much as ten events in it, so larger batches are
	// worth that.
	patience = 8

	// freeYields is how often in a row the writer lets others run without getting a
	// request when it does not wait otherwise. That takes a few microseconds.
	freeYields = 3

	// maxDoubt bounds, as a power of two, how many batches follow without a wait
	// after waits that brought too few requests.
	maxDoubt = 6
)

// batching decides how long the writer waits for more requests before it stores
// a batch (adaptive group commit). Under load most callers send their next
// request as soon as they are answered. Waiting for those of the last batch,
// for a small part of the time of a sync, makes one batch of two groups that
// would otherwise take turns. The writer never waits for a single caller.
type batching struct {
	expected int           // number of requests: those answered last and those that waited then
	took     time.Duration // to store the last batch

	doubt, skip int // waits in a row that brought too few; batches until the next wait

	// Of the batch that is being gathered.
	idle  int       // yields in a row without a request
	begun time.Time // of the wait; zero before
	had   int       // requests when it began
}

// answered notes a batch: how many requests were answered and how many wait.
func (c *batching) answered(requests, waiting int, took time.Duration) {
	c.expected, c.took = requests+waiting, took
	c.idle, c.begun = 0, time.Time{}
	c.skip = max(c.skip-1, 0)
}

// arrived notes a request.
func (c *batching) arrived() { c.idle = 0 }

// wait reports whether to let other goroutines run once more, with so many
// requests and an empty queue.
func (c *batching) wait(have int, now time.Time) bool {
	if have >= c.expected {
		c.learn(have)
		return false
	}
	if c.skip > 0 {
		c.idle++
		return c.idle <= freeYields
	}
	if c.begun.IsZero() {
		c.begun, c.had = now, have
	}
	if now.Sub(c.begun) < c.took/patience {
		return true
	}
	c.learn(have)
	return false
}

// learn evaluates a wait that has ended: it was worth it if at least half of
// the missing requests came.
func (c *batching) learn(have int) {
	switch {
	case c.begun.IsZero():
	case 2*(have-c.had) >= c.expected-c.had:
		c.doubt = 0
	default:
		c.doubt = min(c.doubt+1, maxDoubt)
		c.skip = 1 << c.doubt
	}
}
