package live_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"ironstar.dev/live"
)

// staleEvent matches what a feed sends before the state: an event with the version of
// current pages.
var staleEvent = regexp.MustCompile(`^event: datastar-patch-signals\ndata: signals \{"_stale":"([0-9a-f]{16})"\}\n\n$`)

// beforeUnderscores is the version of pages with the signals "2" before
// reserved names had an underscore.
const beforeUnderscores = "898fa79778785217"

// versioned is an application whose pages keep signals of this version.
func versioned(t *testing.T, version string, o appOptions) *app {
	t.Helper()
	a := start(t, o)
	a.live.Signals("test.Form", version)
	return a
}

// TestPageVersion: a page of the same version gets no _stale. A page of another
// version gets it once for each connection, before everything else, and then
// works as usual.
func TestPageVersion(t *testing.T) {
	file := t.TempDir() + "/notes.db"
	old := versioned(t, "1", appOptions{file: file})
	old.add("a", "one")
	address, _ := old.open("/test/board/a")
	f := old.feed(address)
	f.silentUntil(old, "a", "two")
	old.stop()

	again := versioned(t, "1", appOptions{file: file})
	f = again.feed(address, "Last-Event-Id", f.id)
	f.silentUntil(again, "a", "three")
	again.stop()

	other := versioned(t, "2", appOptions{file: file})
	fresh, _ := other.open("/test/board/a")
	for _, text := range []string{"four", "five"} { // a page that reconnects gets it again
		f = other.feed(address, "Last-Event-Id", f.id)
		id := f.id
		m := staleEvent.FindStringSubmatch(f.frame())
		if m == nil || m[1] != pageVersion(t, fresh) || f.id != id {
			t.Fatalf("an old page is told %q, and its id is %q", m, f.id)
		}
		f.silentUntil(other, "a", text)
		f.close()
	}
	f = other.feed("/test/board/a/feed?page-version=0123456789abcdef")
	if m := staleEvent.FindStringSubmatch(f.frame()); m == nil {
		t.Error("an old page without an id is told nothing")
	}
	if got := f.patch(); !strings.Contains(got, "<li>three</li>") {
		t.Errorf("then comes %s", got)
	}
	f = other.feed("/test/board/a/feed?from=1.0123456789abcdef&page-version=" + beforeUnderscores)
	if m := staleEvent.FindStringSubmatch(f.frame()); m == nil {
		t.Error("a page that knows the old names of the protocol is told nothing")
	}
	f = other.feed("/test/board/a/feed") // programs send no version
	if got := f.patch(); !strings.Contains(got, "<li>three</li>") {
		t.Errorf("to a program comes %s", got)
	}
}

func pageVersion(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || len(u.Query()["page-version"]) != 1 {
		t.Fatalf("no version in %s: %v", address, err)
	}
	return u.Query().Get("page-version")
}

// TestPageVersionIsWhatPagesAreMadeOf: the version depends on signals and
// assets, not on their order and not on the parameters of a view.
func TestPageVersionIsWhatPagesAreMadeOf(t *testing.T) {
	packed := 0
	files := func(text string) *live.Assets {
		packed++ // the same content with another compression
		a, err := live.NewAssets(fstest.MapFS{"app.js": {Data: []byte(text)}, "app.js.gz": {Data: fmt.Append(nil, packed)}})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	version := func(add ...func(*live.Server)) string {
		a := start(t, appOptions{})
		for _, one := range add {
			one(a.live)
		}
		all, _ := a.open("/test/board/a")
		short, _ := a.open("/test/board/a?show=short&page-version=x")
		if pageVersion(t, all) != pageVersion(t, short) {
			t.Errorf("%s and %s have different versions", all, short)
		}
		return pageVersion(t, all)
	}
	signals := func(name, version string) func(*live.Server) {
		return func(s *live.Server) { s.Signals(name, version) }
	}
	assets := func(a *live.Assets) func(*live.Server) {
		return func(s *live.Server) { s.Assets("/static/", a) }
	}
	before := version(signals("a", "1"), signals("b", "2"), assets(files("1")))
	if got := version(assets(files("1")), signals("b", "2"), signals("a", "1")); got != before {
		t.Error("the order counts")
	}
	for name, got := range map[string]string{
		"other signals":   version(signals("a", "2"), signals("b", "2"), assets(files("1"))),
		"swapped signals": version(signals("a", "2"), signals("b", "1"), assets(files("1"))),
		"fewer signals":   version(signals("a", "1"), assets(files("1"))),
		"other assets":    version(signals("a", "1"), signals("b", "2"), assets(files("2"))),
	} {
		if got == before {
			t.Errorf("%s: the same version", name)
		}
	}
}

// TestOddPageVersions: an invalid version counts as another version, and the
// answer does not contain it.
func TestOddPageVersions(t *testing.T) {
	a := versioned(t, "1", appOptions{})
	a.add("a", "one")
	address, _ := a.open("/test/board/a")
	current := pageVersion(t, address)
	for _, odd := range []string{
		"", "x", `"}`, "%0a%0aevent: x", "\ndata: signals {}\n\n", "\x00", "<script>", strings.ToUpper(current) + "F", current + " ", strings.Repeat("9", 10_000),
	} {
		f := a.feed("/test/board/a/feed?page-version=" + url.QueryEscape(odd))
		if m := staleEvent.FindStringSubmatch(f.frame()); m == nil || m[1] != current {
			t.Errorf("%.40q is told %q", odd, m)
		}
		if got := f.patch(); got != `<div id="live" data-live-title="test.Board"><ul data-show-what="all"><li>one</li></ul></div>` {
			t.Errorf("%.40q then gets %s", odd, got)
		}
		f.close()
	}
	f := a.feed("/test/board/a/feed?page-version=" + current + "&page-version=x") // the first one counts
	f.patch()
	resp, _ := a.do(a.request("GET", "/test/board/a/feed?page-version=%zz", ""))
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a broken query: %d", resp.StatusCode)
	}
}
