package live_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"ironstar.dev/engine"
	"ironstar.dev/live"
)

// TestInternal: an internal command is answered as one that does not exist, for every
// client, and stores nothing.
func TestInternal(t *testing.T) {
	a := start(t, appOptions{})
	var handler engine.Handler[command]
	if err := engine.FindHandler(a.eng, notesKind, &handler); err != nil {
		t.Fatal(err)
	}
	live.Commands(a.live, live.CommandSet[command]{
		Kind: notesKind, Path: "/test/internal", Handler: handler, Parse: parse, Inputs: inputs, Internal: []string{"add"},
	})
	for name, c := range map[string]struct{ method, body, kind, accept string }{
		"JSON":                      {"POST", `{"text":"x"}`, jsonType, ""},
		"signals":                   {"POST", `{"text":"x"}`, jsonType, "text/event-stream"},
		"a form without a script":   {"POST", "text=x", formType, "text/html"},
		"a form with two parts":     {"POST", "--x\r\nContent-Disposition: form-data; name=text\r\n\r\nx\r\n--x--", "multipart/form-data; boundary=x", "text/html"},
		"a page that asks for it":   {"GET", "", "", "text/html"},
		"a request for its headers": {"HEAD", "", "", ""},
	} {
		for _, id := range []string{"a", live.NewID} {
			ask := func(command string) (int, string) {
				resp, body := a.do(a.request(c.method, "/test/internal/"+id+"/"+command, c.body, "Content-Type", c.kind, "Accept", c.accept))
				return resp.StatusCode, without(body)
			}
			status, body := ask("add")
			wantStatus, want := ask("none")
			if status != wantStatus || body != want || c.method == "POST" && status != http.StatusNotFound {
				t.Errorf("%s, %s: got %d %s\nan unknown command is answered with %d %s", name, id, status, body, wantStatus, want)
			}
		}
	}
	if n := head(t, a); n != 0 {
		t.Errorf("%d events are stored", n)
	}
	if resp, body := a.do(a.request("POST", "/test/internal/none/clear", "{}", "Content-Type", jsonType)); resp.StatusCode != http.StatusConflict {
		t.Errorf("another command is answered with %d %s", resp.StatusCode, body)
	}
	for _, c := range a.live.AllCommands() {
		if strings.HasPrefix(c.Path, "/test/internal/") && c.Name == "add" {
			t.Errorf("%s is listed", c.Path)
		}
	}
	if _, there := inputs["add"]; !there {
		t.Error("the application's map was changed")
	}
}

var nonce = regexp.MustCompile(`nonce="[^"]*"`)

// without takes out of an answer what every answer has of its own.
func without(body string) string {
	var problem map[string]any
	if json.Unmarshal([]byte(body), &problem) != nil {
		return nonce.ReplaceAllString(body, "")
	}
	delete(problem, "id")
	delete(problem, "instance")
	b, _ := json.Marshal(problem)
	return string(b)
}
