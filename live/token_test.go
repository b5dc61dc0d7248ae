package live_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/live"
)

var hiddenToken = regexp.MustCompile(`<input type="hidden" name="_token" value="([^"]*)"( form="[^"]*")?>`)

// tokensOf returns the token of a page, and the forms outside of which it stands.
func (a *app) tokensOf(page string) (token string, forms []string) {
	a.t.Helper()
	_, body := a.do(a.request("GET", page, ""))
	for _, m := range hiddenToken.FindAllStringSubmatch(body, -1) {
		if token != "" && token != m[1] {
			a.t.Errorf("two tokens in %s", body)
		}
		token = m[1]
		forms = append(forms, m[2])
	}
	if token == "" {
		a.t.Fatalf("no token in %s", body)
	}
	return token, forms
}

// items returns how many lines a list shows.
func (a *app) items(id string) int {
	a.t.Helper()
	if err := a.eng.Wait(a.t.Context(), a.eng.Head()); err != nil {
		a.t.Fatal(err)
	}
	_, page := a.do(a.request("GET", "/test/board/"+id, ""))
	return strings.Count(page, "<li>")
}

// TestG6_PlainFormTakesEffectOnce: a form that a browser sends twice without a
// script is stored once. Other fields, another rendering, another address and
// another session are other commands.
func TestG6_PlainFormTakesEffectOnce(t *testing.T) {
	a := start(t, appOptions{noDocument: true, live: live.Options{Document: formsDocument(live.Form("/test/notes/a/add"))}})
	token, _ := a.tokensOf("/test/board/a")
	again, _ := a.tokensOf("/test/board/a")
	if token == again {
		t.Fatal("two renderings have one token")
	}
	send := func(path, token, text string, header ...string) {
		t.Helper()
		body := url.Values{"text": {text}, "_token": {token}, "_return": {"/test/board/a"}}.Encode()
		r := a.request("POST", path, body, append(header, "Content-Type", formType, "Accept", "text/html")...)
		if resp, body := a.do(r); resp.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
	const a1, b1, c1, d1, e1 = "/test/notes/a/add", "/test/notes/b/add", "/test/notes/c/add", "/test/notes/d/add", "/test/notes/e/add" // a list has at most three lines, and not the same twice in a row
	long := strings.Repeat("x", 65)
	for i, c := range []struct {
		name   string
		send   func()
		stored ironstar.Position
	}{
		{"first", func() { send(a1, token, "milk") }, 1},
		{"second click", func() { send(a1, token, "milk") }, 1},
		{"other text", func() { send(a1, token, "bread") }, 2},
		{"another rendering", func() { send(a1, again, "milk") }, 3},
		{"another list", func() { send(b1, token, "milk") }, 4},
		{"no token", func() { send(e1, "", "x"); send(e1, "", "y"); send(e1, "", "x") }, 7},
		{"a key of a script", func() { send(b1, token, "x", "Idempotency-Key", "k"); send(b1, token, "milk", "Idempotency-Key", "k2") }, 9},
		{"a token that is too long", func() { send(c1, long, "x"); send(c1, long, "y"); send(c1, long, "x") }, 12},
		{"hostile", func() { send(d1, "\x00é\n", "x"); send(d1, "\x00é\n", "y"); send(d1, "\x00é\n", "x") }, 14},
	} {
		if c.send(); a.eng.Head() != c.stored {
			t.Fatalf("%d, %s: %d events are stored, want %d", i, c.name, a.eng.Head(), c.stored)
		}
	}
}

// TestTokensOfSharedForms: a form in the live part has the token of its document,
// although the live part is the same for everybody (G11, G14).
func TestTokensOfSharedForms(t *testing.T) {
	shared := within(live.Form("/test/notes/a/add", live.FormID("shared")), live.Field(note, "Text"))
	a := start(t, appOptions{noDocument: true, render: func(notes, boardParams) templ.Component { return shared }})
	_, forms := a.tokensOf("/test/board/a")
	if want := []string{` form="shared"`, ""}; strings.Join(forms, "|") != strings.Join(want, "|") {
		t.Errorf("tokens are for %q, want %q", forms, want)
	}
	_, page := a.do(a.request("GET", "/test/board/a", ""))
	content, _, _ := strings.Cut(page, `data-live-status`)
	if strings.Contains(content, "_token") {
		t.Errorf("the live part has a token: %s", content)
	}
}
