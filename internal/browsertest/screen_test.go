//go:build browser

package browsertest

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Screen sets the width of the page. There is still a mouse.
func (p *tab) Screen(width int64) {
	p.t.Helper()
	p.size(width, 720)
}

// size sets the width and the height.
func (p *tab) size(width, height int64) {
	p.t.Helper()
	p.do("change the size", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetDeviceMetricsOverride,
			emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
		return err
	}))
}

// Telephone gives the page a small touch screen.
func (p *tab) Telephone() {
	p.t.Helper()
	p.do("become a telephone", chromedp.EmulateViewport(320, 640, chromedp.EmulateTouch, chromedp.EmulateMobile))
}

// controls lists the controls for which a JavaScript condition is true, when
// the page is scrolled as if they had the focus: r is the control's rectangle,
// at the element that is visible at its center.
func (l *list) controls(condition string) string {
	l.t.Helper()
	return eval[string](l.tab, `[...document.querySelectorAll("a, button, input")].filter(e => e.checkVisibility()).filter(e => {
		e.scrollIntoView({block: "nearest"});
		const r = e.getBoundingClientRect(), at = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
		return `+condition+` }).map(e => e.className + " " + (e.ariaLabel || e.textContent)).join(", ")`)
}

// TestSmallTouchScreen: nothing needs a hovering mouse, all controls are large enough
// for a finger, and no text makes the page wider than the screen.
func TestSmallTouchScreen(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one", strings.Repeat("W", 280), strings.Repeat("no space ", 31))
	l.Click(nth(1, toggle))
	l.AwaitDone("one")
	l.Telephone()
	l.Await("the pencils and crosses", `[...document.querySelectorAll(".rename, .destroy")].every(e => getComputedStyle(e).opacity === "1")`)
	if small := l.controls(`r.height < 39 || r.width < 39`); small != "" {
		t.Errorf("smaller than a finger: %s", small)
	}
	if wide := eval[int](l.tab, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
		t.Errorf("the page is %d pixels wider than the screen", wide)
	}
	l.Shot("telephone")
	l.Click(nth(1, remove))
	l.Await("two lines", titles+`.length === 2`)
}

// TestNoticeCoversNothing: the notice about the connection covers no control at
// the beginning of a page, and no control that gets the focus later.
func TestNoticeCoversNothing(t *testing.T) {
	s := newServer(t)
	l := openList(t, s.URL("/"))
	l.AddAndSee("one", "two", "three", "four", "five", "six", "seven", "eight")
	l.Click(nth(1, toggle))
	l.AwaitDone("one")
	s.Kill()
	l.AwaitText("Connection lost")
	l.Click(nth(2, toggle))
	l.AwaitText("Your changes are sent when it is back.")
	for _, width := range []int64{320, 500, 780, 1280} {
		l.Screen(width)
		for _, start := range []string{"0", "document.body.scrollHeight"} {
			eval[bool](l.tab, `(scrollTo(0, `+start+`), true)`)
			if covered := l.controls(`at.closest(".live-status")`); covered != "" {
				t.Errorf("at %d pixels the notice covers %s", width, covered)
			}
		}
		if eval[bool](l.tab, `(scrollTo(0, 0), document.querySelector(".live-status").getBoundingClientRect().bottom > document.querySelector(".card").getBoundingClientRect().top)`) {
			t.Errorf("at %d pixels the notice lies on the list", width)
		}
	}
	l.Shot("notice")
}
