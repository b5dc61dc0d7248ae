//go:build browser

package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// countLoads makes a tab count in sessionStorage how often a page is loaded.
const countLoads = `sessionStorage.loads = Number(sessionStorage.loads ?? 0) + 1`

// openCounted opens a list in a tab that counts loads.
func openCounted(t *testing.T, address string) *list {
	t.Helper()
	l := &list{newTab(t, "about:blank")}
	l.BeforeScripts(countLoads)
	l.Go(address)
	l.awaitLoads(1)
	return l
}

func (l *list) awaitLoads(n int) {
	l.t.Helper()
	l.Await(fmt.Sprintf("load %d, and its feed", n), fmt.Sprintf(`sessionStorage.loads === "%d" && document.querySelector("[data-live-status=on]")`, n))
}

// deploy stops the server and starts another build in its place.
func (s *server) deploy(bin string) {
	s.t.Helper()
	s.Stop()
	s.Bin = bin
	s.Start()
}

func (l *list) awaitNewTodo(text string) {
	l.t.Helper()
	l.Await("the new line "+text, `document.querySelector(`+quote(newTodo)+`).value === `+quote(text))
}

// rest waits long enough for any further action of the page.
func (l *list) rest() {
	l.t.Helper()
	eval[any](l.tab, `new Promise(r => setTimeout(() => r(null), 1500))`)
}

// TestOldTab: after a deploy that changes the signals, an open tab loads its
// page again once. It keeps the new line that is being typed, and the cursor
// position.
func TestOldTab(t *testing.T) {
	next := moreSignals(t)
	s := newServer(t)
	l := openCounted(t, s.URL("/"))
	l.AddAndSee("one")
	l.Click(`a[href$="#/active"]`)
	l.Focus(newTodo)
	l.Type("half a li")
	eval[bool](l.tab, `(document.activeElement.setSelectionRange(2, 5), true)`)

	s.deploy(s.Bin) // the same build
	l.Await("no notice", `document.querySelector("[role=status]").textContent === ""`)
	l.rest()
	l.awaitLoads(1)

	for range 2 { // the second time it is not a new version any more
		s.deploy(next)
		l.awaitLoads(2)
		l.awaitNewTodo("half a li")
		l.rest()
		l.awaitLoads(2)
	}
	l.Await("the cursor where it was", `document.activeElement.matches(`+quote(newTodo)+`) && document.activeElement.selectionStart + "-" + document.activeElement.selectionEnd === "2-5"`)
	if !strings.HasSuffix(l.Location(), "#/active") {
		t.Errorf("the address is %s", l.Location())
	}
	l.Type(kb.End + "ne" + kb.Enter)
	l.AwaitItems("one", "half a line")
	l.Reload()
	l.awaitLoads(3)
	l.awaitNewTodo("")
}

// TestOldTabWithAnEdit: the edited line stays in edit mode with its text.
func TestOldTabWithAnEdit(t *testing.T) {
	next := moreSignals(t)
	s := newServer(t)
	l := openCounted(t, s.URL("/"))
	l.AddAndSee("one", "two", "three")
	l.begin(2, "half a sen")
	s.deploy(next)
	l.awaitLoads(2)
	l.awaitField("half a sen")
	l.AwaitItems("one", "two", "three") // nothing is saved yet
	l.Type("tence" + kb.Enter)
	l.AwaitItems("one", "half a sentence", "three")
	l.rest()
	l.awaitLoads(2)
}

// TestOldTabOfOtherSignals: the new line is kept. The text of a line whose field
// the new server does not have is saved, as if the field had lost the focus. The
// page works.
func TestOldTabOfOtherSignals(t *testing.T) {
	next := otherSignals(t)
	s := newServer(t)
	l := openCounted(t, s.URL("/"))
	l.BeforeScripts(`window.wrong = []; addEventListener("error", e => wrong.push(e.message)); addEventListener("unhandledrejection", e => wrong.push(String(e.reason)))`)
	l.AddAndSee("one", "two")
	l.Focus(newTodo)
	l.Type("three")
	l.begin(2, "two and a half")
	s.deploy(next)
	l.awaitLoads(2)
	l.AwaitItems("one", "two and a half")
	l.awaitNewTodo("three")
	if eval[bool](l.tab, `!!document.querySelector(".edit:enabled, [aria-invalid=true]")`) {
		t.Error("a line is being edited, or a field is wrong")
	}
	if wrong := eval[string](l.tab, `wrong.join()`); wrong != "" {
		t.Errorf("the page failed: %s", wrong)
	}
	l.Focus(newTodo)
	l.Type(kb.End + " more" + kb.Enter)
	l.AwaitItems("one", "two and a half", "three more")
	l.Edit(1, "one, edited"+kb.Enter)
	l.AwaitItems("one, edited", "two and a half", "three more")
	l.rest()
	l.awaitLoads(2)
}

// TestTextWithoutItsLine: somebody leaves the page while editing and comes back
// after the line was removed. The text is put into the field for new lines.
func TestTextWithoutItsLine(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one", "two")
	address := l.Location()
	l.Focus(newTodo)
	l.Type("three,")
	l.begin(2, "two and a half")
	l.Go(s.URL("/todo/tally"))
	b := openList(t, address)
	b.Hover(2)
	b.Click(nth(2, remove))
	b.AwaitItems("one")
	l.Go(address)
	l.awaitNewTodo("three, two and a half")
	l.Focus(newTodo)
	l.Type(kb.End + kb.Enter)
	l.AwaitItems("one", "three, two and a half")
}

// TestOldTabSendsFirst: waiting lines are sent before the page is loaded again,
// in their order and once.
func TestOldTabSendsFirst(t *testing.T) {
	next := moreSignals(t)
	s := newServer(t)
	l := openCounted(t, s.URL("/"))
	l.AddAndSee("one")
	eval[bool](l.tab, `(window.whole = window.fetch, window.fetch = async (input, init) => {
		if (String(input).includes("/add")) await new Promise(r => setTimeout(r, 1500)); // the feed is open before
		return whole(input, init) }, true)`)
	s.Stop()
	for _, text := range []string{"two", "three", "four"} {
		l.Add(text)
	}
	l.AwaitText("Connection lost. Your changes are sent when it is back.")
	s.Bin = next
	s.Start()
	l.awaitLoads(2)
	l.AwaitItems("one", "two", "three", "four")
	l.awaitNewTodo("")
}

// TestOldTabThatIsRefused: a line without a field that the new server requires
// is put back into the field, and the page shows what is missing, before and
// after it is loaded again.
func TestOldTabThatIsRefused(t *testing.T) {
	next := moreFields(t)
	s := newServer(t)
	l := openCounted(t, s.URL("/"))
	s.Stop()
	l.Add("no reason")
	l.AwaitText("Connection lost. Your changes are sent when it is back.")
	s.Bin = next
	s.Start()
	l.awaitLoads(2)
	l.awaitNewTodo("no reason")
	l.AwaitText("why: Please fill this in.")
	l.Shot("refused")
}

// TestOldTabBehindAProxy: if a proxy keeps returning the old page, it is loaded
// only once more and shows a message, also in a browser without storage.
func TestOldTabBehindAProxy(t *testing.T) {
	old, next := newServer(t), newServer(t)
	next.deploy(moreSignals(t))
	for name, before := range map[string]string{
		"":                    ``,
		"nothing can be kept": `Object.defineProperty(window, "sessionStorage", {get() { throw new DOMException("no", "SecurityError") }})`,
		"nothing fits":        `Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError") }`,
	} {
		t.Run(name, func(t *testing.T) {
			var loads atomic.Int64
			address := proxy(t, func(r *http.Request) *server {
				if strings.HasSuffix(r.URL.Path, "/feed") {
					return next
				}
				if strings.HasPrefix(r.URL.Path, "/todo/board/") {
					loads.Add(1)
				}
				return old
			})
			l := &list{newTab(t, "about:blank")}
			l.BeforeScripts(before)
			l.Go(address + "/todo/board/held")
			l.AwaitText("There is a newer version of this page. Please reload it.")
			l.Shot("held")
			l.Click(newTodo)
			l.Type("still works" + kb.Enter)
			for range 2 {
				eval[bool](l.tab, hide)
				eval[bool](l.tab, show)
				l.rest()
			}
			if n := loads.Load(); n != 2 {
				t.Errorf("the page was loaded %d times, want 2", n)
			}
		})
	}
}

// proxy forwards each request to a server, and returns its address.
func proxy(t *testing.T, to func(*http.Request) *server) string {
	p := httptest.NewServer(&httputil.ReverseProxy{
		FlushInterval: -1,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(must(url.Parse(to(r.In).URL("/"))))
			r.Out.Header.Del("Origin") // the origin is that of the proxy
			r.Out.Header.Del("Sec-Fetch-Site")
		},
	})
	t.Cleanup(func() {
		p.CloseClientConnections()
		p.Close()
	})
	return p.URL
}
