package live

import (
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// Memory is how many bytes a server holds in memory for its clients, and the
// limits.
type Memory struct {
	Bodies, BodyLimit int64 // bodies of commands in progress
	Pages, PageLimit  int64 // documents that are being sent
	Feeds, FeedLimit  int64 // what open feeds show
	OpenFeeds         int64
}

// Memory returns what the server holds now.
func (s *Server) Memory() Memory {
	return Memory{
		Bodies: s.bodies.used.Load(), BodyLimit: s.bodies.limit,
		Pages: s.pages.used.Load(), PageLimit: s.pages.limit,
		Feeds: s.frames.used.Load(), FeedLimit: s.frames.limit,
		OpenFeeds: int64(s.feeds.count()),
	}
}

// budget counts bytes that are held. Callers that need little, or that must not
// fail halfway, call add even if the budget is full.
type budget struct {
	limit int64
	used  atomic.Int64
}

func (b *budget) full() bool { return b.used.Load() >= b.limit }

func (b *budget) add(n int) { b.used.Add(int64(n)) }

// logNoRoom logs what is held, at most once a minute.
func (s *Server) logNoRoom() {
	now := time.Now().UnixNano()
	if last := s.refusalLogged.Load(); now-last >= int64(time.Minute) && s.refusalLogged.CompareAndSwap(last, now) {
		s.opts.Logger.Warn("requests are refused: a limit of memory is reached", "clients", s.Memory(), "states", s.opts.Engine.Memory())
	}
}

// noRoomProblem is the answer if a memory limit is reached.
func noRoomProblem(detail string) *Problem {
	return &Problem{Status: http.StatusServiceUnavailable, Code: "busy", Detail: detail, forPeople: true, retryAfter: time.Second}
}

// smallBody is how much of a body is read even if the budget is full. It is
// about as much as the connection's own buffer holds.
const smallBody = 4 << 10

// countedBody reads a body and adds what it has read to a budget.
type countedBody struct {
	io.Reader
	budget *budget
	held   int
}

func (c *countedBody) Read(p []byte) (int, error) {
	if c.held >= smallBody && c.budget.full() {
		return 0, noRoomProblem("Too many large commands are under way. Nothing was stored. Please try again.")
	}
	n, err := c.Reader.Read(p[:min(len(p), smallBody)])
	c.held += n
	c.budget.add(n)
	return n, err
}

// release takes the body's bytes off the budget.
func (c *countedBody) release() { c.budget.add(-c.held) }
