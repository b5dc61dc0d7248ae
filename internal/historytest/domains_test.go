package historytest_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev/internal/historytest"
	"ironstar.dev/internal/historytest/gen/kinds/kindshttp"
	"ironstar.dev/internal/historytest/gen/library"
	"ironstar.dev/internal/historytest/gen/library/libraryhttp"
	"ironstar.dev/live"
	"ironstar.dev/ops"
)

// twoDomains is an application of two generated packages. A route of its own
// uses the parts of both.
func twoDomains() ops.App {
	domain := libraryDomain()
	domain.CardOptions = live.ViewOptions{
		MinInterval: time.Hour, Uncompressed: true,
	}
	domain.CardDocument = func(d libraryhttp.CardDocument) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			if _, err := fmt.Fprintf(w, "card of %s at %s, %s: ", d.ID, d.URL(), d.FeedURL); err != nil {
				return err
			}
			return d.Content.Render(ctx, w)
		})
	}
	return ops.App{
		Name: "two", Domains: []ops.Domain{domain, kindshttp.Domain{Sample: historytest.Sample{}}},
		Home: func(live.Session) string { return libraryhttp.CardURL("emma") },
		Routes: func(r ops.Running) error {
			books, err := libraryhttp.PartsOf(r.Engine)
			if err != nil {
				return err
			}
			samples, err := kindshttp.PartsOf(r.Engine)
			if err != nil {
				return err
			}
			r.Server.Handle("GET /both", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(w, books.Book != nil, books.Card != nil, books.Loans != nil, books.Reader != nil, samples.Sample != nil)
			}))
			return nil
		},
	}
}

// serveApp runs an application until use returns, and returns its exit code and what
// it printed.
func serveApp(t *testing.T, app ops.App, file string, use func(url string)) (code int, printed string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, w := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		code := app.Run(ctx, []string{"--addr", "127.0.0.1:0", "--db", file}, io.Discard, w)
		w.Close()
		ended <- code
	}()
	for lines := bufio.NewScanner(r); lines.Scan(); {
		printed += lines.Text() + "\n"
		if url, ok := strings.CutPrefix(lines.Text(), "serving on "); ok {
			go func() {
				defer stop()
				use(strings.TrimSuffix(url, "/"))
			}()
		}
	}
	return <-ended, printed
}

// until asks for a page until it has a text.
func until(text string, ask func() string) (page string) {
	for range 1000 {
		if page = ask(); strings.Contains(page, text) {
			return page
		}
		time.Sleep(5 * time.Millisecond)
	}
	return page + " does not have " + text
}

// TestTwoDomains: an application of two generated packages serves both, and
// reads both before a deploy.
func TestTwoDomains(t *testing.T) {
	file := filepath.Join(t.TempDir(), "two.db")
	ask := func(want int, method, url, body string) string {
		req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return ""
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
			return ""
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != want {
			t.Errorf("%s %s: %s %s, %v", method, url, resp.Status, text, err)
		}
		return string(text)
	}
	code, said := serveApp(t, twoDomains(), file, func(url string) {
		ask(202, "POST", url+libraryhttp.BookLendURL("emma"), `{"to":"Ann"}`)
		ask(202, "POST", url+kindshttp.SampleLookURL("one"), `{}`)
		if got := ask(200, "GET", url+"/both", ""); got != "true true true true true" {
			t.Errorf("the parts are there: %s", got)
		}
		page := until("Ann", func() string { return ask(200, "GET", url+"/", "") })
		if !strings.HasPrefix(page, "card of emma at /library/card/emma, /library/card/emma/feed?") {
			t.Errorf("the page is %s", page)
		}
		ask(404, "GET", url+libraryhttp.LoansURL(), "")
		checkFeedOptions(t, url, func() {
			ask(202, "POST", url+libraryhttp.BookReturnURL("emma"), `{}`)
			until("returned", func() string { return ask(200, "GET", url+"/", "") })
		})
	})
	if code != 0 {
		t.Errorf("it ended with %d and said %s", code, said)
	}
	var stdout, stderr strings.Builder
	if code := twoDomains().Run(t.Context(), []string{"preflight", "--db", file}, &stdout, &stderr); code != 0 || !strings.Contains(stdout.String(), library.LoansName) {
		t.Errorf("preflight ends with %d and says %s %s", code, &stdout, &stderr)
	}
}

// checkFeedOptions: the options of a view in its domain reach its feed, which is
// not compressed and holds a second change back.
func checkFeedOptions(t *testing.T, url string, change func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", url+libraryhttp.CardFeedURL("emma"), nil)
	if err != nil {
		t.Error(err)
		return
	}
	req.Header.Set("Accept-Encoding", "gzip, zstd")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return
	}
	defer resp.Body.Close()
	if coding := resp.Header.Get("Content-Encoding"); coding != "" {
		t.Errorf("the feed has the coding %s", coding)
	}
	patches := make(chan string, 100)
	go func() {
		defer close(patches)
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			if strings.Contains(lines.Text(), "Ann") {
				patches <- lines.Text()
			}
		}
	}()
	if first := <-patches; first == "" {
		t.Error("the feed does not show the state")
	}
	change()
	select {
	case next := <-patches:
		t.Errorf("within the least interval the feed sends %s", next)
	case <-time.After(100 * time.Millisecond):
	}
}

// TestDomainsNameWhatIsMissing in an application of several.
func TestDomainsNameWhatIsMissing(t *testing.T) {
	app := twoDomains()
	app.Domains = []ops.Domain{libraryhttp.Domain{Book: historytest.Book{}, Reader: historytest.Reader{}, Loans: historytest.Loans{}, CardPage: cardPage}, kindshttp.Domain{}}
	t.Chdir(t.TempDir())
	for command, code := range map[string]int{"serve": 1, "preflight": 2, "verify": 2, "compare": 2} {
		var stderr strings.Builder
		if got := app.Run(t.Context(), []string{command}, io.Discard, &stderr); got != code {
			t.Errorf("%s ends with %d, want %d", command, got, code)
		}
		for _, want := range []string{"libraryhttp.Domain has no LoansPage: set it to", "libraryhttp.Domain has no ReaderPage: set it to",
			"kindshttp.Domain has no Sample: set it to your code, which implements kinds.Sample"} {
			if !strings.Contains(stderr.String(), want) {
				t.Errorf("%s says %q, want %q", command, &stderr, want)
			}
		}
	}
}
