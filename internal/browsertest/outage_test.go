//go:build browser

package browsertest

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestWaitingChangesAreShown: without a server the page shows what it has not sent
// yet, and sends it soon after the server is back.
func TestWaitingChangesAreShown(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one")
	eval[bool](l.tab, `(window.whole = window.fetch, window.tries = 0,
		window.fetch = (input, init) => { if (String(input).includes("/add")) tries++; return whole(input, init) }, true)`)
	s.Kill()
	l.Add("while it is away")
	l.Add("${1+1} <b>")
	l.AwaitText("Sending… while it is away Sending… ${1+1} <b>")
	l.Click(nth(1, toggle))
	l.Await("a busy box", `document.querySelector(".toggle").ariaBusy === "true"`)
	l.AwaitText("Connection lost. Your changes are sent when it is back.")
	l.Await("the fourth try, after which the pauses are long", `tries >= 4`)
	l.Shot("waiting")
	s.Start()
	l.AwaitItems("one", "while it is away", "${1+1} <b>")
	l.AwaitDone("one")
	l.Await("nothing that waits", `!document.body.innerText.includes("Sending") && !document.querySelector("[aria-busy=true]")`)
	l.Await("no notice", `document.querySelector(".live-status").textContent === ""`)
}

// countFeeds makes the next page of a tab count: window.feeds are its open
// feeds, window.tries the requests for one. It runs before every script of the
// page, because Datastar stores the fetch function when it opens a feed. While
// window.away is set, the tries fail, and the pause after the fifth, which is
// long, does not end by itself: window.held are such pauses.
const countFeeds = `window.feeds = window.tries = 0;
window.held = [];
const real = window.fetch, later = window.setTimeout;
window.setTimeout = (then, ms, ...more) => window.away && window.tries >= 5 && ms >= 2000 ? (held.push(then), 0) : later(then, ms, ...more);
window.fetch = async (input, init) => {
	if (!String(input).includes("/feed")) return real(input, init);
	window.tries++;
	if (window.away) throw new TypeError("away");
	const answer = await real(input, init);
	window.feeds++;
	init.signal.addEventListener("abort", () => window.feeds--);
	return answer;
}`

// TestReconnectsAtOnce: a tab that becomes visible, and a computer that is
// online again, reconnect without waiting for the next retry. Afterwards there
// is one feed, also at the time of that retry.
func TestReconnectsAtOnce(t *testing.T) {
	s := newServer(t)
	b := openList(t, s.URL("/"))
	back := map[string]struct{ event, url, seen string }{
		"online":       {`(dispatchEvent(new Event("online")), true)`, b.Location(), "seen"},
		"shown":        {`(` + hide + `, ` + show + `)`, b.Location(), "seen"},
		"tally, shown": {`(` + hide + `, ` + show + `)`, s.URL("/todo/tally"), "Lines written 1"},
	}
	pages := map[string]*list{}
	for what, page := range back {
		l := &list{newTab(t, "about:blank")}
		l.BeforeScripts(countFeeds)
		l.Go(page.url)
		l.Await(what+": a feed", `feeds === 1`)
		eval[bool](l.tab, `(window.away = true, true)`)
		pages[what] = l
	}
	s.Kill() // which ends the feeds
	for what, l := range pages {
		l.AwaitText("Connection lost")
		eval[bool](l.tab, `(window.feeds = 0, true)`)
		l.Await(what+": the pause after the fifth try", `held.length > 0`)
	}
	s.Start()
	for what, l := range pages {
		eval[bool](l.tab, `(window.away = false, `+back[what].event+`)`)
		l.Await("no notice", `document.querySelector(".live-status").textContent === ""`)
		eval[bool](l.tab, `(held.forEach(then => then()), true)`)
	}
	b.AddAndSee("seen")
	for what, l := range pages {
		l.AwaitText(back[what].seen)
		if n := eval[int](l.tab, `feeds`); n != 1 {
			t.Errorf("%s: %d feeds are open, want 1", what, n)
		}
	}
}

// TestNewLineIsCorrected: the message disappears when the text is changed.
func TestNewLineIsCorrected(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.Focus(newTodo)
	eval[bool](l.tab, `(f => { f.removeAttribute("maxlength"); f.value = "x".repeat(281); f.dispatchEvent(new Event("input", {bubbles: true})); return true })(document.activeElement)`)
	l.Type(kb.Enter)
	l.AwaitText("At most 280 characters (there are 281)")
	l.Await("the text", `document.activeElement.value.length === 281`)
	l.Shot("refused")
	l.Type(kb.End + kb.Backspace)
	l.Await("no message", `!document.body.innerText.includes("At most 280")`)
	l.Type(kb.Enter)
	l.Await("the line", titles+`.some(t => t.length === 280)`)
}

// TestActionThatFails: if the server has no message for people, the page has
// one. It shows the current state again, and no action is waiting.
func TestActionThatFails(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one")
	eval[bool](l.tab, `(window.whole = window.fetch, window.fetch = async () => new Response("{}", {status: 500}), true)`)
	l.Click(nth(1, toggle))
	l.AwaitText("That was not saved. Please try again.")
	l.AwaitDone()
	l.Await("a box that is not busy", `!document.querySelector("[aria-busy=true]")`)
	l.Add("two")
	l.Await("the text in the field", `document.querySelector(".new-todo").value === "two"`)
	eval[bool](l.tab, `(window.fetch = whole, true)`)
	l.Type(kb.Enter)
	l.AwaitItems("one", "two")
	l.Await("no message", `!document.body.innerText.includes("not saved")`)
}
