package dev

import (
	"encoding/json"
	"sync"
)

// state is what open pages know of the run, as JSON.
type state struct {
	Problems []Problem `json:"problems"`
	Note     string    `json:"note,omitempty"` // something that happened, to be read once
	Working  string    `json:"working"`        // the stage that runs, or ""

	// Counts of what a page must follow.
	Change  int    `json:"change"`  // changes that are to be seen on pages
	Server  int    `json:"server"`  // servers that began to serve
	Scripts string `json:"scripts"` // which scripts pages load

	Styles map[string]string `json:"styles"` // by name: "app.css" → "/static/app-6KD3XQ2A.css"
}

// board holds the state and tells those who follow it about changes.
type board struct {
	mu      sync.Mutex
	now     state
	readers map[chan struct{}]bool // each has room for one
}

func newBoard() *board {
	return &board{now: state{Problems: []Problem{}, Styles: map[string]string{}}, readers: map[chan struct{}]bool{}}
}

// get returns the present state.
func (b *board) get() state {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

// set changes the state. f must replace what it changes in slices and maps.
func (b *board) set(f func(*state)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(&b.now)
	for c := range b.readers {
		select {
		case c <- struct{}{}:
		default: // it will read the newest state anyway
		}
	}
}

// follow returns a channel that gets a value after changes, until stop is called.
func (b *board) follow() (changed <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.readers[c] = true
	return c, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.readers, c)
	}
}

// count returns how many pages follow.
func (b *board) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.readers)
}

func (s state) json() []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // all parts have JSON
	}
	return text
}
