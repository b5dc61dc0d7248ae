package live_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/live"
	"ironstar.dev/wire"
)

// big stores a list with one large note.
func (a *app) big(id string, size int) {
	a.t.Helper()
	payload := wire.AppendString(nil, strings.Repeat("x", size))
	out := a.store.Append(a.t.Context(), ironstar.Append{Stream: ironstar.Stream{Kind: notesKind, ID: id},
		Events: []ironstar.Proposed{{Type: "Noted", SchemaVersion: 1, Shape: "s", Payload: payload}}})
	if out[0].Err != nil {
		a.t.Fatal(out[0].Err)
	}
}

// TestManyPagesDoNotGrowMemory: clients that read one large page after another
// do not make the server's memory grow.
func TestManyPagesDoNotGrowMemory(t *testing.T) {
	const lists, size, limit = 300, 100_000, 2 << 20
	a := start(t, appOptions{engine: engine.Options{ViewBytes: limit, StateBytes: limit}})
	for i := range lists {
		a.big(fmt.Sprint(i), size)
	}
	if err := a.eng.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := heap()
	for i := range lists {
		resp, body := a.do(a.request("GET", "/test/board/"+fmt.Sprint(i), ""))
		if resp.StatusCode != http.StatusOK || len(body) < size {
			t.Fatalf("list %d: %d, %d bytes", i, resp.StatusCode, len(body))
		}
		resp, body = a.do(a.request("POST", "/test/notes/"+fmt.Sprint(i)+"/add", `{"text":"more"}`, "Content-Type", jsonType))
		if resp.StatusCode != http.StatusAccepted {
			t.Fatalf("list %d: %d %s", i, resp.StatusCode, body)
		}
	}
	if grown := heap() - before; grown > 4*limit {
		t.Errorf("after %d lists of %d bytes the heap is %d bytes larger: %+v", lists, size, grown, a.eng.Memory())
	}
	if m := a.eng.Memory(); m.ViewBytes > limit || m.StateBytes > limit {
		t.Errorf("Memory returns %+v", m)
	}
	eventually(t, "nothing is under way", func() bool { return a.live.Memory().Pages == 0 })
}

// TestFeedsAreBoundedByBytes: beyond the limit pages are still loaded, and
// their feeds are refused for the time being.
func TestFeedsAreBoundedByBytes(t *testing.T) {
	const size, limit = 50_000, 250_000
	a := start(t, appOptions{live: live.Options{FeedBytes: limit}})
	for i := range 5 {
		a.big(fmt.Sprint(i), size)
	}
	var open []*feed
	for i := range 3 {
		open = append(open, a.feed("/test/board/"+fmt.Sprint(i)+"/feed"))
		open[i].frame()
	}
	if m := a.live.Memory(); m.Feeds < 3*size || m.FeedLimit != limit || m.OpenFeeds != 3 {
		t.Errorf("with three feeds Memory is %+v", m)
	}
	resp, body := a.do(a.request("GET", "/test/board/4/feed", ""))
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" || !strings.Contains(body, `"busy"`) {
		t.Errorf("got %d %s", resp.StatusCode, body)
	}
	if n := strings.Count(a.log.String(), "a limit of memory is reached"); n != 1 {
		t.Errorf("it was logged %d times: %s", n, a.log)
	}
	if resp, _ := a.do(a.request("GET", "/test/board/4", "")); resp.StatusCode != http.StatusOK {
		t.Errorf("the page itself: got %d", resp.StatusCode)
	}
	again := a.feed("/test/board/0/feed") // a state that is already shown needs no more memory
	again.frame()
	again.close()
	for _, f := range open {
		f.close()
	}
	eventually(t, "nothing is held", func() bool { return a.live.Memory().Feeds == 0 })
	a.feed("/test/board/4/feed").frame()
}

// TestPagesAreBoundedByBytes: clients that ask for a large page and do not read it
// keep others from more large pages, not from commands.
func TestPagesAreBoundedByBytes(t *testing.T) {
	const size = 16 << 20 // more than sockets hold
	a := start(t, appOptions{live: live.Options{PageBytes: size}})
	a.big("large", size)
	resp, err := a.http.Client().Do(a.request("GET", "/test/board/large", "")) // its body is not read
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if m := a.live.Memory(); m.Pages < size || m.PageLimit != size {
		t.Errorf("with a page under way it holds %+v", m)
	}
	refused, body := a.do(a.request("GET", "/test/board/small", ""))
	if refused.StatusCode != http.StatusServiceUnavailable || refused.Header.Get("Retry-After") == "" || !strings.Contains(body, `"busy"`) {
		t.Errorf("got %d %s", refused.StatusCode, body)
	}
	a.add("small", "text")
	resp.Body.Close()
	eventually(t, "nothing is held", func() bool { return a.live.Memory().Pages == 0 })
	if again, _ := a.do(a.request("GET", "/test/board/small", "")); again.StatusCode != http.StatusOK {
		t.Errorf("afterwards: got %d", again.StatusCode)
	}
}

// TestBodiesAreBoundedByBytes: small commands are accepted while large bodies
// wait for their rest.
func TestBodiesAreBoundedByBytes(t *testing.T) {
	a := start(t, appOptions{live: live.Options{BodyBytes: 40_000}})
	var slow []*io.PipeWriter
	for range 3 {
		r, w := io.Pipe()
		slow = append(slow, w)
		req := a.request("POST", "/test/notes/slow/add", "", "Content-Type", jsonType)
		req.Body, req.ContentLength = r, 20_000
		go func() {
			if resp, err := a.http.Client().Do(req); err == nil {
				resp.Body.Close()
			}
		}()
	}
	sent := make(chan struct{}) // one token for each body
	for _, w := range slow {
		go func() {
			_, _ = w.Write([]byte(strings.Repeat(" ", 13_000))) // the server may refuse it
			sent <- struct{}{}
		}()
	}
	eventually(t, "they have arrived in part", func() bool { return a.live.Memory().Bodies == 39_000 })
	large := `{"text":"` + strings.Repeat("x", 10_000) + `"}`
	if resp, body := a.do(a.request("POST", "/test/notes/a/add", large, "Content-Type", jsonType)); resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, `"busy"`) {
		t.Errorf("a large one: got %d %s", resp.StatusCode, body)
	}
	a.add("a", "small")
	for _, w := range slow {
		w.CloseWithError(io.ErrUnexpectedEOF)
		<-sent
	}
	eventually(t, "nothing is held", func() bool { return a.live.Memory().Bodies == 0 })
}
