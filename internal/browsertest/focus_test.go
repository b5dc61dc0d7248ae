//go:build browser

package browsertest

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

const (
	rename = `[aria-label="Rename"]`
	shown  = `getComputedStyle(document.querySelector(".edit")).display !== "none"`
)

// awaitFocus waits until an element has the focus, and checks again when the
// server's answer has certainly arrived.
func (l *list) awaitFocus(what, selector string) {
	l.t.Helper()
	has := `document.activeElement.matches(` + quote(selector) + `)`
	l.Await("the focus on "+what, has)
	eval[any](l.tab, `new Promise(r => setTimeout(() => r(null), 150))`)
	if !eval[bool](l.tab, has) {
		l.t.Errorf("the focus left %s for %s", what, eval[string](l.tab, `document.activeElement.outerHTML.slice(0, 120)`))
	}
}

// press gives an element the focus and types a key.
func (l *list) press(selector, key string) {
	l.t.Helper()
	l.Focus(selector)
	l.Type(key)
}

// TestEnterWithoutAChangeEndsTheEditing: the key ends editing and does nothing
// else, also not to the pencil, which gets the focus.
func TestEnterWithoutAChangeEndsTheEditing(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one")
	for what, open := range map[string]func(){
		"double-click":   func() { l.DoubleClick(nth(1, title)) },
		"pencil":         func() { l.Hover(1); l.Click(nth(1, rename)) },
		"pencil + Enter": func() { l.press(nth(1, rename), kb.Enter) },
	} {
		for _, key := range []string{kb.Enter, kb.Escape} {
			open()
			l.Await("the edit field after "+what, editing)
			l.Type(key)
			l.awaitFocus("the pencil after "+what, nth(1, rename))
			if eval[bool](l.tab, shown) {
				t.Errorf("after %s and %q the line is still being edited", what, key)
			}
		}
	}
	l.AwaitItems("one")
}

// TestFocusStaysNear: when the element with the focus disappears, a nearby
// element gets the focus, and not the top of the page.
func TestFocusStaysNear(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one", "two", "three", "four")

	l.press(nth(1, rename), kb.Enter)
	l.Await("the edit field", editing)
	l.Type(kb.End + "!" + kb.Enter)
	l.AwaitItems("one!", "two", "three", "four")
	l.awaitFocus("the pencil of what was saved", nth(1, rename))

	l.press(nth(2, remove), kb.Enter)
	l.AwaitItems("one!", "three", "four")
	l.awaitFocus("the next line", nth(2, remove))
	l.press(nth(3, remove), kb.Enter)
	l.AwaitItems("one!", "three")
	l.awaitFocus("the last line", nth(2, remove))

	l.press(nth(1, rename), kb.Enter)
	l.Await("the edit field", editing)
	eval[bool](l.tab, `(document.activeElement.select(), true)`)
	l.Type(kb.Delete + kb.Enter)
	l.AwaitItems("three")
	l.awaitFocus("the pencil of the next line", nth(1, rename))

	l.AddAndSee("five")
	l.press(nth(1, toggle), " ")
	l.AwaitDone("three")
	l.press(`.clear-completed`, kb.Enter)
	l.AwaitItems("five")
	l.awaitFocus("the filter", `.filters .selected`)

	l.Click(`a[href$="#/active"]`)
	l.AwaitItems("five")
	l.AddAndSee("six")
	l.press(nth(1, toggle), " ") // hides the line under this filter
	l.AwaitItems("six")
	l.awaitFocus("the next box", nth(1, toggle))
	l.press(nth(1, remove), kb.Enter)
	l.AwaitItems()
	l.awaitFocus("the field", newTodo)
}

// TestEditOfALineThatSomeoneRemoves: the page shows a message for people, and
// the typed text is kept.
func TestEditOfALineThatSomeoneRemoves(t *testing.T) {
	s := newServer(t)
	a := openList(t, s.URL("/"))
	a.AddAndSee("one", "two")
	b := openList(t, a.Location())
	b.AwaitItems("one", "two")
	a.begin(1, "a longer thought")
	b.Hover(1)
	b.Click(nth(1, remove))
	a.AwaitItems("two")
	a.AwaitText("Someone removed this line. Your text is in the field for new lines.")
	a.awaitFocus("the field", newTodo)
	if v := eval[string](a.tab, `document.activeElement.value`); v != "a longer thought" {
		t.Errorf("the field has %q", v)
	}
	a.Shot("removed")
	s.Kill() // the next action clears the message, not its answer
	a.Type(kb.Enter)
	a.Await("no message", `!document.body.innerText.includes("Someone removed")`)
	s.Start()
	a.AwaitItems("two", "a longer thought")
	a.begin(1, "two and a half")
	a.Type(kb.Enter)
	a.AwaitItems("two and a half", "a longer thought")
}

// TestAnotherLineWaits: a text that was refused or is being saved is not lost
// when another line is edited.
func TestAnotherLineWaits(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one", "two")
	l.begin(1, "")
	eval[bool](l.tab, `(document.activeElement.removeAttribute("maxlength"), document.activeElement.value = "x".repeat(281), true)`)
	l.Type(kb.Enter)
	l.AwaitText("At most 280 characters (there are 281)")
	field := nth(1, edit)
	if eval[string](l.tab, `document.querySelector(`+quote(field)+`).ariaInvalid`) != "true" {
		t.Error("the field with the error is not aria-invalid")
	}
	if said := eval[string](l.tab, `(f => document.getElementById(f.getAttribute("aria-describedby")).textContent)(document.querySelector(`+quote(field)+`))`); !strings.Contains(said, "At most 280") {
		t.Errorf("the field is described by %q", said)
	}
	l.DoubleClick(nth(2, title))
	l.awaitFocus("the line with the error", field)
	l.Click(`.todo-count`) // the field loses the focus, and its text is sent and refused again
	l.Await("the answer", `document.forms.rename.ariaBusy !== "true"`)
	l.Hover(2)
	l.Click(nth(2, rename))
	l.awaitFocus("the line with the error", field)
	if n := eval[int](l.tab, `document.activeElement.value.length`); n != 281 {
		t.Errorf("%d characters are left of 281", n)
	}
	l.Type(kb.End + kb.Backspace)
	l.Await("no message while it is corrected", `!document.body.innerText.includes("At most 280")`)
	eval[bool](l.tab, `(document.activeElement.select(), true)`)
	l.Type("uno")
	l.DoubleClick(nth(2, title))
	l.awaitFocus("the second line", nth(2, edit))
	l.Type(kb.End + "!" + kb.Enter)
	l.AwaitItems("uno", "two!")
}
