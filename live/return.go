package live

import (
	"net/http"
	"net/url"
	"strings"
)

// ReturnField is the field of a plain form that says which page to go to: a path
// on this server, with its query. Without it, it is the page that the form was
// sent from, if the browser says which, or else "/".
const ReturnField = "return"

// backTo is the page that a plain form goes to: what it asks for, or where it
// was sent from, but only ever an address of this server.
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

// localAddress accepts a path on this server. Browsers read "//host" and
// "/\host" as another one, and drop tabs and newlines before they look.
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
