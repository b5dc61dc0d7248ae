package live_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"ironstar.dev/live"
)

var (
	anyNonce  = regexp.MustCompile(`data-nonce="[^"]*"`)
	firstName = "session=" + strings.Repeat("A", 43)
	otherName = "session=" + strings.Repeat("BC", 21) + "A"
)

// document asks for a document and returns it decoded, and as it travels.
func (a *app) document(coding, cookie string) (resp *http.Response, page, wire string) {
	a.t.Helper()
	resp, wire = a.do(a.request("GET", "/test/board/a", "", "Accept-Encoding", coding, "Cookie", cookie))
	decoded, err := io.ReadAll(decoder(a.t, resp.Header.Get("Content-Encoding"), strings.NewReader(wire)))
	if err != nil || resp.StatusCode != http.StatusOK {
		a.t.Fatalf("%s: got %d, %v", coding, resp.StatusCode, err)
	}
	return resp, string(decoded), wire
}

// TestDocumentsAreCompressed: documents are the same in every coding. HEAD has
// the same headers as GET.
func TestDocumentsAreCompressed(t *testing.T) {
	a := start(t, appOptions{live: live.Options{Insecure: true}})
	for i := range 40 {
		a.add("a", fmt.Sprintf("buy %d loaves of the bread that we had before", i*i))
	}
	_, want, _ := a.document("identity", firstName)
	for _, coding := range codings {
		resp, page, wire := a.document(coding, firstName)
		h := resp.Header
		if got := anyNonce.ReplaceAllString(page, ""); got != anyNonce.ReplaceAllString(want, "") {
			t.Errorf("%s: got %s", coding, got)
		}
		if h.Get("Content-Encoding") != strings.TrimPrefix(coding, "identity") || h.Get("Vary") != "Accept-Encoding" || h.Get("ETag") != "" ||
			h.Get("Content-Length") != fmt.Sprint(len(wire)) || h.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s: headers %v of %d bytes", coding, h, len(wire))
		}
		if most := len(want) / 3; coding != "identity" && len(wire) > most {
			t.Errorf("%s: %d bytes of %d, at most %d", coding, len(wire), len(want), most)
		}
		head, body := a.do(a.request("HEAD", "/test/board/a", "", "Accept-Encoding", coding, "Cookie", firstName))
		for _, name := range []string{"Content-Encoding", "Content-Length", "Vary", "Content-Type", "Cache-Control"} {
			if got, want := head.Header.Get(name), h.Get(name); got != want {
				t.Errorf("%s: HEAD has %s %q, GET %q", coding, name, got, want)
			}
		}
		if body != "" {
			t.Errorf("%s: HEAD has a body", coding)
		}
	}
	if resp, _, _ := a.document("zstd;q=0.5, gzip", firstName); resp.Header.Get("Content-Encoding") != "gzip" {
		t.Error("weights do not count")
	}
}

// TestG14_SecretsAreNotCompressed: nothing around the content is compressed, so
// the length of a document says nothing about a secret in it, also if a text of
// somebody else in the content is the same.
func TestG14_SecretsAreNotCompressed(t *testing.T) {
	around := func(d live.Document) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			fmt.Fprintf(w, `<body data-nonce="%s"><p>%s</p>`, d.Nonce, d.Session.ID)
			_ = d.Content.Render(ctx, w)
			_, err := fmt.Fprintf(w, "<p>%s</p></body>", d.Session.Address("list"))
			return err
		})
	}
	a := start(t, appOptions{noDocument: true, live: live.Options{Document: around, Insecure: true}})
	_, page, _ := a.document("identity", firstName)
	id := regexp.MustCompile(`<p>([0-9a-f]{32})</p>`).FindStringSubmatch(page)[1]
	address := regexp.MustCompile(`<p>([0-9a-f-]{36})</p>`).FindStringSubmatch(page)[1]
	for i := range 20 {
		a.add("a", fmt.Sprint(id, " ", address, i)) // somebody guessed right
	}
	for _, coding := range []string{"gzip", "zstd"} {
		resp, page, right := a.document(coding, firstName)
		_, _, wrong := a.document(coding, otherName)
		nonce := regexp.MustCompile(`data-nonce="([^"]*)"`).FindStringSubmatch(page)[1]
		if resp.Header.Get("Content-Encoding") != coding || len(right) != len(wrong) {
			t.Errorf("%s: a document has %d bytes if a guess is right and %d if it is wrong", coding, len(right), len(wrong))
		}
		for _, secret := range []string{nonce, "<p>" + id + "</p>", "<p>" + address + "</p></body>"} {
			if !strings.Contains(right, secret) {
				t.Errorf("%s: %s is not sent as it is", coding, secret)
			}
		}
	}
}

// TestG14_SessionDocumentsAreNotCompressed: nor are those of the views in
// Options.Uncompressed.
func TestG14_SessionDocumentsAreNotCompressed(t *testing.T) {
	long := strings.Repeat("the same ", 1000)
	for name, o := range map[string]appOptions{
		"a page of one session": {mine: func(_ notes, _ boardParams, me live.Session) templ.Component { return text(long + me.ID) }},
		"a view that must not":  {render: func(notes, boardParams) templ.Component { return text(long) }, live: live.Options{Uncompressed: []string{"test.Board"}}},
	} {
		resp, _, _ := start(t, o).document("zstd, gzip", "")
		if h := resp.Header; h.Get("Content-Encoding") != "" || h.Get("Vary") != "" {
			t.Errorf("%s has headers %v", name, h)
		}
	}
}

// TestDocumentsOfEverySize: content and what stands around it may be larger than
// blocks and windows. What cannot become shorter is sent as it is, and so is a
// document without the content.
func TestDocumentsOfEverySize(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	var noise []byte
	for len(noise) < 1<<20 {
		noise = fmt.Appendf(noise, "<li>some words and number %d</li>", random.Uint32())
	}
	var content, head, tail []byte
	hidden := false
	a := start(t, appOptions{noDocument: true, live: live.Options{Document: func(d live.Document) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			_, _ = w.Write(head)
			if !hidden {
				_ = d.Content.Render(ctx, w)
			}
			_, err := w.Write(tail)
			return err
		})
	}}, render: func(notes, boardParams) templ.Component { return text(string(content)) }})
	for i, c := range []struct {
		head, content, tail []byte
		hidden              bool
		coded               bool
	}{
		{nil, noise[:1], nil, false, false},
		{nil, noise[:9999], nil, false, true},
		{noise[:65535], noise[:9999], noise[:128<<10], false, true},
		{noise[:65536], noise[:300<<10], noise[:128<<10+1], false, true},
		{noise[:10], bytes.Repeat(noise, 9), noise[:400<<10], false, true},
		{noise[:10], noise[:9999], nil, true, false},
	} {
		head, content, tail, hidden = c.head, c.content, c.tail, c.hidden
		a.add("a", fmt.Sprint(i))
		want := string(c.head) + `<div id="live" data-live-title="test.Board">` + string(c.content) + "</div>" + string(c.tail)
		if c.hidden {
			want = string(c.head)
		}
		for _, coding := range codings {
			resp, page, _ := a.document(coding, "")
			if page != want {
				t.Errorf("document %d in %s: got %d bytes, want %d, or others", i, coding, len(page), len(want))
			}
			if coded := resp.Header.Get("Content-Encoding") != ""; coded != (c.coded && coding != "identity") {
				t.Errorf("document %d in %s has Content-Encoding %q", i, coding, resp.Header.Get("Content-Encoding"))
			}
		}
	}
}

// TestContentIsCompressedOnce: all documents of a state share the same bytes in
// memory.
func TestContentIsCompressedOnce(t *testing.T) {
	if !live.ContentIsCompressedOnce("zstd") || !live.ContentIsCompressedOnce("gzip") {
		t.Error("a state is compressed again for each document")
	}
}

// BenchmarkDocument is the server's work for one document of 100 lines that
// others watch.
func BenchmarkDocument(b *testing.B) {
	lines := strings.Repeat(`<li><label>a line of text in a list</label><button name="id" value="0194f0d2-5a3b-8c4d-9e6f-0123456789ab">Delete</button></li>`, 1100)
	a := start(b, appOptions{render: func(notes, boardParams) templ.Component { return text(lines) }})
	a.feed("/test/board/a/feed").frame()
	for _, coding := range codings {
		b.Run(coding, func(b *testing.B) {
			r := a.request("GET", "/test/board/a", "", "Accept-Encoding", coding)
			b.ReportAllocs()
			for b.Loop() {
				w := discarded{http.Header{}}
				a.live.ServeHTTP(w, r)
			}
		})
	}
}

// discarded drops an answer.
type discarded struct{ header http.Header }

func (d discarded) Header() http.Header         { return d.header }
func (d discarded) Write(b []byte) (int, error) { return len(b), nil }
func (d discarded) WriteHeader(int)             {}
