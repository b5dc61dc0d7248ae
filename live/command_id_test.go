package live_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/live"
)

// TestCommandIDs: the same key with the same fields takes effect once,
// regardless of how the fields are written. The same key with other fields is
// refused.
func TestCommandIDs(t *testing.T) {
	a := start(t, appOptions{})
	send := func(body, kind string) (int, string, string) {
		resp, answer := a.do(a.request("POST", "/test/notes/a/add", body, "Content-Type", kind, "Idempotency-Key", "key-1"))
		return resp.StatusCode, resp.Header.Get("Ironstar-Position"), answer
	}
	for _, same := range []struct {
		body, kind string
		status     int
	}{
		{`{"text":"a","count":1}`, jsonType, 202}, {"{ \"count\" : 1 ,\n\"text\":\"a\" }", jsonType, 202}, {`{"te\u0078t":"a","count":1}`, jsonType, 202},
		{"count=1&text=a", formType, 303},
	} {
		if status, position, body := send(same.body, same.kind); status != same.status || position != "1" {
			t.Errorf("%s: got %d at %s: %s", same.body, status, position, body)
		}
	}
	a.add("a", "between")
	if status, position, body := send(`{"text":"a","count":1}`, jsonType); status != 202 || position != "1" {
		t.Errorf("again, later: got %d at %s: %s", status, position, body)
	}
	for _, other := range []string{`{"text":"b","count":1}`, `{"text":"a"}`, `{"text":"a","count":2}`} {
		if status, _, body := send(other, jsonType); status != 422 || !strings.Contains(body, "idempotency_key_reused") {
			t.Errorf("%s: got %d %s", other, status, body)
		}
	}
	if n := head(t, a); n != 2 {
		t.Errorf("%d events are stored, want 2", n)
	}
}

// TestG6_CommandIDsOfSessions: a key belongs to the session that sends it. The
// same key from another session, or from none, is another command, and nobody can
// write a key that belongs to another session.
func TestG6_CommandIDsOfSessions(t *testing.T) {
	a := start(t, appOptions{})
	cookieOf := func() string {
		resp, _ := a.do(a.request("GET", "/test/board/a", ""))
		return resp.Cookies()[0].Name + "=" + resp.Cookies()[0].Value
	}
	ann, ben := cookieOf(), cookieOf()
	send := func(cookie, key, text string) (int, string) {
		resp, _ := a.do(a.request("POST", "/test/notes/a/add", "text="+text, "Content-Type", formType, "Idempotency-Key", key, "Cookie", cookie))
		return resp.StatusCode, resp.Header.Get("Ironstar-Position")
	}
	longest := strings.Repeat("k", 128)
	for _, c := range []struct {
		cookie, key, text string
		status            int
		position          string
	}{
		{ann, "1", "from+Ann", 303, "1"}, {ben, "1", "from+Ben", 303, "2"}, {"", "1", "from+nobody", 303, "3"},
		{ann, "1", "from+Ann", 303, "1"}, {ben, "1", "from+Ben", 303, "2"}, {"", "1", "from+nobody", 303, "3"},
		{ann, "1", "another", 422, ""},
		{ann, longest, "long", 303, "4"}, {ann, longest, "long", 303, "4"}, {ben, longest, "long+too", 303, "5"},
	} {
		if status, position := send(c.cookie, c.key, c.text); status != c.status || position != c.position {
			t.Errorf("%s of %q: got %d at %q, want %d at %q", c.text, c.cookie, status, position, c.status, c.position)
		}
	}
	for record, err := range a.store.Log(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		m, err := record.Metadata()
		if err != nil {
			t.Fatal(err)
		}
		if status, _ := send("", m.CommandID, "forged"); m.Session != "" && status != 400 {
			t.Errorf("the id %q of a session was accepted as a key: %d", m.CommandID, status)
		}
	}
}

// TestMetadata: metadata of a request is stored with its events, and invalid
// metadata from a client is not.
func TestMetadata(t *testing.T) {
	a := start(t, appOptions{live: live.Options{Actor: func(r *http.Request) string { return r.Header.Get("X-User") }}})
	resp, _ := a.do(a.request("GET", "/test/board/a", ""))
	cookie := resp.Cookies()[0]
	const trace = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"
	for i, header := range [][]string{
		{"Idempotency-Key", "k1", "X-Correlation-Id", "c1", "Traceparent", trace, "X-User", "ann", "Cookie", cookie.Name + "=" + cookie.Value},
		{"X-Correlation-Id", "two\twords", "Traceparent", trace + "-x", "Cookie", cookie.Name + "=made-up"},
	} {
		r := a.request("POST", "/test/notes/a/add", fmt.Sprintf(`{"text":"%d"}`, i), append(header, "Content-Type", jsonType)...)
		if resp, body := a.do(r); resp.StatusCode != 202 {
			t.Fatalf("%d %s", resp.StatusCode, body)
		}
	}
	var got []ironstar.Metadata
	for record, err := range a.store.Log(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		m, err := record.Metadata()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, m)
	}
	session := got[0].Session
	if len(session) != 32 || strings.Contains(cookie.Value, session) {
		t.Errorf("session %q of cookie %q", session, cookie.Value)
	}
	if want := (ironstar.Metadata{CommandID: "k1 " + session, Correlation: "c1", Actor: "ann", Session: session, TraceParent: trace}); got[0] != want {
		t.Errorf("got %+v, want %+v", got[0], want)
	}
	if len(got[1].Correlation) != 36 || got[1].Session != "" || got[1].TraceParent != "" || got[1].CommandID != "" {
		t.Errorf("made up: %+v", got[1])
	}
}
