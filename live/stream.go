package live

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"ironstar.dev"
)

// serveFeed sends a state whenever it changes, until the client leaves or the
// server ends its feeds.
func (v *view[S, P]) serveFeed(w http.ResponseWriter, r *http.Request) {
	s := v.server
	if r.Method != http.MethodGet {
		s.problemJSON(w, notAllowed(http.MethodGet))
		return
	}
	at, err := v.targetOf(r)
	if err != nil {
		s.problemJSON(w, forReader(s.problemOf(r, err)))
		return
	}
	if s.frames.full() && !v.hasHub(at.hubKey) {
		s.logNoRoom()
		s.problemJSON(w, noRoomProblem("Too many different pages are open. This one shows no changes at the moment."))
		return
	}
	release, kind, ok := s.feeds.acquire(r, at.session)
	if !ok {
		s.problemJSON(w, &Problem{Status: http.StatusTooManyRequests, Code: "too_many_feeds",
			Detail: "Too many pages are open (limit by " + kind + "). Close some, then this one shows changes again.", retryAfter: 5 * time.Second})
		return
	}
	defer release()
	v.open.Add(1)
	defer v.open.Add(-1)
	if s.isClosed() {
		s.problemJSON(w, feedsClosed())
		return
	}
	v.stream(newPipe(w, r, s.opts.WriteTimeout), r, at)
}

// forReader returns the problem of a feed's address with a sentence for the person
// who has its page open. A feed with such an answer is over: the same address gets
// it again.
func forReader(p *Problem) *Problem {
	reader := *p
	reader.Detail = "This page no longer shows changes, because this server has no such page (" + p.Detail + "). Copy what you typed, then go to the start page."
	if p.Status >= http.StatusInternalServerError {
		reader.Detail = p.Detail
	}
	return &reader
}

// feedsClosed is the answer while the server ends.
func feedsClosed() *Problem {
	p := closing
	p.Detail = "the server is being restarted; this page shows changes again as soon as it is back"
	return &p
}

// stream holds only the frame that it writes. Newer frames replace each other
// in the hub meanwhile.
func (v *view[S, P]) stream(out *pipe, r *http.Request, at target[P]) {
	s := v.server
	m := &member{peer: peer{coding: v.coding(r)}, wake: make(chan struct{}, 1)}
	known, resumes := feedIDOf(r)
	if out.open(&m.peer, s.stale(r)) != nil {
		return
	}
	if resumes {
		s.waitFor(r.Context(), known.position)
	}
	s.waitFor(r.Context(), afterOf(r))
	h := v.enter(at)
	defer v.exit(at.hubKey, h)
	if h.join(m) != nil { // before the first frame, so that no change is missed
		return
	}
	defer h.leave(m)
	f := h.current()
	if resumes = resumes && v.isShown(known, f.id); !resumes {
		if out.writeFrame(m, f) != nil {
			return // the client is gone or too slow and will reconnect
		}
	}
	s.follow(out, r.Context().Done(), h, m, f.number)
}

// follow sends changes until the feed is over. It runs for the life of a
// connection, so it should need little stack.
func (s *Server) follow(out *pipe, gone <-chan struct{}, h *hub, m *member, shown uint64) {
	keepAlives := h.keepAlives.Load()
	for {
		select {
		case <-m.wake:
		case <-gone:
			return
		case <-s.closed:
			_ = out.write(m.end()) // the feed ends, also if this fails
			return
		}
		var err error
		if f := h.latest.Load(); f.number != shown {
			shown = f.number
			err = out.writeFrame(m, f)
		} else if now := h.keepAlives.Load(); now != keepAlives {
			keepAlives = now
			err = out.write(m.keepAlive())
		}
		if err != nil {
			return
		}
	}
}

// writeFrame writes a frame and holds it during the write, because a slow connection
// may still write it when all others have a newer one.
func (p *pipe) writeFrame(m *member, f *frame) error {
	f.hold()
	defer f.drop()
	return p.write(m.patch(f))
}

// hasHub reports whether some connection watches this state.
func (v *view[S, P]) hasHub(at hubKey) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.hubs[at] != nil
}

// coding returns the coding of a feed or a document.
func (v *view[S, P]) coding(r *http.Request) coding {
	if !v.isCompressed() {
		return identity
	}
	return codingOf(strings.Join(r.Header.Values("Accept-Encoding"), ","))
}

// isCompressed is false for pages of one session: the length would give away
// secrets next to a text by another user (docs/decisions/014).
func (v *view[S, P]) isCompressed() bool {
	return !v.PerSession && !v.Uncompressed && !slices.Contains(v.server.opts.Uncompressed, v.Name)
}

func (s *Server) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

// feedIDOf returns the id that the client shows: from the header if it
// reconnects by itself, otherwise from the feed's address.
func feedIDOf(r *http.Request) (feedID, bool) {
	if sent := r.Header.Values("Last-Event-Id"); len(sent) > 0 {
		return parseFeedID(sent[0])
	}
	return parseFeedID(r.URL.Query().Get(fromParam))
}

// afterOf returns the position that a page or feed has to wait for, or 0.
func afterOf(r *http.Request) ironstar.Position {
	n, err := strconv.ParseInt(r.URL.Query().Get(afterParam), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return ironstar.Position(n)
}

// waitFor waits up to Options.AfterTimeout until the views have reached a
// position. It does not wait for a position beyond the head, which belongs to
// another log.
func (s *Server) waitFor(ctx context.Context, p ironstar.Position) {
	if p == 0 || p > s.opts.Engine.Head() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, s.opts.AfterTimeout)
	defer cancel()
	_ = s.opts.Engine.Wait(ctx, p) // after a timeout the page shows the current state
}
