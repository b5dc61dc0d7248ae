package live

import (
	"net"
	"net/http"
	"sync"
)

// limits counts open feeds: altogether, by address and by session.
type limits struct {
	mu   sync.Mutex
	max  map[string]int // by kind of name; 0 and below is no limit
	open map[limitKey]int
}

type limitKey struct{ kind, name string }

func newLimits(o Options) *limits {
	return &limits{
		max:  map[string]int{"all": o.MaxFeeds, "address": o.MaxFeedsPerAddress, "session": o.MaxFeedsPerSession},
		open: map[limitKey]int{},
	}
}

// acquire counts a feed in, unless there are too many of its kind. Each
// success needs one call of release.
func (l *limits) acquire(r *http.Request, session Session) (release func(), kind string, ok bool) {
	keys := []limitKey{{"all", ""}, {"address", remoteHost(r)}}
	if session.ID != "" {
		keys = append(keys, limitKey{"session", session.ID})
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range keys {
		if most := l.max[k.kind]; most > 0 && l.open[k] >= most {
			return nil, k.kind, false
		}
	}
	for _, k := range keys {
		l.open[k]++
	}
	return func() { l.release(keys) }, "", true
}

func (l *limits) release(keys []limitKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range keys {
		if l.open[k]--; l.open[k] == 0 {
			delete(l.open, k)
		}
	}
}

// remoteHost is the address of the peer: of the proxy, if there is one.
func remoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
