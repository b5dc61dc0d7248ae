package bidders

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"hash/maphash"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// frame is what a page showed at a position.
type frame struct {
	at   int64
	live string
	hash uint64
	seen
}

// frames are all that the pages showed. People with the same page see the same.
type frames struct {
	t    *testing.T
	seed maphash.Seed

	mu       sync.Mutex
	all      map[string]map[string]*frame // by page and id
	received atomic.Int64
}

func newFrames(t *testing.T) *frames {
	return &frames{t: t, seed: maphash.MakeSeed(), all: map[string]map[string]*frame{}}
}

// add returns the frame with an id.
func (f *frames) add(page, id string, live []byte) *frame {
	f.received.Add(1)
	hash := maphash.Bytes(f.seed, live)
	f.mu.Lock()
	known := f.all[page][id]
	f.mu.Unlock()
	if known == nil {
		position, _, _ := strings.Cut(id, ".")
		at, err := strconv.ParseInt(position, 10, 64)
		if err != nil {
			f.t.Errorf("the id of a frame is %q", id)
		}
		known = &frame{at: at, live: string(live), hash: hash, seen: look(string(live))}
		f.mu.Lock()
		if f.all[page] == nil {
			f.all[page] = map[string]*frame{}
		}
		if first := f.all[page][id]; first != nil {
			known = first
		}
		f.all[page][id] = known
		f.mu.Unlock()
	}
	if known.hash != hash {
		f.t.Errorf("two people see different things under the id %s: %q and %q", id, known.live, live)
	}
	return known
}

// feed is a page that a person has open.
type feed struct {
	*person
	page    string // its name among the frames: a lot, or the session of a page that nobody shares
	frames  *frames
	address string
	id      string
	latest  atomic.Pointer[frame]
	stop    context.CancelFunc
	ended   chan struct{} // closed at the end
}

// enter opens the room of a lot.
func (p *person) enter(lot string, all *frames) *feed { return p.open(lot, rooms(lot), all) }

// open opens a page.
func (p *person) open(name, path string, all *frames) *feed {
	ctx, stop := context.WithCancel(context.Background())
	f := &feed{person: p, page: name, frames: all, stop: stop, ended: make(chan struct{})}
	live, address := liveOn(p.load(path))
	_, id, _ := strings.Cut(address, "_from=")
	f.address, f.id = address, strings.Split(id, "&")[0]
	f.latest.Store(all.add(name, f.id, []byte(live)))
	go f.follow(ctx)
	return f
}

// leave closes the page.
func (f *feed) leave() {
	f.stop()
	<-f.ended
}

// follow opens the feed again whenever it ends, as the client of a page does.
func (f *feed) follow(ctx context.Context) {
	defer close(f.ended)
	const longestWait = 5 * time.Second
	coding := []string{"", "gzip", "zstd"}[rand.IntN(3)]
	for failures := 0; ctx.Err() == nil; {
		wait := 100 * time.Millisecond
		if f.once(ctx, coding) {
			failures = 0
		} else {
			failures++
			wait = min(longestWait, 250*time.Millisecond<<min(failures, 6))
		}
		select {
		case <-time.After(time.Duration(float64(wait) * (0.5 + rand.Float64()/2))):
		case <-ctx.Done():
		}
	}
}

// once reads the feed to its end, and reports whether it was open.
func (f *feed) once(ctx context.Context, coding string) bool {
	ctx, end := context.WithCancel(ctx)
	defer end()
	silent := time.AfterFunc(40*time.Second, end) // the server sends something every 15 s
	defer silent.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+f.s.addr+f.address, nil)
	if err != nil {
		f.t.Error(err)
		return false
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Last-Event-ID", f.id)
	if coding != "" {
		req.Header.Set("Accept-Encoding", coding)
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		if resp.StatusCode != http.StatusServiceUnavailable {
			f.t.Errorf("a feed is answered with %s", resp.Status)
		}
		return false
	}
	stream, closes, err := decoded(resp)
	if err != nil {
		return true // it ended before the first byte
	}
	defer closes()
	f.read(bufio.NewReaderSize(stream, 64<<10), silent)
	return true
}

// decoded returns the text of an answer.
func decoded(resp *http.Response) (io.Reader, func(), error) {
	switch resp.Header.Get("Content-Encoding") {
	case "gzip":
		r, err := gzip.NewReader(resp.Body)
		return r, func() {}, err
	case "zstd":
		r, err := zstd.NewReader(resp.Body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			return nil, nil, err
		}
		return r, r.Close, nil
	}
	return resp.Body, func() {}, nil
}

// read reads events. What is not complete is not seen.
func (f *feed) read(stream *bufio.Reader, silent *time.Timer) {
	var line, elements []byte
	id, is := "", ""
	for {
		piece, err := stream.ReadSlice('\n')
		silent.Reset(40 * time.Second)
		line = append(line, piece...)
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil {
			return
		}
		text := line[:len(line)-1]
		switch name, value, _ := bytes.Cut(text, []byte(": ")); string(name) {
		case "event":
			is = string(value)
		case "id":
			id = string(value)
		case "data":
			if html, ok := bytes.CutPrefix(value, []byte("elements ")); ok {
				if len(elements) > 0 {
					elements = append(elements, '\n')
				}
				elements = append(elements, html...)
			}
		case "":
			if is == "datastar-patch-elements" && id != "" {
				f.show(id, elements)
			}
			id, is, elements = "", "", elements[:0]
		}
		line = line[:0]
	}
}

// show shows a frame. None is older than the one before.
func (f *feed) show(id string, live []byte) {
	shown := f.frames.add(f.page, id, live)
	if before := f.latest.Load(); shown.at < before.at {
		f.t.Errorf("a feed that showed position %d shows %d", before.at, shown.at)
	}
	f.id = id
	f.latest.Store(shown)
}

// await waits until a room shows something.
func (f *feed) await(what string, shown func(*frame) bool) {
	f.t.Helper()
	for end := time.Now().Add(patience); !shown(f.latest.Load()); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			f.t.Errorf("the room of %s does not show %s but, at %d, %.600s", f.handle, what, f.latest.Load().at, f.latest.Load().live)
			return
		}
	}
}
