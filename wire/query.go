package wire

import (
	"net/url"
	"slices"
	"strings"
)

// Query builds a query string in the order in which values are added.
type Query struct{ b strings.Builder }

// Add adds a value; an empty one, which is an enum nobody set, is left out.
func (q *Query) Add(name, value string) { q.AddUnless(name, value, "") }

// AddUnless adds a value unless it is what is meant by leaving it out.
func (q *Query) AddUnless(name, value, meant string) {
	if value == meant || value == "" {
		return
	}
	if q.b.Len() > 0 {
		q.b.WriteByte('&')
	}
	q.b.WriteString(url.QueryEscape(name) + "=" + url.QueryEscape(value))
}

// String is what was added, without a question mark.
func (q *Query) String() string { return q.b.String() }

// Distinct takes repetitions out of keys and keeps their order.
func Distinct(keys []string) []string {
	var out []string
	for _, k := range keys {
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// Address is a path with parts behind it, each escaped, and a query string,
// which may be empty.
func Address(query, path string, parts ...string) string {
	for _, part := range parts {
		path += "/" + url.PathEscape(part)
	}
	if query != "" {
		path += "?" + query
	}
	return path
}
