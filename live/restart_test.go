package live_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev/live"
)

// TestG13_PoliteRestart: a server that shuts down ends its feeds cleanly and at
// once, and refuses new ones. The next server continues them.
func TestG13_PoliteRestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "notes.db")
	first := start(t, appOptions{file: file})
	first.add("a", "one")
	address, _ := first.open("/test/board/a")
	quiet := first.feed(address)
	busy := first.feed("/test/board/a/feed")
	busy.patch()

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := first.http.Config.Shutdown(ctx); err != nil {
		t.Fatalf("shutdown with open feeds: %v", err)
	}
	for name, f := range map[string]*feed{"quiet": quiet, "busy": busy} {
		for frame := f.frame(); frame != ""; frame = f.frame() {
			if !strings.HasPrefix(frame, ":") {
				t.Errorf("%s: at the end came %q", name, frame)
			}
		}
	}
	w := httptest.NewRecorder()
	first.live.ServeHTTP(w, httptest.NewRequest("GET", address, nil))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("a feed of a server that ends: %d %v", w.Code, w.Header())
	}
	first.stop()

	second := start(t, appOptions{file: file})
	second.feed(address).silentUntil(second, "a", "two")
	again := second.feed(address, "Last-Event-Id", busy.id)
	if got := again.patch(); !strings.Contains(got, "<li>one</li><li>two</li>") {
		t.Errorf("after the restart: %s", got)
	}
}

// TestG13_Crash: after a server crash clients reconnect at the same address
// with the id of the last complete event.
func TestG13_Crash(t *testing.T) {
	file := filepath.Join(t.TempDir(), "notes.db")
	first := start(t, appOptions{file: file})
	f := first.feed("/test/board/a/feed")
	f.patch()
	first.add("a", "one")
	f.patch()
	first.http.CloseClientConnections() // in the middle of everything
	if _, err := f.lines.ReadString(0); err == nil {
		t.Error("the feed goes on")
	}
	first.stop()
	second := start(t, appOptions{file: file})
	second.feed("/test/board/a/feed", "Last-Event-Id", f.id).silentUntil(second, "a", "two")
}

// TestG13_FeedsAreOpenedToStayOpen: without these options Datastar does not
// reconnect after a clean end or a 503.
func TestG13_FeedsAreOpenedToStayOpen(t *testing.T) {
	const want = `@get("\u002fa\u002ffeed\u003f_from\u003d1.x", {retry: 'always', retryMaxCount: Infinity, retryMaxWait: 5000})`
	if got := live.OpenFeed("/a/feed?_from=1.x"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := live.OpenFeed(`/a"+alert(1)+"\` + "\n"); got != `@get("\u002fa\u0022+alert\u00281\u0029+\u0022\u005c\u000a", {retry: 'always', retryMaxCount: Infinity, retryMaxWait: 5000})` {
		t.Errorf("got %s", got)
	}
	a := start(t, appOptions{noDocument: true, live: live.Options{Document: func(d live.Document) templ.Component {
		return templ.Join(text(fmt.Sprintf(`<body data-init="%s">`, html.EscapeString(d.Open()["data-init"].(string)))), d.Content)
	}}})
	_, page := a.do(a.request("GET", "/test/board/a?show=short", ""))
	if want := `<body data-init="@get(&#34;\u002ftest\u002fboard\u002fa\u002ffeed\u003fshow\u003dshort\u0026_from\u003d0.`; !strings.HasPrefix(page, want) {
		t.Errorf("the page is %s, want %s…", page, want)
	}
}
