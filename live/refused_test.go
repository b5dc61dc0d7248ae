package live_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/live"
)

// formsDocument is a document with forms, each of which has a text, and its live part.
func formsDocument(forms ...templ.Component) func(live.Document) templ.Component {
	return func(d live.Document) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			if _, err := io.WriteString(w, `<!doctype html><body data-feed="`+templ.EscapeString(d.FeedURL)+`">`); err != nil {
				return err
			}
			for _, f := range forms {
				if err := within(f, live.Field(note, "Text", live.Value("before"))).Render(ctx, w); err != nil {
					return err
				}
			}
			return d.Live().Render(ctx, w)
		})
	}
}

// sends returns a plain form that a browser sends from a page.
func (a *app) sends(page, form, command string, fields ...string) *http.Request {
	values := url.Values{live.ReturnField: {page}, "_form": {form}}
	for i := 0; i < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	return a.request("POST", "/test/notes/a/"+command, values.Encode(), "Content-Type", formType, "Accept", "text/html,application/xhtml+xml", "Referer", a.url+page)
}

// TestRefusedForms: a plain form that is refused gets the page that it came from,
// with what was typed and what is wrong, in that form only.
func TestRefusedForms(t *testing.T) {
	a := start(t, appOptions{noDocument: true, live: live.Options{Document: formsDocument(live.Form("/test/notes/a/add", live.FormID("one")), live.Form("/test/notes/a/add", live.FormID("two")),
		live.Form("/test/notes/a/clear", live.FormID("clear")))}})
	a.add("a", "milk")
	long := strings.Repeat("long ", 60)
	for _, c := range []struct {
		name, form, command string
		fields              []string
		status              int
		want                []string
	}{
		{"at the field", "two", "add", []string{"text", long + `<b>"`}, 422, []string{
			`<input aria-describedby="two-text-error" aria-invalid="true" autofocus id="two-text" name="text" type="text" value="` + long + `&lt;b&gt;&#34;">` +
				`<p class="live-error" id="two-text-error" data-live-error="text" role="alert">At most 280 characters (there are 304).</p>`,
			`<input aria-describedby="one-text-error" id="one-text" name="text" type="text" value="before">`,
		}},
		{"at the form", "one", "add", []string{"text", "good", "otherOne", "y", "other", "x"}, 422, []string{
			`id="one-text" name="text" type="text" value="good"><p class="live-error" id="one-text-error" data-live-error="text" role="alert"></p>`,
			`<p class="live-error" data-live-error="" role="alert">Other: There is no such field. Other one: There is no such field.</p></form>`,
		}},
		{"a refusal", "clear", "clear", nil, 409, nil},
	} {
		if c.form == "clear" { // the first clears, the second is refused
			a.do(a.sends("/test/board/a", "clear", "clear"))
			c.want = []string{`<p class="live-error" data-live-error="" role="alert">There is nothing to clear.</p></form>`}
		}
		resp, page := a.do(a.sends("/test/board/a?show=short", c.form, c.command, c.fields...))
		if resp.StatusCode != c.status || resp.Header.Get("Cache-Control") != "no-store" || resp.Header.Get("Content-Type") != "text/html; charset=utf-8" ||
			!strings.Contains(resp.Header.Get("Content-Security-Policy"), "'nonce-") {
			t.Errorf("%s: got %d %v", c.name, resp.StatusCode, resp.Header)
		}
		for _, want := range append(c.want, `<ul data-show-what="short">`, `data-live-page="/test/board/a?show=short"`, `data-feed="/test/board/a/feed?show=short&amp;_from=`) {
			if !strings.Contains(page, want) {
				t.Errorf("%s: no %s in %s", c.name, want, page)
			}
		}
		if n := strings.Count(page, `aria-invalid`); n > 1 {
			t.Errorf("%s: %d fields are wrong in %s", c.name, n, page)
		}
		if n := strings.Count(page, "At most"); n > 1 {
			t.Errorf("%s: the error is shown %d times in %s", c.name, n, page)
		}
	}
}

// TestRefusedElsewhere: where the form cannot be shown again, its answer is the error
// page as before, with what was typed.
func TestRefusedElsewhere(t *testing.T) {
	inLive := within(live.Form("/test/notes/a/add", live.FormID("shared")), live.Field(note, "Text"))
	a := start(t, appOptions{
		noDocument: true, live: live.Options{Document: formsDocument(live.Form("/test/notes/a/add", live.FormID("one")), live.Form("/test/notes/b/add", live.FormID("b")))},
		render: func(s notes, p boardParams) templ.Component {
			if len(s.items) > 0 {
				return templ.ComponentFunc(func(context.Context, io.Writer) error { return io.ErrUnexpectedEOF })
			}
			return inLive
		},
	})
	a.add("broken", "x")
	for name, c := range map[string]struct{ page, form string }{
		"no id": {"/test/board/a", ""}, "another form": {"/test/board/a", "other"}, "a form of another list": {"/test/board/a", "b"},
		"in the live part": {"/test/board/a", "shared"}, "no page": {"/nowhere", "one"}, "another server": {"//evil.example/test/board/a", "one"},
		"a feed": {"/test/board/a/feed", "one"}, "a command": {"/test/notes/a/add", "one"}, "wrong parameters": {"/test/board/a?show=none", "one"},
		"no such key": {"/test/keptboard/odd", "one"}, "dots": {"/test/board/../board/a", "one"}, "a page that cannot be shown": {"/test/board/broken", "one"},
	} {
		resp, page := a.do(a.sends(c.page, c.form, "add", "text", "", "count", "typed"))
		if resp.StatusCode != 422 || !strings.Contains(page, "This could not be saved yet") || !strings.Contains(page, "typed</dd>") || strings.Contains(page, "data-live-feed") {
			t.Errorf("%s: got %d %s", name, resp.StatusCode, page)
		}
	}
	r := a.sends("/test/board/a", "one", "add", "text", "")
	r.Header.Set("Accept", "application/json")
	if resp, body := a.do(r); resp.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("a script gets %v %s", resp.Header, body)
	}
	resp, _ := a.do(a.sends("/test/board/a", "one", "add", "text", "good"))
	if resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(resp.Header.Get("Location"), "/test/board/a?_after=") {
		t.Errorf("a good form: got %d to %s", resp.StatusCode, resp.Header.Get("Location"))
	}
}

// TestRefusedFromARefusedPage: the address of a page that shows a refused form is
// that of the command. A form that knows no better leads to the start page.
func TestRefusedFromARefusedPage(t *testing.T) {
	a := start(t, appOptions{})
	resp, _ := a.do(a.request("POST", "/test/notes/a/add", "text=x", "Content-Type", formType, "Accept", "text/html", "Referer", a.url+"/test/notes/a/add"))
	if to := resp.Header.Get("Location"); !strings.HasPrefix(to, "/?_after=") {
		t.Errorf("the form leads to %s", to)
	}
}

// TestFirstWrongFieldHasTheFocus: a page has one focus.
func TestFirstWrongFieldHasTheFocus(t *testing.T) {
	two := within(live.Form("/test/notes/a/add", live.FormID("f")), live.Field(ironstar.FormField{Name: "text", Type: "text"}, "Text"),
		live.Field(ironstar.FormField{Name: "count", Type: "number"}, "Count"))
	document := func(d live.Document) templ.Component { return templ.Join(two, d.Live()) }
	a := start(t, appOptions{noDocument: true, live: live.Options{Document: document}})
	_, page := a.do(a.sends("/test/board/a", "f", "add", "text", "", "count", "101"))
	if strings.Count(page, " autofocus") != 1 || strings.Count(page, "aria-invalid") != 2 || !strings.Contains(page, `autofocus id="f-text"`) {
		t.Errorf("the page is %s", page)
	}
}

// TestSecretsAreNotShownAgain: a field whose name says so is empty again.
func TestSecretsAreNotShownAgain(t *testing.T) {
	secret := ironstar.FormField{Name: "newPassword", Type: "text"}
	a := start(t, appOptions{noDocument: true, live: live.Options{Document: formsDocument(within(live.Form("/test/notes/a/add", live.FormID("f")), live.Field(secret, "Password")))}})
	_, page := a.do(a.sends("/test/board/a", "f", "add", "newPassword", "hunter2", "text", ""))
	if strings.Contains(page, "hunter2") {
		t.Errorf("the page is %s", page)
	}
}
