//go:build browser

package browsertest

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev/engine"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/internal/assets"
	"ironstar.dev/live"
)

// The pages of these tests have nothing of the reference application but its
// commands: what they do, the client does for every application.

// clientScript is the bundle of the client alone, without a script of an
// application. It is built once.
var clientScript = sync.OnceValues(func() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "ironstar-client"); err != nil {
		return "", err
	}
	if err = os.Mkdir(filepath.Join(dir, "web"), 0o755); err != nil {
		return "", err
	}
	if err = os.WriteFile(filepath.Join(dir, "web", "app.ts"), []byte(`import "ironstar"`), 0o644); err != nil {
		return "", err
	}
	return dir, assets.Build(context.Background(), assets.Options{
		Root: dir, Datastar: assets.Pinned(assets.Kept("../..")),
	})
})

// clientPage is a page of a list. Live renders what the feed changes, Around
// what stands around it; id is that of the list.
type clientPage struct {
	Live   func(s gen.ListState, p gen.BoardParams) string
	Around func(id string) string
	Script string // runs before the client
	Style  string
	More   func(*engine.Engine) (func(*live.Server), error) // another domain
	Zone   *time.Location                                   // of the server
	Bundle func() (dir string, err error)                   // nil: clientScript

	// The same two, for pages of components.
	Component       func(s gen.ListState, p gen.BoardParams) templ.Component
	AroundComponent func(id string) templ.Component
	Wrap            func(http.Handler) http.Handler
}

// lines is the least that a page of a list can show.
func lines(s gen.ListState, p gen.BoardParams) string {
	var b strings.Builder
	b.WriteString(`<ul data-show="` + string(p.Show()) + `">`)
	for _, i := range s.Items {
		fmt.Fprintf(&b, `<li id="%s">%s</li>`, i.ID, html.EscapeString(i.Text))
	}
	return b.String() + "</ul>"
}

func addForm(id, more string) string {
	return fmt.Sprintf(`<form id="add" method="post" action="%s" data-live-command %s><label>Text <input name="text" required></label><button>Add</button></form>`,
		todohttp.ListAddURL(id), more)
}

// openClient serves the page and opens it as the list "x".
func openClient(t *testing.T, p clientPage) (*site, *tab) {
	t.Helper()
	if p.Bundle == nil {
		p.Bundle = clientScript
	}
	dir := must(p.Bundle())
	files := os.DirFS(filepath.Join(dir, "static", "dist"))
	script := must(filepath.Glob(filepath.Join(dir, "static", "dist", "app-*.js")))[0]
	if p.Live == nil {
		p.Live = lines
	}
	s := &site{t: t, Files: files, Wrap: p.Wrap, More: p.More, Zone: p.Zone}
	s.Page = func(state gen.ListState, at todohttp.BoardAt) templ.Component {
		if p.Component != nil {
			return p.Component(state, at.Params)
		}
		return templ.Raw(p.Live(state, at.Params))
	}
	document := func(d live.Document, id string) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			around := ""
			if p.Around != nil {
				around = p.Around(id)
			}
			_, err := fmt.Fprintf(w, `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title><style nonce="%[1]s">%[2]s</style><script nonce="%[1]s">%[3]s</script>`+
				`<script type="module" src="/static/%[4]s"></script></head><body>%[5]s`, d.Nonce, p.Style, p.Script, filepath.Base(script), around)
			if err == nil && p.AroundComponent != nil {
				err = p.AroundComponent(id).Render(ctx, w)
			}
			if err == nil {
				err = d.Live().Render(ctx, w)
			}
			if err == nil {
				_, err = io.WriteString(w, `</body></html>`)
			}
			return err
		})
	}
	s.Document = func(d todohttp.BoardDocument) templ.Component { return document(d.Document, d.ID) }
	s.Others = func(d live.Document) templ.Component { return document(d, "x") }
	s.open()
	b := newTab(t, s.URL(s.Addr, todohttp.BoardURL("x", gen.BoardParams{})))
	b.awaitLive()
	return s, b
}

func (p *tab) awaitLive() {
	p.t.Helper()
	p.Await("the feed", `document.querySelector("[data-live-status=on]")`)
}

const liveLines = `[...document.querySelectorAll("#live li")].map(e => e.textContent).join("|")`

func (p *tab) AwaitLines(want ...string) {
	p.t.Helper()
	p.Await(fmt.Sprintf("lines %q", want), liveLines+` === `+quote(strings.Join(want, "|")))
}

func (p *tab) AwaitText(text string) {
	p.t.Helper()
	p.Await("text "+text, `document.body.innerText.includes(`+quote(text)+`)`)
}

// run evaluates JavaScript for its effect. What leads to another page at once
// belongs in leave: a page that is gone gives no answer, and the next one is asked.
func (p *tab) run(js string) {
	p.t.Helper()
	eval[bool](p, `(async () => { `+js+`; return true })()`)
}

// leave evaluates JavaScript that leads to another page, after its answer has come.
func (p *tab) leave(js string) {
	p.t.Helper()
	p.run(`setTimeout(() => { ` + js + ` }, 50)`)
}

func TestClientSendsAForm(t *testing.T) {
	s, b := openClient(t, clientPage{Around: func(id string) string { return addForm(id, "") }})
	b.Focus(`[name=text]`)
	b.Type("one\r")
	b.AwaitLines("one")
	b.Await("an empty field", `document.querySelector("[name=text]").value === ""`)
	s.Post(todohttp.ListAddURL("x"), `{"text":"two"}`)
	b.AwaitLines("one", "two")
}
