//go:build browser

package browsertest

import (
	"context"
	"os"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Scheme sets what the person prefers: "light" or "dark".
func (p *tab) Scheme(scheme string) {
	p.t.Helper()
	p.do("become "+scheme, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}))
}

// axe fails the test if axe-core finds something on the page, in light or dark, wide or
// narrow. make assets installs it.
func (p *tab) axe(when string) {
	p.t.Helper()
	script := string(must(os.ReadFile("../../node_modules/axe-core/axe.min.js")))
	p.run(`window.axe ?? (0, eval)(` + quote(script) + `)`)
	for _, scheme := range []string{"light", "dark"} {
		p.Scheme(scheme)
		for _, width := range []int64{1280, 360} {
			p.Screen(width)
			p.run(`await new Promise(r => setTimeout(r, 50)); document.getAnimations().forEach(a => a.finish())`)
			found := eval[string](p, `axe.run({resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => r.violations.map(v =>
				v.id + " (" + v.impact + "): " + v.help + v.nodes.slice(0, 3).map(n => "\n\t" + n.html + "\n\t" + n.failureSummary).join("")).join("\n"))`)
			if found != "" {
				p.t.Errorf("%s, %s, %d pixels wide:\n%s", when, scheme, width, found)
			}
		}
	}
}

// TestAccessible: axe-core finds nothing on any page, in any state.
func TestAccessible(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/todo/board/a"))
	l.axe("empty")
	l.AddAndSee("one", "two", "three")
	l.Click(nth(2, toggle))
	l.AwaitDone("two")
	l.axe("three lines")
	l.Hover(1)
	l.axe("the mouse on a line")
	l.begin(1, "x")
	l.axe("a line is edited")
	l.Type(kb.Escape)
	l.Click(`a[href$="#/active"]`)
	l.AwaitItems("one", "three")
	l.axe("a filter")
	l.run(`const f = document.querySelector(` + quote(newTodo) + `); f.focus(); f.removeAttribute("maxlength"); f.value = "x".repeat(281)`)
	l.Type(kb.Enter)
	l.AwaitText("At most 280 characters")
	l.axe("a refused line")
	l.Go(s.URL("/todo/tally"))
	l.axe("the tally")
	l.Go(s.URL("/todo/board/a?show=bogus"))
	l.AwaitText("No such filter")
	l.axe("an error page")
}
