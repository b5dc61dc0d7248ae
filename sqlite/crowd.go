package sqlite

import "time"

const (
	// patience is the share of a transaction's time that is spent waiting for
	// callers. A transaction costs as much as some ten events in it do: fewer,
	// fuller ones are worth that.
	patience = 8

	// freeYields is how often in a row others may run without a request coming
	// of it when nothing is expected of waiting. It takes a few microseconds.
	freeYields = 3

	// maxDoubt bounds how many batches go by, as a power of two, until waiting
	// is tried again after it was in vain.
	maxDoubt = 6
)

// crowd guesses how many callers are about to come. Those who were answered
// last mostly come again at once, if there are many: waiting for them, for a
// small part of the time that their sync takes, makes one batch of what would
// be two groups that take turns. A caller who is alone is never waited for.
type crowd struct {
	expected int           // requests: those answered last and those that waited then
	took     time.Duration // to store the last batch

	doubt, skip int // waits in vain, and batches until the next

	// Of the batch that is being gathered.
	idle  int       // yields in a row without a request
	begun time.Time // of the wait; zero before
	had   int       // requests when it began
}

// answered takes note of a batch: how many were answered, how many are waiting.
func (c *crowd) answered(requests, waiting int, took time.Duration) {
	c.expected, c.took = requests+waiting, took
	c.idle, c.begun = 0, time.Time{}
	c.skip = max(c.skip-1, 0)
}

// arrived takes note of a request.
func (c *crowd) arrived() { c.idle = 0 }

// wait reports whether to let others run once more, having so many requests
// and no other in the queue.
func (c *crowd) wait(have int, now time.Time) bool {
	if have >= c.expected {
		c.judge(have)
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
	c.judge(have)
	return false
}

// judge learns from a wait that has ended: it was worth it if half of those
// came who were missing.
func (c *crowd) judge(have int) {
	switch {
	case c.begun.IsZero():
	case 2*(have-c.had) >= c.expected-c.had:
		c.doubt = 0
	default:
		c.doubt = min(c.doubt+1, maxDoubt)
		c.skip = 1 << c.doubt
	}
}
