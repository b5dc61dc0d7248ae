package ops

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"

	"github.com/a-h/templ"

	"ironstar.dev/live"
)

// lacks says what an application without a first page needs next.
func (app App) lacks() string {
	if len(app.Domains) == 0 {
		return "ops.App has no Domains yet: ironstar add aggregate NAME adds the first, and ironstar add page NAME a page"
	}
	return "ops.App has no Home yet: set it to a function that returns the address of the first page; ironstar add page NAME adds a page"
}

// firstDomain and firstPage are what the page shows that an application without
// a first page answers with.
const (
	firstDomain = `<p>It runs, and has nothing to show yet. Three commands add something that people can do, and a page for it. Type them in the folder of the project:</p>
<pre><code>ironstar add aggregate kitchen.Recipe title:text
ironstar add view Cookbook --on Recipe.Added 'titles:[string]'
ironstar add page Cookbook</code></pre>
<p><code>kitchen</code> is the context, <code>Recipe</code> what people change, <code>Cookbook</code> what they see: choose names of your own. Or describe the domain in <code>schema/kitchen/recipe.cue</code>, and run <code>make generate</code>.</p>`
	firstPage = `<p>It runs, and has no first page yet. This adds a page for the view <code>NAME</code>:</p>
<pre><code>ironstar add page NAME</code></pre>
<p>If there is a page, <code>Home</code> in <code>cmd/app/main.go</code> says that it is the first one: set it to a function that returns its address.</p>`
)

// nextSteps is a page for the people who develop the application. It needs neither CSS
// nor script.
func (app App) nextSteps() http.Handler {
	text := firstPage
	if len(app.Domains) == 0 {
		text = firstDomain
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, err := fmt.Fprintf(w, "%s\n<p>Then stop the server, and run <code>make run</code> again. If your shell does not find <code>ironstar</code>, <code>go -C tools install tool</code> installs it.</p><p><small>%s</small></p>", text, html.EscapeString(app.About))
			return err
		})
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		page := live.DefaultDocument(live.Document{Title: app.Name, Nonce: templ.GetNonce(r.Context()), Content: content})
		_ = page.Render(r.Context(), w) // an error means that the client left
	})
}
