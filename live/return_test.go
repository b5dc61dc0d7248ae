package live_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"ironstar.dev/live"
)

// TestRedirectsStayHere: a form cannot send a browser to another server.
func TestRedirectsStayHere(t *testing.T) {
	for _, hostile := range []string{
		"https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "\t//evil.example",
		"/\n/evil.example", " //evil.example", "javascript:alert(1)", "evil.example", "", "///evil.example", "http:evil.example", "/%zz",
		"/a\\..\\b", "?x", "/\r\nSet-Cookie: a=b",
	} {
		if got, ok := live.LocalAddress(hostile); ok {
			t.Errorf("%q is taken for %q", hostile, got)
		}
	}
	for _, good := range []string{"/", "/a/b?c=d&e=f#g", "/%2f%2fevil.example", "/a//b", "/ä?x=https://elsewhere.example"} {
		if _, ok := live.LocalAddress(good); !ok {
			t.Errorf("%q is refused", good)
		}
	}
	r := httptest.NewRequest("POST", "http://here.example/x", nil)
	for referer, want := range map[string]string{
		"http://here.example/a?b=c": "/a?b=c", "https://here.example/a": "/a", "http://here.example": "/", "http://there.example/a": "/",
		"http://here.example.evil.example/a": "/", "http://here.example@evil.example/a": "/", "//here.example/a": "/", "%": "/",
		"http://here.example//evil.example": "/", "ftp://here.example/a": "/",
	} {
		r.Header.Set("Referer", referer)
		if got := live.BackTo(r, "https://evil.example"); got != want {
			t.Errorf("from %q: to %q, want %q", referer, got, want)
		}
	}
}

// TestHostileReturns: neither the answer to a form nor its error page links to
// another server.
func TestHostileReturns(t *testing.T) {
	a := start(t, appOptions{})
	for i, hostile := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "/\r\nSet-Cookie: a=evil", "\t//evil.example", "javascript:evil()"} {
		for _, text := range []string{fmt.Sprint("note ", i), ""} {
			form := url.Values{"text": {text}, live.ReturnField: {hostile}}
			resp, page := a.do(a.request("POST", "/test/notes/a/add", form.Encode(), "Content-Type", formType, "Accept", "text/html", "Referer", a.url+"/test/board/a"))
			to := resp.Header.Get("Location")
			if text != "" && to != fmt.Sprint("/test/board/a?_after=", i+1) || text == "" && !strings.Contains(page, `<a href="/test/board/a">Back to the page</a>`) {
				t.Errorf("%q, text %q: %s to %q: %s", hostile, text, resp.Status, to, page)
			}
			if strings.Contains(page, "evil") || strings.Contains(fmt.Sprint(resp.Header), "evil") {
				t.Errorf("%q is in the answer %v %s", hostile, resp.Header, page)
			}
		}
	}
}

func FuzzLocalAddress(f *testing.F) {
	f.Add("/a?b#c")
	f.Add("//evil.example")
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := live.LocalAddress(s)
		if !ok {
			return
		}
		base := &url.URL{Scheme: "http", Host: "here.example", Path: "/x"}
		u, err := base.Parse(got)
		if err != nil || u.Host != "here.example" || u.Scheme != "http" || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t") {
			t.Errorf("%q leads to %q (%v)", s, got, err)
		}
	})
}
