package live

import (
	"net/http"
	"slices"
	"time"
)

// pipe writes to a peer that may have stopped reading.
type pipe struct {
	w        http.ResponseWriter
	c        *http.ResponseController
	http1    bool // the protocol is HTTP/1: the connection is for this answer alone
	timeout  time.Duration
	deadline time.Time // the deadline that is set
}

func newPipe(w http.ResponseWriter, r *http.Request, timeout time.Duration) *pipe {
	return &pipe{w: w, c: http.NewResponseController(w), http1: r.ProtoMajor == 1, timeout: timeout}
}

// open sends the headers, a comment and then first, which may be empty. The
// comment is needed because Firefox does not show the answer to the page before
// the first byte of its body, and the next bytes may come much later.
func (p *pipe) open(to *peer, first []byte) error {
	h := p.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no") // tells proxies such as nginx not to buffer
	h.Add("Vary", "Accept-Encoding")
	if to.coding != identity {
		h.Set("Content-Encoding", to.coding.String())
	}
	if p.http1 {
		// The answer ends with its connection, as the standard of event streams
		// advises. With chunks, each patch would take two or three system
		// calls.
		h.Set("Transfer-Encoding", "identity")
	}
	// Clear the deadline of ordinary requests.
	_ = p.c.SetReadDeadline(time.Time{})
	p.w.WriteHeader(http.StatusOK)
	return p.write(to.begin(slices.Concat(keepAlive, first)))
}

// write sends b and flushes. It fails if the peer does not take b within the
// timeout, or up to a quarter longer.
func (p *pipe) write(b []byte) error {
	p.limit()
	if len(b) > 0 {
		if _, err := p.w.Write(b); err != nil {
			return err
		}
	}
	if err := p.c.Flush(); err != nil {
		return err
	}
	if !p.http1 { // HTTP/2 enforces the deadline also while nothing is written
		_ = p.c.SetWriteDeadline(time.Time{})
	}
	return nil
}

// limit sets the deadline. HTTP/1 checks it only during a write, so a deadline
// that is far enough away is reused.
func (p *pipe) limit() {
	now := time.Now()
	if p.http1 && p.deadline.Sub(now) >= p.timeout {
		return
	}
	p.deadline = now.Add(p.timeout)
	if p.http1 {
		p.deadline = p.deadline.Add(p.timeout / 4)
	}
	_ = p.c.SetWriteDeadline(p.deadline)
}
