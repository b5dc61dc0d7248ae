package live_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/live"
)

// create sends a command for a new stream.
func (a *app) create(query, kind, body string, header ...string) (*http.Response, string) {
	a.t.Helper()
	return a.do(a.request("POST", "/test/notes/"+live.NewID+"/add"+query, body, append(header, "Content-Type", kind)...))
}

// TestG6_NewStream: the same command has the same new stream, and the answer says
// where its page is.
func TestG6_NewStream(t *testing.T) {
	a := start(t, appOptions{})
	var first, second struct{ ID string }
	resp, body := a.create("", jsonType, `{"text":"x"}`, "Idempotency-Key", "one")
	if err := json.Unmarshal([]byte(body), &first); err != nil || resp.StatusCode != http.StatusAccepted {
		t.Fatalf("got %d %s", resp.StatusCode, body)
	}
	if _, err := ironstar.ParseUUID(first.ID); err != nil || resp.Header.Get("Location") != "/test/board/"+first.ID {
		t.Errorf("got %q at %q: %v", first.ID, resp.Header.Get("Location"), err)
	}
	_, body = a.create("", jsonType, `{"text":"x"}`, "Idempotency-Key", "one")
	if err := json.Unmarshal([]byte(body), &second); err != nil || second != first || a.items(first.ID) != 1 {
		t.Errorf("sent again, the stream is %q with %d lines, and was %q", second.ID, a.items(second.ID), first.ID)
	}
	for range 2 {
		if _, body = a.create("", jsonType, `{"text":"x"}`); strings.Contains(body, first.ID) {
			t.Errorf("another command has the same stream: %s", body)
		}
	}
	if resp, body = a.do(a.request("POST", "/test/notes/"+first.ID+"/add", `{"text":"x"}`, "Content-Type", jsonType)); resp.Header.Get("Location") != "" || strings.Contains(body, `"id"`) {
		t.Errorf("an old stream is answered with %v %s", resp.Header, body)
	}
}

// TestNewStreamOfForms: a browser goes to the page of what was made, or stays.
func TestNewStreamOfForms(t *testing.T) {
	a := start(t, appOptions{})
	const fields = "text=x&_token=abc&_return=%2Ftest%2Ftotal"
	resp, _ := a.create("", formType, fields, "Accept", "text/html")
	to := resp.Header.Get("Location")
	id := strings.TrimPrefix(strings.TrimSuffix(to, "?_after=1"), "/test/board/")
	if _, err := ironstar.ParseUUID(id); err != nil || resp.StatusCode != http.StatusSeeOther {
		t.Errorf("got %d to %s", resp.StatusCode, to)
	}
	if resp, _ = a.create("", formType, fields, "Accept", "text/html"); resp.Header.Get("Location") != to || a.items(id) != 1 {
		t.Errorf("sent again, it goes to %s with %d lines, want %s", resp.Header.Get("Location"), a.items(id), to)
	}
	if resp, _ = a.create("?_stay=1", formType, fields, "Accept", "text/html"); resp.Header.Get("Location") != "/test/total?_after=2" {
		t.Errorf("a form that stays goes to %s", resp.Header.Get("Location"))
	}
	if resp, body := a.create("?_stay=1", formType, "text=y", "Accept", "application/json"); resp.Header.Get("Location") != "" || resp.StatusCode != http.StatusAccepted {
		t.Errorf("the script of a form that stays gets %d %v %s", resp.StatusCode, resp.Header, body)
	}
	if _, body := a.create("", formType, "text=", "Accept", "application/json"); !strings.Contains(body, `"errors"`) {
		t.Errorf("a wrong field is answered with %s", body)
	}
	if _, html := a.do(a.request("GET", "/test/total", "")); strings.Contains(html, live.NewID) {
		t.Error("a stream has the id that stands for new ones")
	}
}

// TestNewStreamOfOddIDs: where ids have a form of their own, the server makes none.
func TestNewStreamOfOddIDs(t *testing.T) {
	a := start(t, appOptions{})
	resp, body := a.do(a.request("POST", "/test/kept/"+live.NewID+"/add", `{"text":"x"}`, "Content-Type", jsonType))
	if resp.StatusCode != http.StatusNotFound || !strings.Contains(body, `"code":"no_such_id"`) || !strings.Contains(body, "cannot make an id") {
		t.Errorf("got %d %s", resp.StatusCode, body)
	}
}
