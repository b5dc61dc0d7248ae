//go:build browser

package browsertest

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/live"
)

// TestP30_PlainFormsTakeEffectOnce: without a script, a person clicks twice on a
// button in the document and on one in the live part, because the server is slow.
func TestP30_PlainFormsTakeEffectOnce(t *testing.T) {
	arrived := make(chan struct{}, 10)
	goOn := make(chan struct{})
	field := gen.ListAddForm.Text
	form := func(id, list string) templ.Component {
		return around(live.Form(todohttp.ListAddURL(list), live.FormID(id)), live.Field(field, "Text", live.Value("twice")), templ.Raw("<button>Add</button>"))
	}
	_, b := openClient(t, clientPage{
		AroundComponent: func(id string) templ.Component { return form("outside", id) },
		Component: func(s gen.ListState, p gen.BoardParams) templ.Component {
			return templ.Join(templ.Raw(lines(s, p)), form("inside", "x"))
		},
		Wrap: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					arrived <- struct{}{}
					select {
					case <-goOn:
					case <-t.Context().Done():
					}
				}
				next.ServeHTTP(w, r)
			})
		},
	})
	b.scripts(false)
	b.Reload()
	for i, id := range []string{"outside", "inside"} {
		b.Await("the form", `document.querySelector("#`+id+` button") && !document.querySelector("[data-live-status=on]")`)
		press := b.presses("#" + id + " button")
		for range 2 {
			press()
			select {
			case <-arrived:
			case <-time.After(2 * time.Minute):
				t.Fatalf("the click on the button %s was not sent", id)
			}
		}
		goOn <- struct{}{}
		goOn <- struct{}{}
		b.AwaitLines(strings.Split("twice twice", " ")[:i+1]...)
	}
}

// presses returns a function that clicks on a button, also while the browser waits
// for the page that an earlier click asked for.
func (p *tab) presses(selector string) func() {
	p.t.Helper()
	at := eval[[]float64](p, `(r => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector(`+quote(selector)+`).getBoundingClientRect())`)
	return func() {
		p.t.Helper()
		p.do("click", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			for _, kind := range []input.DispatchMouseEventType{"mousePressed", "mouseReleased"} {
				event := input.DispatchMouseEventParams{Type: kind, X: at[0], Y: at[1], Button: "left", ClickCount: 1}
				if _, err := cdp.Call(ctx, target, input.DispatchMouseEvent, event); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

// TestP31_NewThings: a form makes a thing that has no id yet. The browser goes to
// its page, with the client and without a script, or stays where it is.
func TestP31_NewThings(t *testing.T) {
	for _, scripted := range []bool{true, false} {
		s, b := openClient(t, clientPage{AroundComponent: func(string) templ.Component {
			form := func(id string, more ...live.FormOption) templ.Component {
				return around(live.Form(todohttp.ListAddURL(live.NewID), append(more, live.FormID(id))...), live.Field(gen.ListAddForm.Text, "Text"), templ.Raw("<button>Add</button>"))
			}
			return templ.Join(form("go"), form("stay", live.Stay()))
		}})
		b.scripts(scripted)
		b.Reload()
		b.Await("the form", `document.forms.stay`)
		if scripted {
			b.awaitLive()
		}
		page := b.Location()
		b.Focus(`#stay [name=text]`)
		b.Type("elsewhere\r")
		b.Await("the empty form", `document.readyState === "complete" && document.forms.stay?.elements.text.value === ""`)
		if at, _, _ := strings.Cut(b.Location(), "?"); at != page {
			t.Errorf("scripts %v: a form that stays goes to %s", scripted, at)
		}
		b.AwaitLines("")
		b.Focus(`#go [name=text]`)
		b.Type("here\r")
		b.AwaitLines("here")
		if at := b.Location(); at == page || !strings.HasPrefix(at, s.URL(s.Addr, todohttp.BoardURL("", gen.BoardParams{}))) {
			t.Errorf("scripts %v: the new list is at %s", scripted, at)
		}
	}
}
