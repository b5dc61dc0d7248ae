package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"unicode/utf8"

	"ironstar.dev"
	"ironstar.dev/internal/text"
)

// request is one call of Append.
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

// pending is one append and its outcome. It belongs to the caller until the
// request is queued, then to the writer until done is sent.
type pending struct {
	ironstar.Append
	payloads    []string // payloads of the events; copied, so that the caller cannot change them after the check
	metadata    string
	out         ironstar.Outcome
	inserted    bool     // its events are in the open transaction
	predecessor *pending // the append of the same call that it builds on, or nil
	step        *step    // nil for an append; else the rest is unused but for out and inserted

	one [1]string // payloads of an append that has only one
}

func newRequest() any { return &request{done: make(chan struct{}, 1)} }

// Append implements [ironstar.Store]. Besides the errors of package ironstar an
// outcome may hold another: the append was not stored, and never will be as it
// is, because Append.Check or SQLite refuses it or a payload is not JSON.
func (s *Store) Append(ctx context.Context, batch ...ironstar.Append) []ironstar.Outcome {
	req := s.requests.Get().(*request)
	if req.fill(batch) {
		s.send(ctx, req)
	}
	outcomes := make([]ironstar.Outcome, len(batch))
	for i := range req.appends {
		outcomes[i] = req.appends[i].out
	}
	if req.state.Load() != left { // else it is still in the queue
		req.clear()
		s.requests.Put(req)
	}
	return outcomes
}

// fill checks and encodes appends, and reports whether any of them must be
// sent.
func (r *request) fill(batch []ironstar.Append) (any bool) {
	r.appends = r.one[:0]
	if len(batch) > 1 {
		r.appends = make([]pending, 0, len(batch))
	}
	for _, a := range batch {
		r.appends = append(r.appends, pending{Append: a})
		p := &r.appends[len(r.appends)-1]
		p.predecessor = predecessorOf(p, r.appends[:len(r.appends)-1])
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

// sendable adds the appends that were not refused yet to a batch.
func (r *request) sendable(batch []*pending) []*pending {
	for i := range r.appends {
		if p := &r.appends[i]; p.out.Err == nil {
			batch = append(batch, p)
		}
	}
	return batch
}

// clear makes a request ready for its next use.
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
	if s.writer.storeAlone(req) {
		return
	}
	if err := s.writer.queueBytes.acquire(ctx, req.bytes); err != nil {
		req.refuse(fmt.Errorf("%w: too many bytes wait: %w", ironstar.ErrRetryable, err))
		return
	}
	select {
	case s.writer.queue <- req:
		select {
		case s.writer.arrived <- struct{}{}:
		default:
		}
	case <-ctx.Done():
		s.writer.queueBytes.release(req.bytes)
		req.refuse(fmt.Errorf("%w: queue is full: %w", ironstar.ErrRetryable, ctx.Err()))
		return
	}
	select {
	case <-req.done:
	case <-ctx.Done():
		if req.state.CompareAndSwap(waiting, left) {
			req.refuse(fmt.Errorf("%w: %w", ironstar.ErrRetryable, ctx.Err()))
			return // run releases its bytes, which stay in the queue until then
		}
		<-req.done
	}
	s.writer.queueBytes.release(req.bytes)
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
	if p.step != nil {
		p.out.Err = fmt.Errorf("step of process %s: %w", p.step.Process, err)
		return
	}
	var conflict *ironstar.ConflictError
	if !errors.As(err, &conflict) || conflict.Stream != p.Stream { // its text begins with its stream
		p.out.Err = fmt.Errorf("append to %s: %w", p.Stream, err)
	}
}

// encode checks an append and makes texts of it, in the caller's goroutine
// because the writer's time is everybody's.
func (p *pending) encode() error {
	if err := p.Check(); err != nil {
		return err
	}
	if p.Expected == 0 {
		if err := text.CheckNew(p.Stream); err != nil {
			return err
		}
	}
	p.payloads = p.one[:0]
	if len(p.Events) > 1 {
		p.payloads = make([]string, 0, len(p.Events))
	}
	for i := range p.Events {
		if err := checkPayload(&p.Events[i]); err != nil {
			return fmt.Errorf("event %d of %d: %w", i+1, len(p.Events), err)
		}
		p.payloads = append(p.payloads, string(p.Events[i].Payload))
	}
	var err error
	if p.metadata, err = encodeMetadata(&p.Metadata); err != nil {
		return fmt.Errorf("encode metadata: %w", err)
	}
	return nil
}

// checkPayload refuses payloads that no reader could decode.
func checkPayload(e *ironstar.Proposed) error {
	switch {
	case validJSON(e.Payload):
		return nil
	case !utf8.Valid(e.Payload):
		return fmt.Errorf("payload of %s.v%d is not UTF-8", e.Type, e.SchemaVersion)
	}
	return fmt.Errorf("payload of %s.v%d is not JSON", e.Type, e.SchemaVersion)
}

// predecessorOf finds the append of the same call on whose events p builds: the
// last one before it for the same stream, if that leads to the version that p
// expects.
func predecessorOf(p *pending, before []pending) *pending {
	for i := len(before) - 1; i >= 0; i-- {
		if b := &before[i]; b.Stream == p.Stream && len(b.Events) > 0 {
			if b.end() == p.Expected {
				return b
			}
			return nil
		}
	}
	return nil
}

// end is the version to which an append leads.
func (p *pending) end() ironstar.Version { return p.Expected + ironstar.Version(len(p.Events)) }

// lostPredecessor reports that the events on which p builds were not stored as
// expected. The stream can still be at the right version if another caller
// stored as many events, but p was not decided on those.
func (p *pending) lostPredecessor() bool {
	return p.predecessor != nil && (p.predecessor.out.Err != nil || p.predecessor.out.Receipt.Version != p.predecessor.end())
}
