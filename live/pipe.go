package live

import (
	"net/http"
	"slices"
	"time"
)

// pipe writes to a peer that may have stopped reading.
type pipe struct {
	w       http.ResponseWriter
	c       *http.ResponseController
	one     bool // HTTP/1: a connection of its own
	timeout time.Duration
	until   time.Time // the deadline that is set; HTTP/1
}

func newPipe(w http.ResponseWriter, r *http.Request, timeout time.Duration) *pipe {
	return &pipe{w: w, c: http.NewResponseController(w), one: r.ProtoMajor == 1, timeout: timeout}
}

// open sends the headers, and a comment: Firefox keeps an answer from the page
// until the first byte of its body is there, and a page that shows what there is
// gets nothing else for a while. first is what comes before all else, if anything.
func (p *pipe) open(to *peer, first []byte) error {
	h := p.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no") // proxies that know it pass events on at once
	h.Add("Vary", "Accept-Encoding")
	if to.coding != identity {
		h.Set("Content-Encoding", to.coding.String())
	}
	if p.one {
		// The answer ends with its connection, as the standard of event streams
		// advises. In chunks, every patch would be two or three system calls.
		h.Set("Transfer-Encoding", "identity")
	}
	// The deadlines of a request are not those of a feed.
	_ = p.c.SetReadDeadline(time.Time{})
	p.w.WriteHeader(http.StatusOK)
	return p.write(to.begin(slices.Concat(keepAlive, first)))
}

// write sends b and flushes, within the time that one write may take, or a
// quarter more.
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
	if !p.one { // HTTP/2 enforces it also when nothing is written
		_ = p.c.SetWriteDeadline(time.Time{})
	}
	return nil
}

// limit sets the deadline. That of HTTP/1 counts only while something is written,
// so it stays for the next writes while it leaves them time enough.
func (p *pipe) limit() {
	now := time.Now()
	if p.one && p.until.Sub(now) >= p.timeout {
		return
	}
	p.until = now.Add(p.timeout)
	if p.one {
		p.until = p.until.Add(p.timeout / 4)
	}
	_ = p.c.SetWriteDeadline(p.until)
}
