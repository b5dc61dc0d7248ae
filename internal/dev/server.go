package dev

import (
	"context"
	"errors"
	"fmt"
)

// arguments returns the command line of a child.
func (s *supervisor) arguments(takeOver bool) []string {
	args := []string{"serve", "--dev", "--addr", s.address, "--db", s.DB}
	for _, host := range hostsOf(s.Addr) {
		args = append(args, "--host", host)
	}
	if takeOver {
		args = append(args, "--takeover")
	}
	return args
}

// restart has a new binary take over from the child, or starts it. If it does not
// serve, the old child goes on. If ctx ends, it only waits a little longer.
func (s *supervisor) restart(ctx, run context.Context, binary string) []Problem {
	if !s.isServing() {
		if problems := s.prepareDatabase(run, binary); problems != nil {
			return problems
		}
		return s.start(ctx, run, binary, false)
	}
	problems := s.start(ctx, run, binary, true)
	if problems == nil || ctx.Err() != nil {
		return problems
	}
	before := s.board.get().Note
	if found := s.prepareDatabase(run, binary); found != nil {
		return found
	}
	if s.board.get().Note == before {
		return problems // the database is not the reason
	}
	return s.start(ctx, run, binary, false)
}

// prepareDatabase moves a database aside that a build cannot read, or says why not.
func (s *supervisor) prepareDatabase(ctx context.Context, binary string) []Problem {
	versions, err := unreadable(ctx, binary, s.Root, s.DB)
	if err != nil || len(versions) == 0 {
		return nil // if there is no report, the server says why at its start
	}
	note, problems := s.outdated(versions)
	if note != "" {
		s.out.say("dev: %s", note)
		s.board.set(func(now *state) { now.Note = note })
	}
	return problems
}

// start starts a child and waits until it serves.
func (s *supervisor) start(ctx, run context.Context, binary string, takeOver bool) []Problem {
	next, err := startChild(binary, s.Root, s.arguments(takeOver), s.out)
	if err != nil {
		return []Problem{{Stage: StageServer, Message: err.Error()}}
	}
	if err := next.wait(ctx, run, startTime); err != nil {
		next.stop()
		return []Problem{{Stage: StageServer, Message: err.Error(), Hint: next.said()}}
	}
	s.mu.Lock()
	old := s.child
	s.child = next
	if old == nil {
		close(s.started)
	}
	s.mu.Unlock()
	if old != nil {
		old.stop() // it has ended
	}
	return nil
}

// endChild ends the child, if there is one. Requests wait from then on.
func (s *supervisor) endChild() {
	if c := s.takeChild(); c != nil {
		c.stop()
	}
}

// takeChild removes the child and returns it.
func (s *supervisor) takeChild() *child {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.child
	if c != nil {
		s.child, s.started = nil, make(chan struct{})
	}
	return c
}

// childDied says why the child ended by itself.
func (s *supervisor) childDied() {
	c := s.takeChild()
	if c == nil {
		return
	}
	c.stop()
	s.todo.build = true // the next change starts it again
	s.show(StageServer, []Problem{{Stage: StageServer, Message: fmt.Sprintf("%v; the next change starts it again", c.ended()), Hint: c.said()}})
}

// childDone returns a channel that is closed when the child ends; nil without one.
func (s *supervisor) childDone() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.child == nil {
		return nil
	}
	return s.child.done
}

// isServing reports whether there is a child.
func (s *supervisor) isServing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.child != nil
}

// errNoServer means that requests waited for a server, and there is none.
var errNoServer = errors.New("the application does not run; the terminal says why")

// ready waits until there is a child.
func (s *supervisor) ready(ctx context.Context) error {
	s.mu.Lock()
	started := s.started
	s.mu.Unlock()
	select {
	case <-started:
		return nil
	case <-ctx.Done():
		return errNoServer
	case <-s.ending:
		return errNoServer
	}
}
