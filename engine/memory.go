package engine

import (
	"container/list"
	"math"
	"sync"

	"github.com/maypok86/otter/v2"

	"ironstar.dev"
)

// Memory is what an engine holds of states, and may hold. Bytes are estimates:
// twice the JSON that a state was folded from since it was last written, and what
// holds it.
type Memory struct {
	States, StateBytes, StateLimit   int64 // of aggregates
	ViewStates, ViewBytes, ViewLimit int64 // of views keyed by stream, including those in use, which are not evicted
	WholeStates                      int64 // of views that are completely in memory, and rows of lists: without limit
}

// Memory returns what is held now.
func (e *Engine) Memory() Memory {
	e.states.CleanUp() // it evicts some time after it is written to
	m := Memory{
		States: int64(e.states.EstimatedSize()), StateBytes: int64(e.states.WeightedSize()), StateLimit: e.opts.StateBytes,
		ViewLimit: e.opts.ViewBytes,
	}
	m.ViewStates, m.ViewBytes = e.viewCache.held()
	for _, v := range e.views {
		if v.eager() {
			m.WholeStates += int64(v.count())
		}
	}
	return m
}

// entryBytes is the memory of an empty state: its key, its locks, its entries
// in maps and lists.
const entryBytes = 1 << 10

// weightOf estimates the memory of a state from the size of the JSON that it
// was read from and of the events that were folded into it: a state keeps the
// texts of its events in memory.
func weightOf(written, folded int) int64 { return entryBytes + 2*int64(written+folded) }

// weighted is a state with a known weight.
type weighted interface{ weight() int64 }

// newStateCache makes the cache of the states of all aggregates.
func newStateCache(limit int64) *otter.Cache[ironstar.Stream, weighted] {
	return otter.Must(&otter.Options[ironstar.Stream, weighted]{
		MaximumWeight: uint64(limit),
		Weigher:       func(_ ironstar.Stream, w weighted) uint32 { return uint32(min(w.weight(), math.MaxUint32)) },
	})
}

// viewCache limits the states of all views keyed by stream. When it is over the
// limit it evicts the state of any view that was used longest ago.
type viewCache struct {
	limit int64

	mu     sync.Mutex // guards what follows; taken last
	states int64
	used   int64      // bytes
	idle   *list.List // of *cached without users; the front was used last
}

// cached is a state's entry. Its fields are guarded by viewCache.mu.
type cached struct {
	drop    func() // removes the state unless it is in use again
	bytes   int64
	element *list.Element // in viewCache.idle
	dropped bool
}

func newViewCache(limit int64) *viewCache { return &viewCache{limit: limit, idle: list.New()} }

func (c *viewCache) held() (states, bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.states, c.used
}

// weigh sets the size of an entry.
func (c *viewCache) weigh(e *cached, bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.dropped {
		return
	}
	if e.bytes == 0 {
		c.states++
	}
	c.used += bytes - e.bytes
	e.bytes = bytes
}

// use takes an entry out of the reach of evict.
func (c *viewCache) use(e *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unlist(e)
}

// rest returns an entry to the idle list, as the one that was used last.
func (c *viewCache) rest(e *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unlist(e)
	e.element = c.idle.PushFront(e)
}

func (c *viewCache) unlist(e *cached) {
	if e.element != nil {
		c.idle.Remove(e.element)
		e.element = nil
	}
}

// forget removes an entry unless it was used again since it was chosen. It
// reports whether the entry was removed.
func (c *viewCache) forget(e *cached) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.element != nil || e.dropped {
		return e.dropped
	}
	e.dropped = true
	if e.bytes > 0 {
		c.states--
		c.used -= e.bytes
	}
	return true
}

// evict drops entries until the rest is within the limit, or all in use. The
// caller holds no lock.
func (c *viewCache) evict() {
	for e := c.excess(); e != nil; e = c.excess() {
		e.drop()
	}
}

func (c *viewCache) excess() *cached {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.used <= c.limit || c.idle.Len() == 0 {
		return nil
	}
	e := c.idle.Back().Value.(*cached)
	c.unlist(e)
	return e
}
