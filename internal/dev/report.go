package dev

import (
	"fmt"
	"strings"
	"time"
)

// visibleTimeout is how long a report waits until a page says that it shows the
// change.
const visibleTimeout = 10 * time.Second

// report is what is printed about a change.
type report struct {
	name    string
	begun   time.Time // when the file was saved
	steps   []string
	changed bool // there is something to see
	same    bool // the new binary is the old one

	change int            // its number in the state
	seen   chan time.Time // has room for one; set by await
}

func (r *report) add(stage string, took time.Duration) {
	r.steps = append(r.steps, fmt.Sprintf("%s %d ms", stage, took.Milliseconds()))
}

// await has a report wait for a page.
func (s *supervisor) await(r *report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.seen == nil {
		r.seen = make(chan time.Time, 1)
	}
	s.pending = r
}

// visible hears from a page that it shows a change, or that it is hidden.
func (s *supervisor) visible(change int, hidden bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending == nil || change < s.pending.change {
		return
	}
	at := time.Now()
	if hidden {
		at = time.Time{}
	}
	select {
	case s.pending.seen <- at:
	default: // another page was faster
	}
}

// finish prints the report. If pages are open, it waits for one of them, without
// holding up the next change.
func (s *supervisor) finish(r *report) {
	failed := len(s.board.get().Problems) > 0
	if !r.changed || s.board.count() == 0 {
		s.print(r, failed, time.Time{})
		return
	}
	go func() {
		select {
		case at := <-r.seen:
			s.print(r, failed, at)
		case <-time.After(visibleTimeout):
			s.print(r, failed, time.Time{})
		case <-s.ending:
		}
	}()
}

func (s *supervisor) print(r *report, failed bool, visible time.Time) {
	steps := r.steps
	switch {
	case !visible.IsZero():
		steps = append(steps, fmt.Sprintf("on the page after %d ms", visible.Sub(r.begun).Milliseconds()))
	case r.same && !r.changed:
		steps = append(steps, "the server stays the same")
	}
	line := r.name + ": " + strings.Join(steps, ", ")
	switch {
	case failed && r.changed:
		line += "; other problems are left"
	case failed && s.isServing():
		line += "; the last server that worked goes on"
	case failed:
		line += "; the application does not run yet"
	}
	s.out.say("%s", line)
}
