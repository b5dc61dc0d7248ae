//go:build browser

package browsertest

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/web"
)

const (
	handle    = `[data-sort-handle]`
	announced = `document.querySelector(".live-announcer").textContent`
)

// openSorted opens a list of lines in a site of this process.
func openSorted(t *testing.T, texts ...string) (s *site, l *list, ids []string) {
	t.Helper()
	s = &site{t: t, Page: web.Board, Document: web.BoardDocument, Files: os.DirFS("../../static/dist")}
	s.open()
	ids = s.Lines("x", texts...)
	l = openList(t, s.URL(s.Addr, todohttp.BoardURL("x", gen.BoardParams{})))
	l.Screen(780) // high enough that nothing scrolls
	l.AwaitItems(texts...)
	return s, l, ids
}

// Move puts a line before another one, or at the end, as an API client does.
func (s *site) Move(id, before string) {
	s.t.Helper()
	if before != "" {
		before = `,"before":"` + before + `"`
	}
	s.Post(todohttp.ListMoveURL("x"), `{"id":"`+id+`"`+before+`}`)
}

type point struct{ X, Y float64 }

// middle returns the middle of an element.
func (l *list) middle(selector string) point {
	l.t.Helper()
	return eval[point](l.tab, `(() => { const r = document.querySelector(`+quote(selector)+`).getBoundingClientRect(); return {X: r.x + r.width / 2, Y: r.y + r.height / 2} })()`)
}

// mouse presses, moves or releases the left button.
func (l *list) mouse(kind input.DispatchMouseEventType, at point) {
	l.t.Helper()
	l.do("the mouse", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y, Button: "left", Buttons: 1, ClickCount: 1})
		return err
	}))
}

// grab presses the mouse on the handle of the nth line and moves it in steps to
// the middle of another one, a little beyond.
func (l *list) grab(n, to int) (at point) {
	l.t.Helper()
	l.Hover(n)
	from, target := l.middle(nth(n, handle)), l.middle(nth(to, handle))
	beyond := 8.0
	if to < n {
		beyond = -8
	}
	l.mouse("mousePressed", from)
	for i := 1.0; i <= 8; i++ {
		at = point{from.X, from.Y + (target.Y+beyond-from.Y)*i/8}
		l.mouse("mouseMoved", at)
	}
	return at
}

func (l *list) release() {
	l.t.Helper()
	l.mouse("mouseReleased", l.middle(`[data-sorting] `+handle))
}

// awaitOrder waits until the page shows the lines, and then reloads it: the server has
// this order as well.
func (l *list) awaitOrder(want ...string) {
	l.t.Helper()
	l.AwaitItems(want...)
	l.Await("the answer", `!document.querySelector("[aria-busy]")`)
	l.Reload()
	l.AwaitItems(want...)
	l.Await("the feed", `document.querySelector("[data-live-status=on]")`)
}

// TestS1_MouseDrags: a line goes where its handle is dropped, and not where Escape
// ended the drag. The click at the end presses nothing.
func TestS1_MouseDrags(t *testing.T) {
	_, l, _ := openSorted(t, "one", "two", "three", "four")
	mouse := l.grab(1, 3)
	l.AwaitItems("two", "three", "one", "four")
	l.Shot("dragging")
	if n := l.middle(`[data-sorting] ` + handle); math.Abs(n.Y-mouse.Y) > 1 {
		t.Errorf("the handle is at %v, and the mouse at %v", n, mouse)
	}
	l.release()
	l.awaitOrder("two", "three", "one", "four")
	l.grab(4, 1)
	l.release()
	l.awaitOrder("four", "two", "three", "one")
	l.grab(1, 3)
	l.AwaitItems("two", "three", "four", "one")
	l.Type(kb.Escape)
	l.AwaitItems("four", "two", "three", "one")
	l.mouse("mouseReleased", l.middle(nth(3, handle)))
	l.awaitOrder("four", "two", "three", "one")
	if eval[bool](l.tab, `!!document.querySelector("[data-sorting], .todo-list [style*=translate]")`) {
		t.Error("a line looks as if it was still dragged")
	}
}

// TestS2_KeyboardMoves: arrow keys on the handle move the line by one, the focus
// stays on it, and its new place is read out. Pressed, it moves to the end.
func TestS2_KeyboardMoves(t *testing.T) {
	_, l, _ := openSorted(t, "one", "two", "three")
	const at = `document.activeElement.closest("li")?.querySelector("label").textContent`
	l.Focus(nth(1, handle))
	l.Type(kb.ArrowDown)
	l.AwaitItems("two", "one", "three")
	l.Await("what is read out", announced+` === "one: 2 of 3"`)
	l.Type(kb.ArrowDown + kb.ArrowDown + kb.ArrowUp + kb.ArrowUp + kb.ArrowUp)
	l.AwaitItems("one", "two", "three")
	l.Await("what is read out", announced+` === "one: 1 of 3"`)
	l.Await("the answers", `!document.querySelector("[aria-busy]")`)
	l.AwaitItems("one", "two", "three")
	l.Await("the focus", at+` === "one" && document.activeElement.matches(`+quote(handle)+`)`)
	l.Type(kb.Enter)
	l.AwaitItems("two", "three", "one")
	l.Await("the focus", at+` === "one"`)
	l.awaitOrder("two", "three", "one")
	l.Click(nth(1, handle))
	l.awaitOrder("three", "one", "two")
}

// TestS3_FingerDrags: on a touch screen, a finger on the handle drags and does not
// scroll. Some browsers cannot move an element without taking it out of the page.
func TestS3_FingerDrags(t *testing.T) {
	for name, script := range map[string]string{"moveBefore": ``, "no moveBefore": `delete Element.prototype.moveBefore`} {
		t.Run(name, func(t *testing.T) { fingerDrags(t, script) })
	}
}

func fingerDrags(t *testing.T, script string) {
	texts := strings.Fields("one two three four five six seven eight nine ten eleven twelve")
	_, l, _ := openSorted(t, texts...)
	l.BeforeScripts(script)
	l.Reload()
	l.Await("the feed", `document.querySelector("[data-live-status=on]")`)
	l.Telephone()
	touch := func(kind input.DispatchTouchEventType, at ...*input.TouchPoint) {
		t.Helper()
		l.do("touch", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: append([]*input.TouchPoint{}, at...)})
			return err
		}))
	}
	from, to := l.middle(nth(2, handle)), l.middle(nth(4, handle))
	touch("touchStart", &input.TouchPoint{X: from.X, Y: from.Y})
	for i := 1.0; i <= 8; i++ {
		touch("touchMove", &input.TouchPoint{X: from.X + i, Y: from.Y + (to.Y+8-from.Y)*i/8})
	}
	l.Await("the line below the finger", titles+`.slice(0, 4).join() === "one,three,four,two"`)
	l.Shot("dragging")
	touch("touchEnd")
	want := append([]string{"one", "three", "four", "two"}, texts[4:]...)
	l.AwaitItems(want...)
	if eval[float64](l.tab, `scrollY`) != 0 {
		t.Error("the page scrolled")
	}

	// At the edge of the screen the page scrolls, while the finger rests.
	from = l.middle(nth(2, handle))
	touch("touchStart", &input.TouchPoint{X: from.X, Y: from.Y})
	touch("touchMove", &input.TouchPoint{X: from.X, Y: 400})
	touch("touchMove", &input.TouchPoint{X: from.X, Y: 630})
	l.Await("the end of the list", titles+`.at(-1) === "three"`)
	touch("touchEnd")
	want = append(append([]string{"one"}, want[2:]...), "three")
	l.awaitOrder(want...)
}

// TestS4_PatchDuringADrag: what others do while a line is dragged is shown, and the
// line stays under the mouse. A line that they remove can no longer be dropped.
func TestS4_PatchDuringADrag(t *testing.T) {
	s, l, ids := openSorted(t, "one", "two", "three", "four")
	l.grab(1, 3)
	l.AwaitItems("two", "three", "one", "four")
	at := l.middle(`[data-sorting] ` + handle)
	s.Post(todohttp.ListAddURL("x"), `{"text":"five"}`)
	l.AwaitItems("two", "three", "one", "four", "five")
	s.Post(todohttp.ListRemoveURL("x"), `{"id":"`+ids[3]+`"}`)
	l.AwaitItems("two", "three", "one", "five")
	s.Post(todohttp.ListRenameURL("x"), `{"id":"`+ids[0]+`","text":"uno"}`)
	l.AwaitItems("two", "three", "uno", "five")
	if now := l.middle(`[data-sorting] ` + handle); now != at {
		t.Errorf("the handle was at %v, and after patches it is at %v", at, now)
	}
	l.release()
	l.awaitOrder("two", "three", "uno", "five")

	l.grab(1, 2)
	l.AwaitItems("three", "two", "uno", "five")
	s.Post(todohttp.ListRemoveURL("x"), `{"id":"`+ids[1]+`"}`)
	l.AwaitItems("three", "uno", "five")
	l.mouse("mouseReleased", l.middle(nth(1, handle)))
	l.awaitOrder("three", "uno", "five")
}

// held is a server that does not pass on some requests until it is told so.
type held struct {
	path string
	now  atomic.Bool
	free chan struct{} // closed when they are passed on
}

func (h *held) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.now.Load() && strings.HasSuffix(r.URL.Path, h.path) {
			<-h.free
		}
		next.ServeHTTP(w, r)
	})
}

// openHeld opens a list whose moves wait for close(h.free).
func openHeld(t *testing.T, texts ...string) (s *site, l *list, ids []string, h *held) {
	t.Helper()
	h = &held{path: "/move", free: make(chan struct{})}
	s = &site{t: t, Page: web.Board, Document: web.BoardDocument, Files: os.DirFS("../../static/dist"), Wrap: h.wrap}
	s.open()
	ids = s.Lines("x", texts...)
	l = openList(t, s.URL(s.Addr, todohttp.BoardURL("x", gen.BoardParams{})))
	l.Screen(780)
	l.AwaitItems(texts...)
	h.now.Store(true)
	return s, l, ids, h
}

// TestS5_ShownAtOnce: a dropped line stays where it was dropped until the answer is
// there, also if the server shows something else meanwhile.
func TestS5_ShownAtOnce(t *testing.T) {
	s, l, _, h := openHeld(t, "one", "two", "three")
	l.grab(3, 1)
	l.release()
	l.AwaitItems("three", "one", "two")
	l.Focus(nth(2, handle))
	l.Type(kb.ArrowDown) // behind the first
	l.AwaitItems("three", "two", "one")
	s.Post(todohttp.ListAddURL("x"), `{"text":"four"}`)
	l.AwaitItems("three", "two", "four", "one") // the end is behind it
	l.run(`window.seen = new Set(); const look = () => { seen.add(` + titles + `.join()); requestAnimationFrame(look) }; look()`)
	h.now.Store(false)
	close(h.free)
	l.Await("the answers", `!document.querySelector("[aria-busy]")`)
	l.run(`await new Promise(r => setTimeout(r, 300))`)
	if seen := eval[string](l.tab, `[...seen].join(" | ")`); seen != "three,two,four,one" {
		t.Errorf("meanwhile the page showed %s", seen)
	}
	l.awaitOrder("three", "two", "four", "one")
}

// TestS6_RefusedMove: a move before a line that somebody removed is taken back, with
// the reason. So is the move of a line that is gone.
func TestS6_RefusedMove(t *testing.T) {
	s, l, ids, h := openHeld(t, "one", "two", "three")
	l.grab(3, 1)
	l.release()
	l.AwaitItems("three", "one", "two")
	s.Post(todohttp.ListRemoveURL("x"), `{"id":"`+ids[0]+`"}`)
	l.Await("the patch", `!`+titles+`.includes("one")`)
	h.now.Store(false)
	close(h.free)
	l.AwaitText("Someone removed the line that this one was to stand before.")
	l.Shot("refused")
	l.awaitOrder("two", "three")

	// The line itself is gone, and the page does not know yet.
	l.run(`const quick = window.fetch; window.fetch = async (a, i) => { if (String(a).endsWith("/move")) await new Promise(r => window.go = r); return quick(a, i) }`)
	l.Focus(nth(1, handle))
	l.Type(kb.ArrowDown)
	l.AwaitItems("three", "two")
	s.Post(todohttp.ListRemoveURL("x"), `{"id":"`+ids[1]+`"}`)
	l.AwaitItems("three")
	l.run(`go()`)
	l.AwaitText("Someone removed this line.")
	l.awaitOrder("three")
}

// TestS7_TwoTabsMoveAtOnce: both show the same order in the end.
func TestS7_TwoTabsMoveAtOnce(t *testing.T) {
	s, a, _ := openSorted(t, "one", "two", "three", "four", "five")
	b := openList(t, a.Location())
	for i := range 6 {
		a.run(`document.querySelector(` + quote(nth(1+i%3, handle)) + `).focus()`) // rows move meanwhile
		b.run(`document.querySelector(` + quote(nth(5-i%3, handle)) + `).focus()`)
		done := make(chan struct{})
		go func() { defer close(done); b.Type(kb.ArrowUp + kb.ArrowUp) }()
		a.Type(kb.ArrowDown + kb.ArrowDown)
		<-done
	}
	for _, l := range []*list{a, b} {
		l.Await("the answers", `!document.querySelector("[aria-busy]")`)
	}
	s.Post(todohttp.ListAddURL("x"), `{"text":"last"}`)
	for _, l := range []*list{a, b} {
		l.AwaitTitle("last")
	}
	want := eval[string](a.tab, titles+`.join()`)
	if got := eval[string](b.tab, titles+`.join()`); got != want {
		t.Errorf("one tab shows %s, the other %s", want, got)
	}
	a.awaitOrder(strings.Split(want, ",")...)
}

// TestS8_MovesWithoutAScript: the handle is a button, which moves its line to the end.
func TestS8_MovesWithoutAScript(t *testing.T) {
	s, l := withoutScript(t)
	s.Lines("x", "one", "two", "three")
	l.Reload()
	l.Hover(1)
	l.Click(nth(1, handle))
	l.AwaitItems("two", "three", "one")
}

// TestS9_ElementThatDraws: an element that draws into a shadow root is made once. Patches
// give it new attributes and leave alone what it drew. It sends a form of the page, and
// ends when a patch takes it away.
func TestS9_ElementThatDraws(t *testing.T) {
	s, b := openClient(t, clientPage{
		Script: string(must(os.ReadFile("testdata/bar-chart.js"))) + "; window.drawBars = drawBars",
		Around: func(id string) string { return addForm(id, "") },
		Live: func(l gen.ListState, p gen.BoardParams) string {
			if len(l.Items) > 2 {
				return lines(l, p)
			}
			return fmt.Sprintf(`<bar-chart data-numbers="1 %[1]d" data-form="add"></bar-chart><p id="own" data-ignore-morph title="%[1]d">%[1]d</p>`, len(l.Items)) + lines(l, p)
		},
	})
	const bars = `[...document.querySelector("bar-chart").shadowRoot.children].map(e => e.textContent).join()`
	b.Await("the bars", bars+` === "▇,–"`)
	s.Post(todohttp.ListAddURL("x"), `{"text":"one"}`)
	b.Await("longer bars", bars+` === "▇,▇"`)
	b.run(`document.querySelector("bar-chart").shadowRoot.children[1].click()`)
	b.AwaitLines("one", "bar 2")
	b.Await("longer bars", bars+` === "▇,▇▇" && drawBars.made === 1 && drawBars.alive === 1`)
	if own := eval[string](b, `document.querySelector("#own").outerHTML`); own != `<p id="own" data-ignore-morph="" title="0">0</p>` {
		t.Errorf("what a patch should leave alone is %s", own)
	}
	s.Post(todohttp.ListAddURL("x"), `{"text":"three"}`)
	b.Await("no chart", `!document.querySelector("bar-chart") && drawBars.alive === 0`)
}
