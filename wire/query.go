package wire

import (
	"net/url"
	"slices"
	"strings"
)

// Query builds a query string in the order in which values are added.
type Query struct{ b strings.Builder }

// Add adds a value, also an empty one, which differs from no value.
func (q *Query) Add(name, value string) {
	if q.b.Len() > 0 {
		q.b.WriteByte('&')
	}
	q.b.WriteString(url.QueryEscape(name) + "=" + url.QueryEscape(value))
}

// AddUnless adds a value unless it equals meant, the value that an omitted
// parameter stands for.
func (q *Query) AddUnless(name, value, meant string) {
	if value != meant {
		q.Add(name, value)
	}
}

// String returns the query string without a question mark.
func (q *Query) String() string { return q.b.String() }

// Distinct removes repetitions from keys and keeps their order.
func Distinct(keys []string) []string {
	var out []string
	for _, k := range keys {
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// Address returns a path with parts appended, each escaped, and a query string,
// which may be empty. [PathPart] decodes a part.
func Address(query, path string, parts ...string) string {
	for _, part := range parts {
		if isDots(part) {
			part = "~" + part
		}
		path += "/" + url.PathEscape(part)
	}
	if query != "" {
		path += "?" + query
	}
	return path
}

// PathPart decodes a part of a path that [Address] encoded. A path cannot have
// the parts . and .., escaped or not, because browsers and servers remove them.
// Address puts a tilde in front of these, and in front of parts that would be
// decoded to them.
func PathPart(unescaped string) string {
	if rest, ok := strings.CutPrefix(unescaped, "~"); ok && isDots(rest) {
		return rest
	}
	return unescaped
}

// isDots reports whether a part is . or .. after any number of tildes.
func isDots(part string) bool {
	dots := strings.TrimLeft(part, "~")
	return dots == "." || dots == ".."
}
