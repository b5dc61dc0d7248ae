package live

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// hub renders one state for all connections that watch it. It has no goroutine
// while nothing happens. A change of the state starts one, which renders and
// codes the new frame, wakes the members and ends. Each member sends in its own
// goroutine, so a slow one does not delay the others. A hub exists while it has
// users.
type hub struct {
	users int // guarded by view.mu

	nextFrame func(last *frame) *frame // the current state, rendered; returns last if nothing changed
	notify    func(changed func()) (stop func(), err error)
	interval  time.Duration // least time between two published frames
	keepAlive time.Duration // most time without a frame or a keep-alive

	phase      atomic.Int32 // idle, rendering or renderAgain
	latest     atomic.Pointer[frame]
	keepAlives atomic.Uint64 // how many keep-alives were due

	mu             sync.Mutex // guards what follows; taken before the lock of the view's key
	members        []*member
	codings        [codings]int // how many members use each
	stop           func()       // ends notify; nil before it begins
	ended          bool
	published      uint64 // number of the frame that was published last
	publishedAt    time.Time
	keepAliveAt    time.Time
	keepAliveTimer *time.Timer // calls sendKeepAlive
	intervalTimer  *time.Timer // calls changed, at the end of an interval
}

// Values of hub.phase.
const (
	idle        = iota
	rendering   // a goroutine renders
	renderAgain // a goroutine renders, and the state has changed since it began
)

// member is a connection that watches a hub.
type member struct {
	peer
	wake  chan struct{} // capacity 1; when it is full the member will look anyway, so the token is dropped
	index int           // in hub.members
}

// join adds a member. From then on the member is woken whenever there may be
// something to send. An error comes from Notify.
func (h *hub) join(m *member) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stop == nil {
		stop, err := h.notify(h.changed)
		if err != nil {
			return err
		}
		h.stop, h.publishedAt = stop, time.Now()
		h.keepAliveTimer = time.AfterFunc(h.keepAlive, h.sendKeepAlive)
	}
	m.index = len(h.members)
	h.members = append(h.members, m)
	h.codings[m.coding]++
	return nil
}

func (h *hub) leave(m *member) {
	h.mu.Lock()
	defer h.mu.Unlock()
	end := len(h.members) - 1
	last := h.members[end]
	h.members[m.index], last.index = last, m.index
	h.members[end] = nil
	h.members = h.members[:end]
	if cap(h.members) > 64 && len(h.members) < cap(h.members)/4 {
		h.members = slices.Clone(h.members)
	}
	h.codings[m.coding]--
}

// end stops watching the view. No member may use the hub afterwards.
func (h *hub) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	if f := h.latest.Load(); f != nil {
		f.drop()
	}
	if h.stop != nil {
		h.stop()
		h.keepAliveTimer.Stop()
	}
	if h.intervalTimer != nil {
		h.intervalTimer.Stop()
	}
}

// current returns the current state, also if it is not published yet.
func (h *hub) current() *frame {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.refresh()
}

// refresh renders the state if it has changed. It codes the new frame while the
// frame before it is still held, because the difference needs both. h.mu is
// held.
func (h *hub) refresh() *frame {
	last := h.latest.Load()
	f := h.nextFrame(last)
	if f == last {
		return f
	}
	f.number = 1
	if last != nil {
		f.number += last.number
		for c := gzipped; c < codings; c++ {
			if h.codings[c] > 0 {
				f.codeDifference(last, c)
			}
		}
	}
	f.hold()
	h.latest.Store(f)
	if last != nil {
		last.drop()
	}
	return f
}

// changed starts a goroutine that publishes the new state, or asks a running
// one to do so again. It does not render itself: it is called under the lock of
// the view's key, and rendering takes that lock.
func (h *hub) changed() {
	for {
		switch now := h.phase.Load(); {
		case now == renderAgain:
			return
		case !h.phase.CompareAndSwap(now, now+1):
		case now == idle:
			go h.publish()
			return
		default:
			return
		}
	}
}

// publish publishes until the state has not changed meanwhile.
func (h *hub) publish() {
	for {
		h.publishOnce()
		if h.phase.CompareAndSwap(rendering, idle) {
			return
		}
		h.phase.Store(rendering)
	}
}

func (h *hub) publishOnce() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return
	}
	now := time.Now()
	if wait := h.interval - now.Sub(h.publishedAt); h.interval > 0 && wait > 0 {
		if h.intervalTimer == nil {
			h.intervalTimer = time.AfterFunc(wait, h.changed)
		} else {
			h.intervalTimer.Reset(wait)
		}
		return
	}
	if f := h.refresh(); f.number != h.published {
		h.published, h.publishedAt = f.number, now
		h.wakeAll()
	}
}

// sendKeepAlive has the members send a keep-alive if nothing was published for
// Options.KeepAlive.
func (h *hub) sendKeepAlive() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return
	}
	quiet := min(time.Since(h.publishedAt), time.Since(h.keepAliveAt))
	if quiet >= h.keepAlive {
		h.keepAliveAt, quiet = time.Now(), 0
		h.keepAlives.Add(1)
		h.wakeAll()
	}
	h.keepAliveTimer.Reset(h.keepAlive - quiet)
}

// wakeAll wakes all members. h.mu is held.
func (h *hub) wakeAll() {
	for _, m := range h.members {
		select {
		case m.wake <- struct{}{}:
		default:
		}
	}
}
