//go:build browser

package browsertest

import (
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
)

// rows is a list whose rows can be removed, and which is read out.
func rows(s gen.ListState, p gen.BoardParams) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<p id="other"></p><ul id="rows" data-live-announce="%s">`, p.Show())
	for _, i := range s.Items {
		if p.Show() == gen.BoardParamsShowAll || i.Done == (p.Show() == gen.BoardParamsShowCompleted) {
			fmt.Fprintf(&b, `<li id="%s"><span data-live-name>%s</span><button>x</button><button form="remove" name="id" value="%[1]s">Delete</button></li>`, i.ID, html.EscapeString(i.Text))
		}
	}
	b.WriteString(`</ul>`)
	if len(s.Items) > 0 {
		b.WriteString(`<button id="clear-done" form="clear" data-live-focus="gone all">Clear</button>`)
	}
	return b.String()
}

func rowForms(id string) string {
	return addForm(id, "") + `<div data-live-focus="all">` +
		fmt.Sprintf(`<form id="remove" method="post" action="%s" data-live-command hidden></form>`, todohttp.ListRemoveURL(id)) +
		fmt.Sprintf(`<form id="clear" method="post" action="%s" data-live-command hidden></form>`, todohttp.ListClearCompletedURL(id)) +
		`</div><a id="all" href="?show=all">All</a><a id="active" href="?show=active">Active</a>`
}

const focused = `document.activeElement.closest("li")?.querySelector("span").textContent + " " + document.activeElement.textContent`

// TestP26_FocusGoesToTheNeighbour: when a patch removes the element with the
// focus, the same control of the nearest row gets it, then what the page names.
func TestP26_FocusGoesToTheNeighbour(t *testing.T) {
	s, b := openClient(t, clientPage{Live: rows, Around: rowForms})
	ids := s.Lines("x", "one", "two", "three")
	remove := func(n int) {
		t.Helper()
		b.Focus(`[id="` + ids[n] + `"] [form=remove]`)
		b.Type(kb.Enter)
	}
	b.Await("three rows", `document.querySelectorAll("li").length === 3`)
	remove(1)
	b.Await("the next row", focused+` === "three Delete"`)
	remove(2)
	b.Await("the row before", focused+` === "one Delete"`)
	b.Focus(`#clear-done`)
	s.Post(todohttp.ListRemoveURL("x"), `{"id":"`+ids[0]+`"}`)
	b.Await("what the page names", `document.activeElement.id === "all"`)
}

// TestP27_ChangesAreReadOut: what comes and goes is said in a live region outside
// of what is patched. Another filter is no change.
func TestP27_ChangesAreReadOut(t *testing.T) {
	s, b := openClient(t, clientPage{Live: rows, Around: rowForms})
	const said = `[...document.querySelectorAll("[aria-live=polite]:not(#live *) p")].map(p => p.textContent).join("|")`
	ids := s.Lines("x", "one", "two")
	b.Await("two", said+` === "Added: two"`)
	s.Post(todohttp.ListRemoveURL("x"), `{"id":"`+ids[0]+`"}`)
	b.Await("the removal", said+` === "Removed: one"`)
	s.Post(todohttp.ListCompleteURL("x"), `{"id":"`+ids[1]+`"}`)
	b.Click(`#active`)
	b.Await("no row", `document.querySelectorAll("li").length === 0`)
	if got := eval[string](b, said); got != "Removed: one" {
		t.Errorf("another filter was read out: %s", got)
	}
	if size := eval[int](b, `document.querySelector(".live-announcer").offsetWidth`); size > 1 {
		t.Errorf("what is read out is %d pixels wide on the page", size)
	}
}

// TestP28_TextStaysThroughOtherPages: a text that was not sent, and what is
// wrong with it, are there again after a visit to another page. A text without a
// field is given to the page.
func TestP28_TextStaysThroughOtherPages(t *testing.T) {
	s, b := openClient(t, clientPage{
		Around: func(id string) string { return addForm(id, "") },
		Live: func(s gen.ListState, _ gen.BoardParams) string {
			if len(s.Items) > 0 {
				return "<ul><li>one</li></ul>"
			}
			return `<ul></ul><input id="note">`
		},
		Script: `document.addEventListener("live-left-over", e => window.left = e.detail.text)`,
	})
	b.Focus(`#note`)
	b.Type("a note")
	b.run(`const f = document.querySelector("[name=text]"); f.focus(); f.value = "x".repeat(281)`)
	b.Type(kb.Enter)
	b.AwaitText("At most 280 characters")
	address := b.Location()
	b.Go(s.URL(s.Addr, "/todo/tally"))
	b.awaitLive()
	s.Post(todohttp.ListAddURL("x"), `{"text":"one"}`)
	b.Go(address)
	b.Await("the text", `document.querySelector("[name=text]").value.length === 281`)
	b.AwaitText("At most 280 characters")
	b.Await("the note", `window.left === "a note"`)
}

// TestP29_SignalsFollowAForm: a signal that is bound to a field becomes empty
// with it, and has the text again if it is refused.
func TestP29_SignalsFollowAForm(t *testing.T) {
	_, b := openClient(t, clientPage{Around: func(id string) string {
		return strings.Replace(addForm(id, "data-live-next"), `name="text"`, `name="text" data-bind="text"`, 1) + `<p id="seen" data-text="$text"></p>`
	}})
	const seen = `document.querySelector("#seen").textContent`
	b.Focus(`[name=text]`)
	b.Type("one")
	b.Await("the signal", seen+` === "one"`)
	b.Type(kb.Enter)
	b.AwaitLines("one")
	b.Await("an empty signal", seen+` === ""`)
	b.run(`const f = document.querySelector("[name=text]"); f.value = "x".repeat(281); f.dispatchEvent(new Event("input", {bubbles: true}))`)
	b.Type(kb.Enter)
	b.AwaitText("At most 280 characters")
	b.Await("the refused text in the signal", seen+`.length === 281`)
}

// TestP16_ErrorStaysUnderAClick: a second try does not move the page under the
// mouse; what belongs to no field goes with the next command of any form.
func TestP16_ErrorStaysUnderAClick(t *testing.T) {
	s, b := openClient(t, clientPage{Around: func(id string) string {
		return addForm(id, "") + fmt.Sprintf(`<form id="rename" method="post" action="%s" data-live-command hidden><input name="id" value="00000000-0000-4000-8000-000000000000"><input name="text" value="a"></form>`+
			`<button id="gone" form="rename">Rename</button>`, todohttp.ListRenameURL(id))
	}})
	b.run(`const f = document.querySelector("[name=text]"); f.focus(); f.value = "x".repeat(281)`)
	b.Type(kb.Enter)
	b.AwaitText("At most 280 characters")
	b.Click(`#gone`)
	b.Await("the refusal", `document.querySelector("[data-live-problem]").textContent !== ""`)
	s.Stop()
	b.Focus(`[name=text]`)
	b.Type(kb.Enter)
	b.Await("no message of the other form", `document.querySelector("[data-live-problem]").textContent === ""`)
	b.AwaitText("At most 280 characters")
	s.Start()
	b.Await("the answer", `!document.querySelector("[aria-busy]")`)
	b.AwaitText("At most 280 characters")
}

// slowly makes the feed of a page arrive in steps of 300 ms.
const slowly = `const quick = window.fetch;
window.fetch = async (input, init) => {
	const answer = await quick(input, init);
	if (!String(input).includes("/feed") || !answer.body) return answer;
	const held = [];
	const steps = new TransformStream({
		start(out) { setInterval(() => { for (const piece of held.splice(0)) out.enqueue(piece) }, 300) },
		transform(piece) { held.push(piece) },
	});
	return new Response(answer.body.pipeThrough(steps), {status: answer.status, headers: answer.headers});
}`

// TestP20_BoxWithTheFocusFollows: a box keeps the focus after a click, and shows
// what others do; an answer to an earlier click does not undo a later one.
func TestP20_BoxWithTheFocusFollows(t *testing.T) {
	s, b := openClient(t, clientPage{
		Script: slowly,
		Live: func(l gen.ListState, _ gen.BoardParams) string {
			var b strings.Builder
			for _, i := range l.Items {
				checked := map[bool]string{true: "checked"}[i.Done]
				fmt.Fprintf(&b, `<li id="%[1]s"><input type="checkbox" name="id" value="%[1]s" data-live-checked="complete" data-live-unchecked="reopen" %[2]s>%[3]s</li>`, i.ID, checked, i.Text)
			}
			return b.String()
		},
		Around: func(id string) string {
			return fmt.Sprintf(`<form id="complete" method="post" action="%s" data-live-command></form><form id="reopen" method="post" action="%s" data-live-command></form>`,
				todohttp.ListCompleteURL(id), todohttp.ListReopenURL(id))
		},
	})
	id := s.Lines("x", "one")[0]
	const box = `document.querySelector("#live input")`
	b.Await("the box", box)
	b.Click(`#live input`)
	b.Await("the stored tick", box+`.checked && `+box+`.defaultChecked && !`+box+`.ariaBusy`)
	s.Post(todohttp.ListReopenURL("x"), `{"id":"`+id+`"}`)
	b.Await("what somebody else did", `!`+box+`.checked && document.activeElement === `+box)

	// The first click is answered and shown when the page already has what the
	// second one did, and the third one is under way.
	b.run(`const whole = window.fetch; let n = 0; window.fetch = async (input, init) => {
		if (/\/(complete|reopen)$/.test(String(input)) && ++n === 3) await new Promise(r => setTimeout(r, 900)); return whole(input, init) }`)
	b.run(`window.seen = []; const b = ` + box + `; b.click(); b.click(); b.click(); const end = performance.now() + 1500;
		while (performance.now() < end) { seen.push(b.checked); await new Promise(r => setTimeout(r, 5)) }`)
	if !eval[bool](b, `seen.every(Boolean)`) {
		t.Error("the box showed another state than that of the last click")
	}
	b.Await("the last click", box+`.checked && `+box+`.defaultChecked`)
}
