package live

import (
	"net/http"
	"slices"
	"strings"

	"ironstar.dev/wire"
)

// versionParam says in a feed's address what the page was made of. No parameter
// of a view is in its way: identifiers of a schema have no dash.
const versionParam = "page-version"

// staleSignal tells an open page that it was made of something else than this
// server makes pages of. It stays in the browser.
const staleSignal = "_stale"

// Signals says which signals pages keep, by a version that changes with their
// shape. Generated code calls it.
func (s *Server) Signals(name, version string) { s.madeOf("signals", name, version) }

// madeOf adds to what pages are made of.
func (s *Server) madeOf(parts ...string) {
	s.made = append(s.made, strings.Join(parts, " "))
}

// versionOf names what pages are made of: the same for servers that were given
// the same, in whatever order.
func versionOf(made []string) string {
	made = slices.Clone(made)
	slices.Sort(made)
	return tagOf(made...)
}

// stale is the event for a page of another version, and nil for one of this and
// for those that do not say. It has no id: what the page shows is as it was.
func (s *Server) stale(r *http.Request) []byte {
	query := r.URL.Query()
	if !query.Has(versionParam) || query.Get(versionParam) == s.version() {
		return nil
	}
	b := wire.AppendString([]byte(`{"`+staleSignal+`":`), s.version())
	return PatchSignals{Signals: append(b, '}')}.Append(nil)
}
