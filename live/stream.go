package live

import (
	"context"
	"net/http"
	"slices"
	"strconv"
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
	v.stream(newPipe(w, s.opts.WriteTimeout), r, at)
}

// stream never holds more than one frame. While it writes, later ones replace
// each other in the hub.
func (v *view[S, P]) stream(out *pipe, r *http.Request, at spot[P]) {
	s := v.server
	known, resumes := feedIDOf(r)
	if out.open(s.stale(r)) != nil {
		return
	}
	if resumes {
		s.waitFor(r.Context(), known.position)
	}
	s.waitFor(r.Context(), afterOf(r))
	h, leave := v.join(at.place)
	defer leave()
	changed, stop := v.Reader.Watch(at.key) // before the first look, so that nothing falls in between
	defer stop()

	quiet := time.NewTimer(s.opts.KeepAlive)
	defer quiet.Stop()
	var sent *frame
	for {
		if f := v.frame(h, at); f != sent {
			if !resumes || !known.shows(f.id, s.opts.Engine.Head()) {
				if out.write(f.event) != nil {
					return // the peer is gone or too slow: it will come back
				}
				quiet.Reset(s.opts.KeepAlive)
			}
			sent, resumes = f, false
			if !v.pause(r) {
				return
			}
		}
		if !v.rest(out, r, changed, quiet) {
			return
		}
	}
}

// rest waits for a change, and meanwhile keeps the connection alive. It returns
// false when the feed is over.
func (v *view[S, P]) rest(out *pipe, r *http.Request, changed <-chan struct{}, quiet *time.Timer) bool {
	for {
		select {
		case _, open := <-changed:
			return open
		case <-quiet.C:
			if out.write(keepAlive) != nil {
				return false
			}
			quiet.Reset(v.server.opts.KeepAlive)
		case <-r.Context().Done():
			return false
		case <-v.server.closed:
			return false
		}
	}
}

// pause keeps patches apart. It returns false when the feed is over.
func (v *view[S, P]) pause(r *http.Request) bool {
	if v.MinInterval <= 0 {
		return true
	}
	t := time.NewTimer(v.MinInterval)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	case <-v.server.closed:
		return false
	}
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

// pipe writes to a peer that may have stopped reading.
type pipe struct {
	w       http.ResponseWriter
	c       *http.ResponseController
	timeout time.Duration
}

func newPipe(w http.ResponseWriter, timeout time.Duration) *pipe {
	return &pipe{w, http.NewResponseController(w), timeout}
}

// open sends the headers, and a comment: Firefox keeps an answer from the page
// until the first byte of its body is there, and a page that shows what there is
// gets nothing else for a while. first is what comes before all else, if anything.
func (p *pipe) open(first []byte) error {
	h := p.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no") // proxies that know it pass events on at once
	// The deadlines of a request are not those of a feed.
	_ = p.c.SetReadDeadline(time.Time{})
	p.w.WriteHeader(http.StatusOK)
	return p.write(slices.Concat(keepAlive, first))
}

// write sends b and flushes, within the time that one write may take. The
// deadline is taken away again: HTTP/2 enforces it also when nothing is written.
func (p *pipe) write(b []byte) error {
	_ = p.c.SetWriteDeadline(time.Now().Add(p.timeout))
	if len(b) > 0 {
		if _, err := p.w.Write(b); err != nil {
			return err
		}
	}
	if err := p.c.Flush(); err != nil {
		return err
	}
	_ = p.c.SetWriteDeadline(time.Time{})
	return nil
}
