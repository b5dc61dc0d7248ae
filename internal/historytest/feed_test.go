package historytest_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev/engine"
	"ironstar.dev/internal/historytest"
	"ironstar.dev/internal/historytest/gen/library"
	"ironstar.dev/internal/historytest/gen/library/libraryhttp"
	"ironstar.dev/live"
)

func text(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	})
}

// cardPage shows a book's log in one line.
func cardPage(s library.BookState, _ libraryhttp.CardAt) templ.Component {
	return text("<p>" + strings.Join(s.Log, ", ") + "</p>")
}

// libraryDomain has a page for one of its views.
func libraryDomain() libraryhttp.Domain {
	return libraryhttp.Domain{
		Book: historytest.Book{}, CardPage: cardPage,
		Loans: historytest.Loans{}, LoansOptions: live.ViewOptions{NoPage: true},
		Reader: historytest.Reader{}, ReaderOptions: live.ViewOptions{NoPage: true},
	}
}

// serve serves the application on a port.
func (a *app) serve() (url string) {
	a.t.Helper()
	server, err := live.New(live.Options{Engine: a.eng, LogID: a.store.LogID(), Logger: slog.New(slog.NewTextHandler(a.log, nil)), KeepAlive: 10 * time.Millisecond})
	if err != nil {
		a.t.Fatal(err)
	}
	a.routes(server)
	h := httptest.NewServer(server)
	a.t.Cleanup(func() { server.CloseFeeds(); h.Close() })
	return h.URL
}

// feed is an open feed, as in a browser.
type feed struct {
	t     *testing.T
	lines *bufio.Scanner
	close func()
}

func (a *app) feed(url, lastID string) *feed {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), 2*time.Minute)
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Datastar-Request", "true")
	r.Header.Set("Accept-Encoding", "identity") // comments are not visible in a compressed feed
	if lastID != "" {
		r.Header.Set("Last-Event-Id", lastID)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	done := func() { cancel(); resp.Body.Close() }
	a.t.Cleanup(done)
	return &feed{a.t, bufio.NewScanner(resp.Body), done}
}

// patch returns the next patch: its id, and the text between <p> and </p>.
func (f *feed) patch() (id, content string) {
	f.t.Helper()
	for f.lines.Scan() {
		line := f.lines.Text()
		switch {
		case strings.HasPrefix(line, "id: "):
			id = strings.TrimPrefix(line, "id: ")
		case strings.Contains(line, "<p>"):
			_, rest, _ := strings.Cut(line, "<p>")
			content, _, _ = strings.Cut(rest, "</p>")
		case line == "" && id != "":
			return id, content
		}
	}
	f.t.Fatalf("the feed has ended: %v", f.lines.Err())
	return
}

// TestG7_FeedsNameWholeEvents: a patch shows everything up to its position,
// which is its id. A feed that continues from the id of an event that was split
// or forgotten sends what follows.
func TestG7_FeedsNameWholeEvents(t *testing.T) {
	a := start(t, newStore(t), engine.Options{})
	address := a.serve() + "/library/card/emma/feed"
	logs := []string{ // the log after each of emma's events
		emmasLog[0], strings.Join(emmasLog[:2], ", "), strings.Join(emmasLog[:4], ", "), strings.Join(emmasLog[:4], ", "),
		strings.Join(emmasLog[:6], ", "), strings.Join(emmasLog[:6], ", "), strings.Join(emmasLog[:7], ", "),
		strings.Join(emmasLog[:8], ", "), strings.Join(emmasLog[:9], ", "),
	}
	f := a.feed(address, "")
	f.patch() // no event yet
	for i, e := range emma {
		a.put("emma", e)
		id, content := f.patch()
		if position, _, _ := strings.Cut(id, "."); position != strconv.Itoa(i+1) || content != logs[i] {
			t.Errorf("%s: id %s shows %q, want %d and %q", e.Type, id, content, i+1, logs[i])
		}
		f.close()
		f = a.feed(address, id)
		quietUntil(t, f)
	}
}

// quietUntil waits for two comments: the feed was opened and has nothing to
// send.
func quietUntil(t *testing.T, f *feed) {
	t.Helper()
	for comments := 0; comments < 2; {
		if !f.lines.Scan() {
			t.Fatalf("the feed has ended: %v", f.lines.Err())
		}
		switch line := f.lines.Text(); {
		case strings.HasPrefix(line, ":"):
			comments++
		case line != "":
			t.Fatalf("it goes on from an id that shows everything, and sends %s", line)
		}
	}
}
