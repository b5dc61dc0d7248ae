package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"ironstar.dev"
)

// Handler takes the commands of one kind of aggregate.
type Handler[C any] interface {
	// Handle decides a command for the aggregate with this id, stores its events,
	// and returns their positions. If there are no events, the receipt's First is 0.
	//
	// The error is the decider's refusal, or wraps ErrBusy, ErrClosed,
	// [*PanicError], [*EventError] or one of the errors of package ironstar. If ctx
	// ends before the command's turn, it is not decided. Later, ctx has no effect.
	Handle(ctx context.Context, id string, c ironstar.Command[C]) (ironstar.Receipt, error)

	// Do calls Handle with a command that has no command id and no other metadata.
	Do(ctx context.Context, id string, c C) (ironstar.Receipt, error)
}

// Run adds an aggregate to an engine. Call it before Start.
func Run[S, C, E any](e *Engine, a ironstar.Aggregate[S, C, E]) Handler[C] {
	if e.started.Load() || slices.ContainsFunc(e.aggregates, func(other AggregateInfo) bool { return other.Kind == a.Kind }) {
		panic(fmt.Sprintf("engine: Run %s twice, or after Start", a.Kind))
	}
	e.aggregates = append(e.aggregates, erased(&a))
	h := &runner[S, C, E]{
		engine: e, aggregate: a,
		lines: map[string]*line[C]{},
	}
	e.handlers[a.Kind] = h
	addClaims(&e.claims, &h.aggregate)
	return h
}

// runner runs the aggregates of one kind.
type runner[S, C, E any] struct {
	engine    *Engine
	aggregate ironstar.Aggregate[S, C, E]

	mu    sync.Mutex
	lines map[string]*line[C] // lines of aggregates with commands under way; guarded by mu

	decideSnapshots sync.Once // sets snapshotsOn
	snapshotsOn     bool      // states are saved in snapshots
}

// line is the queue of one aggregate while commands to it are under way. One
// goroutine at a time leads it, and only that goroutine uses the aggregate's
// state.
type line[C any] struct {
	waiting []*job[C] // guarded by runner.mu; at most Options.Queue
}

// job is a command on its way. Its fields belong to the line's goroutine until
// done is closed.
type job[C any] struct {
	ironstar.Command[C]
	ctx     context.Context
	tries   int
	outcome *ironstar.Outcome // outcome in an earlier batch that may have stored its events

	requires []ironstar.Required // streams that it was decided on, besides its own

	receipt ironstar.Receipt
	err     error
	done    chan struct{} // closed when the answer is set; nothing is sent
}

func (j *job[C]) answer(r ironstar.Receipt, err error) { j.receipt, j.err = r, err }

func (h *runner[S, C, E]) Do(ctx context.Context, id string, c C) (ironstar.Receipt, error) {
	return h.Handle(ctx, id, ironstar.Command[C]{Data: c})
}

func (h *runner[S, C, E]) Handle(ctx context.Context, id string, c ironstar.Command[C]) (ironstar.Receipt, error) {
	stream := ironstar.Stream{Kind: h.aggregate.Kind, ID: id}
	if err := h.check(stream); err != nil {
		return ironstar.Receipt{}, err
	}
	j := &job[C]{Command: c, ctx: ctx, done: make(chan struct{})}
	mine, err := h.enqueue(stream, j)
	if err != nil {
		return ironstar.Receipt{}, err
	}
	if mine != nil {
		h.lead(stream, mine, j)
	}
	<-j.done // if ctx ends earlier, the answer still comes at the command's turn
	return j.receipt, j.err
}

// known looks up the command id in the store (G6). It is called in the line's
// goroutine, so nothing can store the same command meanwhile.
func (h *runner[S, C, E]) known(s ironstar.Stream, j *job[C]) (ironstar.Receipt, bool, error) {
	if j.Metadata.CommandID == "" {
		return ironstar.Receipt{}, false, nil
	}
	receipt, found, err := h.engine.store.Command(h.engine.storing(), s, j.Metadata.CommandID, j.Request)
	if err != nil {
		return ironstar.Receipt{}, false, fmt.Errorf("look up command %q of %s: %w", j.Metadata.CommandID, s, err)
	}
	return receipt, found, nil
}

// enqueue adds a job to the line of its aggregate. If the aggregate has no line,
// enqueue returns a new one without the job, and the caller leads it.
func (h *runner[S, C, E]) enqueue(s ironstar.Stream, j *job[C]) (mine *line[C], err error) {
	if h.engine.base.Err() != nil {
		return nil, ErrClosed
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if l := h.lines[s.ID]; l != nil {
		if len(l.waiting) >= h.engine.opts.Queue {
			return nil, fmt.Errorf("%s: %w", s, ErrBusy)
		}
		l.waiting = append(l.waiting, j)
		return nil, nil
	}
	if !h.engine.enter() {
		return nil, ErrClosed
	}
	mine = &line[C]{}
	h.lines[s.ID] = mine
	return mine, nil
}

// lead begins a line in the goroutine of its first command. Usually that command
// is alone, and need not wait for another goroutine. Commands that arrive
// meanwhile are decided in a goroutine of their own.
func (h *runner[S, C, E]) lead(s ironstar.Stream, l *line[C], first *job[C]) {
	jobs := h.turn(s, l, []*job[C]{first})
	if len(jobs) == 0 {
		h.engine.work.Done()
		return
	}
	go func() {
		defer h.engine.work.Done()
		for len(jobs) > 0 {
			jobs = h.turn(s, l, jobs)
		}
	}()
}

// turn decides jobs together, answers them, and returns the jobs that arrived
// meanwhile. If there are none, it removes the line.
func (h *runner[S, C, E]) turn(s ironstar.Stream, l *line[C], jobs []*job[C]) (next []*job[C]) {
	// decide and evolve are guarded elsewhere, so a panic here comes from the store
	// or from this package. The caller's server may survive it, and then the line
	// must go on.
	var now *current[S]
	if err := guarded(func() error { now = h.decideAll(s, jobs); return nil }); err != nil {
		h.engine.opts.Logger.Error("commands were not carried to their end", "stream", s.String(), "err", err, "stack", stackOf(err))
		h.engine.states.Invalidate(s)
		for _, j := range jobs {
			j.answer(ironstar.Receipt{}, fmt.Errorf("%s: %w: %w", s, ironstar.ErrUnknown, err))
		}
	}
	for _, j := range jobs {
		close(j.done)
	}
	clear(jobs)
	if now != nil {
		h.offerSnapshot(s, now)
		h.engine.states.Set(s, now)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	next, l.waiting = l.waiting, jobs[:0]
	if len(next) == 0 {
		delete(h.lines, s.ID)
	}
	return next
}

// current is the state of one aggregate.
type current[S any] struct {
	state   S
	version ironstar.Version
	last    ironstar.Position // position of the stream's last event
	recent  recent

	snapshotVersion ironstar.Version // version of the last snapshot
	snapshotBytes   int
	foldedBytes     int // bytes of the events after the snapshot
}

func (now *current[S]) weight() int64 {
	return weightOf(now.snapshotBytes, now.foldedBytes+now.recent.bytes())
}

// load returns the stored state: from memory, a snapshot, or the stream.
func (h *runner[S, C, E]) load(s ironstar.Stream) (*current[S], error) {
	if cached, ok := h.engine.states.GetIfPresent(s); ok {
		return cached.(*current[S]), nil
	}
	return h.fromStore(s)
}

// fromStore returns the stored state: from a snapshot, or the stream.
func (h *runner[S, C, E]) fromStore(s ironstar.Stream) (*current[S], error) {
	now, err := h.fromSnapshot(s)
	if now == nil && err == nil {
		now = &current[S]{}
		err = guarded(func() error { now.state = h.aggregate.Initial(); return nil })
		if err == nil {
			err = h.foldOn(now, h.engine.store.Stream(h.engine.storing(), s, 0))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", s, err)
	}
	return now, nil
}

// foldOn folds the records that follow a state into it.
func (h *runner[S, C, E]) foldOn(now *current[S], records iter.Seq2[*ironstar.Record, error]) error {
	return guarded(func() error {
		for r, err := range records {
			if err != nil {
				return err
			}
			if now.state, err = ironstar.Load(&h.aggregate, now.state, r); err != nil {
				return err
			}
			now.version, now.last = r.Sequence, r.Position
			now.foldedBytes += len(r.Payload)
		}
		return nil
	})
}

// storing returns the context of work that must not be interrupted: Close waits
// for it.
func (e *Engine) storing() context.Context { return context.WithoutCancel(e.base) }

// isFinal reports whether a retry cannot help, because the error is about the
// command and not about the state that it was decided on.
func isFinal(err error) bool {
	return !errors.Is(err, ironstar.ErrConflict) && !errors.Is(err, ironstar.ErrRetryable)
}
