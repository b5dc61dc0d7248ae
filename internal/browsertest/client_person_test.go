//go:build browser

package browsertest

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
)

// last is the text of the last line, or "none".
func last(s gen.ListState) string {
	if len(s.Items) == 0 {
		return "none"
	}
	return html.EscapeString(s.Items[len(s.Items)-1].Text)
}

// controls is a live part with controls of every kind, whose values the server
// changes with every line.
func controls(s gen.ListState, p gen.BoardParams) string {
	v, odd := last(s), len(s.Items)%2 == 1
	attr := func(name string, on bool) string {
		if on {
			return name
		}
		return ""
	}
	return fmt.Sprintf(`<form id="all" method="post" action="%s" data-live-command>
		<input id="one" name="text" value="%[2]s"><textarea name="more">%[2]s</textarea>
		<input type="checkbox" name="box" %[3]s><input type="radio" name="r" value="a" %[3]s><input type="radio" name="r" value="b" %[4]s>
		<select name="s"><option value="a" %[5]s>a<option value="b" %[6]s>b<option value="c">c</select>
		<select name="m" multiple><option value="a" %[5]s>a<option value="b">b</select></form>
		<details><summary>more</summary>%[2]s</details><dialog><p>%[2]s</p><button id="close" onclick="">x</button></dialog>
		<div id="box"><p>%[2]s</p></div>`,
		todohttp.ListAddURL("x"), v, attr("checked", odd), attr("checked", !odd), attr("selected", odd), attr("selected", !odd)) + lines(s, p)
}

const controlValues = `(f => JSON.stringify([f.text.value, f.more.value, f.box.checked, f.r.value, f.s.value, [...f.m.selectedOptions].map(o => o.value).join()]))(document.forms.all.elements)`

func (p *tab) awaitValues(want string) {
	p.t.Helper()
	p.Await("values "+want, controlValues+` === `+quote(want))
}

// TestP18_WhatAPersonDidStays: typed and chosen values, open details, dialogs
// and scroll stay while the server changes the same elements. What nobody
// touched follows the server.
func TestP18_WhatAPersonDidStays(t *testing.T) {
	s, b := openClient(t, clientPage{Live: controls})
	b.awaitValues(`["none","none",false,"b","b",""]`)
	s.Post(todohttp.ListAddURL("x"), `{"text":"one"}`)
	b.awaitValues(`["one","one",true,"a","a","a"]`)

	b.run(`const sheet = new CSSStyleSheet(); sheet.replaceSync("#box { height: 40px; overflow: auto } #box p { height: 400px }"); document.adoptedStyleSheets = [sheet]`)
	b.run(`document.querySelector("details").open = true; document.querySelector("dialog").showModal(); document.querySelector("#box").scrollTop = 100`)
	b.run(`const f = document.forms.all.elements; f.text.value = "mine"; f.more.value = "my\nown"; f.box.checked = false; f.r.value = "b"; f.s.value = "c"; f.m.options[0].selected = false; f.m.options[1].selected = true`)
	const mine = `["mine","my\nown",false,"b","c","b"]`
	b.awaitValues(mine)
	for _, text := range []string{"two", "three"} {
		s.Post(todohttp.ListAddURL("x"), `{"text":"`+text+`"}`)
		b.Await("the line", liveLines+`.endsWith("`+text+`")`)
		b.awaitValues(mine)
		if !eval[bool](b, `document.querySelector("details").open && document.querySelector("dialog").matches(":modal") && document.querySelector("#box").scrollTop === 100`) {
			t.Errorf("after %s details, the dialog or the scrolled place is lost: %s", text,
				eval[string](b, `[document.querySelector("details").open, document.querySelector("dialog").matches(":modal"), document.querySelector("#box").scrollTop].join()`))
		}
		if got := eval[string](b, `document.querySelector("dialog p").textContent`); got != text {
			t.Errorf("the dialog has the text %q, want %q", got, text)
		}
	}
	b.run(`document.forms.all.reset()`)
	b.awaitValues(`["three","three",true,"a","a","a"]`)
	s.Post(todohttp.ListAddURL("x"), `{"text":"four"}`)
	b.awaitValues(`["four","four",false,"b","b",""]`)
}

// TestP18_FocusAndCaretStay: also in a field that nobody changed yet.
func TestP18_FocusAndCaretStay(t *testing.T) {
	s, b := openClient(t, clientPage{Live: controls})
	s.Post(todohttp.ListAddURL("x"), `{"text":"a long text"}`)
	b.Await("the text", `document.querySelector("#one").value === "a long text"`)
	b.Focus(`#one`)
	b.run(`document.activeElement.setSelectionRange(2, 6)`)
	s.Post(todohttp.ListAddURL("x"), `{"text":"another long text"}`)
	b.AwaitLines("a long text", "another long text")
	if at := eval[string](b, `(e => e.id + e.selectionStart + "-" + e.selectionEnd + e.value)(document.activeElement)`); at != "one2-6a long text" {
		t.Errorf("the focus and the selection are %s", at)
	}
	b.run(`document.activeElement.blur()`)
	s.Post(todohttp.ListAddURL("x"), `{"text":"the third"}`)
	b.Await("the server's text", `document.querySelector("#one").value === "the third"`)
}

// TestP19_ASentValueGivesWay: after a form in the live part was taken, its
// fields follow the server again.
func TestP19_ASentValueGivesWay(t *testing.T) {
	s, b := openClient(t, clientPage{Live: func(l gen.ListState, p gen.BoardParams) string {
		return fmt.Sprintf(`<form id="f" method="post" action="%s" data-live-command><input name="text" value="%s"></form>`, todohttp.ListAddURL("x"), last(l)) + lines(l, p)
	}})
	b.run(`document.querySelector("[name=text]").select()`)
	b.Focus(`[name=text]`)
	b.run(`document.querySelector("[name=text]").select()`)
	b.Type("mine\r")
	b.AwaitLines("mine")
	b.awaitText("mine")
	b.run(`document.activeElement.blur()`)
	s.Post(todohttp.ListAddURL("x"), `{"text":"theirs"}`)
	b.AwaitLines("mine", "theirs")
	b.awaitText("theirs")
}

// TestP20_BoxesAreSent: a box sends the form that its new state names, in
// order, also if it was ticked before the script ran, and shows what is stored.
func TestP20_BoxesAreSent(t *testing.T) {
	c := &commands{}
	s, b := openClient(t, clientPage{Wrap: c.wrap,
		Live: func(l gen.ListState, _ gen.BoardParams) string {
			var b strings.Builder
			for _, i := range l.Items {
				checked := map[bool]string{true: "checked"}[i.Done]
				fmt.Fprintf(&b, `<li id="%[1]s"><input type="checkbox" autocomplete="off" name="id" value="%[1]s" data-live-checked="complete" data-live-unchecked="reopen" %[2]s>%[3]s</li>`, i.ID, checked, i.Text)
			}
			return b.String()
		},
		Around: func(id string) string {
			return fmt.Sprintf(`<form id="complete" method="post" action="%s" data-live-command></form><form id="reopen" method="post" action="%s" data-live-command></form>`,
				todohttp.ListCompleteURL(id), todohttp.ListReopenURL(id))
		},
	})
	s.Lines("x", "one")
	b.AwaitLines("one")
	const box = `document.querySelector("#live input")`
	b.Click(`#live input`)
	b.Await("the stored tick", box+`.checked && `+box+`.hasAttribute("checked") && !`+box+`.ariaBusy`)
	b.run(box + `.click(); ` + box + `.click(); ` + box + `.click()`)
	sent := c.await(t, 4)
	for i, want := range []string{"complete", "reopen", "complete", "reopen"} {
		if !strings.HasSuffix(sent[i].path, want) {
			t.Errorf("command %d went to %s, want %s", i, sent[i].path, want)
		}
	}
	b.Await("no tick", `!`+box+`.checked && !`+box+`.hasAttribute("checked") && !`+box+`.ariaBusy`)

	b.BeforeScripts(`new MutationObserver((_, o) => { const box = document.querySelector("#live input"); if (box) { o.disconnect(); box.checked = true } }).observe(document, {childList: true, subtree: true})`)
	b.Reload()
	b.Await("the tick from before the script", box+`.checked && `+box+`.hasAttribute("checked")`)
}

// TestP21_TypedTextSurvivesALoad: an old tab loads its page again, and Back leads
// to what was typed.
func TestP21_TypedTextSurvivesALoad(t *testing.T) {
	f := &feeds{}
	_, b := openClient(t, clientPage{Wrap: f.wrap, Around: func(id string) string {
		return addForm(id, "") + `<form id="g"><textarea name="note"></textarea><input type="password" name="pw"><input type="checkbox" name="c"><select name="s"><option>a<option>b</select></form>`
	}})
	b.run(`window.first = true; document.forms.g.note.value = "a note"; document.forms.g.pw.value = "secret"; document.forms.g.c.checked = true; document.forms.g.s.value = "b"`)
	b.Focus(`[name=text]`)
	b.Type("half")
	f.setAnswer(func(w http.ResponseWriter, r *http.Request) bool {
		f.setAnswer(nil)
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write([]byte("event: datastar-patch-signals\ndata: signals {\"_stale\":\"other\"}\n\n"))
		return true
	})
	b.run(hide + ";" + show)
	const kept = `!window.first && (g => document.forms.add.text.value === "half" && document.activeElement === document.forms.add.text && g.note.value === "a note" && g.pw.value === "" && g.c.checked && g.s.value === "b")(document.forms.g)`
	b.Await("the page with what was typed", kept)
	b.awaitLive()
	b.run(`addEventListener("unload", () => {})`) // keeps browsers from keeping the page
	b.Go("about:blank")
	b.Back()
	b.Await("the page with what was typed", kept)
}

// TestP22_ParametersChangeWithoutALoad: links and GET forms to the path of the
// page change the address, the history and what is shown.
func TestP22_ParametersChangeWithoutALoad(t *testing.T) {
	f := &feeds{}
	s, b := openClient(t, clientPage{Wrap: f.wrap, Around: func(id string) string {
		return `<a id="active" href="?show=active">active</a><a id="bogus" href="?show=bogus">bogus</a><form id="get" method="get"><select name="show"><option>completed</select><button>go</button></form>` +
			addForm(id, "")
	}})
	ids := s.Lines("x", "one", "two")
	s.Post(todohttp.ListCompleteURL("x"), `{"id":"`+ids[0]+`"}`)
	shows := func(show string) {
		t.Helper()
		b.Await("what "+show+" shows", `document.querySelector("#live ul").dataset.show === `+quote(show))
		b.awaitLive()
		f.await(t, "one feed", func() bool { return f.open.Load() == 1 })
	}
	b.run(`window.same = true; document.forms.add.elements.text.value = "typed"`)
	shows("all")
	b.Click(`#active`)
	shows("active")
	if !strings.HasSuffix(b.Location(), "?show=active") {
		t.Errorf("the address is %s", b.Location())
	}
	b.Click(`#get button`)
	shows("completed")
	b.run(`history.back()`)
	shows("active")
	b.run(`history.back()`)
	shows("all")
	b.run(`history.forward()`)
	shows("active")
	if !eval[bool](b, `window.same && document.forms.add.elements.text.value === "typed"`) {
		t.Error("the page was loaded again")
	}
	b.Click(`#bogus`)
	b.Await("the server's page for a parameter that there is not", `!window.same && document.title !== "t"`)
}

// TestP23_TitleAndTimes: the title of the document follows the page, and times
// are shown in the zone of the reader.
func TestP23_TitleAndTimes(t *testing.T) {
	s, b := openClient(t, clientPage{Live: func(l gen.ListState, p gen.BoardParams) string {
		return `<time datetime="2026-03-09T08:05:00Z" data-local-time>2026-03-09 08:05 UTC</time>` + lines(l, p)
	}})
	const shown = `document.querySelector("time").textContent === new Intl.DateTimeFormat("en", {dateStyle: "medium", timeStyle: "short"}).format(new Date("2026-03-09T08:05:00Z"))`
	b.Await("the time", shown)
	s.Post(todohttp.ListAddURL("x"), `{"text":"one"}`)
	b.AwaitLines("one")
	b.Await("the title", `document.title === "todos"`)
	b.Await("the time", shown)
}

// TestP32_Countdown: the time that is left is that of the server, whatever the clock of the
// reader shows, and it goes on, also through patches.
func TestP32_Countdown(t *testing.T) {
	ends := time.Now().Add(2*time.Hour + 3*time.Minute).UTC()
	soon := time.Now().Add(4 * time.Minute).UTC()
	countdown := func(at time.Time) string {
		return `<p><time datetime="` + at.Format(time.RFC3339) + `" data-local-time="left" role="timer" aria-live="off">later</time></p>`
	}
	s, b := openClient(t, clientPage{Live: func(l gen.ListState, p gen.BoardParams) string {
		return countdown(ends) + countdown(soon) + countdown(time.Unix(0, 0)) + lines(l, p)
	}})
	b.BeforeScripts(`{ const now = Date.now; Date.now = () => now() + 3_600_000 }`) // an hour ahead
	b.Reload()
	const shown = `[...document.querySelectorAll("time")].map(e => e.textContent.replaceAll("\u00a0", " ")).join(", ")`
	b.Await("what is left", `/^2 h [123] min left, [1-3] min \d+ s left, over$/.test(`+shown+`)`)
	before := eval[string](b, shown)
	b.Await("another second", shown+` !== `+quote(before))
	s.Post(todohttp.ListAddURL("x"), `{"text":"one"}`)
	b.AwaitLines("one")
	if now := eval[string](b, shown); strings.Contains(now, "later") {
		t.Errorf("a patch brings %s", now)
	}
	if title := eval[string](b, `document.querySelector("time").title`); !strings.Contains(title, ends.Format("2006")) {
		t.Errorf("the title is %q", title)
	}
	b.Scheme("light") // and less motion
	b.Await("no seconds", `/^2 h [123] min left, [1-3] min left, over$/.test(`+shown+`)`)
}

// TestP24_WithoutDatastarTheFormsWork: where expressions may not run, forms are
// still sent and changes are shown.
func TestP24_WithoutDatastarTheFormsWork(t *testing.T) {
	s, b := openClient(t, clientPage{
		Wrap: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(strict{w}, r) })
		},
		Around: func(id string) string { return addForm(id, "") + `<p data-text="1 + 1">none</p>` },
	})
	b.send("one")
	b.AwaitLines("one")
	s.Post(todohttp.ListAddURL("x"), `{"text":"two"}`)
	b.AwaitLines("one", "two")
	if eval[string](b, `document.querySelector("[data-text]").textContent`) != "none" {
		t.Error("the expression ran")
	}
}

// strict takes 'unsafe-eval' out of the policy.
type strict struct{ http.ResponseWriter }

func (s strict) WriteHeader(status int) {
	policy := s.Header().Get("Content-Security-Policy")
	s.Header().Set("Content-Security-Policy", strings.ReplaceAll(policy, " 'unsafe-eval'", ""))
	s.ResponseWriter.WriteHeader(status)
}

func (s strict) Write(b []byte) (int, error) {
	if s.Header().Get("Content-Security-Policy") != "" {
		policy := s.Header().Get("Content-Security-Policy")
		s.Header().Set("Content-Security-Policy", strings.ReplaceAll(policy, " 'unsafe-eval'", ""))
	}
	return s.ResponseWriter.Write(b)
}

func (s strict) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// TestP25_OldSignalsAndOwnActions: pages that use Datastar's own @post and
// signals go on to work beside the client.
func TestP25_DatastarsOwnActions(t *testing.T) {
	_, b := openClient(t, clientPage{Around: func(id string) string {
		return fmt.Sprintf(`<div data-signals="{text: 'by a signal', _errors: {text: ''}}"><button id="post" data-on:click="@post('%s', {payload: {text: $text, _errors: $_errors}})">post</button><p id="error" data-text="$_errors.text"></p></div>`, todohttp.ListAddURL(id))
	}})
	b.Click(`#post`)
	b.AwaitLines("by a signal")
	b.run(`document.querySelector("#post").dataset.before = "x"`)
	time.Sleep(100 * time.Millisecond)
}
