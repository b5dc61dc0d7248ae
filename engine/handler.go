package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/maypok86/otter/v2"

	"ironstar.dev"
)

// Handler takes the commands of one kind of aggregate.
type Handler[C any] interface {
	// Do decides a command for the aggregate with an id, stores what it leads
	// to, and returns where. Without events the receipt's First is 0. Who asks,
	// and under which command id, is in ctx: [ironstar.WithMetadata].
	//
	// The error is the decider's refusal, or wraps ErrBusy, ErrClosed,
	// [*PanicError] or one of the errors of package ironstar. When ctx ends
	// before the command's turn it is not decided; after that it is carried to
	// its end.
	Do(ctx context.Context, id string, c C) (ironstar.Receipt, error)
}

// Run adds an aggregate to an engine. Call it before Start.
func Run[S, C, E any](e *Engine, a ironstar.Aggregate[S, C, E]) Handler[C] {
	if e.started.Load() || slices.ContainsFunc(e.aggregates, func(other Aggregate) bool { return other.Kind == a.Kind }) {
		panic(fmt.Sprintf("engine: Run %s twice, or after Start", a.Kind))
	}
	e.aggregates = append(e.aggregates, erased(&a))
	return &runner[S, C, E]{
		engine: e, aggregate: a,
		lines:  map[string]*line[C]{},
		states: otter.Must(&otter.Options[string, *current[S]]{MaximumSize: e.opts.States}),
	}
}

// runner runs the aggregates of one kind.
type runner[S, C, E any] struct {
	engine    *Engine
	aggregate ironstar.Aggregate[S, C, E]
	states    *otter.Cache[string, *current[S]]

	mu    sync.Mutex
	lines map[string]*line[C] // of aggregates with work; guarded by mu

	whether sync.Once // decides kept
	kept    bool      // states are kept in snapshots
}

// line is the queue of one aggregate while commands to it are under way. One
// goroutine at a time leads it, and that alone touches the aggregate's state.
type line[C any] struct {
	waiting []*job[C] // guarded by runner.mu; at most Options.Queue
}

// job is a command on its way. Its fields belong to the line's goroutine until
// done is closed.
type job[C any] struct {
	ctx     context.Context
	command C
	meta    ironstar.Metadata
	request [32]byte
	tries   int
	kept    *ironstar.Outcome // of an earlier round, in which it may have been stored

	receipt ironstar.Receipt
	err     error
	done    chan struct{} // closed with the answer; nothing is sent
}

func (j *job[C]) answer(r ironstar.Receipt, err error) { j.receipt, j.err = r, err }

func (h *runner[S, C, E]) Do(ctx context.Context, id string, c C) (ironstar.Receipt, error) {
	stream := ironstar.Stream{Kind: h.aggregate.Kind, ID: id}
	if err := stream.Check(); err != nil {
		return ironstar.Receipt{}, err
	}
	j := &job[C]{
		ctx: ctx, command: c, meta: ironstar.MetadataOf(ctx), request: ironstar.RequestOf(ctx),
		done: make(chan struct{}),
	}
	mine, err := h.enqueue(stream, j)
	if err != nil {
		return ironstar.Receipt{}, err
	}
	if mine != nil {
		h.lead(stream, mine, j)
	}
	<-j.done // a command whose ctx has ended is answered when its turn comes, undecided
	return j.receipt, j.err
}

// known looks the command id up (G6). It is asked in the line's goroutine, so
// that the same command is not stored meanwhile.
func (h *runner[S, C, E]) known(s ironstar.Stream, j *job[C]) (ironstar.Receipt, bool, error) {
	if j.meta.CommandID == "" {
		return ironstar.Receipt{}, false, nil
	}
	receipt, found, err := h.engine.store.Command(h.engine.storing(), s, j.meta.CommandID, j.request)
	if err != nil {
		return ironstar.Receipt{}, false, fmt.Errorf("look up command %q of %s: %w", j.meta.CommandID, s, err)
	}
	return receipt, found, nil
}

// enqueue adds a job to the line of its aggregate. If there is none, the caller
// has a new one, without the job, and leads it.
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

// lead begins a line in the goroutine of its first command: mostly that is
// alone, and need not wait for another goroutine. What came meanwhile is decided
// in one of its own.
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

// turn decides jobs, all of them together, answers them, and returns those that
// wait then. When there are none the line is at its end.
func (h *runner[S, C, E]) turn(s ironstar.Stream, l *line[C], jobs []*job[C]) (next []*job[C]) {
	// A panic that is not of decide or evolve is the store's, or ours. The caller's
	// server may survive it, and then the line must not stand still.
	if err := guarded(func() error { h.chain(s, jobs); return nil }); err != nil {
		h.engine.opts.Logger.Error("commands were not carried to their end", "stream", s.String(), "err", err, "stack", stackOf(err))
		h.states.Invalidate(s.ID)
		for _, j := range jobs {
			j.answer(ironstar.Receipt{}, fmt.Errorf("%s: %w: %w", s, ironstar.ErrUnknown, err))
		}
	}
	for _, j := range jobs {
		close(j.done)
	}
	clear(jobs)
	h.keep(s)
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
	last    ironstar.Position // of the stream's last event
	recent  recent

	kept ironstar.Version // of the last snapshot
	size int              // of it, in bytes
}

// load returns the state as stored.
func (h *runner[S, C, E]) load(s ironstar.Stream) (*current[S], error) {
	if kept, ok := h.states.GetIfPresent(s.ID); ok {
		return kept, nil
	}
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
		}
		return nil
	})
}

// storing is the context of work that is not to be cut off half way: Close
// waits for it.
func (e *Engine) storing() context.Context { return context.WithoutCancel(e.base) }

// isFinal says whether trying again cannot help: the answer is about this
// command and not about the state that it met.
func isFinal(err error) bool {
	return !errors.Is(err, ironstar.ErrConflict) && !errors.Is(err, ironstar.ErrRetryable)
}
