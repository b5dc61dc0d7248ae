package live_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev/live"
)

const bigFrame = 1 << 20 // bytes

// bigBoard renders far more than the buffers of a connection hold, and is hard
// to compress.
func bigBoard(s notes, _ boardParams) templ.Component {
	return text(fmt.Sprintf("<p>%d</p><p>%s</p>", len(s.items), noise(len(s.items))))
}

// noise returns random text of 16 different letters.
func noise(seed int) string {
	b := make([]byte, bigFrame)
	random := rand.New(rand.NewPCG(uint64(seed), 7))
	for i := 0; i < len(b); i += 16 {
		for k, v := 0, random.Uint64(); k < 16; k, v = k+1, v>>4 {
			b[i+k] = 'a' + byte(v&15)
		}
	}
	return string(b)
}

// stopReading opens a feed, reads its headers and reads nothing more.
func (a *app) stopReading(path, coding string) (net.Conn, *bufio.Reader) {
	a.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(a.url, "http://"))
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = c.Close() })
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\nAccept-Encoding: %s\r\n\r\n", path, coding); err != nil {
		a.t.Fatal(err)
	}
	lines := bufio.NewReader(c)
	for line := ""; line != "\r\n"; {
		if line, err = lines.ReadString('\n'); err != nil {
			a.t.Fatal(err)
		}
	}
	return c, lines
}

// TestG12_SlowReaders: browsers that stop reading delay neither writers nor
// other browsers, hold one state each, and continue with the latest state.
func TestG12_SlowReaders(t *testing.T) {
	for _, coding := range codings {
		if testing.Short() && coding != "identity" {
			continue // under the race detector, noise takes long to compress
		}
		t.Run(coding, func(t *testing.T) { slowReaders(t, coding) })
	}
}

func slowReaders(t *testing.T, coding string) {
	const readers, updates = 8, 16
	a := start(t, appOptions{render: bigBoard, live: live.Options{WriteTimeout: time.Minute}})
	a.add("a", "first")
	var raw *bufio.Reader
	for range readers {
		_, raw = a.stopReading("/test/board/a/feed", coding)
	}
	quick := a.feed("/test/board/a/feed", "Accept-Encoding", coding)
	quick.patch()
	before := heap()
	for i := range updates {
		a.add("a", fmt.Sprint("note ", i))
		if got, want := quick.patch(), fmt.Sprintf("<p>%d</p>", i+2); !strings.Contains(got[:100], want) {
			t.Fatalf("update %d: got %s, want %s", i, got[:100], want)
		}
	}
	// Each blocked reader holds the frame that it writes, as an event and
	// compressed.
	if grown, most := heap()-before, int64(readers+2)*2*bigFrame; grown > most {
		t.Errorf("%d updates of %d bytes with %d slow readers hold %d bytes, at most %d", updates, bigFrame, readers, grown, most)
	}
	last := fmt.Sprintf("<p>%d</p>", updates+1)
	patches := 0
	slow := bufio.NewReader(decoder(t, coding, raw))
	for {
		line, err := slow.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if i := strings.Index(line, "<p>"); i >= 0 {
			patches++
			if strings.HasPrefix(line[i:], last) {
				break
			}
		}
	}
	if patches > updates/2 {
		t.Errorf("the slow reader got %d of %d states", patches, updates)
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestG12_DeadReadersAreDropped: a connection that does not take a write in
// time is closed, and its memory is freed.
func TestG12_DeadReadersAreDropped(t *testing.T) {
	a := start(t, appOptions{render: bigBoard, live: live.Options{WriteTimeout: 500 * time.Millisecond}})
	a.add("a", "first")
	goroutines := runtime.NumGoroutine()
	var conns []net.Conn
	for range 5 {
		c, _ := a.stopReading("/test/board/a/feed", "identity")
		conns = append(conns, c)
	}
	i := 0
	eventually(t, "the feeds end", func() bool { // as soon as the buffers of the connections are full
		if i++; i%maxNotes == 0 {
			a.do(a.request("POST", "/test/notes/a/clear", "", "Content-Type", formType))
		}
		a.add("a", fmt.Sprint("note ", i))
		return a.live.OpenFeeds() == 0
	})
	for _, c := range conns {
		_ = c.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err := io.Copy(io.Discard, c); err != nil && isTimeout(err) {
			t.Errorf("the connection is still open: %v", err)
		}
	}
	a.http.Client().CloseIdleConnections()
	eventually(t, "the goroutines end", func() bool { return runtime.NumGoroutine() <= goroutines })
}

func isTimeout(err error) bool {
	n, ok := err.(net.Error)
	return ok && n.Timeout()
}

// eventually waits until done returns true.
func eventually(t testing.TB, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatalf("not so after a minute: %s", what)
		}
		runtime.Gosched()
	}
}

// TestFeedsOutliveDeadlines: deadlines of requests and writes do not end a
// feed, in both versions of HTTP.
func TestFeedsOutliveDeadlines(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprint("HTTP/2 ", http2), func(t *testing.T) {
			t.Parallel() // it waits most of the time
			a := start(t, appOptions{http2: http2, live: live.Options{
				KeepAlive: 1500 * time.Millisecond, WriteTimeout: 700 * time.Millisecond, ReadTimeout: 700 * time.Millisecond, AfterTimeout: time.Millisecond, // the command at the end has as long as that
			}})
			f := a.feed("/test/board/a/feed")
			if (f.resp.ProtoMajor == 2) != http2 {
				t.Fatalf("this is %s", f.resp.Proto)
			}
			f.patch()
			for range 2 {
				if frame := f.frame(); frame != ":\n\n" {
					t.Errorf("instead of a comment came %q", frame)
				}
			}
			f.silentUntil(a, "a", "still there")
		})
	}
}

// TestHeadersComeAtOnce: a page that shows the current state learns that its
// feed is open without waiting for an event.
func TestHeadersComeAtOnce(t *testing.T) {
	a := start(t, appOptions{live: live.Options{KeepAlive: time.Hour}})
	address, _ := a.open("/test/board/a")
	f := a.feed(address) // returns with the headers, and no event is due
	h := f.resp.Header
	if h.Get("Content-Type") != "text/event-stream" || h.Get("Cache-Control") != "no-cache" || h.Get("Content-Length") != "" {
		t.Errorf("headers %v", h)
	}
	for _, method := range []string{http.MethodPost, http.MethodHead, http.MethodDelete} {
		if resp, _ := a.do(a.request(method, "/test/board/a/feed", "")); resp.StatusCode != http.StatusMethodNotAllowed || resp.Header.Get("Allow") != "GET" {
			t.Errorf("%s: got %d", method, resp.StatusCode)
		}
	}
}

// TestMinInterval: patches have the least interval between them, and the last
// state arrives.
func TestMinInterval(t *testing.T) {
	const updates = 20
	a := start(t, appOptions{interval: 100 * time.Millisecond})
	f := a.feed("/test/board/a/feed")
	f.patch()
	begun := time.Now()
	for i := range updates {
		a.add("a", fmt.Sprint("note ", i))
	}
	patches := 1
	for !strings.Contains(f.patch(), fmt.Sprintf("<li>note %d</li></ul>", updates-1)) {
		patches++
	}
	if most := int(time.Since(begun)/(100*time.Millisecond)) + 1; patches > most {
		t.Errorf("%d patches, at most %d in that time", patches, most)
	}
}

// TestMinIntervalForAll: all members get a state together, in all codings. A
// member that joins in between gets the current state at once.
func TestMinIntervalForAll(t *testing.T) {
	a := start(t, appOptions{interval: 150 * time.Millisecond})
	var members []*feed
	for _, coding := range codings {
		f := a.feed("/test/board/a/feed", "Accept-Encoding", coding)
		f.patch()
		members = append(members, f)
	}
	begun := time.Now()
	for i := range 10 {
		a.add("a", fmt.Sprint("note ", i))
	}
	late := a.feed("/test/board/a/feed")
	if got := late.patch(); !strings.Contains(got, "<li>note 9</li></ul>") {
		t.Errorf("who comes late sees %s", got)
	}
	for i, f := range members {
		patches := 1
		for !strings.Contains(f.patch(), "<li>note 9</li></ul>") {
			patches++
		}
		if most := int(time.Since(begun)/(150*time.Millisecond)) + 1; patches > most {
			t.Errorf("%s: %d patches, at most %d in that time", codings[i], patches, most)
		}
	}
	late.silentUntil(a, "a", "after all")
}
