package live

import (
	"net/http"

	"ironstar.dev"
)

// ClientOf returns the address that a request is counted for.
func (s *Server) ClientOf(r *http.Request) string { return s.feeds.client(r) }

// ParseFeedID is for tests of what clients send.
func ParseFeedID(s string) (position ironstar.Position, text string, ok bool) {
	id, ok := parseFeedID(s)
	return id.position, id.String(), ok
}

// LocalAddress is for tests of what forms ask for.
func LocalAddress(s string) (string, bool) { return localAddress(s) }

// BackTo is for tests of where forms go.
func BackTo(r *http.Request, asked ...string) string { return backTo(r, asked...) }

// OpenFeeds counts the feeds that are open, for tests of what ends them.
func (s *Server) OpenFeeds() int {
	s.feeds.mu.Lock()
	defer s.feeds.mu.Unlock()
	return s.feeds.open[limitKey{"all", ""}]
}

// CodingOf is for tests of what clients accept.
func CodingOf(accept string) string { return codingOf(accept).String() }

// ContentIsCompressedOnce is for the test of the work that documents share.
func ContentIsCompressedOnce(coding string) bool {
	f := newFrame(feedID{}, "", []byte("<p>shared</p>"), newEncoder, &budget{})
	c := codingOf(coding)
	first, second := f.content(c), f.content(c)
	return &first[0] == &second[0]
}
