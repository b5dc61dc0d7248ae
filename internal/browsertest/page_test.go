//go:build browser

package browsertest

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestNames: controls of different lines have different names, and the page has
// one landmark of each kind, also while the list is empty.
func TestNames(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	landmarks := func(when string) {
		t.Helper()
		for _, landmark := range []string{"main", "footer:not([role])", "h1"} {
			if n := eval[int](l.tab, `document.querySelectorAll(`+quote(landmark)+`).length`); n != 1 {
				t.Errorf("%s: %d of %s, want 1", when, n, landmark)
			}
		}
	}
	landmarks("empty")
	l.AddAndSee("one", "two")
	landmarks("two lines")
	for _, control := range []string{toggle, rename, remove, handle} {
		got := eval[string](l.tab, `[...document.querySelectorAll(`+quote(control)+`)].map(e => document.getElementById(e.getAttribute("aria-describedby")).textContent).join()`)
		if got != "one,two" {
			t.Errorf("%s is described by %q, want one,two", control, got)
		}
	}
	for _, named := range []string{`nav[aria-label="Filter"] .filters`, `form[aria-label="New todo"] .new-todo`} {
		if !eval[bool](l.tab, `!!document.querySelector(`+quote(named)+`)`) {
			t.Errorf("there is no %s", named)
		}
	}
	l.Go(s.URL("/todo/tally"))
	if h1 := eval[string](l.tab, `document.querySelector("h1").textContent`); h1 != "tally" {
		t.Errorf("the heading is %q, want tally", h1)
	}
}

// TestRefusedForm: the error page of a form that was sent without scripts has
// the reason and the typed text, for correction.
func TestRefusedForm(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/todo/board/refused")) // not the list of "/"
	home := strings.Split(l.Location(), "?")[0]
	l.AddAndSee("one")
	const send = `(f => { for (const [n, v] of Object.entries(%)) { const i = document.createElement("input"); i.name = n; i.value = v; f.append(i) } HTMLFormElement.prototype.submit.call(f); return true })`
	submit := func(form, fields string) {
		t.Helper()
		eval[bool](l.tab, strings.Replace(send, "%", fields, 1)+`(document.forms[`+quote(form)+`].cloneNode() && (() => {
			const f = document.createElement("form"); f.method = "post"; f.action = document.forms[`+quote(form)+`].action; document.body.append(f); return f })())`)
	}
	submit("add", `{text: "<b>".repeat(100)}`)
	l.do("the error page", chromedp.WaitVisible(chromedp.CSS(`[name=text][aria-invalid]`)))
	l.Await("the headline", `document.querySelector("h1").textContent === "That was not added" && document.title === "That was not added"`)
	l.AwaitText("At most 280 characters (there are 300).")
	if v := eval[string](l.tab, `document.querySelector("[name=text]").value`); v != strings.Repeat("<b>", 100) {
		t.Errorf("the field has %q", v)
	}
	l.Shot("refused")
	l.Focus(`[name=text]`)
	eval[bool](l.tab, `(document.activeElement.select(), true)`)
	l.Type("shorter" + kb.Enter)
	l.do("the list", chromedp.WaitVisible(chromedp.CSS(newTodo)))
	l.AwaitItems("one", "shorter")
	if !strings.HasPrefix(l.Location(), home) {
		t.Errorf("the form led to %s, want %s", l.Location(), home)
	}

	submit("rename", `{id: "00000000-0000-4000-8000-000000000000", text: "mine"}`)
	l.do("the error page", chromedp.WaitVisible(chromedp.CSS(`.problem q`)))
	l.AwaitText("Someone removed this line.")
	l.AwaitText("Your text: mine")
	l.Click(`main a`)
	l.AwaitItems("one", "shorter")
}
