package live_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ironstar.dev/live"
)

// feed is an open connection, as a browser has it.
type feed struct {
	t      testing.TB
	resp   *http.Response
	lines  *bufio.Reader
	cancel context.CancelFunc
	id     string // Last-Event-ID of the client
}

func (a *app) feed(address string, header ...string) *feed {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), time.Minute)
	r := a.request("GET", address, "", append(header, "Datastar-Request", "true")...)
	resp, err := a.http.Client().Do(r.WithContext(ctx))
	if err != nil {
		cancel()
		a.t.Fatal(err)
	}
	f := &feed{t: a.t, resp: resp, lines: bufio.NewReader(decoded(a.t, resp)), cancel: cancel}
	a.t.Cleanup(f.close)
	if resp.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(resp.Body)
		a.t.Fatalf("feed %s: %d %s", address, resp.StatusCode, body)
	}
	if first := f.frame(); first != ":\n\n" { // which opens the feed in browsers
		a.t.Fatalf("feed %s: began with %q, want a comment", address, first)
	}
	return f
}

func (f *feed) close() {
	f.cancel()
	_ = f.resp.Body.Close()
}

// frame reads up to a blank line. It returns "" when the feed has ended
// cleanly.
func (f *feed) frame() string {
	f.t.Helper()
	var b strings.Builder
	for {
		line, err := f.lines.ReadString('\n')
		if errors.Is(err, io.EOF) && b.Len() == 0 && line == "" {
			return ""
		}
		if err != nil {
			f.t.Fatalf("read feed: %v after %q", err, b.String()+line)
		}
		b.WriteString(line)
		if line == "\n" {
			return b.String()
		}
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			f.id = strings.TrimSuffix(id, "\n")
		}
	}
}

// patch skips comments, reads the next event and returns its elements.
func (f *feed) patch() string {
	f.t.Helper()
	for {
		frame := f.frame()
		if frame == "" {
			f.t.Fatal("the feed has ended")
		}
		if strings.HasPrefix(frame, ":") {
			continue
		}
		events := read([]byte(frame))
		if len(events) != 1 || events[0].kind != "datastar-patch-elements" {
			f.t.Fatalf("unexpected events %q", events)
		}
		return events[0].content("elements")
	}
}

// silentUntil checks that the feed sends only comments until the state changes.
// It makes a change and checks that it arrives.
func (f *feed) silentUntil(a *app, list, text string) {
	f.t.Helper()
	if frame := f.frame(); !strings.HasPrefix(frame, ":") {
		f.t.Errorf("before %q came %s", text, frame)
		return
	}
	a.add(list, text)
	if got := f.patch(); !strings.Contains(got, "<li>"+text+"</li>") {
		f.t.Errorf("instead of %q came %s", text, got)
	}
}

// TestG11_ReconnectSendsWhatIsNew: a page that shows the current state gets
// nothing. Any other page gets the current state once.
func TestG11_ReconnectSendsWhatIsNew(t *testing.T) {
	a := start(t, appOptions{})
	a.add("a", "one")
	address, page := a.open("/test/board/a")
	if !strings.Contains(page, `<div id="live" data-live-title="test.Board"><ul data-show-what="all"><li>one</li></ul></div>`) {
		t.Fatalf("page %s", page)
	}
	f := a.feed(address)
	a.add("b", "elsewhere") // the head moves on, this list does not
	f.silentUntil(a, "a", "two")
	f.close()

	a.add("b", "elsewhere again")
	again := a.feed(address, "Last-Event-Id", f.id) // the header has precedence over the older id in the address
	again.silentUntil(a, "a", "three")
	again.close()

	a.add("a", "four")
	a.add("a", "five")
	late := a.feed(address, "Last-Event-Id", again.id)
	if got, want := late.patch(), `<div id="live" data-live-title="test.Board"><ul data-show-what="all"><li>one</li><li>two</li><li>three</li><li>four</li><li>five</li></ul></div>`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	late.silentUntil(a, "a", "six")
}

// TestG11_OddIDs: an invalid id counts as no id, and the current state is sent
// once.
func TestG11_OddIDs(t *testing.T) {
	a := start(t, appOptions{})
	a.add("a", "one")
	address, _ := a.open("/test/board/a")
	_, tag, _ := strings.Cut(address, ".")
	tag, _, _ = strings.Cut(tag, "&")
	plain := strings.Split(address, "?")[0]
	for _, id := range []string{
		"", "1", "-1." + tag, "+1." + tag, "01." + tag, "1." + strings.Repeat("0", 16), "1." + tag + "x", "99." + tag, "9223372036854775807." + tag,
		"99999999999999999999." + tag, strings.Repeat("9", 10_000) + "." + tag, "0." + tag, "1;" + tag, "1.", "..", "null", "\t1." + tag + " x",
	} {
		f := a.feed(plain, "Last-Event-Id", id)
		if got := f.patch(); !strings.Contains(got, "<li>one</li>") {
			t.Errorf("with id %.40q: %s", id, got)
		}
		f.close()
	}
	for _, query := range []string{"", "?_from=", "?_from=1", "?_from=-1." + tag, "?_from=7." + tag, "?_from=%00", "?_after=-5", "?_after=99999999999999999999", "?_after=x", "?_after=1000"} {
		f := a.feed(plain + query)
		if got := f.patch(); !strings.Contains(got, "<li>one</li>") {
			t.Errorf("with %q: %s", query, got)
		}
		f.close()
	}
	// A broken header also hides the id in the address.
	f := a.feed(address, "Last-Event-Id", "nonsense")
	if got := f.patch(); !strings.Contains(got, "<li>one</li>") {
		t.Errorf("got %s", got)
	}
}

// TestG11_AfterARestart: with the same build a page that shows the current
// state gets nothing. With another build it gets the state again.
func TestG11_AfterARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "notes.db")
	first := start(t, appOptions{file: file, live: live.Options{Build: "1"}})
	first.add("a", "one")
	address, _ := first.open("/test/board/a")
	f := first.feed(address)
	f.silentUntil(first, "a", "two")
	first.stop()

	same := start(t, appOptions{file: file, live: live.Options{Build: "1"}})
	f2 := same.feed(address, "Last-Event-Id", f.id)
	f2.silentUntil(same, "a", "three")
	same.stop()

	other := start(t, appOptions{file: file, live: live.Options{Build: "2"}})
	f3 := other.feed(address, "Last-Event-Id", f2.id)
	if got := f3.patch(); !strings.Contains(got, "<li>one</li><li>two</li><li>three</li>") {
		t.Errorf("after a deploy: %s", got)
	}
	f3.silentUntil(other, "a", "four")
}

// TestG11_AfterARestore: the log is replaced by an older copy. Pages get the
// state of that copy, also when it has grown beyond the position that they
// know.
func TestG11_AfterARestore(t *testing.T) {
	dir := t.TempDir()
	file, older := filepath.Join(dir, "notes.db"), filepath.Join(dir, "older.db")
	first := start(t, appOptions{file: file})
	first.add("a", "one")
	first.stop()
	copyFile(t, file, older)
	first = start(t, appOptions{file: file})
	first.add("a", "lost")
	address, _ := first.open("/test/board/a")
	shown := first.feed(address)
	shown.silentUntil(first, "a", "lost too")
	first.stop()

	restored := start(t, appOptions{file: older})
	beyond := restored.feed(address, "Last-Event-Id", shown.id)
	if got := beyond.patch(); got != `<div id="live" data-live-title="test.Board"><ul data-show-what="all"><li>one</li></ul></div>` {
		t.Errorf("an older log: %s", got)
	}
	for i := range 5 {
		restored.add("b", fmt.Sprint("other list ", i)) // the head passes what the page knew
	}
	grown := restored.feed(address, "Last-Event-Id", shown.id)
	if got := grown.patch(); got != `<div id="live" data-live-title="test.Board"><ul data-show-what="all"><li>one</li></ul></div>` {
		t.Errorf("an older log that has grown: %s", got)
	}
	restored.add("a", "new")
	back := restored.feed(address, "Last-Event-Id", beyond.id)
	if got := back.patch(); !strings.Contains(got, "<li>one</li><li>new</li>") {
		t.Errorf("the restored log goes on: %s", got)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestG11_AnotherFilter: an id of one selection is not valid for another, even
// at the same position.
func TestG11_AnotherFilter(t *testing.T) {
	a := start(t, appOptions{})
	a.add("a", "long enough")
	a.add("a", "short")
	address, _ := a.open("/test/board/a")
	from := address[strings.Index(address, "_from="):]
	f := a.feed("/test/board/a/feed?show=short&" + from)
	if got := f.patch(); got != `<div id="live" data-live-title="test.Board"><ul data-show-what="short"><li>short</li></ul></div>` {
		t.Errorf("got %s", got)
	}
	other := a.feed("/test/board/b/feed?" + from)
	if got := other.patch(); got != `<div id="live" data-live-title="test.Board"><ul data-show-what="all"></ul></div>` {
		t.Errorf("another list: %s", got)
	}
	address, page := a.open("/test/board/a?show=short&utm_source=x")
	if !strings.HasPrefix(address, "/test/board/a/feed?show=short&_from=2.") || strings.Contains(page, "long") {
		t.Errorf("%s: %s", address, page)
	}
	a.feed(address).silentUntil(a, "a", "tiny")
}

// TestG11_TwoFilters: each of two feeds with different parameters shows its own
// selection.
func TestG11_TwoFilters(t *testing.T) {
	a := start(t, appOptions{})
	a.add("a", "long enough")
	all, short := a.feed("/test/board/a/feed"), a.feed("/test/board/a/feed?show=short")
	for _, feed := range []*feed{all, short} {
		feed.patch()
	}
	a.add("a", "tiny")
	if got := all.patch(); got != `<div id="live" data-live-title="test.Board"><ul data-show-what="all"><li>long enough</li><li>tiny</li></ul></div>` {
		t.Errorf("all: %s", got)
	}
	if got := short.patch(); got != `<div id="live" data-live-title="test.Board"><ul data-show-what="short"><li>tiny</li></ul></div>` {
		t.Errorf("short: %s", got)
	}
}

// FuzzPage: the answer to any address is a page, or a problem with a status
// below 500, and nothing of the address gets into the page unescaped.
func FuzzPage(f *testing.F) {
	a := start(f, appOptions{})
	a.add("a", "one")
	f.Add("a", "show=short&_after=1", "1.0123456789abcdef")
	f.Add("..", "show=%ff", "-1")
	f.Add("a/feed", "_from=\"><script>", strings.Repeat("9", 30))
	f.Fuzz(func(t *testing.T, key, query, id string) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // a feed sends what there is, and ends
		r := httptest.NewRequestWithContext(ctx, "GET", "/", nil)
		r.URL = &url.URL{Path: "/test/board/" + key, RawQuery: query}
		r.Header.Set("Last-Event-Id", id)
		w := httptest.NewRecorder()
		a.live.ServeHTTP(w, r)
		switch w.Code {
		case 200, 307, 400, 404:
		default:
			t.Errorf("answer %d %s; log: %s", w.Code, w.Body, a.log)
		}
		if strings.Contains(w.Body.String(), "<script") {
			t.Errorf("got %s", w.Body)
		}
	})
}
