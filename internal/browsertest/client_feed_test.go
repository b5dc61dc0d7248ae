//go:build browser

package browsertest

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ironstar.dev/gen/todo/todohttp"
)

// shortTimers makes waits of ten seconds and more a hundred times shorter.
const shortTimers = `{ const real = window.setTimeout; window.setTimeout = (f, ms, ...more) => real(f, ms >= 10000 ? ms / 100 : ms, ...more) }`

// feeds counts the feeds of a site and can hold, refuse or end them.
type feeds struct {
	opened, open atomic.Int64
	mu           sync.Mutex
	addresses    []string
	ids          []string
	answer       func(http.ResponseWriter, *http.Request) bool // reports whether it answered
}

func (f *feeds) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/feed") {
			next.ServeHTTP(w, r)
			return
		}
		f.opened.Add(1)
		f.open.Add(1)
		defer f.open.Add(-1)
		f.mu.Lock()
		f.addresses = append(f.addresses, r.URL.RequestURI())
		f.ids = append(f.ids, r.Header.Get("Last-Event-Id"))
		answer := f.answer
		f.mu.Unlock()
		if answer == nil || !answer(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

func (f *feeds) setAnswer(answer func(http.ResponseWriter, *http.Request) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer = answer
}

func (f *feeds) await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not seen within %v (%d feeds were opened, %d are open)", what, patience, f.opened.Load(), f.open.Load())
		}
	}
}

func TestP1_OneFeedWithoutTexts(t *testing.T) {
	f := &feeds{}
	_, b := openClient(t, clientPage{Wrap: f.wrap, Around: func(id string) string {
		return addForm(id, "") + `<input data-bind="secret" data-signals="{secret: '` + strings.Repeat("字", 1000) + `'}">`
	}})
	b.Focus(`[name=text]`)
	b.Type("half a text")
	b.run(hide)
	f.await(t, "the end of the feed", func() bool { return f.open.Load() == 0 })
	b.run(show)
	b.awaitLive()
	b.run(hide + ";" + show + ";" + hide + ";" + show)
	b.awaitLive()
	f.await(t, "one feed", func() bool { return f.open.Load() == 1 })
	for _, address := range f.addresses {
		if len(address) > 100 || strings.Contains(address, "datastar") || strings.Contains(address, "_from") {
			t.Errorf("the address of a feed is %s", address)
		}
	}
	for _, id := range f.ids {
		if !strings.Contains(id, ".") {
			t.Errorf("a feed was opened with the id %q", id)
		}
	}
}

func TestP2_OpenedAgainAfterEveryEnd(t *testing.T) {
	f := &feeds{}
	s, b := openClient(t, clientPage{Wrap: f.wrap})
	s.Post(todohttp.ListAddURL("x"), `{"text":"one"}`)
	b.AwaitLines("one")
	s.Stop()
	s.Start() // a clean end
	s.Post(todohttp.ListAddURL("x"), `{"text":"two"}`)
	b.AwaitLines("one", "two")

	for what, answer := range map[string]func(w http.ResponseWriter){
		"503":   func(w http.ResponseWriter) { http.Error(w, "no", http.StatusServiceUnavailable) },
		"a cut": func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"a page": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<b>log in</b>"))
		},
		"a redirect":          func(w http.ResponseWriter) { w.Header().Set("Location", "/elsewhere"); w.WriteHeader(302) },
		"a feed that is over": func(w http.ResponseWriter) { w.Header().Set("Content-Type", "text/event-stream"); w.WriteHeader(200) },
	} {
		var met atomic.Int64
		f.setAnswer(func(w http.ResponseWriter, _ *http.Request) bool {
			if met.Add(1) > 2 {
				return false
			}
			answer(w)
			return true
		})
		b.run(hide + ";" + show)
		f.await(t, "two times "+what, func() bool { return met.Load() > 2 })
		s.Post(todohttp.ListAddURL("x"), `{"text":`+quote(what)+`}`)
		b.Await("the line after "+what, liveLines+`.endsWith(`+quote(what)+`)`)
		b.awaitLive()
	}
	if eval[bool](b, `document.body.innerText.includes("log in")`) {
		t.Error("an answer of somebody else is shown")
	}
	f.await(t, "one feed", func() bool { return f.open.Load() == 1 })
}

func TestP3_NoFeedWhileHiddenOrLeft(t *testing.T) {
	f := &feeds{}
	s, b := openClient(t, clientPage{Wrap: f.wrap})
	b.run(hide)
	f.await(t, "the end of the feed", func() bool { return f.open.Load() == 0 })
	s.Post(todohttp.ListAddURL("x"), `{"text":"one"}`)
	b.run(show)
	b.AwaitLines("one")
	b.run(`dispatchEvent(new PageTransitionEvent("pagehide", {persisted: true}))`)
	f.await(t, "the end of the feed", func() bool { return f.open.Load() == 0 })
	s.Post(todohttp.ListAddURL("x"), `{"text":"two"}`)
	b.run(`dispatchEvent(new PageTransitionEvent("pageshow", {persisted: true}))`)
	b.AwaitLines("one", "two")
	f.await(t, "one feed", func() bool { return f.open.Load() == 1 })
}

func TestP4_SilentFeedIsGivenUp(t *testing.T) {
	f := &feeds{}
	s, b := openClient(t, clientPage{Wrap: f.wrap, Script: shortTimers})
	f.setAnswer(func(w http.ResponseWriter, r *http.Request) bool { // as after a connection that a router forgot
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		return true
	})
	b.run(hide + ";" + show)
	opened := f.opened.Load()
	f.await(t, "the silent feed", func() bool { return f.opened.Load() > opened })
	f.setAnswer(nil)
	s.Post(todohttp.ListAddURL("x"), `{"text":"one"}`)
	b.AwaitLines("one")
}

func TestP5_LostConnectionIsSaid(t *testing.T) {
	s, b := openClient(t, clientPage{})
	const status = `document.querySelector("[role=status]").textContent`
	s.Stop()
	b.Await("the notice", status+` === "Connection lost. Trying again…"`)
	s.Start()
	b.Await("no notice", status+` === ""`)
	b.run(`Object.defineProperty(navigator, "onLine", {value: false, configurable: true}); window.fetchNow = fetch; window.fetch = () => Promise.reject(new TypeError("offline")); dispatchEvent(new Event("offline"))`)
	b.Await("the notice at once", status+` !== ""`)
	b.run(`window.fetch = fetchNow; Object.defineProperty(navigator, "onLine", {value: true}); dispatchEvent(new Event("online"))`)
	b.Await("no notice", status+` === ""`)
}

func TestP6_FeedThatThereIsNotEndsWithWords(t *testing.T) {
	for _, status := range []int{400, 404} {
		f := &feeds{}
		_, b := openClient(t, clientPage{Wrap: f.wrap})
		f.setAnswer(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"status":404,"code":"x","detail":"There is no such list any more."}`))
			return true
		})
		opened := f.opened.Load()
		b.run(hide + ";" + show)
		b.AwaitText("There is no such list any more.")
		b.run(hide + ";" + show)
		time.Sleep(time.Second)
		if n := f.opened.Load() - opened; n != 1 {
			t.Errorf("after %d the feed was asked for %d times, want once", status, n)
		}
	}
}

// TestP7_ManyPagesOverHTTP1: a fifth page asks for changes every few seconds
// and leaves connections to links and commands.
func TestP7_ManyPagesOverHTTP1(t *testing.T) {
	f := &feeds{}
	s, b := openClient(t, clientPage{Wrap: f.wrap, Script: `document.hasFocus = () => window.focused ?? false`})
	pages := []*tab{b}
	for range 6 {
		p := b.Sibling()
		p.BeforeScripts(`Object.defineProperty(document, "visibilityState", {get: () => "visible"})`)
		p.Go(s.URL(s.Addr, "/todo/board/x"))
		p.Await("the feed, or that it asks", `document.querySelector("[data-live-status=on], [data-live-status=polling]")`)
		pages = append(pages, p)
	}
	f.await(t, "four feeds", func() bool { return f.open.Load() == 4 })
	last := pages[len(pages)-1]
	last.AwaitText("Many pages of this site are open.")
	s.Post(todohttp.ListAddURL("x"), `{"text":"one"}`)
	for _, p := range pages {
		p.AwaitLines("one")
	}
	last.run(`window.focused = true; dispatchEvent(new Event("focus"))`)
	last.awaitLive()
}
