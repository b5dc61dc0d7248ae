package live

import (
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/internal/text"
	"ironstar.dev/wire"
)

// At says which page of a view is shown.
type At[P any] struct {
	Key     string // of the state: the id of a stream, the value of a field, or ironstar.GlobalKey
	Params  P
	Session Session // only if each session has its own page, see Feed.PerSession
	Actor   string  // the user, as Options.Actor says; only if each session has its own page
}

// Params are the parameters of a view. Generated parameters implement it.
type Params interface {
	// Query is the query string of an address with these parameters. Equal
	// parameters must have equal query strings and different parameters
	// different ones: pages with the same query string share what is rendered.
	Query() string
}

// None is the parameters of a view without parameters.
type None struct{}

// Query is empty.
func (None) Query() string { return "" }

// Feed is a page over one view. It has a document at <path>/<key>?<parameters>
// and an SSE stream that keeps the document up to date at
// <path>/<key>/feed?<parameters>. The addresses of a global view have no key.
// Generated code fills it.
type Feed[S any, P Params] struct {
	Path        string // "/todo/board"
	Name        string // the view: "todo.Board"
	Fingerprint string // of the view
	By          ironstar.Keying
	Kind        string                 // of the streams, in a view by stream of one aggregate: "todo.List"
	CheckID     func(key string) error // returns why no stream can have this key, which is answered with 404; nil accepts all
	MustExist   bool                   // the page of a key without events is answered with 404
	Reader      Reader[S]

	// ReaderAt returns the reader of one page of a list, in place of Reader. Each page
	// has its own, which reports the changes of this page only.
	ReaderAt func(At[P]) Reader[S]

	// Page renders the live part of the page. Everybody with the same key and
	// parameters gets it: it knows nothing of the request, so it cannot show one
	// user's data to another (G14). It must not keep the state, and must render
	// the same state to the same bytes. nil means that the view has no page.
	Page       func(S, At[P]) templ.Component
	PerSession bool // each session has its own page: Page gets At.Session

	// Document puts the page into a whole document. nil, or a nil result, means
	// Options.Document.
	Document func(Document, At[P]) templ.Component

	// Parse reads parameters strictly. It is nil if there are none. Different
	// parameters must have different JSON, as generated ones do: requests with
	// the same JSON share what is rendered.
	Parse  func(json []byte) (P, error)
	Inputs []wire.Input // how Parse's JSON is made of the query string

	Title func(S, At[P]) string // of the document; nil means the view's name

	ViewOptions
}

// Pages adds a feed and its document to a server. A feed without a page, or with
// ViewOptions.NoPage, gets no address: other code reads its view.
func Pages[S any, P Params](s *Server, f Feed[S, P]) {
	if f.NoPage || f.Page == nil {
		return
	}
	path := f.Path
	if f.By != ironstar.Global {
		path += "/{key}"
	}
	v := &view[S, P]{Feed: f, server: s, hubs: map[hubKey]*hub{}}
	s.mux.HandleFunc("GET "+path, v.servePage)
	s.views["GET "+path] = true
	if f.Kind != "" && s.streamPages[f.Kind] == nil && f.hasPageWithoutParams() {
		s.streamPages[f.Kind] = func(id string) string { return v.pageURL(target[P]{hubKey: hubKey{key: id}}) }
	}
	s.inventory.pages = append(s.inventory.pages, v.about)
	s.mux.HandleFunc(path+"/feed", v.serveFeed)
}

// hasPageWithoutParams reports whether every parameter may be left out.
func (f Feed[S, P]) hasPageWithoutParams() bool {
	if f.Parse == nil {
		return true
	}
	body, err := wire.Values(nil, time.UTC, f.Inputs)
	if err == nil {
		_, err = f.Parse(body)
	}
	return err == nil
}

// view is a feed that a server serves.
type view[S any, P Params] struct {
	Feed[S, P]
	server *Server
	open   atomic.Int64 // feeds

	mu   sync.Mutex
	hubs map[hubKey]*hub // hubs of shared pages; guarded by mu
}

// hubKey identifies what a hub renders.
type hubKey struct {
	key   string
	query string // of the parameters
}

// target is what a request asks for.
type target[P Params] struct {
	hubKey
	params  P
	session Session
	actor   string
}

// at says what the code of the page may know.
func (v *view[S, P]) at(t target[P]) At[P] {
	at := At[P]{Key: t.key, Params: t.params}
	if v.PerSession {
		at.Session, at.Actor = t.session, t.actor
	}
	return at
}

// readerOf returns what reads the state of a page.
func (v *view[S, P]) readerOf(t target[P]) Reader[S] {
	if v.ReaderAt != nil {
		return v.ReaderAt(v.at(t))
	}
	return v.Reader
}

// isShown reports whether a page with this id shows what the feed would send. A page
// of a list does if its content is the same: a row that leaves the list takes the
// position of its last change with it.
func (v *view[S, P]) isShown(known, current feedID) bool {
	head := v.server.opts.Engine.Head()
	if v.ReaderAt != nil {
		return known.tag == current.tag && known.position <= head
	}
	return known.shows(current, head)
}

// targetOf reads the key and the parameters of a request.
func (v *view[S, P]) targetOf(r *http.Request) (target[P], error) {
	at := target[P]{session: v.server.Session(r)}
	if v.PerSession {
		at.actor = v.server.opts.Actor(r)
	}
	at.key = ironstar.GlobalKey
	if v.By != ironstar.Global {
		at.key = text.Normal(wire.PathPart(r.PathValue("key")))
	}
	if err := checkViewKey(v.By, at.key); err != nil {
		return at, err
	}
	if err := checkID(v.CheckID, at.key); err != nil {
		return at, err
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return at, malformed("query string: %v", err)
	}
	if v.Parse == nil {
		return at, nil
	}
	if at.params, err = paramsOf(v.server, r, query, v.Parse, v.Inputs); err != nil {
		return at, err
	}
	at.query = at.params.Query()
	return at, nil
}

// maxKey is the most bytes that the value of a field may have as a key.
const maxKey = 1024

// checkViewKey applies the rule for stream ids to keys of streams. The value of
// a field may be any text.
func checkViewKey(by ironstar.Keying, key string) error {
	switch by {
	case ironstar.ByStream:
		if err := (ironstar.Stream{Kind: "view", ID: key}).CheckNew(); err != nil {
			return malformed("%v", err)
		}
	case ironstar.ByField:
		if key == "" || len(key) > maxKey || !utf8.ValidString(key) {
			return malformed("a key in an address has 1 to %d bytes of UTF-8", maxKey)
		}
	}
	return nil
}

// pageURL is the address of a page.
func (v *view[S, P]) pageURL(at target[P]) string {
	if v.By == ironstar.Global {
		return wire.Address(at.query, v.Path)
	}
	return wire.Address(at.query, v.Path, at.key)
}

// feedURL is the address of the feed for a page that shows the state with this
// id.
func (v *view[S, P]) feedURL(at target[P], id feedID) string {
	parts, query := []string{"feed"}, fromParam+"="+id.String()+"&"+versionParam+"="+v.server.version()
	if v.By != ironstar.Global {
		parts = []string{at.key, "feed"}
	}
	if at.query != "" {
		query = at.query + "&" + query
	}
	return wire.Address(query, v.Path, parts...)
}
