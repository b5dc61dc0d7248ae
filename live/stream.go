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

// serveFeed sends the state of a place, as often as it changes, until the
// client goes or the server ends its feeds.
func (v *view[S, P]) serveFeed(w http.ResponseWriter, r *http.Request) {
	s := v.server
	if r.Method != http.MethodGet {
		s.problem(w, r, notAllowed(http.MethodGet))
		return
	}
	at, err := v.spotOf(r)
	if err != nil {
		s.problem(w, r, s.problemOf(r, err))
		return
	}
	release, kind, ok := s.feeds.acquire(r, at.session)
	if !ok {
		s.problem(w, r, &Problem{Status: http.StatusTooManyRequests, Code: "too_many_feeds",
			Detail: "too many pages are open (limit by " + kind + ")", retryAfter: 5 * time.Second})
		return
	}
	defer release()
	if s.isClosed() {
		p := closing
		s.problem(w, r, &p)
		return
	}
	v.stream(newPipe(w, r, s.opts.WriteTimeout), r, at)
}

// stream holds no frame but the one that it writes. Meanwhile later ones replace
// each other in the hub.
func (v *view[S, P]) stream(out *pipe, r *http.Request, at spot[P]) {
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
	defer v.exit(at.place, h)
	if h.join(m) != nil { // before the first look, so that nothing falls in between
		return
	}
	defer h.leave(m)
	f := h.current()
	if resumes = resumes && known.shows(f.id, s.opts.Engine.Head()); !resumes {
		if out.write(m.show(f)) != nil {
			return // the peer is gone or too slow: it will come back
		}
	}
	s.follow(out, r.Context().Done(), h, m, f.number)
}

// follow sends what is new until the feed is over. It stays here for the life of
// a connection, so it needs little stack.
func (s *Server) follow(out *pipe, gone <-chan struct{}, h *hub, m *member, shown uint64) {
	beats := h.beats.Load()
	for {
		select {
		case <-m.wake:
		case <-gone:
			return
		case <-s.closed:
			_ = out.write(m.end()) // it is over either way
			return
		}
		var b []byte
		if f := h.latest.Load(); f.number != shown {
			b, shown = m.show(f), f.number
		} else if now := h.beats.Load(); now != beats {
			b = m.alive()
			beats = now
		} else {
			continue
		}
		if out.write(b) != nil {
			return
		}
	}
}

// coding is how a feed travels. What is rendered for one session is not
// compressed: its length must not tell what secrets stand beside a text that
// somebody else wrote (docs/decisions/014).
func (v *view[S, P]) coding(r *http.Request) coding {
	if v.SessionPage != nil || slices.Contains(v.server.opts.Uncompressed, v.Name) {
		return identity
	}
	return codingOf(strings.Join(r.Header.Values("Accept-Encoding"), ","))
}

func (s *Server) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

// feedIDOf is what the client says it shows: in a header when it reconnects by
// itself, else in the address that the page was given.
func feedIDOf(r *http.Request) (feedID, bool) {
	if sent := r.Header.Values("Last-Event-Id"); len(sent) > 0 {
		return parseFeedID(sent[0])
	}
	return parseFeedID(r.URL.Query().Get("from"))
}

// afterOf is the position that a page or feed is to wait for, 0 for none.
func afterOf(r *http.Request) ironstar.Position {
	n, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return ironstar.Position(n)
}

// waitFor waits, briefly, until the views have reached a position. One beyond
// the head is of another log: nobody waits for that.
func (s *Server) waitFor(ctx context.Context, p ironstar.Position) {
	if p == 0 || p > s.opts.Engine.Head() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, s.opts.AfterTimeout)
	defer cancel()
	_ = s.opts.Engine.Wait(ctx, p) // then it shows what there is
}
