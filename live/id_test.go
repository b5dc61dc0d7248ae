package live_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/live"
)

// withIDs adds addresses of streams whose ids begin with K-.
func (a *app) withIDs(set live.CommandSet[command], feed live.Feed[notes, boardParams]) {
	check := func(id string) error {
		if !strings.HasPrefix(id, "K-") {
			return fmt.Errorf("%w: not an id of test.Notes: must begin with K-", ironstar.ErrStream)
		}
		return nil
	}
	set.Path, set.CheckID = "/test/kept", check
	live.Commands(a.live, set)
	feed.Path, feed.Name, feed.CheckID, feed.MustExist = "/test/keptboard", "test.KeptBoard", check, true
	page := feed.Page
	feed.Page = func(s notes, at live.At[boardParams]) templ.Component {
		_ = s.items[0] // there are none before the first event
		return page(s, at)
	}
	live.Pages(a.live, feed)
}

// TestIDs: an id that no stream can have is answered with 404 for every client,
// and so is a missing page that must exist.
func TestIDs(t *testing.T) {
	a := start(t, appOptions{})
	for _, c := range []struct {
		method, path, body, kind string
		status                   int
		want                     string
	}{
		{"POST", "kept/odd/add", `{"text":"x"}`, jsonType, http.StatusNotFound, `"code":"no_such_id","detail":"invalid stream: not an id of test.Notes: must begin with K-"`},
		{"POST", "kept/odd/add", "text=x", formType, http.StatusNotFound, "must begin with K-"},
		{"GET", "keptboard/odd", "", "", http.StatusNotFound, "must begin with K-"},
		{"GET", "keptboard/odd/feed", "", "", http.StatusNotFound, "must begin with K-"},
		{"GET", "keptboard/K-1", "", "", http.StatusNotFound, "There is nothing here."},
		{"POST", "kept/K-1/add", `{"text":"x"}`, jsonType, http.StatusAccepted, ""},
		{"GET", "keptboard/K-1", "", "", http.StatusOK, "<li>x</li>"},
		{"GET", "board/anything", "", "", http.StatusOK, ""},
	} {
		r := a.request(c.method, "/test/"+c.path, c.body, "Content-Type", c.kind)
		resp, body := a.do(r)
		if resp.StatusCode != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s %s: got %d %s\nwant %d with %s", c.method, c.path, resp.StatusCode, body, c.status, c.want)
		}
	}
	if n := head(t, a); n != 1 {
		t.Errorf("%d events are stored, want 1", n)
	}
}
