//go:build browser

package browsertest

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ironstar.dev/web"
)

// withoutScript opens the page of the list "x" whose script does not load.
func withoutScript(t *testing.T) (*site, *list) {
	t.Helper()
	s := &site{t: t, Page: web.Board, Document: web.BoardDocument, Files: os.DirFS("../../static/dist")}
	s.Wrap = func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, ".js") {
				http.NotFound(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	s.open()
	return s, &list{newTab(t, s.URL(s.Addr, "/todo/board/x"))}
}

// TestScriptThatDoesNotLoad: everything on the page works without its script,
// and nothing can be ticked that is not sent.
func TestScriptThatDoesNotLoad(t *testing.T) {
	_, l := withoutScript(t)
	l.Add("one")
	l.AwaitItems("one")
	l.Add("two")
	l.AwaitItems("one", "two")
	if boxes := eval[string](l.tab, `[...document.querySelectorAll("[type=checkbox]")].filter(e => e.checkVisibility()).map(e => e.className).join()`); boxes != "" {
		t.Errorf("boxes that nobody sends can be ticked: %s", boxes)
	}
	l.Click(nth(1, ".mark"))
	l.AwaitDone("one")
	l.Shot("marked")
	l.Click(`.all .mark`)
	l.AwaitDone("one", "two")

	l.Hover(1)
	l.Click(nth(1, rename))
	l.AwaitText("Rename a line")
	l.Shot("rename")
	if eval[bool](l.tab, `!!document.querySelector("[aria-invalid]") || document.body.innerText.includes("required")`) {
		t.Error("the page that asks for the text says that there is an error")
	}
	l.Type("uno" + kb.Enter)
	l.AwaitItems("uno", "two")

	l.Click(`a[href$="#/completed"]`)
	l.Await("the filter", `document.querySelector("#show-completed.selected")`)
	l.Add("three")
	l.AwaitItems("uno", "two", "three")
}

// TestNameOfToggleAll: TodoMVC has the arrow and the words without a blank.
func TestNameOfToggleAll(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one")
	names := map[string]bool{}
	l.do("the names", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		tree, err := cdp.Call(ctx, target, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		if err != nil {
			return err
		}
		for _, n := range tree.Nodes {
			if n.Role != nil && string(n.Role.Value) == `"checkbox"` && n.Name != nil {
				var name string
				_ = json.Unmarshal(n.Name.Value, &name) // a name is a text
				names[name] = true
			}
		}
		return nil
	}))
	if !names["❯Mark all as complete"] || !names["Toggle Todo"] {
		t.Errorf("the boxes are called %v", names)
	}
}

// TestLinesAreReadOut: who cannot see the page hears what came and went, also
// what others did.
func TestLinesAreReadOut(t *testing.T) {
	s := newServer(t)
	a := openList(t, s.URL("/"))
	b := openList(t, a.Location())
	const said = `document.querySelector(".live-announcer").textContent`
	b.AddAndSee("one", "two")
	a.Await("what came", said+` === "Added: two"`)
	b.Hover(1)
	b.Click(nth(1, remove))
	a.Await("what went", said+` === "Removed: one"`)
	a.Click(`a[href$="#/completed"]`)
	a.AwaitItems()
	a.Click(`a[href$="#/"]`)
	a.AwaitItems("two")
	if now := eval[string](a.tab, said); now != "Removed: one" {
		t.Errorf("a filter was read out: %q", now)
	}
}

// TestPrint: on paper, which has no backgrounds, done and open lines differ.
func TestPrint(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one", "two")
	l.Click(nth(1, toggle))
	l.AwaitDone("one")
	l.do("print", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	}))
	l.Shot("print")
	l.Await("a tick of a done line and none of an open one", `[...document.querySelectorAll(".toggle")].map(e => getComputedStyle(e, "::after")).map(
		s => s.scale + " " + s.borderBottomStyle + " " + s.maskImage + " " + s.backgroundColor).join(", ") === "1 solid none rgba(0, 0, 0, 0), 0 solid none rgba(0, 0, 0, 0)"`)
	if eval[bool](l.tab, `document.querySelector(".new").checkVisibility()`) {
		t.Error("the form is printed")
	}
}

// TestNoSuchFilter: the page says what is wrong with the address, and leads to
// the list.
func TestNoSuchFilter(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/todo/board/other"))
	l.AddAndSee("one")
	l.Go(s.URL("/todo/board/other?show=bogus"))
	l.AwaitText("No such filter")
	if eval[bool](l.tab, `document.body.innerText.includes("saved")`) {
		t.Error("it says that something was not saved")
	}
	l.Shot("filter")
	l.Click(`main a`)
	l.AwaitItems("one")
}

// TestNewLineIsSeen: a line that is added under the filter for completed ones is
// shown, also after the list was emptied there.
func TestNewLineIsSeen(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one")
	l.Click(nth(1, toggle))
	l.AwaitDone("one")
	l.Click(`a[href$="#/completed"]`)
	l.Await("the filter", `document.querySelector("#show-completed.selected")`)
	l.Click(`.clear-completed`)
	l.AwaitItems()
	l.AddAndSee("two")
	if !strings.HasSuffix(l.Location(), "#/") {
		t.Errorf("the address is %s", l.Location())
	}
	l.Click(`a[href$="#/active"]`)
	l.AddAndSee("three")
	if !strings.HasSuffix(l.Location(), "#/active") {
		t.Errorf("under another filter, adding led to %s", l.Location())
	}
}

// TestEnterOfAnInputMethod: the Enter that ends a word does not end the editing,
// also in Safari, where it comes after the composition, with the code 229.
func TestEnterOfAnInputMethod(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one")
	l.begin(1, "two")
	for _, key := range []string{`{key: "Enter", isComposing: true`, `{key: "Enter", keyCode: 229`} {
		eval[bool](l.tab, `document.activeElement.dispatchEvent(new KeyboardEvent("keydown", `+key+`, bubbles: true, cancelable: true}))`)
		l.awaitField("two")
	}
	l.AwaitItems("one")
	l.Type("!" + kb.Enter)
	l.AwaitItems("two!")
}
