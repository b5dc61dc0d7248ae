package live_test

import (
	"strings"
	"testing"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/live"
)

var note = ironstar.FormField{Name: "text", Type: "text"}

// TestFormsHaveTheirOwnIDs: two forms of a page may have fields of the same name.
func TestFormsHaveTheirOwnIDs(t *testing.T) {
	inLive := within(live.Form("/test/notes/a/add"), live.Field(note, "Text"))
	a := start(t, appOptions{noDocument: true, render: func(notes, boardParams) templ.Component { return inLive }, live: live.Options{Document: formsDocument(live.Form("/test/notes/a/add"), live.Form("/test/notes/a/add"), live.Form("/test/notes/b/add"),
		live.Form("/test/notes/a/add", live.FormID("own")))}})
	_, page := a.open("/test/board/a?show=short&other=1")
	seen := map[string]bool{}
	for _, part := range strings.Split(page, ` id="`)[1:] {
		id, _, _ := strings.Cut(part, `"`)
		if seen[id] {
			t.Errorf("two elements have the id %q", id)
		}
		seen[id] = true
		if strings.HasSuffix(id, "-text") && (!strings.Contains(page, `<label for="`+id+`">`) || !strings.Contains(page, `aria-describedby="`+id+`-error"`)) {
			t.Errorf("%q has no label or no description in %s", id, page)
		}
	}
	if len(seen) < 5*3 || !seen["own-text-error"] {
		t.Errorf("the ids are %v", seen)
	}
	if n := strings.Count(page, `<input type="hidden" name="_return" value="/test/board/a?show=short">`); n != 5 { // of the forms, and of the buttons
		t.Errorf("%d forms name their page: %s", n, page)
	}
	_, again := a.open("/test/board/a?show=short")
	if !strings.Contains(again, `id="own-text"`) || strings.Count(again, `data-live-command`) != 6 {
		t.Errorf("the next page is %s", again)
	}
}

// TestFormOutsideOfPages: without a page a form has no fields of its own.
func TestFormOutsideOfPages(t *testing.T) {
	got := rendered(t, within(live.Form("/a/b%20c/add", live.Next(), live.Repeat(), live.Hidden(live.Fields{"n": []int64{1, 2}, "m": nil})), text("x")))
	const want = `<form id="add-7dba568e" method="post" action="/a/b%20c/add" data-live-command data-live-next data-live-repeat>` +
		`<input type="hidden" name="n" value="1"><input type="hidden" name="n" value="2">x<p class="live-error" data-live-error="" role="alert"></p></form>`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestButtons: one field is the button's name and value, more are in its address.
func TestButtons(t *testing.T) {
	for _, c := range []struct {
		action string
		fields live.Fields
		want   string
	}{
		{"/a/add", nil, `<button form="live-buttons" formaction="/a/add">x</button>`},
		{"/a/add", live.Fields{"id": ironstar.UUID{15: 1}}, `<button form="live-buttons" formaction="/a/add" name="id" value="00000000-0000-0000-0000-000000000001">x</button>`},
		{"/a/add", live.Fields{"n": 1, "done": true, "none": nil}, `<button form="live-buttons" formaction="/a/add?done=true&amp;n=1">x</button>`},
		{"/a/add?c=d", live.Fields{"n": []string{"a&b", "c"}}, `<button form="live-buttons" formaction="/a/add?c=d&amp;n=a%26b&amp;n=c">x</button>`},
	} {
		if got := rendered(t, within(live.Button(c.action, c.fields), text("x"))); got != c.want {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}
}
