//go:build browser

package browsertest

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// developed is a copy of the application that ironstar dev runs.
type developed struct {
	t    *testing.T
	dir  string
	site string
	log  *tail
}

// newDeveloped copies the application and runs it.
func newDeveloped(t *testing.T) *developed {
	t.Helper()
	d := &developed{t: t, dir: t.TempDir(), log: &tail{}}
	copyApplication(t, d.dir)
	if err := os.Symlink(must(filepath.Abs("../../node_modules")), filepath.Join(d.dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(generator(t), "dev", "--addr", "127.0.0.1:0")
	cmd.Dir, cmd.Env = d.dir, append(os.Environ(), "GOFLAGS=-trimpath", "TMPDIR="+t.TempDir())
	out := must(cmd.StderrPipe())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.log.copy(io.Reader(out))
		_ = cmd.Wait() // it was interrupted
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // it has ended, if it failed
		select {
		case <-ended:
		case <-time.After(30 * time.Second):
			_ = cmd.Process.Kill()
		}
		if t.Failed() {
			t.Logf("ironstar dev said:\n%s", d.log)
		}
	})
	d.await(`first build: .*restart`)
	d.site = regexp.MustCompile(`http://[0-9.:]+/`).FindString(d.log.String())
	return d
}

func (d *developed) await(pattern string) {
	d.t.Helper()
	wanted := regexp.MustCompile(pattern)
	for end := time.Now().Add(3 * time.Minute); !wanted.MatchString(d.log.String()); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			d.t.Fatalf("ironstar dev did not say %s", pattern)
		}
	}
}

// save replaces a text in a file.
func (d *developed) save(file, old, text string) {
	d.t.Helper()
	path := filepath.Join(d.dir, file)
	was := must(os.ReadFile(path))
	now := bytes.Replace(was, []byte(old), []byte(text), 1)
	if bytes.Equal(was, now) {
		d.t.Fatalf("%s does not have %q", file, old)
	}
	if err := os.WriteFile(path, now, 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// overlay is the text that ironstar dev shows over a page.
const overlay = `(document.querySelector("ironstar-dev")?.shadowRoot.textContent ?? "")`

// TestDevelopment: a person types while the application changes. What was typed,
// the caret, the focus and the scroll stay, and a page is loaded again only if
// something around its live part changed.
func TestDevelopment(t *testing.T) {
	d := newDeveloped(t)
	l := openList(t, d.site)
	l.AddAndSee("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15")
	l.Focus(newTodo)
	l.Type("half typ")
	eval[bool](l.tab, `(document.activeElement.setSelectionRange(4, 4), scrollTo(0, 120), true)`)
	page := eval[string](l.tab, `window.page = "first"`)
	stays := func(when string) {
		t.Helper()
		l.Await(when+": the text", `document.querySelector(".new-todo").value === "half typ"`)
		l.Await(when+": the focus", `document.activeElement?.matches(".new-todo") && document.activeElement.selectionStart === 4`)
		l.Await(when+": the scroll", `scrollY === 120`)
		if now := eval[string](l.tab, `window.page ?? "another"`); now != page {
			t.Errorf("%s: the page is the %s one, want the %s one", when, now, page)
		}
	}
	stays("before")

	d.save("web/line.templ", `aria-label="Rename"`, `aria-label="Rename it"`)
	l.awaitBuilt("the live part", `document.querySelector("[aria-label='Rename it']")`)
	stays("templ, live part")
	d.await(`web/line\.templ changed: templ \d+ ms, go build \d+ ms, restart \d+ ms`)

	d.save("web/board.go", `"Completed", "?show`, `"Done", "?show`)
	d.await(`web/board\.go changed: go build \d+ ms, restart \d+ ms`)
	stays("Go")

	d.save("web/css/base.css", "", ".new-todo { outline-offset: 7px !important }\n")
	l.awaitBuilt("the style", `getComputedStyle(document.querySelector(".new-todo")).outlineOffset === "7px"`)
	stays("CSS")
	d.await(`web/css/base\.css changed: assets \d+ ms`)

	d.save("web/line.templ", `aria-label="Rename it"`, `aria-label={ "Rename`)
	l.awaitBuilt("the error", overlay+`.includes("web/line.templ:")`)
	stays("templ error")
	l.Shot("error")
	d.save("web/line.templ", `aria-label={ "Rename`, `aria-label="Rename"`)
	l.awaitBuilt("the error is gone", overlay+` === "" && document.querySelector("[aria-label='Rename']")`)
	stays("mended")

	d.save("web/board.go", "func shownItems(", "func wrong() { nothing() }\n\nfunc shownItems(")
	l.awaitBuilt("the error", overlay+`.includes("undefined: nothing") && `+overlay+`.includes("func wrong() { nothing() }")`)
	l.do("Escape", chromedp.KeyEvent(kb.Escape))
	l.Await("the error is closed", overlay+` === ""`)
	stays("closed")
	d.save("web/board.go", "func wrong() { nothing() }", "")
	d.await(`web/board\.go changed: go build \d+ ms(, the server stays|, restart)`)

	page = "another"
	d.save("web/board.templ", "Everyone who has the address", "Everybody who has the address")
	l.awaitBuilt("the document", `document.body?.innerText.includes("Everybody who has the address")`)
	stays("templ, document")
	d.await(`web/board\.templ changed: templ \d+ ms, go build \d+ ms, restart \d+ ms`)
	d.await(`on the page after \d+ ms`)

	eval[bool](l.tab, `(window.page = "first", true)`)
	d.save("web/app.ts", "", "document.documentElement.dataset.saved = \"yes\"\n")
	l.awaitBuilt("the script", `document.documentElement?.dataset.saved === "yes"`)
	stays("TypeScript")
	d.await(`web/app\.ts changed: assets \d+ ms, on the page after \d+ ms`)
	d.save("web/app.ts", "dataset.saved = ", "dataset.saved = = ")
	l.awaitBuilt("the error", overlay+`.includes("web/app.ts:1:")`)
	stays("TypeScript error")
	d.save("web/app.ts", "dataset.saved = = \"yes\"", "dataset.saved = \"no\"")
	l.awaitBuilt("the script", overlay+` === "" && document.documentElement?.dataset.saved === "no"`)
	stays("TypeScript mended")
}

// awaitBuilt waits for what follows from a build.
func (p *tab) awaitBuilt(what, js string) {
	p.t.Helper()
	p.awaitFor(2*time.Minute, what, js)
}
