package live

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
)

// limits counts open feeds: all of them, by address and by session.
type limits struct {
	proxies []netip.Prefix
	logger  *slog.Logger

	mu     sync.Mutex
	max    map[string]int // by kind; 0 and below means no limit
	open   map[limitKey]int
	logged map[string]bool // addresses whose limit was logged
}

type limitKey struct{ kind, name string }

func newLimits(o Options) (*limits, error) {
	l := &limits{
		logger: o.Logger,
		max:    map[string]int{"all": o.MaxFeeds, "address": o.MaxFeedsPerAddress, "session": o.MaxFeedsPerSession},
		open:   map[limitKey]int{},
		logged: map[string]bool{},
	}
	for _, text := range o.TrustedProxies {
		p, err := netip.ParsePrefix(text)
		if one, oneErr := netip.ParseAddr(text); oneErr == nil {
			p, err = one.Prefix(one.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("live: Options.TrustedProxies: %q is neither an address nor a network like 10.0.0.0/8", text)
		}
		l.proxies = append(l.proxies, p)
	}
	return l, nil
}

// acquire counts a feed unless a limit is reached; kind then names the limit.
// The caller calls release when the feed ends.
func (l *limits) acquire(r *http.Request, session Session) (release func(), kind string, ok bool) {
	keys := []limitKey{{"all", ""}}
	if address := l.client(r); address != "" {
		keys = append(keys, limitKey{"address", address})
	}
	if session.ID != "" {
		keys = append(keys, limitKey{"session", session.ID})
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range keys {
		if most := l.max[k.kind]; most > 0 && l.open[k] >= most {
			l.logLimit(k, most)
			return nil, k.kind, false
		}
	}
	for _, k := range keys {
		l.open[k]++
	}
	return func() { l.release(keys) }, "", true
}

// logLimit logs, once for each address, that it has reached its limit: the address
// may be a proxy that the operator has not named. l.mu is held.
func (l *limits) logLimit(k limitKey, most int) {
	const many = 1000
	if k.kind != "address" || l.logged[k.name] || len(l.logged) > many {
		return
	}
	l.logged[k.name] = true
	l.logger.Warn("an address has reached its limit of open pages; if it is a proxy, add it to the trusted proxies", "address", k.name, "pages", most)
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

// count returns how many feeds are open.
func (l *limits) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open[limitKey{"all", ""}]
}

// client returns the address that a request is counted for, or "" if it is not
// counted. Behind trusted proxies that is the last address in X-Forwarded-For
// that is not a trusted proxy. The client could have written those before it.
func (l *limits) client(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil { // the connection has no IP address, such as a Unix socket
		return ""
	}
	address := peer.Addr().Unmap()
	if !l.trusts(address) {
		if address.IsLoopback() {
			return ""
		}
		return networkOf(address)
	}
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(forwarded) - 1; i >= 0; i-- {
		a, ok := forwardedAddress(forwarded[i])
		switch {
		case !ok:
			return ""
		case !l.trusts(a):
			return networkOf(a)
		}
	}
	return ""
}

// forwardedAddress reads an address with or without a port, since proxies write
// both.
func forwardedAddress(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return a.Unmap().WithZone(""), err == nil
}

func (l *limits) trusts(a netip.Addr) bool {
	for _, p := range l.proxies {
		if p.Contains(a.WithZone("")) {
			return true
		}
	}
	return false
}

// networkOf returns the network that a client is counted by: an IPv4 address,
// or the /64 network of an IPv6 address, because a client can choose any
// address in its /64.
func networkOf(a netip.Addr) string {
	if a.Is4() {
		return a.String()
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil { // cannot happen: 64 is in range
		return a.String()
	}
	return p.String()
}
