package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"unicode/utf8"

	"ironstar.dev"
)

// request is one call of Append on its way to the writer.
type request struct {
	batch []*pending
	bytes int           // of payloads
	state atomic.Uint32 // one of the states below
	done  chan struct{} // closed when every outcome is set; nothing is sent
}

// A request is waiting until either the writer takes it or its caller leaves.
const (
	waiting uint32 = iota
	taken
	left
)

// pending is one append and what becomes of it. Its fields belong to the caller
// until the request is queued, then to the writer until done is closed.
type pending struct {
	ironstar.Append
	payloads []string // of the events; copied, so that the caller keeps its bytes
	metadata string
	out      ironstar.Outcome
	inserted bool // its events are in the open transaction
}

// Append implements [ironstar.Store]. Besides the errors of package ironstar an
// outcome may hold another: then nothing was stored, and the append can never
// be as it is, because it holds no JSON or SQLite refuses it.
func (s *Store) Append(ctx context.Context, batch ...ironstar.Append) []ironstar.Outcome {
	req := &request{done: make(chan struct{})}
	all := make([]*pending, len(batch))
	for i, a := range batch {
		p, err := newPending(a)
		all[i] = p
		if err != nil {
			p.refuse(err)
			continue
		}
		req.batch = append(req.batch, p)
		for _, payload := range p.payloads {
			req.bytes += len(payload)
		}
	}
	if len(req.batch) > 0 {
		s.send(ctx, req)
	}
	outcomes := make([]ironstar.Outcome, len(all))
	for i, p := range all {
		outcomes[i] = p.out
	}
	return outcomes
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
	for _, p := range r.batch {
		p.refuse(err)
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

// newPending checks and encodes an append, in the caller's goroutine because
// the writer's time is everybody's.
func newPending(a ironstar.Append) (*pending, error) {
	p := &pending{Append: a}
	if err := a.Stream.Check(); err != nil {
		return p, err
	}
	p.payloads = make([]string, len(a.Events))
	for i, e := range a.Events {
		if e.Final && i < len(a.Events)-1 {
			return p, fmt.Errorf("%w: event %d of %d, %s, is final but not the last", ironstar.ErrFinal, i+1, len(a.Events), e.Type)
		}
		if err := checkEvent(e); err != nil {
			return p, fmt.Errorf("event %d of %d: %w", i+1, len(a.Events), err)
		}
		p.payloads[i] = string(e.Payload)
	}
	metadata, err := json.Marshal(a.Metadata)
	if err != nil {
		return p, fmt.Errorf("encode metadata: %w", err)
	}
	p.metadata = string(metadata)
	return p, nil
}

// checkEvent refuses what no reader could decode.
func checkEvent(e ironstar.Proposed) error {
	switch {
	case e.Type == "":
		return errors.New("event has no type")
	case e.SchemaVersion < 1:
		return fmt.Errorf("%s has schema version %d, want 1 or more", e.Type, e.SchemaVersion)
	case !utf8.Valid(e.Payload):
		return fmt.Errorf("payload of %s.v%d is not UTF-8", e.Type, e.SchemaVersion)
	case !json.Valid(e.Payload):
		return fmt.Errorf("payload of %s.v%d is not JSON", e.Type, e.SchemaVersion)
	}
	return nil
}
