package live_test

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/zstd"

	"ironstar.dev/live"
)

// decoded returns the decoded body of an answer.
func decoded(t testing.TB, resp *http.Response) io.Reader {
	t.Helper()
	return decoder(t, resp.Header.Get("Content-Encoding"), resp.Body)
}

// decoder returns a decoder that does not wait for more input than it needs.
func decoder(t testing.TB, coding string, r io.Reader) io.Reader {
	t.Helper()
	switch coding {
	case "", "identity":
		return r
	case "gzip":
		return &lateGzip{r: r}
	case "zstd":
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(d.Close)
		return d
	default:
		t.Fatalf("content coding %q", coding)
		return nil
	}
}

// lateGzip reads the gzip header only when it reads the first data.
type lateGzip struct {
	r  io.Reader
	in *gzip.Reader
}

func (l *lateGzip) Read(p []byte) (n int, err error) {
	if l.in == nil {
		if l.in, err = gzip.NewReader(l.r); err != nil {
			return 0, err
		}
	}
	return l.in.Read(p)
}

var codings = []string{"identity", "gzip", "zstd"}

func TestCodingOf(t *testing.T) {
	for accept, want := range map[string]string{
		"":                                   "identity",
		"gzip, deflate, br, zstd":            "zstd",
		"gzip, deflate, br":                  "gzip",
		"zstd;q=0, gzip":                     "gzip",
		"zstd;q=0.0, gzip;q=0.000":           "identity",
		"zstd;q=0.5, gzip":                   "gzip",
		"gzip;q=0.5, zstd;q=0.5":             "zstd",
		"identity, zstd;q=0.5":               "identity",
		"identity;q=0.5, zstd":               "zstd",
		"*":                                  "zstd",
		"*;q=0, gzip":                        "gzip",
		"zstd;q=0, *":                        "gzip",
		"br":                                 "identity",
		"identity;q=0":                       "identity",
		"ZSTD ; Q=1":                         "zstd",
		"zstd;q=nonsense":                    "identity",
		"zstd;q=2":                           "identity",
		"zstd;q=NaN":                         "identity",
		"x-gzip":                             "gzip",
		"zstd;level=3;q=0":                   "identity",
		", ,,":                               "identity",
		"zstdx, xzstd":                       "identity",
		"gzip;q=1.0, zstd;q=1.0, *;q=0":      "zstd",
		strings.Repeat("br,", 9000) + "zstd": "zstd",
	} {
		if got := live.CodingOf(accept); got != want {
			t.Errorf("%.80q: %s, want %s", accept, got, want)
		}
	}
}

// TestCodings: a feed has the same content in every coding and version of HTTP,
// and ends in the way of its coding.
func TestCodings(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		for _, coding := range codings {
			t.Run(fmt.Sprintf("%s, HTTP/2 %v", coding, http2), func(t *testing.T) {
				a := start(t, appOptions{http2: http2})
				a.add("a", "zero")
				address, _ := a.open("/test/board/a")
				resumed := a.feed(address, "Accept-Encoding", coding)
				fresh := a.feed("/test/board/a/feed", "Accept-Encoding", coding)
				h := fresh.resp.Header
				if want := strings.TrimPrefix(coding, "identity"); h.Get("Content-Encoding") != want || h.Get("Vary") != "Accept-Encoding" {
					t.Fatalf("headers %v", h)
				}
				want := "<li>zero</li>"
				if got := fresh.patch(); !strings.Contains(got, want) {
					t.Fatalf("at first came %s", got)
				}
				for i := range 20 {
					want += fmt.Sprintf("<li>note %d</li>", i)
					a.add("a", fmt.Sprint("note ", i))
					for name, f := range map[string]*feed{"resumed": resumed, "fresh": fresh} {
						if got := f.patch(); got != `<div id="live" data-live-title="test.Board"><ul data-show-what="all">`+want+"</ul></div>" {
							t.Fatalf("%s feed: patch %d is %s", name, i, got)
						}
					}
				}
				a.live.CloseFeeds()
				for _, f := range []*feed{resumed, fresh} {
					if rest, err := io.ReadAll(f.lines); err != nil || strings.Trim(string(rest), ":\n") != "" {
						t.Errorf("at the end came %q, %v", rest, err)
					}
				}
			})
		}
	}
}

// TestCompressedFeedsAreSmall: only the change is sent for a change, and all
// members get the same bytes.
func TestCompressedFeedsAreSmall(t *testing.T) {
	long := strings.Repeat("What stays as it is, and would be sent again. ", 200)
	render := func(s notes, _ boardParams) templ.Component {
		return text(fmt.Sprintf("<p>%s</p><p>%s</p><p>%d</p>", long, strings.Join(s.items, " "), len(s.items)))
	}
	for coding, most := range map[string]int{"gzip": 200, "zstd": 100} {
		t.Run(coding, func(t *testing.T) {
			a := start(t, appOptions{render: render, live: live.Options{KeepAlive: time.Hour}})
			a.add("a", "first")
			var members []*feed
			var wires []*recorder
			for range 3 {
				f, wire := a.recordFeed("/test/board/a/feed", coding)
				f.frame()
				f.patch()
				members, wires = append(members, f), append(wires, wire)
			}
			for i := range 5 {
				a.add("a", fmt.Sprint("note ", i))
				same := ""
				for k, f := range members {
					wires[k].sinceLastCall()
					f.patch()
					got := wires[k].sinceLastCall()
					if same == "" {
						same = got
					}
					if got != same || len(got) > most || got == "" {
						t.Errorf("change %d: %d bytes, %d for another member, at most %d", i, len(got), len(same), most)
					}
				}
			}
		})
	}
}

// recordFeed opens a feed and records the bytes of the connection.
func (a *app) recordFeed(address, coding string) (*feed, *recorder) {
	a.t.Helper()
	resp, err := a.http.Client().Do(a.request("GET", address, "", "Accept-Encoding", coding))
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = resp.Body.Close() })
	wire := &recorder{ReadCloser: resp.Body}
	resp.Body = wire
	return &feed{t: a.t, resp: resp, lines: bufio.NewReader(decoded(a.t, resp))}, wire
}

// recorder records what is read.
type recorder struct {
	io.ReadCloser
	mu    sync.Mutex
	bytes []byte // guarded by mu
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bytes = append(r.bytes, p[:n]...)
	return n, err
}

// sinceLastCall returns what was read since its last call.
func (r *recorder) sinceLastCall() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := string(r.bytes)
	r.bytes = nil
	return s
}

// TestG14_SessionPagesAreNotCompressed: neither are the views in
// Options.Uncompressed.
func TestG14_SessionPagesAreNotCompressed(t *testing.T) {
	for name, o := range map[string]appOptions{
		"a page of one session": {mine: func(s notes, _ boardParams, me live.Session) templ.Component { return text(me.ID) }},
		"a view that must not":  {live: live.Options{Uncompressed: []string{"test.Total", "test.Board"}}},
	} {
		f := start(t, o).feed("/test/board/a/feed", "Accept-Encoding", "zstd, gzip")
		if coding := f.resp.Header.Get("Content-Encoding"); coding != "" {
			t.Errorf("%s is sent as %s", name, coding)
		}
		f.patch()
	}
}

// TestKeepAliveCompressed: keep-alives reach the reader in every coding, before
// and after the first patch, as soon as they are sent. The patches after them are
// complete, and differences follow those.
func TestKeepAliveCompressed(t *testing.T) {
	for _, coding := range codings {
		for _, resumes := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, resumes %v", coding, resumes), func(t *testing.T) {
				a := start(t, appOptions{})
				a.add("a", "one")
				address, _ := a.open("/test/board/a")
				if !resumes {
					address = "/test/board/a/feed"
				}
				f := a.feed(address, "Accept-Encoding", coding)
				if !resumes {
					f.patch()
				}
				want := "<li>one</li>"
				for i := range 4 {
					for range i {
						if got := f.frame(); got != ":\n\n" {
							t.Fatalf("a keep-alive is %q", got)
						}
					}
					a.add("a", fmt.Sprint(i))
					want += fmt.Sprintf("<li>%d</li>", i)
					if got := f.patch(); !strings.Contains(got, want+"</ul>") {
						t.Errorf("patch %d is %s", i, got)
					}
				}
				a.live.CloseFeeds()
				if rest, err := io.ReadAll(f.lines); err != nil || strings.Trim(string(rest), ":\n") != "" {
					t.Errorf("at the end came %q, %v", rest, err)
				}
			})
		}
	}
}

// TestPagesOfEverySize: pages may be larger than blocks, windows and buffers,
// and equal parts of two pages may be far apart.
func TestPagesOfEverySize(t *testing.T) {
	noise := make([]byte, 200<<10)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = 'a' + byte(random.UintN(26))
	}
	sizes := []int{10, 1 << 10, 100 << 10, 120 << 10, 300 << 10, 301 << 10, 3 << 20, 3<<20 + 1, 9 << 20, 9<<20 + 5, 2 << 20, 2<<20 - 9, 50 << 10, 1}
	if testing.Short() {
		sizes = sizes[:6]
	}
	page := func(n int) string { return strings.Repeat(string(noise), n/len(noise)+1)[:n] + fmt.Sprint(n) }
	a := start(t, appOptions{render: func(s notes, _ boardParams) templ.Component { return text(page(sizes[len(s.items)])) }})
	feeds := map[string]*feed{}
	for _, coding := range codings {
		feeds[coding] = a.feed("/test/board/a/feed", "Accept-Encoding", coding)
	}
	for i, n := range sizes {
		if i > 0 {
			a.add("a", fmt.Sprint("note ", i))
		}
		for coding, f := range feeds {
			if got, want := f.patch(), `<div id="live" data-live-title="test.Board">`+page(n)+"</div>"; got != want {
				t.Fatalf("%s: of a page of %d bytes %d came, or others", coding, len(want), len(got))
			}
		}
	}
}
