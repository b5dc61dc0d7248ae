package live_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/live"
)

// TestRenderedOnce: a state is rendered once for all watchers, and all get the
// same bytes. Without watchers nothing is held.
func TestRenderedOnce(t *testing.T) {
	const watchers, updates = 20, 15
	var rendered atomic.Int64
	a := start(t, appOptions{render: func(s notes, p boardParams) templ.Component {
		rendered.Add(1)
		return board(s, p)
	}})
	a.add("a", "first")
	feeds := make([]*feed, watchers)
	for i := range feeds {
		feeds[i] = a.feed("/test/board/a/feed")
		feeds[i].patch()
	}
	if n := rendered.Load(); n != 1 {
		t.Errorf("the first state was rendered %d times", n)
	}
	for i := range updates {
		a.add("a", fmt.Sprint("note ", i))
	}
	last := fmt.Sprintf("<li>note %d</li></ul>", updates-1)
	for _, f := range feeds {
		for !strings.Contains(f.patch(), last) {
		}
		if f.id != feeds[0].id {
			t.Errorf("ids %s and %s of one state", f.id, feeds[0].id)
		}
		f.close()
	}
	if n := rendered.Load(); n > updates+1 {
		t.Errorf("%d states were rendered %d times", updates+1, n)
	}
	eventually(t, "the feeds end", func() bool { return a.live.OpenFeeds() == 0 })
	before := rendered.Load()
	a.open("/test/board/a")
	a.open("/test/board/a")
	if n := rendered.Load() - before; n != 2 {
		t.Errorf("two pages that nobody watches were rendered %d times", n)
	}
}

// TestG10_AFailedViewIsReported: the page and the open feed show an error with an
// id that is in the log. The feed stays open, and other keys work.
func TestG10_AFailedViewIsReported(t *testing.T) {
	a := start(t, appOptions{})
	a.add("a", "one")
	address, _ := a.open("/test/board/a")
	f, other := a.feed(address), a.feed(address)
	a.add("a", broken)
	said := f.patch()
	checkFailure(t, a, said)
	if got := other.patch(); got != said {
		t.Errorf("one feed shows %s, another %s", said, got)
	}
	if frame := f.frame(); frame != ":\n\n" {
		t.Errorf("then came %q", frame)
	}
	resp, page := a.do(a.request("GET", "/test/board/a", ""))
	if resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("page: status %d", resp.StatusCode)
	}
	checkFailure(t, a, page)
	if n := strings.Count(a.log.String(), "page cannot be shown"); n != 1 {
		t.Errorf("logged %d times", n)
	}
	again := a.feed(address, "Last-Event-Id", "1.0123456789abcdef")
	checkFailure(t, a, again.patch())
	a.feed("/test/board/b/feed").patch()
	a.add("b", "fine")
	if _, page := a.open("/test/board/b"); !strings.Contains(page, "<li>fine</li>") {
		t.Errorf("another list: %s", page)
	}
}

func checkFailure(t *testing.T, a *app, said string) {
	t.Helper()
	m := regexp.MustCompile(`<div id="live" data-live-title="test.Board"><p role="alert">[^<]*under ([0-9a-f-]+)\.</p></div>`).FindStringSubmatch(said)
	if m == nil || strings.Contains(said, "secret") {
		t.Fatalf("got %s", said)
	}
	if log := a.log.String(); !strings.Contains(log, "id="+m[1]) || !strings.Contains(log, "secret of the view") {
		t.Errorf("the log has nothing about %s: %s", m[1], log)
	}
}

// TestAPageThatPanics: the feed shows that rendering failed, and the next state
// works again.
func TestAPageThatPanics(t *testing.T) {
	a := start(t, appOptions{render: func(s notes, p boardParams) templ.Component {
		if len(s.items) == 1 {
			panic("secret of the page")
		}
		return board(s, p)
	}})
	f, other := a.feed("/test/board/a/feed"), a.feed("/test/board/a/feed")
	f.patch()
	other.patch()
	a.add("a", "one")
	said := f.patch()
	if !strings.Contains(said, `role="alert"`) || strings.Contains(said, "secret") || other.patch() != said {
		t.Errorf("got %s", said)
	}
	again := a.feed("/test/board/a/feed", "Last-Event-Id", f.id) // shows the failure already
	if frame := again.frame(); frame != ":\n\n" {
		t.Errorf("came %q", frame)
	}
	if n := strings.Count(a.log.String(), "page cannot be shown"); n != 1 {
		t.Errorf("logged %d times", n)
	}
	a.add("a", "two")
	for _, f := range []*feed{f, other, again} {
		got := f.patch()
		if !strings.Contains(got, "<li>one</li><li>two</li>") {
			t.Errorf("got %s", got)
		}
	}
}

func TestPages(t *testing.T) {
	a := start(t, appOptions{})
	a.add("a", `"><script>alert(1)</script>`+"'${1+1}")
	for _, c := range []struct {
		path   string
		status int
		want   string
	}{
		{"/test/board/a", 200, "&gt;&lt;script&gt;alert(1)&lt;/script&gt;"},
		{"/test/board/a?_after=1", 200, "<title>test.Board</title>"},
		{"/test/board/a?_after=99999&_from=x&datastar={}", 200, `feed?_from=1.`},
		{"/test/board/new", 200, `<ul data-show-what="all"></ul>`},
		{"/test/board/a?show=none", 400, `"field":"show"`},
		{"/test/board/a?show=all&show=all", 400, "only once"},
		{"/test/board/a?show=%ff", 400, `"code":"utf8"`},
		{"/test/board/a?show=%zz", 400, "malformed"},
		{"/test/board/a/feed?show=none", 400, `"field":"show"`},
		{"/test/board/%2e%2e", 404, "not_found"},
		{"/test/board/%2e%2e%2f%2e%2e/feed", 400, "malformed"},
		{"/test/board/a%00/feed", 400, "malformed"},
		{"/test/board/" + strings.Repeat("k", 129), 400, "malformed"},
		{"/test/board/", 404, "not_found"},
		{"/test/board/a/b", 404, "not_found"},
		{"/nowhere", 404, "not_found"},
	} {
		resp, body := a.do(a.request("GET", c.path, ""))
		if resp.StatusCode != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s: got %d %s\nwant %d with %s", c.path, resp.StatusCode, body, c.status, c.want)
		}
		if c.status == 200 && (resp.Header.Get("Cache-Control") != "private, no-cache" || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html")) {
			t.Errorf("%s: headers %v", c.path, resp.Header)
		}
	}
	resp, body := a.do(a.request("POST", "/test/board/a", ""))
	if resp.StatusCode != http.StatusMethodNotAllowed || resp.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d %v %s", resp.StatusCode, resp.Header, body)
	}
	if n := head(t, a); n != 1 {
		t.Errorf("looking at pages stored something: head is %d", n)
	}
}

// TestKeyings: the address of a global view has no key. A key of a view by
// field may be any text.
func TestKeyings(t *testing.T) {
	a := start(t, appOptions{})
	a.add("a", "one")
	a.add("b", "a/b c?d=1&e")
	for path, want := range map[string]string{
		"/test/total": "/test/total/feed?_from=2.", "/test/total?utm_source=x": "/test/total/feed?_from=2.",
		"/test/same/one": "/test/same/one/feed?_from=1.", "/test/same/a%2Fb%20c%3Fd=1&e": "/test/same/a%2Fb%20c%3Fd=1&e/feed?_from=2.",
		"/test/same/nothing": "/test/same/nothing/feed?_from=0.",
	} {
		address, page := a.open(path)
		count := map[bool]string{true: "<p>2</p>", false: "<p>1</p>"}[strings.HasPrefix(path, "/test/total")]
		if strings.HasSuffix(path, "nothing") {
			count = "<p>0</p>"
		}
		if !strings.HasPrefix(address, want) || !strings.Contains(page, count) {
			t.Errorf("%s: feed %s of %s", path, address, page)
		}
		f := a.feed(address)
		if frame := f.frame(); frame != ":\n\n" {
			t.Errorf("%s: came %q", path, frame)
		}
		f.close()
	}
	f := a.feed("/test/total/feed")
	f.patch()
	a.add("c", "three")
	if got := f.patch(); got != `<div id="live" data-live-title="test.Total"><p>3</p></div>` {
		t.Errorf("got %s", got)
	}
	for _, path := range []string{"/test/same/%ff", "/test/same/" + strings.Repeat("k", 1025)} {
		if resp, _ := a.do(a.request("GET", path, "")); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%.40s: got %d", path, resp.StatusCode)
		}
	}
}

// TestContentSecurity: the policy of a page has the nonce of its document, and
// each answer has another nonce.
func TestContentSecurity(t *testing.T) {
	a := start(t, appOptions{})
	a.live.Handle("GET /own", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `data-nonce="%s"`, templ.GetNonce(r.Context()))
	}))
	seen := map[string]bool{}
	for _, path := range []string{"/test/board/a", "/test/board/a", "/own"} {
		resp, page := a.do(a.request("GET", path, ""))
		m := regexp.MustCompile(`data-nonce="([^"]{22})"`).FindStringSubmatch(page)
		policy := resp.Header.Get("Content-Security-Policy")
		if m == nil || seen[m[1]] || !strings.Contains(policy, "script-src 'self' 'unsafe-eval' 'nonce-"+m[1]+"'") {
			t.Fatalf("%s: policy %s of %s", path, policy, page)
		}
		seen[m[1]] = true
		for _, want := range []string{"default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s is not in %s", want, policy)
			}
		}
		if strings.Contains(policy, "unsafe-inline") {
			t.Errorf("policy %s", policy)
		}
	}
}

func TestPanics(t *testing.T) {
	a := start(t, appOptions{})
	a.live.Handle("GET /early", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret, early") }))
	a.live.Handle("GET /late", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 1<<16))
		panic("secret, late")
	}))
	resp, body := a.do(a.request("GET", "/early", ""))
	checkAnswer(t, a, resp, body)
	if resp.StatusCode != 500 {
		t.Errorf("got %d", resp.StatusCode)
	}
	late, err := a.http.Client().Do(a.request("GET", "/late", ""))
	if err == nil {
		_, err = io.ReadAll(late.Body)
		_ = late.Body.Close()
	}
	if err == nil {
		t.Error("an answer that broke off looks complete")
	}
	if log := a.log.String(); !strings.Contains(log, "secret, early") || !strings.Contains(log, "secret, late") || !strings.Contains(log, "page_test.go") {
		t.Errorf("the log: %s", log)
	}
}

func TestSessions(t *testing.T) {
	for _, insecure := range []bool{false, true} {
		a := start(t, appOptions{live: live.Options{Insecure: insecure}})
		var seen []string
		a.live.Redirect("/{$}", func(s live.Session) string {
			seen = append(seen, s.ID+" "+s.Address("list")+" "+s.Address("other"))
			return "/test/board/" + s.Address("list")
		})
		resp, _ := a.do(a.request("GET", "/", ""))
		c := resp.Cookies()[0]
		name := "__Host-session"
		if insecure {
			name = "session"
		}
		if c.Name != name || c.Secure == insecure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || len(c.Value) != 43 {
			t.Errorf("cookie %v", c)
		}
		to := resp.Header.Get("Location")
		if resp.StatusCode != http.StatusFound || !regexp.MustCompile(`^/test/board/[0-9a-f-]{36}$`).MatchString(to) {
			t.Errorf("got %d to %s", resp.StatusCode, to)
		}
		again, _ := a.do(a.request("GET", "/", "", "Cookie", c.Name+"="+c.Value))
		if again.Header.Get("Location") != to || len(again.Cookies()) != 0 || seen[0] != seen[1] {
			t.Errorf("again: %v, %q", again.Header, seen)
		}
		parts := strings.Fields(seen[0])
		if parts[1] == parts[2] || strings.Contains(c.Value, parts[0]) || strings.Contains(seen[0], c.Value) {
			t.Errorf("session %q of cookie %q", seen[0], c.Value)
		}
		for _, bad := range []string{"", "x", c.Value + "x", c.Value[:42], strings.Repeat("A", 5000), "\x00", strings.Repeat("!", 43)} {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Cookie", c.Name+"="+bad)
			w := httptest.NewRecorder()
			a.live.ServeHTTP(w, r)
			if len(w.Result().Cookies()) != 1 || w.Header().Get("Location") == to {
				t.Errorf("cookie %.50q: %v", bad, w.Header())
			}
		}
	}
}

// TestBrowsersKeepTheirAddress: a browser that comes back to the root gets the
// same address again.
func TestBrowsersKeepTheirAddress(t *testing.T) {
	a := start(t, appOptions{live: live.Options{Insecure: true}})
	a.live.Redirect("/{$}", func(s live.Session) string { return "/test/board/" + s.Address("list") })
	visit := func(jar http.CookieJar) string {
		client := &http.Client{Jar: jar}
		resp, err := client.Get(a.url + "/")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.Request.URL.Path
	}
	one, _ := cookiejar.New(nil)
	other, _ := cookiejar.New(nil)
	if first := visit(one); first != visit(one) || first == visit(other) {
		t.Errorf("first at %s, then at %s; another at %s", first, visit(one), visit(other))
	}
	if n := head(t, a); n != 0 {
		t.Errorf("%d events are stored", n)
	}
}

// TestClientsThatLeave: a client that leaves while its page is rendered causes
// no error in the log.
func TestClientsThatLeave(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	leaving := func(live.Document) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, _ io.Writer) error {
			leave()
			return fmt.Errorf("templ: %w", ctx.Err())
		})
	}
	a := start(t, appOptions{noDocument: true, live: live.Options{Document: leaving}})
	a.live.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/test/board/a", nil).WithContext(ctx))
	if a.log.String() != "" {
		t.Errorf("the log: %s", a.log)
	}
}

// TestPagesOfAClosedEngine: a server that ends answers with 503 and logs no
// error.
func TestPagesOfAClosedEngine(t *testing.T) {
	a := start(t, appOptions{})
	a.add("a", "there")
	if err := a.eng.Close(); err != nil {
		t.Fatal(err)
	}
	resp, body := a.do(a.request("GET", "/test/board/b", ""))
	if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, `"closing"`) || a.log.String() != "" {
		t.Errorf("got %d %s; the log: %s", resp.StatusCode, body, a.log)
	}
}

func TestNewRefuses(t *testing.T) {
	if _, err := live.New(live.Options{}); err == nil {
		t.Error("no engine is fine")
	}
	if s, err := live.New(live.Options{Engine: start(t, appOptions{}).eng, TrustedOrigins: []string{"not an origin"}}); err == nil {
		t.Errorf("got %v", s)
	}
	if s, err := live.New(live.Options{Engine: start(t, appOptions{}).eng, TrustedProxies: []string{"10.0.0.0/99"}}); err == nil {
		t.Errorf("got %v", s)
	}
}

// TestViewWithoutAPage: a view without a page has no address.
func TestViewWithoutAPage(t *testing.T) {
	eng := engine.New(nil, engine.Options{})
	s, err := live.New(live.Options{Engine: eng})
	if err != nil {
		t.Fatal(err)
	}
	live.Pages(s, live.Feed[int, live.None]{Path: "/unseen", Name: "unseen", By: ironstar.Global})
	for _, path := range []string{"/unseen", "/unseen/feed"} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d, want 404", path, w.Code)
		}
	}
}

// TestClientLeavesWhileItsPageRenders: the log has no error then.
func TestClientLeavesWhileItsPageRenders(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	a := start(t, appOptions{noDocument: true, live: live.Options{Document: func(live.Document) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, _ io.Writer) error {
			leave()
			<-ctx.Done()
			return ctx.Err()
		})
	}}})
	w := httptest.NewRecorder()
	a.live.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/test/board/a", nil))
	if w.Body.Len() > 0 || a.log.String() != "" {
		t.Errorf("it got %q, the log has %s", w.Body, a.log)
	}
}
