package live

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/wire"
)

// Page renders what everybody sees who looks at the same key with the same
// parameters. It gets nothing else, so nothing else can get in (G14). It must
// not keep the state, and renders the same state to the same bytes.
type Page[S, P any] func(S, P) templ.Component

// SessionPage renders what one session sees.
type SessionPage[S, P any] func(S, P, Session) templ.Component

// None are the parameters of a view that has none.
type None struct{}

// Reader gives access to the states of a view. *engine.Reader is one.
type Reader[S any] interface {
	// Read calls f with the state of a key, the position that last changed it
	// and the position that it includes. f must not keep the state.
	Read(key string, f func(s S, changed, asOf ironstar.Position) error) error
	// Notify calls changed, which returns at once, whenever the key may have
	// changed, until stop is called.
	Notify(key string, changed func()) (stop func(), err error)
}

// Feed is a page over one view: a document at <path>/<key>?<parameters> and
// what keeps it up to date at <path>/<key>/feed?<parameters>. A global view has
// no key in its addresses. Generated code fills it.
type Feed[S, P any] struct {
	Path        string // "/todo/board"
	Name        string // the view: "todo.Board"
	Fingerprint string // of the view
	By          ironstar.Keying
	Reader      Reader[S]

	Page        Page[S, P]        // one of these two; neither for
	SessionPage SessionPage[S, P] // a view that has no page

	// Parse reads parameters, strictly; it is nil if there are none. Different
	// parameters must have different JSON, as generated ones do: those with the
	// same one share what is rendered.
	Parse  func(json []byte) (P, error)
	Inputs []wire.Input // how the query string becomes its JSON

	// MinInterval is the least time between two patches to those who look at the
	// same; states in between are skipped. Who opens the page meanwhile gets the
	// current one at once. 0 sends every state that can be rendered and taken.
	MinInterval time.Duration

	Title    func(S, P) string              // of the document; nil is the view's name
	Document func(Document) templ.Component // nil is Options.Document
}

// Pages adds a feed and its document to a server. A feed without a page has no
// address: its view is for other code to read. Both kinds of page are a mistake
// in the program, and panic.
func Pages[S, P any](s *Server, f Feed[S, P]) {
	switch {
	case f.Page == nil && f.SessionPage == nil:
		return
	case f.Page != nil && f.SessionPage != nil:
		panic(fmt.Sprintf("live: view %s at %s has a Page and a SessionPage; it can be one", f.Name, f.Path))
	}
	path := f.Path
	if f.By != ironstar.Global {
		path += "/{key}"
	}
	v := &view[S, P]{Feed: f, server: s, hubs: map[place]*hub{}}
	s.mux.HandleFunc("GET "+path, v.servePage)
	s.mux.HandleFunc(path+"/feed", v.serveFeed)
}

// view is a feed that is served.
type view[S, P any] struct {
	Feed[S, P]
	server *Server

	mu   sync.Mutex
	hubs map[place]*hub // the shared ones; guarded by mu
}

// place is what the watchers of one state have in common.
type place struct {
	key       string
	canonical string // the parameters, as one text for equal ones
}

// spot is what a request asks for.
type spot[P any] struct {
	place
	params  P
	query   string // the parameters, as they stand in an address
	session Session
}

// spotOf reads key and parameters. Names in the query string that are none of
// the parameters are left alone: addresses are passed on with additions.
func (v *view[S, P]) spotOf(r *http.Request) (spot[P], error) {
	at := spot[P]{session: v.server.Session(r)}
	at.key = ironstar.GlobalKey
	if v.By != ironstar.Global {
		at.key = r.PathValue("key")
	}
	if err := checkViewKey(v.By, at.key); err != nil {
		return at, err
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return at, malformed("query string: %v", err)
	}
	for _, ours := range []string{"from", "after", "datastar", versionParam} {
		query.Del(ours)
	}
	if v.Parse == nil {
		return at, nil
	}
	at.query = query.Encode()
	body, err := wire.Values(query, nil, v.Inputs)
	if err == nil {
		at.params, err = v.Parse(body)
	}
	if err != nil {
		p := v.server.problemOf(r, err)
		if p.Code == codeInvalid {
			p.Status = http.StatusBadRequest
		}
		return at, p
	}
	// Generated parameters know their shortest query string.
	if q, ok := any(at.params).(interface{ Query() string }); ok {
		at.query = q.Query()
	}
	text, err := json.Marshal(at.params)
	if err != nil {
		return at, fmt.Errorf("parameters of %s: %w", v.Name, err)
	}
	at.canonical = string(text)
	return at, nil
}

// checkViewKey allows every text without control characters as the value of a
// field.
func checkViewKey(by ironstar.Keying, key string) error {
	switch by {
	case ironstar.Global:
		return nil
	case ironstar.ByStream:
		return checkKey(key)
	}
	if key == "" || len(key) > ironstar.MaxStreamID || !utf8.ValidString(key) || strings.ContainsFunc(key, unicode.IsControl) {
		return malformed("a key in an address has 1 to %d bytes of UTF-8 without control characters", ironstar.MaxStreamID)
	}
	return nil
}

// feedURL is the address of the feed that goes on from what a page with this
// id shows.
func (v *view[S, P]) feedURL(at spot[P], id feedID) string {
	parts, query := []string{"feed"}, "from="+id.String()+"&"+versionParam+"="+v.server.version()
	if v.By != ironstar.Global {
		parts = []string{at.key, "feed"}
	}
	if at.query != "" {
		query = at.query + "&" + query
	}
	return wire.Address(query, v.Path, parts...)
}
