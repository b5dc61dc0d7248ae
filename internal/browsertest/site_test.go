//go:build browser

package browsertest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/live"
	"ironstar.dev/sqlite"
	"ironstar.dev/static"
	"ironstar.dev/web"
)

// site is the application in this process, so that its version of HTTP and the
// coding of its feeds can be chosen. It can be stopped and started again.
type site struct {
	t      *testing.T
	Addr   string
	Coding string // what browsers are made to accept for feeds
	HTTP2  bool

	file  string
	store *sqlite.Store
	eng   *engine.Engine
	http  *http.Server
}

func newSite(t *testing.T, coding string, http2 bool) *site {
	t.Helper()
	s := &site{t: t, Addr: "127.0.0.1:0", Coding: coding, HTTP2: http2, file: filepath.Join(t.TempDir(), "app.db")}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Start serves on the address that it had before.
func (s *site) Start() {
	s.t.Helper()
	s.store = must(sqlite.Open(s.t.Context(), s.file, sqlite.Options{}))
	s.eng = engine.New(s.store, engine.Options{})
	routes := todohttp.Context{
		List:  engine.Run(s.eng, gen.NewList(todo.List{})),
		Board: engine.Follow(s.eng, gen.NewBoard(todo.List{})), BoardPage: web.Board, BoardTitle: web.BoardTitle,
		Tally: engine.Follow(s.eng, gen.NewTally(todo.Tally{})), TallyPage: web.Tally, TallyTitle: web.TallyTitle,
	}
	if err := s.eng.Start(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	server := must(live.New(live.Options{
		Engine: s.eng, LogID: s.store.LogID(), Document: web.Document, ErrorPage: web.ErrorPage, Insecure: !s.HTTP2,
		Logger:    slog.New(slog.DiscardHandler),
		KeepAlive: 30 * time.Millisecond, // so that signs of life come between patches, in every form
	}))
	server.Assets(static.Prefix, must(live.NewAssets(static.Files())))
	routes.Routes(server)
	s.http = server.HTTP(s.Addr)
	s.http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/feed") {
			r.Header.Set("Accept-Encoding", s.Coding)
			if want := map[bool]int{false: 1, true: 2}[s.HTTP2]; r.ProtoMajor != want {
				s.t.Errorf("a feed over %s", r.Proto)
			}
		}
		server.ServeHTTP(w, r)
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

// certificate is the one that comes with Go, for tests.
func certificate() tls.Certificate {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	return s.TLS.Certificates[0]
}

// Stop is a polite end.
func (s *site) Stop() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		s.t.Logf("shutdown: %v", err) // connections that browsers hold in reserve
		s.http.Close()
	}
	if err := errors.Join(s.eng.Close(), s.store.Close()); err != nil {
		s.t.Error(err)
	}
}

// URL is an address as browsers see it that come by a road.
func (s *site) URL(addr, path string) string {
	if s.HTTP2 {
		return "https://" + addr + path
	}
	return "http://" + addr + path
}

var client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}

// Post sends a command, and fails the test if it is not done.
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
	page := must(client.Get(s.URL(s.Addr, fmt.Sprintf("%s?after=%d", todohttp.BoardURL(list, gen.BoardParams{}), s.eng.Head()))))
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
