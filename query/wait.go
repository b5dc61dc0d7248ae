package query

import (
	"context"
	"errors"
	"time"

	"ironstar.dev"
)

// seen is an entry as a caller sees it at one moment.
type seen struct {
	result   *result
	upTo     ironstar.Position
	late     time.Duration
	err      error
	revision uint64
}

// see returns what is there now.
func (c *cache) see(key string, make func() *entry) seen {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entry(key, make)
	if e == nil {
		return seen{err: busy("%d answers are remembered and watched", c.limits.Answers)}
	}
	return e.see(time.Now())
}

func (e *entry) see(now time.Time) seen {
	s := e.source.state(e.reads)
	return seen{result: e.result, upTo: e.upTo, late: e.late(s, now), err: e.err(s), revision: e.revision}
}

// await waits until an answer is enough, or until ctx ends, whose error it returns. It keeps
// the entry active.
func (c *cache) await(ctx context.Context, key string, make func() *entry, enough func(e *entry, s sourceState, now time.Time) bool) (seen, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entry(key, make)
	switch {
	case e == nil:
		return seen{err: busy("%d answers are remembered and watched", c.limits.Answers)}, nil
	case enough(e, e.source.state(e.reads), time.Now()):
		return e.see(time.Now()), nil
	case c.waiting >= c.limits.Waiting:
		at := e.see(time.Now())
		at.err = busy("%d callers wait for an answer", c.limits.Waiting)
		return at, nil
	}
	c.waiting++
	e.waiters++
	c.update(e, time.Now())
	defer func() {
		c.waiting--
		e.waiters--
		c.update(e, time.Now())
	}()
	for {
		if enough(e, e.source.state(e.reads), time.Now()) {
			return e.see(time.Now()), nil
		}
		next := e.changed.Next()
		c.mu.Unlock()
		c.wake() // the time at which it may be computed may be the next one
		var err error
		select {
		case <-next:
		case <-ctx.Done():
			err = ctx.Err()
		case <-c.base.Done():
			err = errClosed
		}
		c.mu.Lock()
		if err != nil {
			return e.see(time.Now()), err
		}
		c.update(e, time.Now())
	}
}

// isCurrent reports whether an answer need not be computed before it is shown.
func (e *entry) isCurrent(s sourceState, now time.Time) bool {
	return e.result != nil && (e.isValid(s, now) || now.Before(e.result.at.Add(e.fresh)))
}

// show returns what is there. If it is not current and nobody watches it, show waits for
// a short time, and the computation goes on for a while after that.
func (c *cache) show(key string, make func() *entry) seen {
	c.mu.Lock()
	e := c.entry(key, make)
	if e != nil {
		e.linger = time.Now().Add(lingering)
		c.update(e, time.Now())
	}
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(c.base, c.limits.Patience)
	defer cancel()
	ended := finishedOf(c, e)
	at, _ := c.await(ctx, key, make, func(e *entry, s sourceState, now time.Time) bool {
		return len(e.watchers) > 0 && e.result != nil || e.isCurrent(s, now) || e.finished > ended ||
			e.failed != nil && now.Before(e.retry) || s.err != nil && e.running == nil
	})
	if at.result != nil && errors.Is(at.err, ironstar.ErrBusy) {
		return c.see(key, make) // what is there is shown without waiting
	}
	return at
}

// finishedOf returns how many computations of an entry have ended; 0 without one.
func finishedOf(c *cache, e *entry) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e == nil {
		return 0
	}
	return e.finished
}
