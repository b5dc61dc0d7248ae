package live_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/live"
)

// TestG14_SessionsSeeTheirOwn: several sessions watch the same state. Each gets
// only what was rendered for it, in the page and in every patch.
func TestG14_SessionsSeeTheirOwn(t *testing.T) {
	const browsers, updates = 6, 10
	a := start(t, appOptions{mine: func(s notes, _ boardParams, me live.Session) templ.Component {
		return text(fmt.Sprintf("<p>for %s, %d</p>", me.ID, len(s.items)))
	}})
	a.add("a", "first")
	var group sync.WaitGroup
	feeds := make([]*feed, browsers)
	sessions := map[string]bool{}
	for i := range feeds {
		resp, page := a.do(a.request("GET", "/test/board/a", ""))
		cookie := resp.Cookies()[0]
		own := own(t, page)
		if sessions[own] || own == "" {
			t.Fatalf("session %q twice", own)
		}
		sessions[own] = true
		feeds[i] = a.feed("/test/board/a/feed", "Cookie", cookie.Name+"="+cookie.Value)
		group.Go(func() {
			for n := 0; n < updates+1; {
				patch := feeds[i].patch()
				if !strings.Contains(patch, "for "+own+",") {
					t.Errorf("session %s got %s", own, patch)
				}
				if _, err := fmt.Sscanf(patch[strings.Index(patch, ", "):], ", %d", &n); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range updates {
		a.add("a", fmt.Sprint("note ", i))
	}
	group.Wait()
}

func own(t *testing.T, page string) string {
	t.Helper()
	m := regexp.MustCompile(`for ([0-9a-f]*),`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no session in %s", page)
	}
	return m[1]
}

// TestG14_SharedPagesHaveNoSession: what says which page is shown has a session only
// if each session has its own page, in the live part, the title and the document.
func TestG14_SharedPagesHaveNoSession(t *testing.T) {
	a := start(t, appOptions{})
	path := func(own bool) string { return fmt.Sprint("/test/session-", own) }
	for _, own := range []bool{false, true} {
		live.Pages(a.live, live.Feed[int, live.None]{
			Path: path(own), Name: path(own), By: ironstar.Global, Reader: unchanging{}, PerSession: own,
			Page:  func(_ int, at live.At[live.None]) templ.Component { return text("page of " + at.Session.ID + ".") },
			Title: func(_ int, at live.At[live.None]) string { return "title of " + at.Session.ID + "." },
			Document: func(d live.Document, at live.At[live.None]) templ.Component {
				return templ.Join(text("document of "+at.Session.ID+"."), d.Content)
			},
		})
	}
	for _, own := range []bool{false, true} {
		resp, page := a.do(a.request("GET", path(own), ""))
		id := ""
		if own {
			id = regexp.MustCompile("page of ([^.]*)[.]").FindStringSubmatch(page)[1]
		}
		if own != (id != "") || len(resp.Cookies()) == 0 {
			t.Errorf("per session %v: the session is %q", own, id)
		}
		for _, want := range []string{"page of ", "title of ", "document of "} {
			if !strings.Contains(page, want+id+".") {
				t.Errorf("per session %v: no %s%s in %s", own, want, id, page)
			}
		}
	}
}

// TestG14_SharedPagesKnowNoRequest: shared pages are rendered without anything
// of the first request.
func TestG14_SharedPagesKnowNoRequest(t *testing.T) {
	a := start(t, appOptions{
		render: func(notes, boardParams) templ.Component {
			return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
				_, deadline := ctx.Deadline()
				_, err := fmt.Fprintf(w, "<p>nonce %q, server %v, deadline %v, done %v</p>",
					templ.GetNonce(ctx), ctx.Value(http.ServerContextKey) != nil, deadline, ctx.Done() != nil)
				return err
			})
		},
	})
	const want = `<p>nonce "", server false, deadline false, done false</p>`
	if _, page := a.open("/test/board/a", "Cookie", "a=secret"); !strings.Contains(page, want) {
		t.Errorf("page %s", page)
	}
	if got := a.feed("/test/board/a/feed", "Cookie", "a=secret").patch(); !strings.Contains(got, want) {
		t.Errorf("feed %s", got)
	}
}
