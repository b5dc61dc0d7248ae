package engine

import (
	"container/heap"
	"time"

	"ironstar.dev"
)

// outbox holds what a process has to send, in order for each key.
type outbox struct {
	keys    map[string]*waiting
	ready   []*waiting // have something to send, and nothing under way
	resting restingHeap
	flying  int // under way
	rows    int // that are held in memory
}

// maxFlying is how much is under way at most, and maxRows how much is held in memory.
const (
	maxFlying = 256
	maxRows   = 4096
)

// waiting is what one key has to send. Its first is under way, rests or is ready.
type waiting struct {
	key   string
	queue []queued
	tries int       // of the first
	until time.Time // while the first rests
}

// queued is the place of something outgoing in the store, and perhaps the thing itself.
type queued struct {
	step  int64
	index int
	row   *ironstar.Outgoing // nil: it is read when its turn comes
}

func newOutbox() *outbox { return &outbox{keys: map[string]*waiting{}} }

// add adds something after everything of its key.
func (b *outbox) add(o *ironstar.Outgoing) {
	l := b.keys[o.Key]
	if l == nil {
		l = &waiting{key: o.Key}
		b.keys[o.Key] = l
	}
	q := queued{step: o.Step, index: o.Index}
	if b.rows < maxRows {
		q.row = o
		b.rows++
	}
	if l.queue = append(l.queue, q); len(l.queue) == 1 {
		b.ready = append(b.ready, l)
	}
}

// next returns a line whose first may be sent now, or nil.
func (b *outbox) next(now time.Time) *waiting {
	if b.flying >= maxFlying {
		return nil
	}
	if len(b.resting) > 0 && !now.Before(b.resting[0].until) {
		b.flying++
		return heap.Pop(&b.resting).(*waiting)
	}
	if len(b.ready) == 0 {
		return nil
	}
	l := b.ready[0]
	b.ready = b.ready[1:]
	b.flying++
	return l
}

// through removes the first of a line, which was under way.
func (b *outbox) through(l *waiting) {
	if l.queue[0].row != nil {
		b.rows--
	}
	l.queue[0] = queued{}
	if l.queue = l.queue[1:]; len(l.queue) == 0 {
		delete(b.keys, l.key)
		return
	}
	l.tries = 0
	b.ready = append(b.ready, l)
}

// rest lets a line wait before its first is sent again.
func (b *outbox) rest(l *waiting, until time.Time) {
	l.until = until
	heap.Push(&b.resting, l)
}

// wakes returns when the next line has rested; zero if none rests.
func (b *outbox) wakes() time.Time {
	if len(b.resting) == 0 {
		return time.Time{}
	}
	return b.resting[0].until
}

// restingHeap has the line that rests least at its top.
type restingHeap []*waiting

func (h restingHeap) Len() int           { return len(h) }
func (h restingHeap) Less(i, j int) bool { return h[i].until.Before(h[j].until) }
func (h restingHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *restingHeap) Push(x any)        { *h = append(*h, x.(*waiting)) }
func (h *restingHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return last
}
