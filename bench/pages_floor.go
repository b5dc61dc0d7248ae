package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"ironstar.dev"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/web"
)

// pagesFloor is the argument that makes this command the server below.
const pagesFloor = "floor-pages"

// barePages does the least that durable commands and pages that show them need. A
// POST is stored as the floor of commands stores it, and then changes a list in
// memory and wakes its feed. The feed renders the component of the real page and
// writes all of it with net/http; a compressed feed has an encoder of its own. It
// has no decoding, decide, command id, view, id of the content, difference, resuming,
// limit or deadline.
type barePages struct {
	waiting chan posted
	pages   []barePage
}

type barePage struct {
	mu      sync.Mutex // guards what follows
	list    gen.ListState
	changed chan struct{} // capacity 1; further tokens are dropped; nil if nobody watches
}

// servePagesFloor serves until it is killed.
func servePagesFloor(db, pages string) error {
	n, err := strconv.Atoi(pages)
	if err != nil {
		return err
	}
	log, err := openBare(context.Background(), db)
	if err != nil {
		return err
	}
	s := &barePages{waiting: make(chan posted, 1024), pages: make([]barePage, n)} // when it is full, POSTs wait
	go storeGroups(log, s.waiting)
	for i := range s.pages {
		for line := range listSize {
			s.pages[i].list.Items = append(s.pages[i].list.Items, gen.Item{ID: ironstar.NewUUID(), Text: "buy milk and bread " + strconv.Itoa(line)})
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feed/{page}", s.feed)
	mux.HandleFunc("POST /toggle/{page}", s.toggle)
	return listenAndPrint(mux)
}

func (s *barePages) page(r *http.Request) (*barePage, error) {
	n, err := strconv.Atoi(r.PathValue("page"))
	if err != nil || n < 0 || n >= len(s.pages) {
		return nil, fmt.Errorf("there is no page %q", r.PathValue("page"))
	}
	return &s.pages[n], nil
}

func (s *barePages) toggle(w http.ResponseWriter, r *http.Request) {
	p, err := s.page(r)
	var body []byte
	if err == nil {
		body, err = io.ReadAll(r.Body)
	}
	if err == nil {
		e := posted{r.PathValue("page"), string(body), make(chan error, 1)}
		s.waiting <- e
		err = <-e.stored
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	p.toggle()
	w.WriteHeader(http.StatusAccepted)
}

func (p *barePage) toggle() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list.Items[0].Done = !p.list.Items[0].Done
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

func (s *barePages) feed(w http.ResponseWriter, r *http.Request) {
	p, err := s.page(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	changed := make(chan struct{}, 1)
	changed <- struct{}{}
	p.mu.Lock()
	p.changed = changed
	p.mu.Unlock()
	w.Header().Set("Content-Type", "text/event-stream")
	write := w.Write
	if strings.Contains(r.Header.Get("Accept-Encoding"), "zstd") {
		w.Header().Set("Content-Encoding", "zstd")
		z, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
			zstd.WithWindowSize(256<<10), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(false))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		write = func(b []byte) (int, error) {
			if _, err := z.Write(b); err != nil {
				return 0, err
			}
			return len(b), z.Flush()
		}
	}
	var buf bytes.Buffer
	for c := http.NewResponseController(w); c.Flush() == nil; {
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
		if err := p.render(&buf); err != nil {
			return
		}
		if _, err := write(buf.Bytes()); err != nil {
			return
		}
	}
}

// render makes an event of the page.
func (p *barePage) render(b *bytes.Buffer) error {
	b.Reset()
	b.WriteString("event: datastar-patch-elements\ndata: elements <div id=\"live\">")
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := web.Board(p.list, todohttp.BoardAt{}).Render(context.Background(), b); err != nil {
		return err
	}
	b.WriteString("</div>\n\n")
	return nil
}
