package live

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/zstd"

	"ironstar.dev/engine"
)

// Options of a [Server]. Engine is required; everything else has a default.
type Options struct {
	Engine *engine.Engine
	LogID  string       // of the store: ironstar.Store.LogID
	Build  string       // names this build: pages rendered by another one are sent anew
	Logger *slog.Logger // slog.Default()

	// Document puts a feed's content into a whole document, for feeds that do
	// not say it themselves. The default is a bare one without scripts.
	Document func(Document) templ.Component

	// ErrorPage shows a problem to a browser that asked for HTML. The default
	// is a bare one.
	ErrorPage func(*Problem) templ.Component

	// Actor names who sends a request, for the metadata of events.
	Actor func(*http.Request) string

	// Insecure is for development without TLS: cookies are sent over plain HTTP.
	Insecure bool

	TrustedOrigins []string // other origins that may send commands: "https://example.com"

	// Hosts are the names, with port if it is not the usual one, by which people
	// reach this server. Requests for another host are refused: a foreign name
	// that was made to point here (DNS rebinding) would otherwise be its own
	// origin. Empty is any host, for servers behind a proxy that sees to it.
	Hosts []string

	// Uncompressed are the views, by name, whose feeds are never compressed: those
	// of pages that show a secret beside a text that somebody else wrote. Who sees
	// the lengths of what is sent could guess the secret bit by bit
	// (docs/decisions/014). Pages of one session are never compressed anyway.
	Uncompressed []string

	KeepAlive    time.Duration // between comments on a quiet feed; 15 s
	WriteTimeout time.Duration // for one write; a peer that takes longer is dropped; 30 s
	ReadTimeout  time.Duration // for a request's body; 30 s
	AfterTimeout time.Duration // how long ?after=N may hold a page back; 2 s

	MaxBody   int64 // bytes of a command; 256 KiB
	MaxHeader int   // bytes of a request's headers; 32 KiB

	// Open feeds at the same time. 0 is the default, below 0 is no limit.
	// Behind a proxy all come from one address: its own.
	MaxFeeds           int // altogether; no limit
	MaxFeedsPerAddress int // from one network address; 1024
	MaxFeedsPerSession int // in one session; 64
}

func (o Options) withDefaults() Options {
	positive(&o.KeepAlive, 15*time.Second)
	positive(&o.WriteTimeout, 30*time.Second)
	positive(&o.ReadTimeout, 30*time.Second)
	positive(&o.AfterTimeout, 2*time.Second)
	positive(&o.MaxBody, 256<<10)
	positive(&o.MaxHeader, 32<<10)
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
		o.Document = bareDocument
	}
	if o.ErrorPage == nil {
		o.ErrorPage = barePage
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

// Server answers an application's requests. Add what it serves with [Commands],
// [Pages], [Server.Signals], [Server.Assets], [Server.Redirect] and
// [Server.Handle] before the first request; after that, all methods may be
// called from any goroutine. Nothing runs in the background.
type Server struct {
	opts    Options
	mux     *http.ServeMux
	handler http.Handler
	feeds   *limits
	buffers sync.Pool            // of *bytes.Buffer, empty
	encoder func() *zstd.Encoder // made when somebody needs it

	made    []string      // what pages are made of, in words
	version func() string // of it; known when all was added

	closeOnce sync.Once
	closed    chan struct{} // closed when feeds are to end
}

// New makes a server that serves nothing yet. The error is about an option.
func New(opts Options) (*Server, error) {
	if opts.Engine == nil {
		return nil, errors.New("live: Options.Engine is missing")
	}
	opts = opts.withDefaults()
	s := &Server{
		opts:   opts,
		mux:    http.NewServeMux(),
		feeds:  newLimits(opts),
		closed: make(chan struct{}),
	}
	s.version = sync.OnceValue(func() string { return versionOf(s.made) })
	s.encoder = sync.OnceValue(newEncoder)
	s.buffers.New = func() any { return new(bytes.Buffer) }
	origins, err := s.crossOrigin()
	if err != nil {
		return nil, err
	}
	s.handler = s.guard(origins.Handler(http.HandlerFunc(s.route)))
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Handle adds a handler of the application, for a pattern of http.ServeMux. It
// gets the same protection as everything else; the nonce of its content
// security policy is templ.GetNonce(r.Context()).
func (s *Server) Handle(pattern string, h http.Handler) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(withNonce(w, r)))
	})
}

// route is the mux, with problems in our form where nothing is found.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	if _, pattern := s.mux.Handler(r); pattern == "" {
		s.problem(w, r, s.unrouted(r))
		return
	}
	s.mux.ServeHTTP(w, r)
}

// HTTP returns a server for an address, with timeouts and limits set, that
// ends the feeds when it is shut down.
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

// CloseFeeds ends all feeds cleanly and refuses new ones, so that open pages
// look for the server that comes next. It returns at once; http.Server.Shutdown
// waits for the feeds.
func (s *Server) CloseFeeds() { s.closeOnce.Do(func() { close(s.closed) }) }
