package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// bidsFloor is the argument that makes this command the server below.
const bidsFloor = "floor-bids"

// bareRoom does the least that a room with one lot needs: under one lock a bid is
// appended and synced with the bare driver, a patch of the size of the real one is made
// of padding, and all feeds are woken, each of which writes it. It compares no amounts,
// and has no decoding, state, process, rendering, limit or deadline.
type bareRoom struct {
	mu          sync.Mutex // guards what follows
	log         *bareLog
	first, line int // bytes of a patch without bids, and more for each bid
	bids        int
	frame       []byte
	feeds       map[chan struct{}]bool // each of capacity 1; further tokens are dropped
}

// serveBidsFloor serves until it is killed.
func serveBidsFloor(db string) error {
	log, err := openBare(context.Background(), db)
	if err != nil {
		return err
	}
	s := &bareRoom{log: log, feeds: map[chan struct{}]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /open/{first}/{line}", s.open)
	mux.HandleFunc("POST /bid", s.bid)
	mux.HandleFunc("GET /feed", s.feed)
	return listenAndPrint(mux)
}

// open begins with a lot without bids.
func (s *bareRoom) open(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.first, _ = strconv.Atoi(r.PathValue("first")) // our own bench says it
	s.line, _ = strconv.Atoi(r.PathValue("line"))
	if err := s.log.append(bareEvent{stream: "lot", sequence: s.log.position + 1, payload: "{}"}); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.bids = 0
	s.render()
	w.WriteHeader(http.StatusAccepted)
}

func (s *bareRoom) bid(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var position int64
	if err == nil {
		position, err = s.store(string(body))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Ironstar-Position", strconv.FormatInt(position, 10))
	w.WriteHeader(http.StatusAccepted)
}

func (s *bareRoom) store(payload string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.log.append(bareEvent{stream: "lot", sequence: s.log.position + 1, payload: payload}); err != nil {
		return 0, err
	}
	s.bids++
	s.render()
	for feed := range s.feeds {
		select {
		case feed <- struct{}{}:
		default:
		}
	}
	return s.log.position, nil
}

// render makes the patch. s.mu is held.
func (s *bareRoom) render() {
	head := fmt.Sprintf("event: datastar-patch-elements\nid: %d.\ndata: elements ", s.log.position)
	padding := bytes.Repeat([]byte("x"), max(0, s.first+s.line*s.bids-len(head)-2))
	s.frame = append(append([]byte(head), padding...), "\n\n"...)
}

func (s *bareRoom) feed(w http.ResponseWriter, r *http.Request) {
	changed := make(chan struct{}, 1)
	changed <- struct{}{}
	s.mu.Lock()
	s.feeds[changed] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.feeds, changed)
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	c := http.NewResponseController(w)
	for c.Flush() == nil {
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
		s.mu.Lock()
		frame := s.frame
		s.mu.Unlock()
		if _, err := w.Write(frame); err != nil {
			return
		}
	}
}

// bareAuction is the floor's server, as its bidders see it.
type bareAuction struct {
	server  *process
	bidders int
}

// openBidsFloor starts this command again as the floor's server.
func (b *bench) openBidsFloor(ctx context.Context, bidders int) (*bareAuction, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := b.folder("bidsfloor")
	if err != nil {
		return nil, err
	}
	server, err := startProcess(ctx, nil, self, bidsFloor, filepath.Join(dir, "floor.db"))
	return &bareAuction{server, bidders}, err
}

// sell makes the room empty. Its patches have a size.
func (a *bareAuction) sell(size patchSize) (*sale, error) {
	c := &http.Client{Timeout: patience}
	got, err := c.Post(fmt.Sprintf("%s/open/%.0f/%.0f", a.server.url, size.first, size.line), "text/plain", nil)
	if err != nil {
		return nil, err
	}
	if got.StatusCode != http.StatusAccepted {
		return nil, fmt.Errorf("open the floor's lot: %s", got.Status)
	}
	return &sale{
		server: a.server, feed: a.server.url + "/feed", bid: "/bid", bidders: make([]string, a.bidders),
		body:   func(amount int64) string { return fmt.Sprintf(`{"amount":"%d","at":%d}`, amount, time.Now().Unix()) },
		tooLow: func(answer) bool { return false },
	}, got.Body.Close()
}
