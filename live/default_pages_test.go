package live_test

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"ironstar.dev/live"
)

// outline checks what every default page has, and returns its elements in order
// and its text.
func outline(t *testing.T, resp *http.Response, page string) (elements []string, words string) {
	t.Helper()
	nonce := regexp.MustCompile(`<style nonce="([^"]+)">`).FindStringSubmatch(page)
	if nonce == nil || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "style-src 'self' 'nonce-"+nonce[1]+"'") {
		t.Errorf("the style is not allowed by %s", resp.Header.Get("Content-Security-Policy"))
	}
	if !strings.HasPrefix(page, `<!doctype html><html lang="en">`) || !strings.Contains(page, `<meta name="color-scheme" content="light dark">`) {
		t.Errorf("the page begins %.200s", page)
	}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		switch {
		case n.Type == html.ElementNode:
			elements = append(elements, n.Data)
		case n.Type == html.TextNode && n.Parent.Data != "style" && n.Parent.Data != "title" && strings.TrimSpace(n.Data) != "":
			words += n.Data + "\n"
		}
	}
	return elements, words
}

func count(elements []string, name string) (n int) {
	for _, e := range elements {
		if e == name {
			n++
		}
	}
	return n
}

// TestDefaultDocument: it has one main element and one headline, also if the
// content brings them, and opens the feed.
func TestDefaultDocument(t *testing.T) {
	for content, want := range map[string]string{
		"<p>one</p>":                                "test.Board\none\n",
		"<h1>Own</h1><p>one</p>":                    "Own\none\n",
		"<main><p>one</p></main>":                   "test.Board\none\n",
		"<main class=a><h1 id=b>Own</h1>one</main>": "Own\none\n",
	} {
		a := start(t, appOptions{noDocument: true, render: func(notes, boardParams) templ.Component { return text(content) }})
		resp, page := a.do(a.request("GET", "/test/board/a", ""))
		elements, words := outline(t, resp, page)
		if count(elements, "main") != 1 || count(elements, "h1") != 1 || words != want {
			t.Errorf("%s: %q with %q, want %q", content, elements, words, want)
		}
		if !strings.Contains(page, `<form id="live-buttons" method="post" data-live-command hidden><input type="hidden" name="_return" value="/test/board/a">`) {
			t.Errorf("%s: no form for buttons in %s", content, page)
		}
		if !strings.Contains(page, ` data-live-feed="/test/board/a/feed?_from=`) || !strings.Contains(page, `<div id="live" data-live-title="test.Board">`+content+"</div>") || strings.Contains(page, "<script") {
			t.Errorf("%s: the page is %s", content, page)
		}
	}
}

// TestDefaultDocumentLoadsAssets: so a page is live without a document of the
// application's own.
func TestDefaultDocumentLoadsAssets(t *testing.T) {
	files := fstest.MapFS{"dist/manifest.json": {Data: []byte(`{"app.js":"app-1.js"}`)}, "dist/app-1.js": {Data: []byte("run()")}}
	a := start(t, appOptions{noDocument: true, live: live.Options{Assets: live.NewBuiltAssets(files, "app.js")}})
	_, page := a.do(a.request("GET", "/test/board/a", ""))
	if !strings.Contains(page, `<script type="module" src="/static/app-1.js"></script></head>`) || strings.Contains(page, "app.css") {
		t.Errorf("the page is %s", page)
	}
	if _, script := a.do(a.request("GET", "/static/app-1.js", "")); script != "run()" {
		t.Errorf("the script is %q", script)
	}
	if _, err := live.New(live.Options{Engine: a.eng, Assets: live.NewBuiltAssets(fstest.MapFS{}, "app.js")}); !errors.Is(err, live.ErrAssetsNotBuilt) {
		t.Errorf("a server without its script starts: %v", err)
	}
}

// TestDefaultErrorPage: it says in words what is wrong, has what was typed except
// secrets and what no one typed, and leads back.
func TestDefaultErrorPage(t *testing.T) {
	a := start(t, appOptions{})
	form := url.Values{
		"text": {"<b>bread</b>\nand salt"}, "count": {"b"}, "unit_price": {"", "3.50"}, "linesOpen[2].dueDate": {"soon"},
		"password": {"hunter2"}, "newPassword": {"hunter2"}, "blank": {"  "},
		"_return": {"/test/board/a?show=short"}, "_secret": {"hunter2"}, "id": {"0194f0d2-5a3b-8c4d-9e6f-0123456789ab"},
	}.Encode()
	resp, page := a.do(a.request("POST", "/test/notes/a/add", form, "Content-Type", formType, "Accept", "text/html"))
	elements, words := outline(t, resp, page)
	const want = "This could not be saved yet\n" +
		"Blank:\n There is no such field.\nId:\n There is no such field.\nLines open 3, due date:\n There is no such field.\nNew password:\n There is no such field.\n" +
		"Password:\n There is no such field.\nUnit price:\n There is no such field.\nWhat you typed\nCopy what you need before you leave this page.\n" +
		"Count\nb\nLines open 3, due date\nsoon\nText\n<b>bread</b>\nand salt\nUnit price\n3.50\nBack to the page\n"
	if words != want || resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("got %d %s\nwant %s", resp.StatusCode, words, want)
	}
	if count(elements, "main") != 1 || count(elements, "h1") != 1 || !strings.Contains(page, `role="alert"`) || !strings.Contains(page, `<a href="/test/board/a?show=short">`) {
		t.Errorf("the page is %s", page)
	}
	for path, want := range map[string]string{
		"/nowhere":                "There is nothing here\nThere is nothing at this address.\nTo the start page\n",
		"/test/board/a?show=none": "This request cannot be read\nShow:\n",
	} {
		resp, page := a.do(a.request("GET", path, "", "Accept", "text/html"))
		if _, words := outline(t, resp, page); !strings.HasPrefix(words, want) || strings.Contains(words, "typed") {
			t.Errorf("%s: got %s\nwant %s", path, words, want)
		}
	}
}

// TestAnswersToFeeds: a feed that cannot be is answered with JSON, whatever the
// client accepts, and the answer has a sentence for people.
func TestAnswersToFeeds(t *testing.T) {
	a := start(t, appOptions{live: live.Options{MaxFeeds: 1}})
	a.feed("/test/board/b/feed") // the only one that there may be
	for _, c := range []struct {
		method, path string
		status       int
		want         string
	}{
		{"GET", "/test/board/a/feed?show=none", 400, `"detail":"This page no longer shows changes, because this server has no such page (show: `},
		{"GET", "/test/board/a%00/feed", 400, "Copy what you typed"},
		{"GET", "/test/keptboard/odd/feed", 404, `"detail":"This page no longer shows changes`},
		{"GET", "/test/gone/a/feed", 404, `"code":"not_found"`},
		{"POST", "/test/board/a/feed", 405, `"code":"method"`},
		{"GET", "/test/board/a/feed", 429, "Close some, then this one shows changes again."},
	} {
		for _, accept := range []string{"text/event-stream, text/html", "text/event-stream", ""} {
			resp, body := a.do(a.request(c.method, c.path, "", "Accept", accept))
			if resp.StatusCode != c.status || !strings.Contains(body, c.want) || resp.Header.Get("Content-Type") != "application/problem+json" ||
				(resp.Header.Get("Retry-After") != "") != (c.status == 429) {
				t.Errorf("%s, accept %q: got %d %v %s", c.path, accept, resp.StatusCode, resp.Header, body)
			}
		}
	}
	a.live.CloseFeeds()
	eventually(t, "the feed ends", func() bool { return a.live.OpenFeeds() == 0 })
	resp, body := a.do(a.request("GET", "/test/board/a/feed", "", "Accept", "text/event-stream"))
	if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "this page shows changes again") || resp.Header.Get("Retry-After") == "" {
		t.Errorf("after the end: got %d %s", resp.StatusCode, body)
	}
}
