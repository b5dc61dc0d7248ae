package engine

import (
	"sync"

	"ironstar.dev"
)

// ring keeps the most recent records, addressed by their position. Whoever
// follows the log holds a cursor, not a channel: nobody can make it wait.
type ring struct {
	mu     sync.Mutex
	slots  []*ironstar.Record // position p is in slot p modulo the length
	latest ironstar.Position  // the last one that was put, or where it began
	oldest ironstar.Position  // the first one that is still there
	bell   chan struct{}      // closed at the next put
}

func newRing(size int) *ring {
	return &ring{slots: make([]*ironstar.Record, size), oldest: 1, bell: make(chan struct{})}
}

// startAt says that what is up to p is in the store only.
func (g *ring) startAt(p ironstar.Position) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.latest, g.oldest = p, p+1
}

// put adds the record behind the latest.
func (g *ring) put(r *ironstar.Record) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.slots[int(r.Position)%len(g.slots)] = r
	g.latest = r.Position
	g.oldest = max(g.oldest, r.Position-ironstar.Position(len(g.slots))+1)
	close(g.bell)
	g.bell = make(chan struct{})
}

// after appends the records after p to into. Without any, more is closed when
// there are; gap says that the next one is no longer here.
func (g *ring) after(p ironstar.Position, into []*ironstar.Record) (_ []*ironstar.Record, more <-chan struct{}, gap bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p >= g.latest {
		return into, g.bell, false
	}
	if p+1 < g.oldest {
		return into, g.bell, true
	}
	for next := p + 1; next <= g.latest; next++ {
		into = append(into, g.slots[int(next)%len(g.slots)])
	}
	return into, g.bell, false
}
