package live

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/zstd"

	"ironstar.dev/internal/memory"
)

// Options of a [Server]. Engine is required; everything else has a default.
type Options struct {
	Engine Engine
	LogID  string       // of the store: ironstar.Store.LogID
	Build  string       // identifies this build: a page that another build rendered is sent again
	Logger *slog.Logger // slog.Default()

	// Document puts a feed's content into a whole document, for feeds without a
	// Document of their own. nil means DefaultDocument.
	Document func(Document) templ.Component

	// ErrorPage shows a problem to a browser that asked for HTML. The default
	// needs no CSS. It lists the errors, shows what was typed and leads back.
	ErrorPage func(*Problem) templ.Component

	// Assets are the built files that browsers load. The server serves them at
	// AssetPrefix. nil means that there are none.
	Assets *BuiltAssets

	// Actor returns the name of the user who sends a request, for the metadata
	// of events.
	Actor func(*http.Request) string

	// Zone is the time zone of people: a day and a time without a zone, as
	// <input type="datetime-local"> sends it, is a time there, and [Time] shows
	// instants in it. Where scripts run, readers see their own zone. The default
	// is UTC.
	Zone *time.Location

	// Insecure is for development without TLS: cookies are sent over plain HTTP.
	Insecure bool

	TrustedOrigins []string // other origins that may send commands: "https://example.com"

	// Hosts are the names by which people reach this server, with the port if
	// it is not the default one. Requests for other hosts are refused. This
	// protects from DNS rebinding, where an attacker's name points to this
	// server. "localhost:*" is the name with any port and without one. If it
	// is empty all hosts are accepted; then a proxy should check them.
	Hosts []string

	// Advice returns a sentence that says what to set so that a request is
	// accepted which was refused for its Host header (code "wrong_host") or
	// because a page of another origin sent it ("cross_origin"). It is logged,
	// and is part of the answer if Insecure is set and the request comes from
	// this machine. The default names Hosts and TrustedOrigins.
	Advice func(r *http.Request, code string) string

	// Uncompressed are the names of views whose feeds and documents are never compressed:
	// those of pages that show a secret next to a text by another user.
	// Somebody who sees the length of compressed data could guess the secret
	// bit by bit (docs/decisions/014). Pages of one session are never
	// compressed.
	Uncompressed []string

	KeepAlive    time.Duration // between comments on a quiet feed, in every coding; 15 s
	WriteTimeout time.Duration // for one write; a slower connection is closed; 30 s
	ReadTimeout  time.Duration // for a request's body; 30 s
	AfterTimeout time.Duration // how long ?_after=N may hold a page back; 2 s

	MaxBody   int64 // bytes of a command; 256 KiB
	MaxHeader int   // bytes of a request's headers; 32 KiB

	// Limits of the memory that is held for clients, in bytes; [Server.Memory]
	// returns what is held. Requests beyond a limit are answered with 503. Each
	// default is a fraction of the memory that the process may use (GOMEMLIMIT,
	// control group or machine).
	BodyBytes int64 // bodies of commands in progress beyond the first 4 KiB of each; 1/32
	PageBytes int64 // documents that are being sent; 1/16
	FeedBytes int64 // rendered states of open feeds; a shared state counts once; 1/16

	// Open feeds at the same time. 0 means the default, a negative number no
	// limit.
	MaxFeeds           int // in total; one for each 64 KiB in a quarter of the memory
	MaxFeedsPerAddress int // from one network address, see TrustedProxies; 1024
	MaxFeedsPerSession int // in one session; 64

	// TrustedProxies are the proxies in front of this server: addresses, or
	// networks such as "10.0.0.0/8". A request from one of them is counted for
	// the client that it names last in X-Forwarded-For, and is not counted if
	// it names none. Requests from a loopback address that is not listed are
	// not counted: they come from a proxy or a user on this machine.
	TrustedProxies []string
}

func (o Options) withDefaults() Options {
	positive(&o.KeepAlive, 15*time.Second)
	positive(&o.WriteTimeout, 30*time.Second)
	positive(&o.ReadTimeout, 30*time.Second)
	positive(&o.AfterTimeout, 2*time.Second)
	positive(&o.MaxBody, 256<<10)
	positive(&o.MaxHeader, 32<<10)
	positive(&o.BodyBytes, memory.Share(32))
	positive(&o.PageBytes, memory.Share(16))
	positive(&o.FeedBytes, memory.Share(16))
	if o.MaxFeeds == 0 {
		o.MaxFeeds = int(memory.Share(4) / (64 << 10))
	}
	if o.MaxFeedsPerAddress == 0 {
		o.MaxFeedsPerAddress = 1024
	}
	if o.MaxFeedsPerSession == 0 {
		o.MaxFeedsPerSession = 64
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Document == nil {
		o.Document = DefaultDocument
	}
	if o.ErrorPage == nil {
		o.ErrorPage = defaultErrorPage
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Advice == nil {
		o.Advice = optionAdvice
	}
	if o.Actor == nil {
		o.Actor = func(*http.Request) string { return "" }
	}
	return o
}

func positive[T int | int64 | time.Duration](v *T, otherwise T) {
	if *v <= 0 {
		*v = otherwise
	}
}

// Server answers an application's requests. Add content with [Commands],
// [Pages], [Server.Signals], [Server.Assets], [Server.Redirect] and
// [Server.Handle] before the first request. After that all methods may be
// called from any goroutine. A server has no background work.
type Server struct {
	opts          Options
	mux           *http.ServeMux
	handler       http.Handler
	views         map[string]bool                   // the patterns of the mux that are pages of views
	commands      map[string]bool                   // those that are commands
	streamPages   map[string]func(id string) string // by kind: the address of the page of a stream
	inventory     inventory
	feeds         *limits
	bodies        budget
	pages         budget
	frames        budget
	refusalLogged atomic.Int64         // when a refusal for lack of memory was last logged; Unix nanoseconds
	addressLogged [2]atomic.Int64      // when a refusal for the Host, and for the origin, was last logged; Unix nanoseconds
	buffers       sync.Pool            // of *bytes.Buffer, empty
	encoder       func() *zstd.Encoder // made when it is first needed

	pageParts []string      // what pages are made of; their version is a hash of it
	version   func() string // of pages; computed at the first request

	closeOnce sync.Once
	closed    chan struct{} // closed when feeds have to end
}

// New makes a server without content. An error comes from an option.
func New(opts Options) (*Server, error) {
	if opts.Engine == nil {
		return nil, errors.New("live: Options.Engine is missing")
	}
	opts = opts.withDefaults()
	s := &Server{
		opts:  opts,
		mux:   http.NewServeMux(),
		views: map[string]bool{}, commands: map[string]bool{}, streamPages: map[string]func(string) string{},
		bodies: budget{limit: opts.BodyBytes},
		pages:  budget{limit: opts.PageBytes},
		frames: budget{limit: opts.FeedBytes},
		closed: make(chan struct{}),
	}
	s.addPagePart("protocol", protocol)
	var err error
	if s.feeds, err = newLimits(opts); err != nil {
		return nil, err
	}
	s.version = sync.OnceValue(func() string { return versionOf(s.pageParts) })
	s.encoder = sync.OnceValue(newEncoder)
	s.buffers.New = func() any { return new(bytes.Buffer) }
	origins, err := s.crossOrigin()
	if err != nil {
		return nil, err
	}
	if err := s.serveBuilt(opts.Assets); err != nil {
		return nil, err
	}
	s.handler = s.guard(origins.Handler(http.HandlerFunc(s.route)))
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Handle adds a handler of the application for a pattern of http.ServeMux. It
// gets the same protection as all other handlers. The nonce of its content
// security policy is templ.GetNonce(r.Context()).
func (s *Server) Handle(pattern string, h http.Handler) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(s.withNonce(w, r, false)))
	})
}

// route is the mux with two changes: unknown addresses are answered with a
// Problem, and ambiguous paths are not redirected but answered with 404.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	if !isPlainPath(r.URL) {
		s.problem(w, r, &Problem{Status: http.StatusNotFound, Code: "not_found",
			Detail: "There is nothing at this address: a path must not have empty parts or the parts . and .."})
		return
	}
	if _, pattern := s.mux.Handler(r); pattern == "" {
		s.problem(w, r, s.unrouted(r))
		return
	}
	s.mux.ServeHTTP(w, r)
}

// isPlainPath reports whether all programs read a path in the same way.
// http.ServeMux, proxies and browsers remove "//", "." and "..", some of them
// also when they are escaped. A proxy could check another path than the server
// serves: a POST to /list/a/../b/add would reach b.
func isPlainPath(u *url.URL) bool {
	if !strings.HasPrefix(u.Path, "/") {
		return false
	}
	parts := strings.Split(u.EscapedPath()[1:], "/")
	for i, part := range parts {
		text, err := url.PathUnescape(part)
		last := i == len(parts)-1 // may be empty: "/", "/static/"
		if err != nil || text == "." || text == ".." || text == "" && !last {
			return false
		}
	}
	return true
}

// HTTP returns an http.Server for an address, with timeouts and limits set. Its
// Shutdown ends the feeds.
//
//	h := s.HTTP("127.0.0.1:8080")
//	go h.ListenAndServe()
//	…
//	h.Shutdown(ctx)
func (s *Server) HTTP(addr string) *http.Server {
	h := &http.Server{
		Addr:              addr,
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    s.opts.MaxHeader,
		ErrorLog:          slog.NewLogLogger(s.opts.Logger.Handler(), slog.LevelWarn),
	}
	h.RegisterOnShutdown(s.CloseFeeds)
	return h
}

// Pattern returns the pattern of the handler that answers GET for a path, as
// [http.ServeMux] writes patterns, or "" if there is none.
func (s *Server) Pattern(path string) string {
	_, pattern := s.mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}})
	return pattern
}

// Closed returns a channel that is closed when feeds have to end, for handlers of
// the application that answer for as long as they can.
func (s *Server) Closed() <-chan struct{} { return s.closed }

// CloseFeeds ends all feeds cleanly and refuses new ones, so that open pages
// reconnect to the next server. It returns at once; http.Server.Shutdown waits
// for the feeds.
func (s *Server) CloseFeeds() { s.closeOnce.Do(func() { close(s.closed) }) }
