package live_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/live"
	"ironstar.dev/sqlite"
	"ironstar.dev/wire"
)

func bareServer(t testing.TB, o live.Options) *live.Server {
	t.Helper()
	o.Engine, o.Logger = engine.New(nil, engine.Options{}), slog.New(slog.DiscardHandler)
	s, err := live.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// app is an application as cmd/app wires it: a store on disk, an engine, a
// server, and a port.
type app struct {
	t     testing.TB
	store *sqlite.Store
	eng   *engine.Engine
	live  *live.Server
	http  *httptest.Server
	log   *lockedBuffer
	url   string
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

type appOptions struct {
	file       string // "" means a new one
	live       live.Options
	engine     engine.Options
	render     func(notes, boardParams) templ.Component
	mine       func(notes, boardParams, live.Session) templ.Component
	interval   time.Duration
	http2      bool
	noDocument bool // use the default document
}

func start(t testing.TB, o appOptions) *app {
	t.Helper()
	if o.file == "" {
		o.file = filepath.Join(t.TempDir(), "notes.db")
	}
	store, err := sqlite.Open(t.Context(), o.file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := &app{t: t, store: store, log: &lockedBuffer{}}
	logger := slog.New(slog.NewTextHandler(a.log, nil))
	o.engine.Logger = logger
	a.eng = engine.New(store, o.engine)
	handler, reader := engine.Run(a.eng, newNotes()), engine.Follow(a.eng, newBoard())
	total, same := engine.Follow(a.eng, newTotal()), engine.Follow(a.eng, newSame())
	if err := a.eng.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.live.Engine, o.live.LogID, o.live.Logger = a.eng, store.LogID(), logger
	if !o.noDocument {
		o.live.Document = document
	}
	if o.live.KeepAlive == 0 {
		o.live.KeepAlive = 10 * time.Millisecond
	}
	if a.live, err = live.New(o.live); err != nil {
		t.Fatal(err)
	}
	live.Commands(a.live, live.CommandSet[command]{Kind: notesKind, Path: "/test/notes", Handler: handler, Parse: parse, Inputs: inputs})
	feed := live.Feed[notes, boardParams]{
		Path: "/test/board", Name: "test.Board", Fingerprint: "board1", By: ironstar.ByStream,
		Kind: notesKind, Reader: reader, Parse: parseBoard, Inputs: boardInputs,
	}
	if o.render == nil {
		o.render = board
	}
	feed.Page = func(s notes, at live.At[boardParams]) templ.Component { return o.render(s, at.Params) }
	if o.mine != nil {
		feed.Page = func(s notes, at live.At[boardParams]) templ.Component { return o.mine(s, at.Params, at.Session) }
		feed.PerSession = true
	}
	feed.MinInterval = o.interval
	live.Pages(a.live, feed)
	a.withIDs(live.CommandSet[command]{Kind: notesKind, Handler: handler, Parse: parse, Inputs: inputs}, feed)
	live.Pages(a.live, live.Feed[int, live.None]{Path: "/test/total", Name: "test.Total", By: ironstar.Global, Reader: total, Page: number})
	live.Pages(a.live, live.Feed[int, live.None]{Path: "/test/same", Name: "test.Same", By: ironstar.ByField, Reader: same, Page: number})
	a.http = httptest.NewUnstartedServer(a.live)
	a.http.Config = a.live.HTTP("")
	a.http.EnableHTTP2 = o.http2
	if o.http2 {
		a.http.StartTLS()
	} else {
		a.http.Start()
	}
	a.url = a.http.URL
	a.http.Client().Transport.(*http.Transport).DisableCompression = true // tests ask for compression explicitly
	t.Cleanup(a.stop)
	return a
}

// in returns the same application for a subtest.
func (a *app) in(t testing.TB) *app {
	sub := *a
	sub.t = t
	return &sub
}

// stop shuts the application down cleanly. It may be called twice.
func (a *app) stop() {
	if a.store == nil {
		return
	}
	a.live.CloseFeeds()
	a.http.Close()
	if err := errors.Join(a.eng.Close(), a.store.Close()); err != nil {
		a.t.Error(err)
	}
	a.store = nil
}

// do sends a request and returns the whole answer.
func (a *app) do(r *http.Request) (*http.Response, string) {
	a.t.Helper()
	client := a.http.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return resp, string(body)
}

func (a *app) request(method, path, body string, header ...string) *http.Request {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

// add puts a note on a list, and waits until the views have it.
func (a *app) add(id, text string) {
	a.t.Helper()
	resp, body := a.do(a.request("POST", "/test/notes/"+id+"/add", string(wire.AppendString([]byte(`{"text":`), text))+"}", "Content-Type", "application/json"))
	if resp.StatusCode != http.StatusAccepted {
		a.t.Fatalf("add: %d %s", resp.StatusCode, body)
	}
	if err := a.eng.Wait(a.t.Context(), a.eng.Head()); err != nil {
		a.t.Fatal(err)
	}
}

var feedAddress = regexp.MustCompile(`data-feed="([^"]*)"`)

// open loads a page and returns the address of its feed.
func (a *app) open(path string, header ...string) (feed, page string) {
	a.t.Helper()
	resp, page := a.do(a.request("GET", path, "", header...))
	m := feedAddress.FindStringSubmatch(page)
	if m == nil {
		a.t.Fatalf("no feed in %d %s", resp.StatusCode, page)
	}
	return strings.ReplaceAll(m[1], "&amp;", "&"), page
}

func text(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	})
}
