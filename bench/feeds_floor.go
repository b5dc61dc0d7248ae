package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"sync"
)

// floorServer is the argument that makes this command the server below.
const floorServer = "floor-server"

// bareServer does the least that a POST, a log and many open pages need: a POST
// appends its body as one event, in one synced transaction, with the bare
// driver; then every open feed gets the same bytes, which were rendered before
// the server started; then the POST is answered. It has no decoding, decide,
// state, view, rendering, id, resuming, limit or deadline, and no header except
// the content type.
type bareServer struct {
	frame []byte

	mu    sync.Mutex // guards what follows
	log   *bareLog
	feeds map[chan struct{}]bool // each of capacity 1; further tokens are dropped
}

// serveFloor serves until it is killed.
func serveFloor(db, frame string) error {
	log, err := openBare(context.Background(), db)
	if err != nil {
		return err
	}
	s := &bareServer{log: log, feeds: map[chan struct{}]bool{}}
	if s.frame, err = os.ReadFile(frame); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feed", s.feed)
	mux.HandleFunc("POST /append", s.append)
	return listenAndPrint(mux)
}

func (s *bareServer) append(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = s.store(string(body))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func (s *bareServer) store(payload string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.log.append(bareEvent{stream: "list", sequence: s.log.position + 1, payload: payload}); err != nil {
		return err
	}
	for feed := range s.feeds {
		select {
		case feed <- struct{}{}:
		default:
		}
	}
	return nil
}

func (s *bareServer) feed(w http.ResponseWriter, r *http.Request) {
	changed := make(chan struct{}, 1)
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
		if _, err := w.Write(s.frame); err != nil {
			return
		}
	}
}
