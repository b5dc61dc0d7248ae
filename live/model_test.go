package live_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"pgregory.net/rapid"

	"ironstar.dev/live"
)

var modelSteps = flag.Int("model-steps", 40, "steps in each run of the model test")

// TestFeedsModel: connections and servers fail at random. Every browser sees
// only states that existed, in order and none twice, and finally the last one.
// The model of a list is its number of notes; the model of a browser is the
// number that it saw last.
func TestFeedsModel(t *testing.T) {
	goroutines := runtime.NumGoroutine()
	runs := 0
	rapid.Check(t, func(r *rapid.T) {
		if runs++; testing.Short() && runs > 12 {
			return
		}
		m := &model{t: t, file: filepath.Join(t.TempDir(), "notes.db"), options: appOptions{
			http2: rapid.Bool().Draw(r, "HTTP/2"),
			live:  live.Options{MaxFeedsPerAddress: -1},
		}}
		m.options.interval = rapid.SampledFrom([]time.Duration{0, 0, 3 * time.Millisecond}).Draw(r, "interval")
		if rapid.IntRange(0, 5).Draw(r, "big") == 0 {
			m.options.render = noisyBoard
		}
		m.start()
		for range *modelSteps {
			m.step(r)
		}
		m.awaitAll()
		m.app.stop()
		for _, b := range m.browsers {
			b.drop()
		}
	})
	eventually(t, "the goroutines end", func() bool { return runtime.NumGoroutine() <= goroutines })
}

// noisyBoard renders far more than the buffers of a connection hold.
func noisyBoard(s notes, p boardParams) templ.Component {
	return templ.Join(board(s, p), text(noise(len(s.items))))
}

type model struct {
	t        testing.TB
	file     string
	options  appOptions
	app      *app
	notes    int
	browsers []*browser
}

func (m *model) start() {
	m.options.file = m.file
	m.app = start(m.t, m.options)
}

func (m *model) step(r *rapid.T) {
	what := rapid.IntRange(0, 99).Draw(r, "what")
	var b *browser
	if len(m.browsers) > 0 {
		b = m.browsers[rapid.IntRange(0, len(m.browsers)-1).Draw(r, "who")]
	}
	switch {
	case what < 45 && m.notes < maxNotes:
		m.app.add("a", fmt.Sprint("note ", m.notes))
		m.notes++
	case what < 60 && len(m.browsers) < 12:
		b = &browser{model: m, coding: rapid.SampledFrom(codings).Draw(r, "coding"), lastSeen: -1}
		b.room = sync.NewCond(&b.mu)
		m.browsers = append(m.browsers, b)
		b.open()
	case what < 70 && b != nil:
		b.drop()
	case what < 80 && b != nil:
		b.drop()
		b.open()
	case what < 88 && b != nil:
		b.stall(true)
	case what < 97 && b != nil:
		b.stall(false)
	case what == 99:
		m.app.stop()
		m.start()
		for _, b := range m.browsers {
			b.drop()
			b.open()
		}
	}
}

// awaitAll lets all browsers read again and waits until they show the current
// state.
func (m *model) awaitAll() {
	for _, b := range m.browsers {
		b.stall(false)
		if b.end == nil {
			b.open()
		}
	}
	for i, b := range m.browsers {
		if seen := b.await(m.notes); seen != m.notes {
			m.t.Fatalf("browser %d (%s) shows %d notes after a minute, want %d", i, b.coding, seen, m.notes)
		}
	}
}

// browser is a client with at most one connection. It records what it has seen.
type browser struct {
	model  *model
	coding string
	end    context.CancelFunc // of the connection; nil without a connection
	ended  chan struct{}      // closed when reading has ended

	mu       sync.Mutex // guards what follows
	room     *sync.Cond // signals changes of the fields below
	stalled  bool
	id       string
	lastSeen int // -1 if nothing was seen
}

func (b *browser) open() {
	t := b.model.t
	ctx, cancel := context.WithCancel(t.Context())
	r := b.model.app.request("GET", "/test/board/a/feed", "", "Accept-Encoding", b.coding)
	b.mu.Lock()
	if b.id != "" {
		r.Header.Set("Last-Event-Id", b.id)
	}
	b.mu.Unlock()
	resp, err := b.model.app.http.Client().Do(r.WithContext(ctx))
	if err != nil || resp.StatusCode != http.StatusOK {
		cancel()
		t.Fatalf("open a feed: %v, %v", resp, err)
	}
	b.end, b.ended = cancel, make(chan struct{})
	go b.read(resp, b.ended)
}

// drop breaks the connection.
func (b *browser) drop() {
	if b.end == nil {
		return
	}
	b.stall(false)
	b.end()
	<-b.ended
	b.end = nil
}

func (b *browser) stall(stalled bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stalled = stalled
	b.room.Broadcast()
}

// read checks every complete event.
func (b *browser) read(resp *http.Response, ended chan<- struct{}) {
	defer close(ended)
	defer resp.Body.Close()
	resp.Body = &gate{resp.Body, b}
	lines := bufio.NewReader(decoded(b.model.t, resp))
	html, id := "", ""
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, errBroken) && !errors.Is(err, io.ErrUnexpectedEOF) {
				b.model.t.Errorf("%s: %v", b.coding, err)
			}
			return
		}
		switch {
		case strings.HasPrefix(line, "data: elements "):
			html = line
		case strings.HasPrefix(line, "id: "):
			id = strings.TrimSpace(line[4:])
		case line == "\n" && html != "":
			b.see(html, id)
			html = ""
		}
	}
}

// await waits at most a minute until the browser has seen a state, and returns
// the last one it has seen.
func (b *browser) await(n int) int {
	late := false
	t := time.AfterFunc(time.Minute, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		late = true
		b.room.Broadcast()
	})
	defer t.Stop()
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.lastSeen != n && !late {
		b.room.Wait()
	}
	return b.lastSeen
}

func (b *browser) see(html, id string) {
	n := strings.Count(html, "<li>")
	want := `data: elements <div id="live" data-live-title="test.Board"><ul data-show-what="all">`
	for i := range n {
		want += fmt.Sprintf("<li>note %d</li>", i)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !strings.HasPrefix(html, want+"</ul>") {
		b.model.t.Errorf("%s: %.400s never was", b.coding, html)
	}
	if n <= b.lastSeen {
		b.model.t.Errorf("%s: state %d after %d", b.coding, n, b.lastSeen)
	}
	b.lastSeen, b.id = n, id
	b.room.Broadcast()
}

// gate blocks reading while its browser stalls.
type gate struct {
	io.ReadCloser
	b *browser
}

func (g *gate) Read(p []byte) (int, error) {
	g.b.mu.Lock()
	for g.b.stalled {
		g.b.room.Wait()
	}
	g.b.mu.Unlock()
	n, err := g.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = errBroken
	}
	return n, err
}

// errBroken means that the connection broke, as opposed to wrong bytes.
var errBroken = errors.New("the connection broke off")
