package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"unicode/utf8"

	"ironstar.dev"
)

// request is one call of Append on its way to the writer.
type request struct {
	appends []pending
	bytes   int           // of payloads
	state   atomic.Uint32 // one of the states below
	done    chan struct{} // capacity 1: the writer sends when every outcome is set, and never waits

	one [1]pending // appends of a request that has only one
}

// A request is waiting until either the writer takes it or its caller leaves.
const (
	waiting uint32 = iota
	taken
	left
)

// pending is one append and what becomes of it. Its fields belong to the caller
// until the request is queued, then to the writer until done is sent.
type pending struct {
	ironstar.Append
	payloads []string // of the events; copied, so that nobody changes what was checked
	metadata string
	out      ironstar.Outcome
	inserted bool     // its events are in the open transaction
	base     *pending // of the same call, whose events it counts on; nil for none

	one [1]string // payloads of an append that has only one
}

func newRequest() any { return &request{done: make(chan struct{}, 1)} }

// Append implements [ironstar.Store]. Besides the errors of package ironstar an
// outcome may hold another: then nothing was stored, and the append can never
// be as it is, because it holds no JSON or SQLite refuses it.
func (s *Store) Append(ctx context.Context, batch ...ironstar.Append) []ironstar.Outcome {
	req := s.requests.Get().(*request)
	if req.fill(batch) {
		s.send(ctx, req)
	}
	outcomes := make([]ironstar.Outcome, len(batch))
	for i := range req.appends {
		outcomes[i] = req.appends[i].out
	}
	if req.state.Load() != left { // else the writer finds it in its queue yet
		req.clear()
		s.requests.Put(req)
	}
	return outcomes
}

// fill checks and encodes appends, and reports whether one is worth sending.
func (r *request) fill(batch []ironstar.Append) (any bool) {
	r.appends = r.one[:0]
	if len(batch) > 1 {
		r.appends = make([]pending, 0, len(batch))
	}
	for _, a := range batch {
		r.appends = append(r.appends, pending{Append: a})
		p := &r.appends[len(r.appends)-1]
		p.base = baseOf(p, r.appends[:len(r.appends)-1])
		if err := p.encode(); err != nil {
			p.refuse(err)
			continue
		}
		any = true
		for _, payload := range p.payloads {
			r.bytes += len(payload)
		}
	}
	return any
}

// sendable adds the appends that are good enough for the writer to a batch.
func (r *request) sendable(batch []*pending) []*pending {
	for i := range r.appends {
		if p := &r.appends[i]; p.out.Err == nil {
			batch = append(batch, p)
		}
	}
	return batch
}

// clear makes a request one that nobody uses.
func (r *request) clear() {
	r.one[0] = pending{}
	r.appends, r.bytes = nil, 0
	r.state.Store(waiting)
}

// send hands a request to the writer and waits until it is answered or, if the
// writer has not taken it yet, ctx ends.
func (s *Store) send(ctx context.Context, req *request) {
	if err := s.enter(); err != nil {
		req.refuse(err)
		return
	}
	defer s.entered.Done()
	if err := ctx.Err(); err != nil {
		req.refuse(fmt.Errorf("%w: %w", ironstar.ErrRetryable, err))
		return
	}
	if s.writer.alone(req) {
		return
	}
	select {
	case s.writer.queue <- req:
	case <-ctx.Done():
		req.refuse(fmt.Errorf("%w: queue is full: %w", ironstar.ErrRetryable, ctx.Err()))
		return
	}
	select {
	case <-req.done:
	case <-ctx.Done():
		if req.state.CompareAndSwap(waiting, left) {
			req.refuse(fmt.Errorf("%w: %w", ironstar.ErrRetryable, ctx.Err()))
			return
		}
		<-req.done
	}
}

// enter keeps Close waiting until s.entered.Done is called.
func (s *Store) enter() error {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.closed {
		return ironstar.ErrClosed
	}
	if s.writer == nil {
		return fmt.Errorf("%w: another process owns the file", ironstar.ErrRetryable)
	}
	s.entered.Add(1)
	return nil
}

// refuse answers all appends of a request that was not taken.
func (r *request) refuse(err error) {
	for i := range r.appends {
		if p := &r.appends[i]; p.out.Err == nil {
			p.refuse(err)
		}
	}
}

// refuse answers an append of which nothing is stored.
func (p *pending) refuse(err error) {
	p.out = ironstar.Outcome{Err: err}
	var conflict *ironstar.ConflictError
	if !errors.As(err, &conflict) { // which names its stream itself
		p.out.Err = fmt.Errorf("append to %s: %w", p.Stream, err)
	}
}

// encode checks an append and makes texts of it, in the caller's goroutine
// because the writer's time is everybody's.
func (p *pending) encode() error {
	if err := p.Stream.Check(); err != nil {
		return err
	}
	p.payloads = p.one[:0]
	if len(p.Events) > 1 {
		p.payloads = make([]string, 0, len(p.Events))
	}
	for i := range p.Events {
		e := &p.Events[i]
		if e.Final && i < len(p.Events)-1 {
			return fmt.Errorf("%w: event %d of %d, %s, is final but not the last", ironstar.ErrFinal, i+1, len(p.Events), e.Type)
		}
		if err := checkEvent(e); err != nil {
			return fmt.Errorf("event %d of %d: %w", i+1, len(p.Events), err)
		}
		p.payloads = append(p.payloads, string(e.Payload))
	}
	var err error
	if p.metadata, err = encodeMetadata(&p.Metadata); err != nil {
		return fmt.Errorf("encode metadata: %w", err)
	}
	return nil
}

// checkEvent refuses what no reader could decode.
func checkEvent(e *ironstar.Proposed) error {
	switch {
	case e.Type == "":
		return errors.New("event has no type")
	case e.SchemaVersion < 1:
		return fmt.Errorf("%s has schema version %d, want 1 or more", e.Type, e.SchemaVersion)
	case !validJSON(e.Payload):
		if !utf8.Valid(e.Payload) {
			return fmt.Errorf("payload of %s.v%d is not UTF-8", e.Type, e.SchemaVersion)
		}
		return fmt.Errorf("payload of %s.v%d is not JSON", e.Type, e.SchemaVersion)
	}
	return nil
}
