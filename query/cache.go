package query

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"ironstar.dev"
)

// lingering is how long a computation goes on after a reader did not wait for it any
// more: a page that was answered without it usually watches it soon.
const lingering = 3 * time.Second

// cache remembers answers and computes them. One goroutine looks at all active entries
// whenever a source changes or a time has come; each computation has its own.
type cache struct {
	limits Limits

	mu        sync.Mutex
	entries   map[string]*entry
	active    map[*entry]bool // isActive
	idle      *list.List      // of the other ones; the one that was used last is in front
	rows      int             // of all results
	waiting   int             // callers
	revisions uint64
	slots     map[string]chan struct{} // by engine; full of tokens: no computation more
	closed    bool

	base context.Context // computations end with it
	end  context.CancelFunc
	kick chan struct{} // a source or an entry changed; one is enough
	work sync.WaitGroup
}

func newCache(l Limits) *cache {
	base, end := context.WithCancel(context.Background())
	return &cache{
		limits: l, entries: map[string]*entry{}, active: map[*entry]bool{}, idle: list.New(), slots: map[string]chan struct{}{},
		base: base, end: end, kick: make(chan struct{}, 1),
	}
}

// run looks at active entries until ctx ends, and waits for all computations.
func (c *cache) run(ctx context.Context) {
	defer c.work.Wait()
	defer c.close()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(c.pass())
		select {
		case <-c.kick:
		case <-timer.C:
		case <-ctx.Done():
			return
		}
	}
}

func (c *cache) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.end()
}

// wake makes run look at all active entries.
func (c *cache) wake() {
	select {
	case c.kick <- struct{}{}:
	default: // it is going to
	}
}

// pass updates all active entries and returns for how long nothing is due.
func (c *cache) pass() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, wait := time.Now(), time.Hour
	for e := range c.active {
		c.update(e, now)
		if next := e.due(e.source.state(e.reads), now); !next.IsZero() {
			wait = min(wait, next.Sub(now))
		}
	}
	return wait
}

// update brings an entry up to date, and begins or cancels its computation. c.mu is
// held.
func (c *cache) update(e *entry, now time.Time) {
	s := e.source.state(e.reads)
	if e.refresh(s, now) {
		c.revisions++
		e.revision = c.revisions
		for _, w := range e.watchers {
			w.changed()
		}
	}
	switch wanted := e.isWanted(now); {
	case e.running != nil && !wanted:
		e.running.cancel()
	case e.running == nil && wanted && s.ready && !c.closed && !e.isValid(s, now) && !now.Before(e.notBefore()):
		c.start(e, now)
	}
	c.classify(e)
}

// classify moves an entry to the active or the idle ones. c.mu is held.
func (c *cache) classify(e *entry) {
	if c.entries[e.key] != e {
		return
	}
	if e.isActive() {
		c.active[e] = true
		if e.idle != nil {
			c.idle.Remove(e.idle)
			e.idle = nil
		}
		return
	}
	delete(c.active, e)
	if e.idle == nil {
		e.idle = c.idle.PushFront(e)
	}
}

// start begins a computation. c.mu is held.
func (c *cache) start(e *entry, now time.Time) {
	ctx, cancel := context.WithCancel(c.base)
	window := windowAt(e.window, e.round, now)
	e.running = &run{cancel}
	slots := c.slots[e.source.engineName()]
	if slots == nil {
		slots = make(chan struct{}, c.limits.Computing)
		c.slots[e.source.engineName()] = slots
	}
	c.work.Go(func() {
		defer cancel()
		r, err := computed(ctx, e, window, slots)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.finish(e, r, err)
	})
}

// computed waits for a slot and computes.
func computed(ctx context.Context, e *entry, window ironstar.Window, slots chan struct{}) (*result, error) {
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-slots }()
	limited, cancel := context.WithTimeout(ctx, e.within)
	defer cancel()
	r, err := e.compute(limited, window)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil && limited.Err() != nil {
		return nil, fmt.Errorf("%w: it takes longer than %v; ask about less, or allow more with within", ironstar.ErrTooSlow, e.within)
	}
	if errors.Is(err, context.Canceled) { // nobody has cancelled this one
		return nil, fmt.Errorf("the engine gave up: %v", err)
	}
	return r, err
}

// finish stores what a computation returned. c.mu is held.
func (c *cache) finish(e *entry, r *result, err error) {
	before := e.result.size()
	e.finish(r, err, time.Now())
	if c.entries[e.key] == e {
		c.rows += e.result.size() - before
	}
	c.update(e, time.Now())
	e.changed.Send()
	c.shrink(len(c.entries), c.limits.Rows)
	c.wake() // something may be due now
}

func (r *result) size() int {
	if r == nil {
		return 0
	}
	return r.count
}

// shrink forgets idle entries, those that were used long ago first, until there are at
// most so many and so many rows. c.mu is held.
func (c *cache) shrink(entries, rows int) {
	for (len(c.entries) > entries || c.rows > rows) && c.idle.Len() > 0 {
		e := c.idle.Back().Value.(*entry)
		c.idle.Remove(e.idle)
		e.idle = nil
		delete(c.entries, e.key)
		c.rows -= e.result.size()
	}
}

// entry returns the entry of a key, which it makes if there is none, up to date. It returns
// nil if there are too many. c.mu is held.
func (c *cache) entry(key string, make func() *entry) *entry {
	e := c.entries[key]
	if e == nil {
		if c.shrink(c.limits.Answers-1, c.limits.Rows); len(c.entries) >= c.limits.Answers {
			return nil
		}
		e = make()
		e.key = key
		c.revisions++
		e.revision = c.revisions
		c.entries[key] = e
	}
	if e.idle != nil {
		c.idle.MoveToFront(e.idle)
	}
	c.update(e, time.Now())
	return e
}

// watch adds a watcher to an entry until stop is called.
func (c *cache) watch(key string, make func() *entry, changed func()) (stop func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entry(key, make)
	if e == nil {
		return nil, busy("%d answers are remembered and watched", c.limits.Answers)
	}
	w := &watcher{changed}
	e.watchers = append(e.watchers, w)
	c.update(e, time.Now())
	c.wake()
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		e.watchers = slices.DeleteFunc(e.watchers, func(other *watcher) bool { return other == w })
		c.update(e, time.Now())
	}, nil
}

func busy(format string, args ...any) error {
	return fmt.Errorf("%w: %s; try again later", ironstar.ErrBusy, fmt.Sprintf(format, args...))
}
