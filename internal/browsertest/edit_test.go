//go:build browser

package browsertest

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

const editing = `document.activeElement?.matches('[aria-label="Edit"]')`

// begin edits a line and types, without saving.
func (l *list) begin(n int, text string) {
	l.t.Helper()
	l.DoubleClick(nth(n, title))
	l.Await("the edit field", editing)
	eval[bool](l.tab, `(document.activeElement.select(), true)`)
	l.Type(text)
}

func (l *list) awaitField(text string) {
	l.t.Helper()
	l.Await("the field with "+text, editing+` && document.activeElement.value === `+quote(text))
}

// TestEditSurvivesOthers: while somebody edits a line, changes by others remove
// neither the focus nor the typed text.
func TestEditSurvivesOthers(t *testing.T) {
	s := newServer(t)
	a := openList(t, s.URL("/"))
	a.AddAndSee("one", "two", "three")
	b := openList(t, a.Location())
	b.AwaitItems("one", "two", "three")

	a.begin(2, "half a sen")
	eval[bool](a.tab, `(document.activeElement.setSelectionRange(2, 5), true)`)
	for what, change := range map[string]func(){
		"a new line":             func() { b.AddAndSee("four") },
		"its own line ticked":    func() { b.Click(nth(2, toggle)) },
		"its own line renamed":   func() { b.Edit(2, "zwei"+kb.Enter) },
		"the line before ticked": func() { b.Click(nth(1, toggle)) },
	} {
		before := eval[string](a.tab, `document.querySelector("#live").innerHTML`)
		change()
		a.Await(what, `document.querySelector("#live").innerHTML !== `+quote(before))
		a.awaitField("half a sen")
		if at := eval[string](a.tab, `document.activeElement.selectionStart + "-" + document.activeElement.selectionEnd`); at != "2-5" {
			t.Errorf("after %s the selection is %s, was 2-5", what, at)
		}
	}
	b.Hover(1)
	b.Click(nth(1, remove)) // removes the line before
	b.AwaitItems("zwei", "three", "four")
	a.Await("three lines", titles+`.length === 3`)
	a.awaitField("half a sen")
	a.Type(kb.End + "tence" + kb.Enter)
	b.AwaitItems("half a sentence", "three", "four")
	a.AwaitItems("half a sentence", "three", "four")
}

// TestNewLineSurvivesOthers: a half-typed new line also stays.
func TestNewLineSurvivesOthers(t *testing.T) {
	s := newServer(t)
	a := openList(t, s.URL("/"))
	b := openList(t, a.Location())
	a.Focus(newTodo)
	a.Type("half a")
	b.AddAndSee("one")
	a.AwaitItems("one")
	a.Type(" line" + kb.Enter)
	b.AwaitItems("one", "half a line")
}

// TestEditThatIsRefused: the field stays open with the message next to it.
func TestEditThatIsRefused(t *testing.T) {
	s := newServer(t)
	a := openList(t, s.URL("/"))
	a.AddAndSee("one")
	a.DoubleClick(nth(1, title))
	a.Await("the edit field", editing)
	eval[bool](a.tab, `(() => { const f = document.activeElement; f.removeAttribute("maxlength"); f.value = "x".repeat(281); return true })()`)
	a.Type(kb.Enter)
	a.Await("the message in the line", `document.querySelector("ul.todo-list > li").innerText.includes("At most 280 characters (there are 281)")`)
	if n := eval[int](a.tab, `document.querySelector("ul.todo-list > li").querySelector('[aria-label="Edit"]').value.length`); n != 281 {
		t.Errorf("%d characters are left of 281", n)
	}
	a.Shot("refused")
	a.Focus(nth(1, edit))
	a.Type(kb.Escape)
	a.AwaitItems("one")
	a.Await("no message", `!document.body.innerText.includes("At most")`)
}

// TestConnectionLost: the page shows that the connection is lost, and stops
// showing it after a reconnect without changes.
func TestConnectionLost(t *testing.T) {
	s := newServer(t)
	a := openList(t, s.URL("/"))
	a.AddAndSee("one")
	const status = `document.querySelector("[role=status]").textContent`
	a.Await("no notice", status+` === ""`)
	s.Kill()
	a.Await("the notice", status+` === "Connection lost. Trying again…"`)
	a.Shot("lost")
	s.Start()
	a.Await("no notice", status+` === ""`)
	a.AwaitItems("one")
}

// TestAddresses: filters are in the address, in both forms, and in the history.
func TestAddresses(t *testing.T) {
	s := newServer(t)
	a := openList(t, s.URL("/"))
	a.AddAndSee("one", "two")
	a.Click(nth(1, toggle))
	a.AwaitDone("one")
	home := strings.Split(a.Location(), "?")[0]
	for _, end := range []string{"#/active", "?show=active", "?show=active#/active", "?show=completed#/active"} {
		a.Go("about:blank")
		a.Go(home + end)
		a.AwaitItems("two")
	}
	a.Go("about:blank")
	a.Go(home)
	a.AwaitItems("one", "two")
	for _, step := range []struct{ js, want string }{
		{`document.querySelector('a[href$="#/active"]').click()`, "two"},
		{`document.querySelector('a[href$="#/completed"]').click()`, "one"},
		{`history.back()`, "two"},
		{`history.back()`, "one two"},
		{`location.hash = "#/completed"`, "one"},
	} {
		eval[bool](a.tab, `(`+step.js+`, true)`)
		a.AwaitItems(strings.Fields(step.want)...)
	}
	eval[bool](a.tab, `(history.back(), true)`)
	a.AwaitItems("one", "two")
	b := openList(t, home)
	b.AddAndSee("three")
	a.AwaitItems("one", "two", "three")
}

// TestAddTwice: two clicks on the button, and several lines typed at once.
func TestAddTwice(t *testing.T) {
	s := newServer(t)
	a := openList(t, s.URL("/"))
	a.Focus(newTodo)
	a.Type("once")
	a.DoubleClick(`#add button`)
	a.AwaitItems("once")
	var want []string
	for i := range 8 {
		want = append(want, fmt.Sprint("line ", i))
	}
	a.Focus(newTodo)
	a.Type(strings.Join(want, kb.Enter) + kb.Enter)
	a.AwaitItems(append([]string{"once"}, want...)...)
}

// TestPlainForms: without scripts the same forms do the same and lead back to
// the page, also when the browser sends no referrer.
func TestPlainForms(t *testing.T) {
	s := newServer(t)
	a := openList(t, s.URL("/todo/board/plain?show=all"))
	press := func(button string, fields url.Values) {
		t.Helper()
		find := `const b = document.querySelector(` + quote(button) + `)`
		action := eval[string](a.tab, `(() => { `+find+`; return b.hasAttribute("formaction") ? b.formAction : b.form.action })()`)
		sent := must(url.ParseQuery(eval[string](a.tab, `(() => { `+find+`; return new URLSearchParams(new FormData(b.form, b)).toString() })()`)))
		maps.Copy(sent, fields)
		req := must(http.NewRequest("POST", action, strings.NewReader(sent.Encode())))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp := must(http.DefaultTransport.RoundTrip(req))
		resp.Body.Close()
		if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/todo/board/plain?_after=") {
			t.Errorf("%s: %s to %q, want 303 to the page", button, resp.Status, to)
		}
	}
	press("#add button", url.Values{"text": {"one"}})
	press("#add button", url.Values{"text": {"two"}})
	a.AwaitItems("one", "two")
	press(nth(1, ".rename"), url.Values{"text": {"uno"}})
	a.AwaitItems("uno", "two")
	press(nth(1, ".mark"), nil)
	a.AwaitDone("uno")
	press(nth(1, ".mark"), nil)
	a.AwaitDone()
	press(nth(1, ".move"), nil)
	a.AwaitItems("two", "uno")
	press(".all .mark", nil)
	a.AwaitDone("two", "uno")
	press(nth(1, ".destroy"), nil)
	a.AwaitItems("uno")
	press(".clear-completed", nil)
	a.AwaitItems()
}

// TestEditOfALineThatVanishes: a filter hides the line in which somebody types.
// The typed text is saved as when the field loses the focus, also in browsers
// such as Firefox that do not report that.
func TestEditOfALineThatVanishes(t *testing.T) {
	s := newServer(t)
	a := openList(t, s.URL("/"))
	a.AddAndSee("one", "two")
	b := openList(t, a.Location())
	b.AwaitItems("one", "two")
	a.Click(`a[href$="#/active"]`)
	a.begin(1, "one and a half")
	eval[bool](a.tab, `(window.silence = e => e.stopImmediatePropagation(), addEventListener("focusout", silence, true), true)`)
	b.Click(nth(1, toggle))
	a.AwaitItems("two")
	eval[bool](a.tab, `(removeEventListener("focusout", silence, true), true)`)
	b.AwaitItems("one and a half", "two")
	a.begin(1, "still works")
	a.Click(newTodo)
	b.AwaitItems("one and a half", "still works")
}
