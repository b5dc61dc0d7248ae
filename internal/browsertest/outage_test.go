//go:build browser

package browsertest

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// TestWhatWaitsIsShown: without a server the page shows what it did not send
// yet, and sends it soon after the server is back.
func TestWhatWaitsIsShown(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one")
	s.Kill()
	l.Add("while it is away")
	l.Add("${1+1} <b>")
	l.AwaitText("Sending … while it is away ${1+1} <b>")
	l.Click(nth(1, toggle))
	l.Await("a busy box", `document.querySelector(".toggle").ariaBusy === "true"`)
	l.AwaitText("Connection lost. Your changes are sent when it is back.")
	eval[any](l.tab, `new Promise(r => setTimeout(() => r(null), 8000))`) // so that the pauses between tries grow
	l.Shot("waiting")
	s.Start()
	start := time.Now()
	l.AwaitItems("one", "while it is away", "${1+1} <b>")
	l.AwaitDone("one")
	if took := time.Since(start); took > 7*time.Second {
		t.Errorf("the page was complete %v after the server was back, at most 7s", took)
	}
	l.Await("nothing that waits", `!document.body.innerText.includes("Sending") && !document.querySelector("[aria-busy=true]")`)
	l.Await("no notice", `document.querySelector(".connection").textContent === ""`)
}

// TestReconnectsAtOnce: a tab that is looked at, and a computer that is in a
// network again, do not wait for the next try.
func TestReconnectsAtOnce(t *testing.T) {
	s := newServer(t)
	for what, event := range map[string]string{"online": `(dispatchEvent(new Event("online")), true)`, "shown": show} {
		l := openList(t, s.URL("/"))
		b := openList(t, l.Location())
		eval[bool](l.tab, `(window.opened = window.fetch, window.fetch = (i, o) => {
			if (!String(i).includes("/feed")) return opened(i, o);
			return window.away ? Promise.reject(new TypeError("away")) : opened(i, o) }, true)`)
		// The feed ends, and the next tries fail until there is a pause of five seconds.
		eval[bool](l.tab, `(window.away = true, true)`)
		s.Kill()
		l.AwaitText("Connection lost")
		s.Start()
		eval[any](l.tab, `new Promise(r => setTimeout(() => r(null), 3500))`)
		eval[bool](l.tab, `(window.away = false, true)`)
		start := time.Now()
		eval[bool](l.tab, event)
		l.Await("no notice", `document.querySelector(".connection").textContent === ""`)
		if took := time.Since(start); took > 1500*time.Millisecond {
			t.Errorf("%s: connected after %v", what, took)
		}
		b.AddAndSee("seen")
		l.AwaitItems("seen")
	}
}

// TestNewLineIsCorrected: the message goes when the text is changed.
func TestNewLineIsCorrected(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.Focus(newTodo)
	eval[bool](l.tab, `(f => { f.removeAttribute("maxlength"); f.value = "x".repeat(281); f.dispatchEvent(new Event("input", {bubbles: true})); return true })(document.activeElement)`)
	l.Type(kb.Enter)
	l.AwaitText("at most 280 characters (has 281)")
	l.Await("the text", `document.activeElement.value.length === 281`)
	l.Shot("refused")
	l.Type(kb.End + kb.Backspace)
	l.Await("no message", `!document.body.innerText.includes("at most 280")`)
	l.Type(kb.Enter)
	l.Await("the line", titles+`.some(t => t.length === 280)`)
}
