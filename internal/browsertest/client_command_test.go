//go:build browser

package browsertest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
)

// commands records the commands that a page sends, and can answer them in place
// of the server.
type commands struct {
	next   http.Handler
	mu     sync.Mutex
	sent   []sent
	answer func(n int, w http.ResponseWriter, r *http.Request) bool // n counts from 1; reports whether it answered
}

type sent struct {
	path, body, id, accept, kind string
}

func (c *commands) wrap(next http.Handler) http.Handler {
	c.next = next
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || strings.HasPrefix(r.UserAgent(), "Go-http-client") { // the test's own
			next.ServeHTTP(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		h := r.Header
		c.mu.Lock()
		c.sent = append(c.sent, sent{r.URL.Path, string(body), h.Get("Idempotency-Key"), h.Get("Accept"), h.Get("Content-Type")})
		n, answer := len(c.sent), c.answer
		c.mu.Unlock()
		if answer == nil || !answer(n, w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

func (c *commands) all() []sent {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]sent(nil), c.sent...)
}

func (c *commands) await(t *testing.T, n int) []sent {
	t.Helper()
	for end := time.Now().Add(patience); len(c.all()) < n; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d commands were sent, want %d", len(c.all()), n)
		}
	}
	return c.all()
}

func (p *tab) awaitText(want string) {
	p.t.Helper()
	p.Await("a field with "+want, `document.querySelector("[name=text]").value === `+quote(want))
}

// send types a text into the form and presses Enter.
func (p *tab) send(text string) {
	p.t.Helper()
	p.Focus(`[name=text]`)
	p.Type(text + "\r")
}

func TestP8_FormsStayPlain(t *testing.T) {
	c := &commands{}
	_, b := openClient(t, clientPage{Wrap: c.wrap, Around: func(id string) string {
		return addForm(id, "") + `<script>document.forms.add.insertAdjacentHTML("beforeend", '<input type=hidden name=_return value=/>')</script>`
	}})
	b.send("a&b=c ü")
	b.AwaitLines("a&b=c ü")
	got := c.all()[0]
	fields := must(url.ParseQuery(got.body))
	if got.accept != "application/json" || got.kind != "application/x-www-form-urlencoded" || got.id == "" || fields.Get("text") != "a&b=c ü" || len(fields) != 1 {
		t.Errorf("sent %+v", got)
	}
	b.run(`HTMLFormElement.prototype.submit.call((f => { f.elements.text.value = "plain"; return f })(document.forms.add))`)
	b.AwaitLines("a&b=c ü", "plain")
	if got := c.all()[1]; got.id != "" || !strings.Contains(got.accept, "text/html") {
		t.Errorf("the browser sent %+v", got)
	}
}

func TestP9_InOrder(t *testing.T) {
	c := &commands{answer: func(n int, _ http.ResponseWriter, _ *http.Request) bool {
		time.Sleep(time.Duration(max(0, 5-n)) * 50 * time.Millisecond) // the earlier, the slower
		return false
	}}
	_, b := openClient(t, clientPage{Wrap: c.wrap, Around: func(id string) string { return addForm(id, "data-live-next") }})
	for i := range 6 {
		b.send(fmt.Sprint("line ", i))
	}
	b.AwaitLines("line 0", "line 1", "line 2", "line 3", "line 4", "line 5")
}

func TestP10_TheSameInputIsOneCommand(t *testing.T) {
	for more, want := range map[string]int{"": 1, "data-live-repeat": 3} {
		c := &commands{answer: func(int, http.ResponseWriter, *http.Request) bool { time.Sleep(200 * time.Millisecond); return false }}
		_, b := openClient(t, clientPage{Wrap: c.wrap, Around: func(id string) string { return addForm(id, more) }})
		b.Focus(`[name=text]`)
		b.Type("once")
		b.run(`const add = document.querySelector("button"); add.click(); add.click(); add.click()`)
		b.Await("the lines", `document.querySelectorAll("#live li").length === `+fmt.Sprint(want))
		time.Sleep(300 * time.Millisecond)
		if n := len(c.all()); n != want {
			t.Errorf("with %q %d commands were sent, want %d", more, n, want)
		}
	}
}

func TestP11_TheIDStaysUntilThereIsAnAnswer(t *testing.T) {
	c := &commands{}
	c.answer = func(n int, w http.ResponseWriter, r *http.Request) bool {
		switch n {
		case 1:
			http.Error(w, "busy", http.StatusServiceUnavailable)
		case 2, 4: // stored, but the answer does not arrive
			c.next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		default:
			return false
		}
		return true
	}
	_, b := openClient(t, clientPage{Wrap: c.wrap, Around: func(id string) string { return addForm(id, "") }})
	b.send("one")
	b.AwaitLines("one")
	b.awaitText("")
	b.send("one")
	b.AwaitLines("one", "one")
	b.awaitText("")
	ids := map[string]int{}
	for _, s := range c.all() {
		ids[s.id]++
	}
	if len(ids) != 2 {
		t.Errorf("two commands were sent with the ids %v", ids)
	}
}

func TestP12_OnlyTheServersAnswerCounts(t *testing.T) {
	foreign := map[string]func(http.ResponseWriter){
		"a login page with 200": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, `<div id="live">log in</div>`)
		},
		"a redirect":            func(w http.ResponseWriter) { w.Header().Set("Location", "/login"); w.WriteHeader(302) },
		"202 without a receipt": func(w http.ResponseWriter) { w.WriteHeader(202) },
		"403 of a proxy":        func(w http.ResponseWriter) { http.Error(w, "no", http.StatusForbidden) },
		"an event stream": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "event: datastar-patch-elements\ndata: elements <div id=\"live\">log in</div>\n\n")
		},
	}
	for what, answer := range foreign {
		c := &commands{answer: func(n int, w http.ResponseWriter, _ *http.Request) bool {
			if n == 1 {
				answer(w)
			}
			return n == 1
		}}
		_, b := openClient(t, clientPage{Wrap: c.wrap, Around: func(id string) string { return addForm(id, "") }})
		b.send("kept")
		b.AwaitText("something other than this site answered")
		b.awaitText("kept")
		if eval[bool](b, `document.body.innerText.includes("log in")`) {
			t.Errorf("%s: it is shown", what)
		}
		b.send("") // again, as it is
		b.AwaitLines("kept")
		b.awaitText("")
		if sent := c.all(); sent[0].id != sent[1].id {
			t.Errorf("%s: it was sent again with another id", what)
		}
	}
}

func TestP13_PatienceEnds(t *testing.T) {
	down := true
	c := &commands{answer: func(_ int, w http.ResponseWriter, _ *http.Request) bool {
		if down {
			http.Error(w, "no", http.StatusServiceUnavailable)
		}
		return down
	}}
	_, b := openClient(t, clientPage{Wrap: c.wrap, Around: func(id string) string { return addForm(id, "") },
		Script: `{ const real = performance.now.bind(performance); performance.now = () => 200 * real() }`})
	b.send("late")
	b.AwaitText("the server does not answer")
	b.awaitText("late")
	n := len(c.all())
	time.Sleep(time.Second)
	if more := len(c.all()); more != n {
		t.Errorf("it is still sent after patience ended")
	}
	c.mu.Lock()
	down = false
	c.mu.Unlock()
	b.send("")
	b.AwaitLines("late")
	if sent := c.all(); sent[0].id != sent[len(sent)-1].id {
		t.Error("it was sent again with another id")
	}
}

func TestP14_BusyAndWaiting(t *testing.T) {
	release := make(chan bool)
	c := &commands{answer: func(int, http.ResponseWriter, *http.Request) bool { <-release; return false }}
	s, b := openClient(t, clientPage{Wrap: c.wrap, Around: func(id string) string {
		return strings.Replace(addForm(id, `data-live-signals="adding" data-signals="{adding: {busy: false, sent: false, refused: ''}}"`), "</form>", `<p data-live-waiting></p><p id="says" data-text="JSON.stringify($adding)"></p></form>`, 1)
	}})
	b.send("slow")
	b.Await("busy", `document.forms.add.ariaBusy === "true" && !document.querySelector("button").disabled`)
	b.Await("what waits", `document.querySelector("[data-live-waiting]").textContent === "Sending…"`)
	b.Await("the signals", `document.querySelector("#says").textContent === '{"busy":true,"sent":false,"refused":""}'`)
	s.Post(todohttp.ListAddURL("x"), `{"text":"by another"}`)
	release <- true
	b.AwaitLines("by another", "slow")
	b.Await("rest", `!document.forms.add.ariaBusy && document.querySelector("[data-live-waiting]").textContent === ""`)
	b.Await("the signals", `document.querySelector("#says").textContent === '{"busy":false,"sent":true,"refused":""}'`)
	close(release)
}

func TestP15_RefusedStaysAndTakenIsCleared(t *testing.T) {
	hold := make(chan bool, 1)
	c := &commands{answer: func(int, http.ResponseWriter, *http.Request) bool { <-hold; return false }}
	_, b := openClient(t, clientPage{Wrap: c.wrap, Around: func(id string) string { return addForm(id, "") }})
	b.send(strings.Repeat("x", 300))
	hold <- true
	b.AwaitText("280")
	b.awaitText(strings.Repeat("x", 300))

	b.run(`document.querySelector("[name=text]").select()`)
	b.Type("taken\r")
	b.Await("busy", `document.forms.add.ariaBusy === "true"`)
	b.Type(" and more") // while it is sent
	hold <- true
	b.AwaitLines("taken")
	b.Await("rest", `!document.forms.add.ariaBusy`)
	b.awaitText("taken and more")
}

func TestP15_NextLinesAreTypedMeanwhile(t *testing.T) {
	hold := make(chan bool)
	c := &commands{answer: func(int, http.ResponseWriter, *http.Request) bool { <-hold; return false }}
	_, b := openClient(t, clientPage{Wrap: c.wrap, Around: func(id string) string {
		return strings.Replace(addForm(id, "data-live-next"), "</form>", "<p data-live-waiting></p></form>", 1)
	}})
	b.send("one")
	b.awaitText("")
	b.send(strings.Repeat("y", 300))
	b.awaitText("")
	b.AwaitText("Sending… one")
	b.Focus(`[name=text]`)
	b.Type("three")
	hold <- true
	hold <- true
	b.AwaitLines("one")
	b.awaitText(strings.Repeat("y", 300) + " three")
	b.AwaitText("280")
	close(hold)
}

func TestP16_ErrorsStandAtTheirFields(t *testing.T) {
	_, b := openClient(t, clientPage{Around: func(id string) string {
		return addForm(id, "") + strings.ReplaceAll(addForm(id, ""), `id="add"`, `id="second"`) +
			fmt.Sprintf(`<form id="odd" method="post" action="%s" data-live-command><button>Remove</button></form>`, todohttp.ListRemoveURL(id))
	}})
	b.run(`for (const f of ["add", "second"]) document.forms[f].elements.text.value = "z".repeat(281); document.forms.second.requestSubmit()`)
	b.Await("the error at the second form", `document.forms.second.innerText.includes("280")`)
	b.Await("a field that is invalid", `(f => f.ariaInvalid === "true" && document.getElementById(f.getAttribute("aria-describedby")).innerText.includes("280") && document.activeElement === f)(document.forms.second.elements.text)`)
	if eval[bool](b, `document.forms.add.innerText.includes("280") || document.forms.add.elements.text.ariaInvalid === "true"`) {
		t.Error("the error stands at the other form, too")
	}
	b.Focus(`#second [name=text]`)
	b.Type("!")
	b.Await("no error after a change", `(f => !f.innerText.includes("280") && f.elements.text.ariaInvalid !== "true" && !f.elements.text.hasAttribute("aria-describedby"))(document.forms.second)`)
	b.Click(`#odd button`)
	b.Await("an error without a field", `document.forms.odd.innerText.length > "Remove".length`)
}

// TestP17_ErrorsSurvivePatches: a form within the live part keeps what was
// typed, and the error at it, while others change the page.
func TestP17_ErrorsSurvivePatches(t *testing.T) {
	s, b := openClient(t, clientPage{Live: func(l gen.ListState, p gen.BoardParams) string { return addForm("x", "") + lines(l, p) }})
	b.send(strings.Repeat("x", 300))
	b.AwaitText("280")
	s.Post(todohttp.ListAddURL("x"), `{"text":"by another"}`)
	b.AwaitLines("by another")
	b.awaitText(strings.Repeat("x", 300))
	b.Await("the error", `(f => f.ariaInvalid === "true" && document.getElementById(f.getAttribute("aria-describedby")).innerText.includes("280"))(document.querySelector("[name=text]"))`)
	b.run(`document.querySelector("[name=text]").select()`)
	b.Type("short\r")
	b.AwaitLines("by another", "short")
	b.awaitText("")
	b.Await("no error", `!document.body.innerText.includes("280")`)
}
