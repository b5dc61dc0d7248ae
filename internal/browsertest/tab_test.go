//go:build browser

package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take to show something. It is long so that a
// slow machine does not fail; fast operations are measured.
const patience = 30 * time.Second

// browser is the Chromium of this run. Every tab has its own context with its
// own cookies, like the browser of another person.
var browser struct {
	once sync.Once
	ctx  context.Context
	stop []context.CancelFunc
	err  error
}

func startBrowser() {
	path, err := chromium()
	if err != nil {
		browser.err = err
		return
	}
	dir, err := os.MkdirTemp("", "ironstar-chromium")
	if err != nil {
		browser.err = err
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(dir),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("ignore-certificate-errors", true), // HTTP/2 needs a certificate, and the test certificate is not trusted
		// Simulate a mouse, which Chromium does not find on servers: fine
		// pointer, hover.
		chromedp.Flag("blink-settings", "primaryPointerType=4,availablePointerTypes=4,primaryHoverType=2,availableHoverTypes=2"),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stopContext := chromedp.NewContext(allocator)
	browser.ctx = ctx
	browser.stop = []context.CancelFunc{stopContext, stopAllocator, func() { os.RemoveAll(dir) }}
	browser.err = chromedp.Do(ctx, chromedp.Navigate("about:blank"))
}

func stopBrowser() {
	for _, stop := range browser.stop {
		stop()
	}
}

func chromium() (string, error) {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no Chromium found; install it, or set CHROMIUM=<path>")
}

// tab is a page in its own browser context.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// newTab opens an address without cookies.
func newTab(t *testing.T, url string) *tab {
	t.Helper()
	browser.once.Do(startBrowser)
	if browser.err != nil {
		t.Fatalf("start Chromium: %v", browser.err)
	}
	ctx, cancel := chromedp.NewContext(browser.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := &tab{t: t, ctx: ctx}
	p.open()
	p.Go(url)
	return p
}

// Sibling opens another tab of the same browser, which shares cookies and locks.
func (p *tab) Sibling() *tab {
	p.t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	p.t.Cleanup(cancel)
	s := &tab{t: p.t, ctx: ctx}
	s.open()
	return s
}

// open makes the tab, which must live longer than a step.
func (p *tab) open() {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, chromedp.Navigate("about:blank")); err != nil {
		p.t.Fatalf("open a tab: %v", err)
	}
}

// Go loads an address.
func (p *tab) Go(url string) {
	p.t.Helper()
	p.do("go to "+url, chromedp.Navigate(url))
}

// BeforeScripts runs JavaScript in every page that is loaded from now on,
// before all scripts of the page.
func (p *tab) BeforeScripts(js string) {
	p.t.Helper()
	p.do("add a script", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: js})
		return err
	}))
}

// Reload loads the page again.
func (p *tab) Reload() {
	p.t.Helper()
	p.do("reload", chromedp.Reload())
}

// Back goes to the page before. A script that calls history.back() may be gone
// with its page before its answer has come.
func (p *tab) Back() {
	p.t.Helper()
	p.do("go back", chromedp.NavigateBack())
}

func (p *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.Shot("failed")
		p.t.Fatalf("%s: %v", what, err)
	}
}

// Location returns the address of the page.
func (p *tab) Location() string {
	p.t.Helper()
	return eval[string](p, "location.href")
}

// eval evaluates JavaScript in the page and awaits promises. A page that is
// replaced meanwhile does not answer, so the one after it is asked.
func eval[T any](p *tab, js string) T {
	p.t.Helper()
	start := time.Now()
	for {
		v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
		if err == nil {
			return v
		}
		if !strings.Contains(err.Error(), "Inspected target navigated") || time.Since(start) > patience {
			p.t.Fatalf("evaluate %s: %v", js, err)
		}
	}
}

// Await waits until a JavaScript condition is true, also across a navigation,
// and returns how long that took.
func (p *tab) Await(what, js string) time.Duration {
	p.t.Helper()
	return p.awaitFor(patience, what, js)
}

func (p *tab) awaitFor(patience time.Duration, what, js string) time.Duration {
	p.t.Helper()
	start := time.Now()
	for {
		left := patience - time.Since(start)
		// Without scripts a page has no timers, so the time ends here as well.
		once, cancel := context.WithTimeout(p.ctx, min(max(left, time.Millisecond), time.Second))
		_, err := chromedp.Run(once, chromedp.Poll[bool]("Boolean("+js+")", chromedp.WithPollingInterval(10*time.Millisecond)))
		cancel()
		if err == nil {
			return time.Since(start)
		}
		if left > 0 {
			time.Sleep(10 * time.Millisecond)
			continue // the page was replaced, or is not complete; try again
		}
		p.Shot("failed")
		p.t.Fatalf("%s: not seen within %v (%v)\nthe page says:\n%s", what, patience, err,
			eval[string](p, "document.body?.innerText"))
	}
}

// Type types text into the element with the focus.
func (p *tab) Type(text string) {
	p.t.Helper()
	p.do("type", chromedp.KeyEvent(text))
}

// Click clicks in the middle of an element.
func (p *tab) Click(selector string) {
	p.t.Helper()
	p.do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// DoubleClick clicks twice.
func (p *tab) DoubleClick(selector string) {
	p.t.Helper()
	p.do("double-click "+selector, chromedp.DoubleClick(chromedp.CSS(selector)))
}

// Focus gives an element the focus.
func (p *tab) Focus(selector string) {
	p.t.Helper()
	p.do("focus "+selector, chromedp.Focus(chromedp.CSS(selector)))
}

// Shot writes a screenshot of the page to $SHOTS, if that is set.
func (p *tab) Shot(name string) {
	p.t.Helper()
	dir := os.Getenv("SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Logf("screenshot: %v", err)
		return
	}
	file := filepath.Join(dir, strings.ReplaceAll(p.t.Name(), "/", "-")+"-"+name+".png")
	if err := os.WriteFile(file, png, 0o644); err != nil {
		p.t.Error(err)
	}
}

// quote returns a JavaScript string.
func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}
