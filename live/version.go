package live

import (
	"net/http"
	"slices"
	"strings"

	"ironstar.dev/wire"
)

// Signals adds the signals of a context to what pages are made of. version
// changes with their shape. Generated code calls it.
func (s *Server) Signals(name, version string) { s.addPagePart("signals", name, version) }

// addPagePart adds one thing that pages are made of.
func (s *Server) addPagePart(parts ...string) {
	s.pageParts = append(s.pageParts, strings.Join(parts, " "))
}

// versionOf returns the version of pages. It does not depend on the order of
// made.
func versionOf(made []string) string {
	made = slices.Clone(made)
	slices.Sort(made)
	return tagOf(made...)
}

// stale returns the event for a page of another version. It returns nil for a
// page of this version and for a request without a version. The event has no
// id, because the page still shows the same state.
func (s *Server) stale(r *http.Request) []byte {
	query := r.URL.Query()
	if !query.Has(versionParam) || query.Get(versionParam) == s.version() {
		return nil
	}
	b := wire.AppendString([]byte(`{"`+staleSignal+`":`), s.version())
	return PatchSignals{Signals: append(b, '}')}.Append(nil)
}
