//go:build browser

package browsertest

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestNames: controls of different lines are told apart, and the page has one
// landmark of each kind.
func TestNames(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one", "two")
	for _, control := range []string{toggle, rename, remove} {
		got := eval[string](l.tab, `[...document.querySelectorAll(`+quote(control)+`)].map(e => document.getElementById(e.getAttribute("aria-describedby")).textContent).join()`)
		if got != "one,two" {
			t.Errorf("%s is described by %q, want one,two", control, got)
		}
	}
	if n := eval[int](l.tab, `document.querySelectorAll("footer:not([role])").length`); n != 1 {
		t.Errorf("%d landmarks contentinfo, want 1", n)
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

// TestRefusedForm: a form that was sent without a script and not taken says why,
// and has what was typed, to be corrected.
func TestRefusedForm(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/todo/board/refused")) // not the one that "/" leads to
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
	l.AwaitText("At most 280 characters (has 300).")
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
