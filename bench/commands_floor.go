package main

import (
	"context"
	"io"
	"net/http"
)

// commandsFloor is the argument that makes this command the server below.
const commandsFloor = "floor-commands"

// posted is a POST that waits until its event is stored.
type posted struct {
	stream, payload string
	stored          chan error // capacity 1, so that the writer never waits
}

// serveCommandsFloor does the least that durable commands over HTTP need: a
// POST appends its body as one event; one goroutine stores all waiting events
// in one synced transaction with the bare driver; then the POSTs are answered.
// It has no decoding, decide, state, command id, view, limit or deadline. It
// serves until it is killed.
func serveCommandsFloor(db string) error {
	log, err := openBare(context.Background(), db)
	if err != nil {
		return err
	}
	waiting := make(chan posted, 1024) // when it is full, POSTs wait
	go storeGroups(log, waiting)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /append/{stream}", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			p := posted{r.PathValue("stream"), string(body), make(chan error, 1)}
			waiting <- p
			err = <-p.stored
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
	return listenAndPrint(mux)
}

// storeGroups is a naive group commit: all events that wait when a sync has
// ended share the next one.
func storeGroups(log *bareLog, waiting <-chan posted) {
	sequences := map[string]int64{}
	var group []posted
	var events []bareEvent
	for first := range waiting {
		group = append(group[:0], first)
		for len(waiting) > 0 {
			group = append(group, <-waiting)
		}
		events = events[:0]
		for _, p := range group {
			sequences[p.stream]++
			events = append(events, bareEvent{stream: p.stream, sequence: sequences[p.stream], payload: p.payload})
		}
		err := log.append(events...)
		for _, p := range group {
			p.stored <- err
		}
	}
}
