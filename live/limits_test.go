package live_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ironstar.dev/live"
)

func TestLimits(t *testing.T) {
	a := start(t, appOptions{live: live.Options{
		MaxFeeds: 5, MaxFeedsPerAddress: 3, MaxFeedsPerSession: 2, TrustedProxies: []string{"127.0.0.1"},
	}})
	resp, _ := a.do(a.request("GET", "/test/board/a", ""))
	cookie := resp.Cookies()[0].Name + "=" + resp.Cookies()[0].Value
	const from, one, other = "X-Forwarded-For", "192.0.2.1", "192.0.2.2"
	refused := func(by string, header ...string) {
		t.Helper()
		resp, body := a.do(a.request("GET", "/test/board/a/feed", "", header...))
		if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" || !strings.Contains(body, by) {
			t.Errorf("got %d %s", resp.StatusCode, body)
		}
	}
	first := a.feed("/test/board/a/feed", "Cookie", cookie, from, one)
	a.feed("/test/board/b/feed", "Cookie", cookie, from, one)
	refused("session", "Cookie", cookie, from, one)
	a.feed("/test/board/a/feed", from, one)
	refused("address", from, one)
	a.feed("/test/board/a/feed", from, other)
	a.feed("/test/board/a/feed")
	refused("all")
	first.close()
	eventually(t, "there is room for one", func() bool { return a.live.OpenFeeds() == 4 })
	a.feed("/test/board/a/feed", "Cookie", cookie, from, one)
	refused("all", from, other)
	if n := strings.Count(a.log.String(), "an address has reached its limit of open pages"); n != 1 {
		t.Errorf("%d times in the log: %s", n, a.log)
	}
}

// TestClientAddresses: clients behind a proxy are counted separately, and a
// client cannot avoid the limit with an invented address.
func TestClientAddresses(t *testing.T) {
	s := bareServer(t, live.Options{TrustedProxies: []string{"10.0.0.0/8", "192.0.2.7", "fd00::/8"}})
	for _, c := range []struct{ peer, forwarded, want string }{
		{"203.0.113.9:1234", "", "203.0.113.9"},
		{"203.0.113.9:1234", "198.51.100.1", "203.0.113.9"}, // not a trusted proxy
		{"[2001:db8:1:2:3::4]:1", "", "2001:db8:1:2::/64"},
		{"[::ffff:203.0.113.9]:1", "", "203.0.113.9"},
		{"127.0.0.1:1", "", ""},
		{"[::1]:1", "198.51.100.1", ""},
		{"@", "", ""}, // a Unix socket
		{"10.1.2.3:1", "198.51.100.1", "198.51.100.1"},
		{"10.1.2.3:1", "1.1.1.1, 198.51.100.1", "198.51.100.1"}, // the client wrote the first
		{"10.1.2.3:1", "198.51.100.1, 192.0.2.7, 10.9.9.9", "198.51.100.1"},
		{"[fd00::1]:1", "2001:db8::5", "2001:db8::/64"},
		{"10.1.2.3:1", "[2001:db8::5]:443", "2001:db8::/64"},
		{"10.1.2.3:1", "198.51.100.1:5555", "198.51.100.1"},
		{"10.1.2.3:1", "", ""},
		{"10.1.2.3:1", "unknown", ""},
		{"10.1.2.3:1", "10.1.1.1", ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := s.ClientOf(r); got != c.want {
			t.Errorf("from %s, forwarded for %q: counted for %q, want %q", c.peer, c.forwarded, got, c.want)
		}
	}
}
