//go:build browser

package modelling_test

import (
	"cmp"
	"context"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ironstar.dev/internal/modelling/gen/club"
	"ironstar.dev/internal/modelling/gen/club/clubhttp"
	"ironstar.dev/static"
)

// TestOpenPageFollows: a page that is open shows a new member, without being loaded again.
func TestOpenPageFollows(t *testing.T) {
	app := clubApp()
	app.Assets = static.Assets // with the client; run ironstar assets first
	site := serve(t, app)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(cmp.Or(os.Getenv("CHROMIUM"), "chromium")), chromedp.NoSandbox)
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	defer stop()
	page, closePage := chromedp.NewContext(allocator)
	defer closePage()
	do := func(what string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		step, cancel := context.WithTimeout(page, 30*time.Second)
		defer cancel()
		if err := chromedp.Do(step, actions...); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	must(t, chromedp.Do(page, chromedp.Navigate("about:blank"))) // starts the browser, which ends with this context
	do("open the page", chromedp.Navigate(site+clubhttp.MembersURL(club.MembersParams{})), chromedp.WaitVisible(chromedp.CSS(`html[data-live]`)))
	answer(t, site+"/join/"+ada.String(), url.Values{"handle": {"ada"}, "city": {"Bern"}})
	do("wait for the patch", chromedp.WaitVisible(chromedp.CSS(`li`)))
}
