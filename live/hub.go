package live

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// hub renders one place for all who look at it. It has no goroutine while nothing
// happens: a change of the place starts one, which renders and codes the new
// frame and wakes the members, and ends. What a member then sends is its own
// business, so a slow one delays nobody. A hub lives as long as somebody looks.
type hub struct {
	users int // guarded by view.mu

	look      func(last *frame) *frame // the current state, rendered; last, if that is it
	notify    func(changed func()) (stop func(), err error)
	interval  time.Duration // between two frames that all are told of, at least
	keepAlive time.Duration // between two things that all are told, at most

	work   atomic.Int32 // one of the three below
	latest atomic.Pointer[frame]
	beats  atomic.Uint64 // how often the members were told that there is nothing to tell

	mu      sync.Mutex // guards what follows; taken before the lock of the view's key
	members []*member
	codings [codings]int // how many members have each
	stop    func()       // of notify; nil is not begun
	ended   bool
	told    uint64 // the frame that all were told of
	toldAt  time.Time
	beatAt  time.Time
	alive   *time.Timer // calls beat
	later   *time.Timer // calls changed, at the end of an interval
}

// What hub.work says.
const (
	idle  = iota
	busy  // a goroutine is at it
	again // and is to look once more
)

// member is one who looks at a hub, through one connection.
type member struct {
	peer
	wake  chan struct{} // of capacity 1; a token more is dropped, since one says it all
	place int           // in hub.members
}

// join adds a member. From then on it is woken whenever there may be something
// to send. An error is about watching the view.
func (h *hub) join(m *member) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stop == nil {
		stop, err := h.notify(h.changed)
		if err != nil {
			return err
		}
		h.stop, h.toldAt = stop, time.Now()
		h.alive = time.AfterFunc(h.keepAlive, h.beat)
	}
	m.place = len(h.members)
	h.members = append(h.members, m)
	h.codings[m.coding]++
	return nil
}

func (h *hub) leave(m *member) {
	h.mu.Lock()
	defer h.mu.Unlock()
	end := len(h.members) - 1
	last := h.members[end]
	h.members[m.place], last.place = last, m.place
	h.members[end] = nil
	h.members = h.members[:end]
	if cap(h.members) > 64 && len(h.members) < cap(h.members)/4 {
		h.members = slices.Clone(h.members)
	}
	h.codings[m.coding]--
}

// end stops what watches the view. Nothing reads it afterwards.
func (h *hub) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	if h.stop != nil {
		h.stop()
		h.alive.Stop()
	}
	if h.later != nil {
		h.later.Stop()
	}
}

// current is the state as it is now, also if the members have not been told of
// it yet.
func (h *hub) current() *frame {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.refresh()
}

// refresh codes a new frame while the one before is there: it is the last to
// need it. h.mu is held.
func (h *hub) refresh() *frame {
	last := h.latest.Load()
	f := h.look(last)
	if f == last {
		return f
	}
	f.number = 1
	if last != nil {
		f.number += last.number
		for c := gzipped; c < codings; c++ {
			if h.codings[c] > 0 {
				f.follow(last, c)
			}
		}
	}
	h.latest.Store(f)
	return f
}

// changed says that the state may be another. It is called under the lock of the
// view's key, which looking needs: so another goroutine does that.
func (h *hub) changed() {
	for {
		switch now := h.work.Load(); {
		case now == again:
			return
		case !h.work.CompareAndSwap(now, now+1):
		case now == idle:
			go h.tell()
			return
		default:
			return
		}
	}
}

// tell renders the new state and wakes the members, until nothing has changed
// meanwhile.
func (h *hub) tell() {
	for {
		h.tellOnce()
		if h.work.CompareAndSwap(busy, idle) {
			return
		}
		h.work.Store(busy)
	}
}

func (h *hub) tellOnce() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return
	}
	now := time.Now()
	if wait := h.interval - now.Sub(h.toldAt); h.interval > 0 && wait > 0 {
		if h.later == nil {
			h.later = time.AfterFunc(wait, h.changed)
		} else {
			h.later.Reset(wait)
		}
		return
	}
	if f := h.refresh(); f.number != h.told {
		h.told, h.toldAt = f.number, now
		h.wakeAll()
	}
}

// beat has the members send a sign of life if they had nothing else to send.
func (h *hub) beat() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return
	}
	quiet := min(time.Since(h.toldAt), time.Since(h.beatAt))
	if quiet >= h.keepAlive {
		h.beatAt, quiet = time.Now(), 0
		h.beats.Add(1)
		h.wakeAll()
	}
	h.alive.Reset(h.keepAlive - quiet)
}

// wakeAll is called with h.mu held.
func (h *hub) wakeAll() {
	for _, m := range h.members {
		select {
		case m.wake <- struct{}{}:
		default:
		}
	}
}
