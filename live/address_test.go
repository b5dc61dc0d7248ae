package live_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/wire"
)

// TestInvalidEventsAreServerFaults: an invalid event, from decide or from the store, is
// a fault of the server and is logged. It is not reported as a mistake in the
// request.
func TestInvalidEventsAreServerFaults(t *testing.T) {
	a := start(t, appOptions{})
	a.store.Append(t.Context(), ironstar.Append{Stream: ironstar.Stream{Kind: notesKind, ID: "stored"}, Events: []ironstar.Proposed{
		{Type: "Noted", SchemaVersion: 1, Shape: "s", Payload: []byte(`{"no":"text"}`)}}})
	for id, c := range map[string]struct{ text, log string }{
		"decided": {wrongEvent, "decide made a string that cannot be stored: event Noted: lines[2].text"},
		"stored":  {"x", "load test.Notes/stored: a string is expected"},
	} {
		for _, datastar := range []string{"true", "false"} {
			resp, body := a.do(a.request("POST", "/test/notes/"+id+"/add", `{"text":"`+c.text+`"}`, "Content-Type", jsonType, "Datastar-Request", datastar))
			if resp.StatusCode != http.StatusInternalServerError || !strings.Contains(a.log.String(), c.log) || !strings.Contains(a.log.String(), "level=ERROR") {
				t.Errorf("%s: got %d %s; the log: %s", id, resp.StatusCode, body, a.log)
			}
			checkAnswer(t, a, resp, body)
		}
	}
}

// TestAmbiguousPathsAreNotFound: an address that programs can read in different ways is
// answered with 404. It is not redirected.
func TestAmbiguousPathsAreNotFound(t *testing.T) {
	a := start(t, appOptions{})
	a.add("b", "there")
	for _, path := range []string{
		"/test/notes/a/../b/add", "/test/notes/a/%2e%2e/b/add", "/test/notes/a/.%2E/b/add", "/test/notes/a/..%2fb/add",
		"/test/notes//b/add", "//test/notes/b/add", "/test//notes/b/add", "/test/notes/./b/add", "/test/notes/%2e/b/add",
		"/test/notes/b//add", "/test/notes/b/add/", "/test/notes/b/add/..", "/x/../test/notes/b/add", "/test/notes/b%2fadd",
		"/test/notes/../add", "/test/notes/%2e%2e/add", "/test/notes/a%2f..%2fb/add",
	} {
		resp, body := a.do(a.request("POST", path, `{"text":"x"}`, "Content-Type", jsonType))
		if resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusBadRequest {
			t.Errorf("POST %s: got %d %s, to %s", path, resp.StatusCode, body, resp.Header.Get("Location"))
		}
		checkAnswer(t, a, resp, body)
	}
	for _, path := range []string{
		"/test/board/a/../b", "/test/board//b", "//test/board/b", "/test/board/b/", "/test/board/./b", "/test/same/..", "/test/same/%2e%2e",
		"/test/same/.", "/test/same/%2E", "/test/same/../total", "/test/same/%2e%2e/total", "/test/board/%2e%2e", "/..", "/.", "//", "/%2e%2e",
		"/test/same/../feed", "/test/same//feed",
	} {
		resp, body := a.do(a.request("GET", path, ""))
		if resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusBadRequest {
			t.Errorf("GET %s: got %d %s, to %s", path, resp.StatusCode, body, resp.Header.Get("Location"))
		}
		checkAnswer(t, a, resp, body)
	}
	if n := head(t, a); n != 1 {
		t.Errorf("%d events are stored", n)
	}
}

// TestNamesInEveryScript: both Unicode forms of an id name the same list. The
// value of a field is a key without normalization.
func TestNamesInEveryScript(t *testing.T) {
	a := start(t, appOptions{})
	for _, forms := range [][]string{{"u\u0308ber", "\u00fcber"}, {"हिन्दी"}, {"كِتَاب"}, {"\u0628\u0651\u064e", "\u0628\u064e\u0651"}} {
		for _, form := range forms {
			resp, body := a.do(a.request("POST", wire.Address("", "/test/notes", form, "add"), `{"text":"`+form+` x"}`, "Content-Type", jsonType))
			if resp.StatusCode != http.StatusAccepted {
				t.Fatalf("%+q: got %d %s", form, resp.StatusCode, body)
			}
		}
		if err := a.eng.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, form := range forms {
			if _, page := a.open(wire.Address("", "/test/board", form)); strings.Count(page, "<li>") != len(forms) {
				t.Errorf("%+q shows %s", form, page)
			}
		}
	}
	for i, text := range []string{"a/b", "..", ".", "~", "~.", "~..", "~~..", "a\nb", "\u00fc", "?x=1#y", "%2e", strings.Repeat("x", 280), "\x00"} {
		for range 2 {
			a.add(fmt.Sprint("list-", i), text)
			a.add(fmt.Sprint("list-", i), "between")
		}
		if _, page := a.open(wire.Address("", "/test/same", text)); !strings.Contains(page, "<p>2</p>") {
			t.Errorf("%+q shows %s", text, page)
		}
	}
	a.add("same", "u\u0308")
	for _, text := range []string{"u\u0308", "\u00fc"} {
		if _, page := a.open(wire.Address("", "/test/same", text)); !strings.Contains(page, "<p>3</p>") {
			t.Errorf("%+q shows %s", text, page)
		}
	}
}

// TestCommandsReachTheStreamOfTheirAddress: also those whose ids an address
// writes with a tilde.
func TestCommandsReachTheStreamOfTheirAddress(t *testing.T) {
	a := start(t, appOptions{})
	for _, id := range []string{"~.", "~..", "~~.", "~", "~x", "a"} {
		path := wire.Address("", "/test/notes", id) + "/add"
		if resp, body := a.do(a.request("POST", path, `{"text":"x"}`, "Content-Type", jsonType)); resp.StatusCode != http.StatusAccepted {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
		last := ""
		for r, err := range a.store.Log(t.Context(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			last = r.Stream.ID
		}
		if last != id {
			t.Errorf("the command to %q went to %q", id, last)
		}
	}
}
