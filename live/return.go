package live

import (
	"net/http"
	"net/url"
	"strings"
)

// backTo returns the page that a plain form goes to: the one that it asks for,
// or the one that it was sent from. It returns only addresses of this server.
func backTo(r *http.Request, asked ...string) string {
	for _, a := range asked {
		if u, ok := localAddress(a); ok {
			return u
		}
	}
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host || from.Scheme != "http" && from.Scheme != "https" {
		return "/"
	}
	if u, ok := localAddress(from.RequestURI()); ok {
		return u
	}
	return "/"
}

// localAddress accepts a path on this server. It refuses "//host" and "/\host",
// which browsers take for another host, also with tabs and newlines, which
// browsers drop first.
func localAddress(s string) (string, bool) {
	odd := strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f })
	if odd || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") {
		return "", false
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil {
		return "", false
	}
	return u.String(), true
}
