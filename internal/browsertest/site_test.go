//go:build browser

package browsertest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/engine"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/live"
	"ironstar.dev/sqlite"
	"ironstar.dev/web"
)

// site is the application in this process, so that the test can choose the
// version of HTTP and the coding of feeds and documents. It can be stopped and started again.
type site struct {
	t      *testing.T
	Addr   string
	Coding string // the coding that browsers accept for feeds and documents
	HTTP2  bool

	Page     func(gen.ListState, todohttp.BoardAt) templ.Component // web.Board
	Document func(todohttp.BoardDocument) templ.Component          // web.BoardDocument
	Others   func(live.Document) templ.Component                   // of other pages; nil means web.Document
	Files    fs.FS                                                 // os.DirFS("../../static/dist")
	Wrap     func(http.Handler) http.Handler                       // stands in front of the server; may be nil
	More     func(*engine.Engine) (func(*live.Server), error)      // another domain; may be nil
	Zone     *time.Location

	file  string
	store *sqlite.Store
	eng   *engine.Engine
	http  *http.Server
}

func newSite(t *testing.T, coding string, http2 bool) *site {
	t.Helper()
	s := &site{t: t, Coding: coding, HTTP2: http2, Page: web.Board, Document: web.BoardDocument, Files: os.DirFS("../../static/dist")}
	s.open()
	return s
}

// open starts the site on a new address, with a new database.
func (s *site) open() {
	s.t.Helper()
	s.Addr, s.file = "127.0.0.1:0", filepath.Join(s.t.TempDir(), "app.db")
	s.Start()
	s.t.Cleanup(s.Stop)
}

// Start serves on the former address.
func (s *site) Start() {
	s.t.Helper()
	s.store = must(sqlite.Open(s.t.Context(), s.file, sqlite.Options{}))
	s.eng = engine.New(s.store, engine.Options{})
	routes := must(todohttp.Domain{
		List: todo.List{}, BoardPage: s.Page, BoardTitle: web.BoardTitle, BoardDocument: s.Document,
		Tally: todo.Tally{}, TallyPage: web.Tally, TallyTitle: web.TallyTitle,
	}.Register(s.eng))
	more := func(*live.Server) {}
	if s.More != nil {
		more = must(s.More(s.eng))
	}
	if err := s.eng.Start(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	others := s.Others
	if others == nil {
		others = web.Document
	}
	server := must(live.New(live.Options{
		Engine: s.eng, LogID: s.store.LogID(), Document: others, ErrorPage: web.ErrorPage, Insecure: !s.HTTP2,
		Logger: slog.New(slog.DiscardHandler), Zone: s.Zone,
		KeepAlive: 30 * time.Millisecond, // so that there are keep-alives between patches, in every coding
	}))
	server.Assets(live.AssetPrefix, must(live.NewAssets(s.Files)))
	routes(server)
	more(server)
	s.http = server.HTTP(s.Addr)
	var handler http.Handler = server
	if s.Wrap != nil {
		handler = s.Wrap(server)
	}
	s.http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if browser := r.Header.Get("Sec-Fetch-Mode") != ""; browser && s.Coding != "" && !strings.HasPrefix(r.URL.Path, live.AssetPrefix) {
			r.Header.Set("Accept-Encoding", s.Coding)
		}
		if strings.HasSuffix(r.URL.Path, "/feed") {
			if want := map[bool]int{false: 1, true: 2}[s.HTTP2]; r.ProtoMajor != want {
				s.t.Errorf("a feed over %s", r.Proto)
			}
		}
		handler.ServeHTTP(w, r)
	})
	l := must(net.Listen("tcp", s.Addr))
	s.Addr = l.Addr().String()
	go func(h *http.Server) {
		var err error
		if s.HTTP2 {
			h.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate()}}
			err = h.ServeTLS(l, "", "")
		} else {
			err = h.Serve(l)
		}
		if !errors.Is(err, http.ErrServerClosed) {
			s.t.Errorf("serve: %v", err)
		}
	}(s.http)
}

// certificate is Go's test certificate.
func certificate() tls.Certificate {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	return s.TLS.Certificates[0]
}

// Stop shuts the site down cleanly.
func (s *site) Stop() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		s.t.Logf("shutdown: %v", err) // browsers keep spare connections
		s.http.Close()
	}
	if err := errors.Join(s.eng.Close(), s.store.Close()); err != nil {
		s.t.Error(err)
	}
}

// URL returns an address for browsers that connect through a road.
func (s *site) URL(addr, path string) string {
	if s.HTTP2 {
		return "https://" + addr + path
	}
	return "http://" + addr + path
}

var client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}

// Post sends a command and fails the test if it is refused.
func (s *site) Post(path, body string) {
	s.t.Helper()
	resp, err := client.Post(s.URL(s.Addr, path), "application/json", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	if said := must(io.ReadAll(resp.Body)); resp.StatusCode != http.StatusAccepted {
		s.t.Fatalf("%s: %s %s", path, resp.Status, said)
	}
}

// Lines adds lines to a list and returns their ids.
func (s *site) Lines(list string, texts ...string) (ids []string) {
	s.t.Helper()
	for _, text := range texts {
		s.Post(todohttp.ListAddURL(list), `{"text":`+quote(text)+`}`)
	}
	page := must(client.Get(s.URL(s.Addr, fmt.Sprintf("%s?_after=%d", todohttp.BoardURL(list, gen.BoardParams{}), s.eng.Head()))))
	defer page.Body.Close()
	for _, m := range regexp.MustCompile(`<li[^>]* id="([0-9a-f-]{36})"`).FindAllStringSubmatch(string(must(io.ReadAll(page.Body))), -1) {
		ids = append(ids, m[1])
	}
	if len(ids) != len(texts) {
		s.t.Fatalf("the list has %d lines, want %d", len(ids), len(texts))
	}
	return ids
}

func newID() string { return ironstar.NewUUID().String() }
