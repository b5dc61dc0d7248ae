package ops_test

import (
	"bufio"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"ironstar.dev/ops"
)

// devNotes has a page and a command, as generated domains have.
func devNotes() ops.App {
	app := noteApp()
	app.Routes = func(r ops.Running) error {
		r.Server.Handle("GET /notes", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("notes")) }))
		return nil
	}
	return app
}

// TestDevPage: with --dev, /dev lists events and views, and follows the log.
// Standard input of this test has ended, so the server would end too: the test
// gives it one that does not.
func TestDevPage(t *testing.T) {
	ops.SetStdin(t)
	code, said := whileServing(devNotes(), func(address string) {
		page := get(address + "/dev")
		for _, want := range []string{"200 ", "Recoloured", "v1 (retired)", "<td>Written</td><td>v1, v2, v3</td>", "Views without a page: test.Page, test.Total"} {
			if !strings.Contains(page, want) {
				t.Errorf("/dev lacks %q:\n%s", want, page)
			}
		}
		if got := get(address + "/dev/open?view=" + url.QueryEscape("<script>") + "&key=../../x"); !strings.HasPrefix(got, "404 no page has this view") {
			t.Errorf("an unknown view gives %s", got)
		}
		if got := get(address + "/dev/page.js"); !strings.Contains(got, "EventSource") {
			t.Errorf("the script is %s", got)
		}
		resp, err := http.Get(address + "/dev/events")
		if err != nil {
			t.Error(err)
			return
		}
		defer resp.Body.Close()
		if lines := bufio.NewScanner(resp.Body); !lines.Scan() || lines.Text() != "event: feeds" {
			t.Errorf("the first event is %q", lines.Text())
		}
	}, "--dev")
	if code != 0 {
		t.Errorf("it ended with %d: %s", code, said)
	}
}

// TestOwnDev: an address /dev of the application's own wins, and the page is then
// somewhere else. A page for every address is no such address.
func TestOwnDev(t *testing.T) {
	for pattern, at := range map[string]string{
		"/dev": "/_ironstar/dev", "GET /dev": "/_ironstar/dev", "/dev/": "/_ironstar/dev", "GET /dev/events": "/_ironstar/dev", "GET /dev/{name}": "/_ironstar/dev",
		"/": "/dev", "GET /{page}": "/dev", "POST /dev": "/dev", "GET /device": "/dev",
	} {
		app := noteApp()
		app.Routes = func(r ops.Running) error {
			r.Server.Handle(pattern, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("own")) }))
			return nil
		}
		ops.SetStdin(t)
		code, said := whileServing(app, func(address string) {
			page := get(address + at)
			if !strings.HasPrefix(page, "200 ") || !strings.Contains(page, " for development") || !strings.Contains(page, `src="dev/page.js"`) {
				t.Errorf("%s: %s is %s", pattern, at, page)
			}
			if got := get(address + at + "/page.js"); !strings.Contains(got, "EventSource") {
				t.Errorf("%s: the script is %s", pattern, got)
			}
			own := strings.ReplaceAll(strings.TrimPrefix(pattern, "GET "), "{name}", "open")
			if got := get(address + own); at != "/dev" && got != "200 own" {
				t.Errorf("%s: %s is %s", pattern, own, got)
			}
		}, "--dev")
		if moved := strings.Contains(said, "so its page for development is at /_ironstar/dev"); code != 0 || moved != (at != "/dev") {
			t.Errorf("%s: it ended with %d and said %q", pattern, code, said)
		}
	}
}

// TestDevIsForThisMachine: without --dev there is no such page, and with it the
// address must not be one that other machines reach.
func TestDevIsForThisMachine(t *testing.T) {
	whileServing(devNotes(), func(address string) {
		for _, path := range []string{"/dev", "/dev/events", "/dev/open", "/dev/page.js", "/_ironstar/dev"} {
			if got := get(address + path); !strings.HasPrefix(got, "404") {
				t.Errorf("without --dev, %s answers %s", path, got)
			}
		}
	})
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "example.com:80", "nonsense", ""} {
		code, said := whileServing(devNotes(), func(string) { t.Errorf("it serves on %q", addr) }, "--dev", "--addr", addr)
		if code == 0 || !strings.Contains(said, "--dev shows all events") {
			t.Errorf("%q: it ended with %d and said %q", addr, code, said)
		}
	}
}

// TestEndsWithItsInput: with --dev, the server ends when its standard input does.
func TestEndsWithItsInput(t *testing.T) {
	closeInput := ops.SetStdin(t)
	code, said := whileServing(devNotes(), func(address string) {
		closeInput()
		end := time.Now().Add(time.Minute)
		for !strings.Contains(get(address+"/notes"), "refused") { // until nobody listens
			if time.Now().After(end) {
				t.Error("it goes on a minute after its input ended")
				return
			}
			time.Sleep(time.Millisecond)
		}
	}, "--dev")
	if code != 0 || !strings.Contains(said, "stopping") {
		t.Errorf("it ended with %d: %s", code, said)
	}
}
