//go:build browser

package browsertest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The elements of the todo page, with the names that TodoMVC test suites use.
const (
	newTodo   = `input[placeholder="What needs to be done?"]`
	items     = `ul.todo-list > li[data-testid=todo-item]`
	title     = `[data-testid=todo-title]`
	toggle    = `[aria-label="Toggle Todo"]`
	remove    = `[aria-label="Delete"]`
	edit      = `[aria-label="Edit"]`
	bodyStart = `document.body.innerText`
)

// list is a todo page in its own browser.
type list struct{ *tab }

// openList opens the page of a list and waits until its feed is open. "/" opens
// a new list.
func openList(t *testing.T, url string) *list {
	t.Helper()
	l := &list{newTab(t, url)}
	l.Await("the page", `document.querySelector(`+quote(newTodo)+`)`)
	l.Await("the feed", `document.querySelector("[data-live-status=on]")`)
	return l
}

func (l *list) Add(text string) {
	l.t.Helper()
	l.Focus(newTodo)
	l.Type(text + kb.Enter)
}

// AddAndSee adds lines and waits until each is shown and the field is empty
// again.
func (l *list) AddAndSee(texts ...string) {
	l.t.Helper()
	for _, text := range texts {
		l.Add(text)
		l.AwaitTitle(text)
		l.Await("an empty field", `document.querySelector(`+quote(newTodo)+`).value === ""`)
	}
}

func (l *list) AwaitTitle(text string) time.Duration {
	l.t.Helper()
	return l.Await("item "+text, titles+`.includes(`+quote(strings.TrimSpace(text))+`)`)
}

const titles = `[...document.querySelectorAll("ul.todo-list > li[data-testid=todo-item] [data-testid=todo-title]")].map(e => e.textContent)`

// AwaitItems waits until the page shows exactly these lines, in this order.
func (l *list) AwaitItems(want ...string) {
	l.t.Helper()
	if want == nil {
		want = []string{}
	}
	l.Await(fmt.Sprintf("items %q", want), `JSON.stringify(`+titles+`) === JSON.stringify([`+joinQuoted(want)+`])`)
}

func joinQuoted(texts []string) string {
	quoted := make([]string, len(texts))
	for i, s := range texts {
		quoted[i] = quote(s)
	}
	return strings.Join(quoted, ",")
}

// AwaitDone waits until exactly these lines are ticked.
func (l *list) AwaitDone(want ...string) {
	l.t.Helper()
	l.Await(fmt.Sprintf("done %q", want), `JSON.stringify([...document.querySelectorAll(`+quote(items)+`)]`+
		`.filter(e => e.querySelector(`+quote(toggle)+`).checked).map(e => e.querySelector(`+quote(title)+`).textContent))`+
		` === JSON.stringify([`+joinQuoted(want)+`])`)
}

func (l *list) AwaitText(text string) {
	l.t.Helper()
	l.Await("text "+text, bodyStart+`.replace(/\s+/g, " ").includes(`+quote(text)+`)`)
}

// nth returns the selector of a part of the nth line, from 1.
func nth(n int, part string) string {
	return fmt.Sprintf("ul.todo-list > li:nth-child(%d) %s", n, part)
}

// Hover moves the mouse over a line, which shows its button.
func (l *list) Hover(n int) {
	l.t.Helper()
	type point struct{ X, Y float64 }
	at := eval[point](l.tab, `(() => { const r = document.querySelector(`+quote(nth(n, title))+`).getBoundingClientRect();`+
		` return {X: r.x + r.width / 2, Y: r.y + r.height / 2} })()`)
	l.do("hover", chromedp.MouseEvent("mouseMoved", at.X, at.Y))
}

// Edit changes a line: double-click, select all, type.
func (l *list) Edit(n int, text string) {
	l.t.Helper()
	l.DoubleClick(nth(n, title))
	l.Await("the edit field", `document.activeElement?.matches(`+quote(edit)+`)`)
	eval[bool](l.tab, `(document.activeElement.select(), true)`)
	l.Type(text)
}

func TestList(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	if h1 := eval[string](l.tab, `document.querySelector("h1").textContent`); h1 != "todos" {
		t.Errorf("h1 is %q, want todos", h1)
	}
	if eval[bool](l.tab, `!!document.querySelector("ul.todo-list, .todo-count")`) {
		t.Error("an empty list shows its main or footer")
	}

	l.AddAndSee("buy milk", "  feed the cat  ", "write home")
	l.AwaitItems("buy milk", "feed the cat", "write home")
	l.AwaitText("3 items left")

	l.Click(nth(2, toggle))
	l.AwaitDone("feed the cat")
	l.AwaitText("2 items left")
	l.Click(nth(2, toggle))
	l.AwaitDone()
	l.Click(nth(2, toggle))
	l.AwaitDone("feed the cat")

	t.Run("filters", func(t *testing.T) {
		l := &list{&tab{t, l.ctx}}
		l.Click(`a[href$="#/active"]`)
		l.AwaitItems("buy milk", "write home")
		l.Click(`a[href$="#/completed"]`)
		l.AwaitItems("feed the cat")
		if !strings.HasSuffix(l.Location(), "#/completed") {
			t.Errorf("the address is %s", l.Location())
		}
		l.Reload()
		l.AwaitItems("feed the cat")
		l.Click(`a[href$="#/"]`)
		l.AwaitItems("buy milk", "feed the cat", "write home")
	})

	t.Run("edit", func(t *testing.T) {
		l := &list{&tab{t, l.ctx}}
		l.Edit(1, "buy oat milk"+kb.Enter)
		l.AwaitItems("buy oat milk", "feed the cat", "write home")
		l.Edit(1, "something else"+kb.Escape)
		l.Await("no edit field", `!document.activeElement?.matches(`+quote(edit)+`)`)
		l.AwaitItems("buy oat milk", "feed the cat", "write home")
		l.Edit(3, "write to mother")
		l.Focus(newTodo) // blur saves
		l.AwaitItems("buy oat milk", "feed the cat", "write to mother")
		l.Edit(3, kb.Delete+kb.Enter)
		l.AwaitItems("buy oat milk", "feed the cat")
	})

	t.Run("toggle all, clear, delete", func(t *testing.T) {
		l := &list{&tab{t, l.ctx}}
		l.AddAndSee("call")
		const all = `document.evaluate('//label[normalize-space(.)="❯Mark all as complete"]', document, null, 9).singleNodeValue`
		eval[bool](l.tab, `(`+all+`.click(), true)`)
		l.AwaitDone("buy oat milk", "feed the cat", "call")
		l.AwaitText("0 items left")
		eval[bool](l.tab, `(`+all+`.click(), true)`)
		l.AwaitDone()
		l.Click(nth(1, toggle))
		l.AwaitText("2 items left")
		l.Click(nth(3, toggle))
		l.AwaitText("1 item left")
		eval[bool](l.tab, `([...document.querySelectorAll("button")].find(b => b.textContent.trim() === "Clear completed").click(), true)`)
		l.AwaitItems("feed the cat")
		l.Hover(1)
		l.Click(nth(1, remove))
		l.AwaitItems()
		l.Await("no main, no footer", `!document.querySelector("ul.todo-list, .todo-count")`)
	})
}

func TestReloadKeepsEverything(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one", "two")
	l.Click(nth(1, toggle))
	l.AwaitDone("one")
	l.Reload()
	l.AwaitItems("one", "two")
	l.AwaitDone("one")
	address := l.Location()
	l.Go(s.URL("/"))
	l.AwaitItems("one", "two")
	if l.Location() != address {
		t.Errorf("/ leads to %s, want the browser's own list %s", l.Location(), address)
	}
}

// TestKeyboardOnly: everything works without a mouse.
func TestKeyboardOnly(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one", "two")
	tabTo := func(what, condition string) {
		t.Helper()
		for range 30 {
			if eval[bool](l.tab, `Boolean(document.activeElement && `+condition+`)`) {
				return
			}
			l.Type(kb.Tab)
		}
		t.Fatalf("30 times Tab do not reach %s", what)
	}
	tabTo("a checkbox", `document.activeElement.matches(`+quote(nth(1, toggle))+`)`)
	l.Type(" ")
	l.AwaitDone("one")
	tabTo("a delete button", `document.activeElement.matches(`+quote(remove)+`)`)
	l.Await("a delete button that can be seen", `getComputedStyle(document.activeElement).opacity === "1"`)
	l.Type(kb.Enter)
	l.AwaitItems("two")
}

func TestWithoutJavaScriptThePageCanBeRead(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one", "two")
	page := fetch(t, l.Location())
	for _, want := range []string{"one", "two", "<h1", "2 items left", "<form"} {
		if !strings.Contains(strings.ReplaceAll(page, "<strong>2</strong>", "2"), want) {
			t.Errorf("the page without JavaScript lacks %q", want)
		}
	}
}

func percentile(d []time.Duration, p int) time.Duration {
	slices.Sort(d)
	return d[(len(d)-1)*p/100]
}
