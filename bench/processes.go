package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/sqlite"
	"ironstar.dev/wire"
)

// processWriters is how many lists are written to at once.
const processWriters = 64

// measureProcesses measures a process that completes each line as soon as it is added,
// and timers.
func measureProcesses(ctx context.Context, b *bench) error {
	lines := b.size(6000, 1000)
	err := b.compare(ctx, experiment{
		metrics: []metric{{"an event and the command of a process that follows, 64 lists", perSecond, aim{}}},
		within:  time.Duration(b.size(40, 8)) * time.Second,
		ours:    func(ctx context.Context, _ int) ([]float64, error) { return b.reactions(ctx, lines, true) },
		floor:   func(ctx context.Context, _ int) ([]float64, error) { return b.reactions(ctx, lines, false) },
	})
	if err != nil {
		return err
	}
	name := "from an event to the event of the command that follows, 1 list"
	err = b.compare(ctx, experiment{
		metrics: []metric{{name + ", p50", duration, aim{}}, {name + ", p99", duration, aim{}}},
		ours: func(ctx context.Context, _ int) ([]float64, error) {
			return b.reactionTimes(ctx, b.size(500, 100), true)
		},
		floor: func(ctx context.Context, _ int) ([]float64, error) {
			return b.reactionTimes(ctx, b.size(500, 100), false)
		},
	})
	if err != nil {
		return err
	}
	waiting := b.size(100_000, 5_000)
	name = fmt.Sprintf("1000 timers due within a second, %d waiting, lateness", waiting)
	return b.compare(ctx, experiment{
		metrics: []metric{{name + ", p50", duration, aim{}}, {name + ", p99", duration, aim{}}},
		within:  time.Duration(b.size(60, 8)) * time.Second,
		ours:    func(ctx context.Context, _ int) ([]float64, error) { return b.timers(ctx, waiting) },
		floor:   func(ctx context.Context, _ int) ([]float64, error) { return b.bareTimers(ctx) },
	})
}

// completer completes each line that is added. Text that begins with "later" sets a
// timer in its place, for as many milliseconds as follow.
func completer() ironstar.Process[struct{}] {
	complete := func(r *ironstar.Record, id ironstar.UUID) ironstar.Action {
		return ironstar.Action{Do: ironstar.Send, Name: "complete", To: r.Stream, Data: fmt.Appendf(nil, `{"id":%q}`, id.String())}
	}
	p := ironstar.Process[struct{}]{
		React: func(_ string, s struct{}, r *ironstar.Record) (struct{}, []ironstar.Action, error) {
			events, err := ironstar.Decoded(r, gen.DecodeListEvent)
			if err != nil {
				return s, nil, err
			}
			added, ok := events[0].(gen.ListAdded)
			if !ok {
				return s, nil, nil
			}
			var after int
			if n, err := fmt.Sscanf(added.Text, "later %d", &after); n == 1 && err == nil {
				a := complete(r, added.ID)
				return s, []ironstar.Action{{Do: ironstar.Set, Name: "Later", At: r.RecordedAt.Add(time.Duration(after) * time.Millisecond), Data: a.Data}}, nil
			}
			return s, []ironstar.Action{complete(r, added.ID)}, nil
		},
		Due: func(key string, _ struct{}, t *ironstar.Timer) ([]ironstar.Action, error) {
			return []ironstar.Action{{Do: ironstar.Send, Name: "complete", To: ironstar.Stream{Kind: gen.ListKind, ID: key}, Data: t.Data}}, nil
		},
		Refused: func(string, struct{}, *ironstar.Outgoing, ironstar.Refusal) ([]ironstar.Action, bool, error) {
			return nil, false, nil
		},
		Commands: map[string]func(string, []byte, ironstar.Origin) (any, error){gen.ListKind: wire.CommandFrom(gen.ParseListCommand)},
		Timers:   map[string]func([]byte) error{"Later": func([]byte) error { return nil }},
	}
	p.Name, p.By, p.Kinds = "bench.Completer", ironstar.ByStream, []string{gen.ListKind}
	p.Initial = func(string) struct{} { return struct{}{} }
	return p
}

// lists is an engine with lists on a new file, with the process or without.
type lists struct {
	store   *sqlite.Store
	engine  *engine.Engine
	handler engine.Handler[gen.ListCommand]
}

func (b *bench) openLists(ctx context.Context, withProcess bool) (*lists, error) {
	dir, err := b.folder("processes")
	if err != nil {
		return nil, err
	}
	store, err := sqlite.Open(ctx, filepath.Join(dir, "log.db"), sqlite.Options{Shapes: gen.ListShapes})
	if err != nil {
		return nil, err
	}
	l := &lists{store: store, engine: engine.New(store, engine.Options{})}
	l.handler = engine.Run(l.engine, gen.NewList(todo.List{}))
	if withProcess {
		engine.RunProcess(l.engine, completer())
	}
	if err := l.engine.Start(ctx); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return l, nil
}

func (l *lists) close() error { return errors.Join(l.engine.Close(), l.store.Close()) }

// reactions returns how many lines are added and completed in a second: by a process
// that follows, or by the client that has added the line.
func (b *bench) reactions(ctx context.Context, lines int, byProcess bool) (figures []float64, err error) {
	l, err := b.openLists(ctx, byProcess)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	faults := make([]error, processWriters)
	begun := time.Now()
	var done sync.WaitGroup
	for w := range processWriters {
		done.Go(func() {
			for i := w; i < lines && faults[w] == nil; i += processWriters {
				id := ironstar.NewUUID()
				list := strconv.Itoa(w) + "-" + strconv.Itoa(i/50/processWriters)
				_, faults[w] = l.handler.Do(ctx, list, gen.ListAdd{ID: id, Text: "buy milk"})
				if !byProcess && faults[w] == nil {
					_, faults[w] = l.handler.Do(ctx, list, gen.ListComplete{ID: id})
				}
			}
		})
	}
	done.Wait()
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	if byProcess {
		if err := l.engine.SettleProcesses(ctx); err != nil {
			return nil, err
		}
	}
	spent := time.Since(begun)
	if head, err := l.store.Head(ctx); err != nil || int(head) != 2*lines {
		return nil, fmt.Errorf("%d events are stored, want %d: %w", head, 2*lines, err)
	}
	return []float64{float64(lines) / spent.Seconds()}, nil
}

// reactionTimes measures the time from when a line is added until it is completed.
func (b *bench) reactionTimes(ctx context.Context, lines int, byProcess bool) (figures []float64, err error) {
	l, err := b.openLists(ctx, byProcess)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	follow, end := context.WithCancel(ctx)
	defer end()
	completed := make(chan struct{}, 1)
	go func() {
		for r, err := range l.store.Follow(follow, 0) {
			if err != nil {
				return
			}
			if r.Type == "Completed" {
				completed <- struct{}{}
			}
		}
	}()
	var took []time.Duration
	for i := range lines {
		id, list := ironstar.NewUUID(), strconv.Itoa(i/50)
		begun := time.Now()
		if _, err := l.handler.Do(ctx, list, gen.ListAdd{ID: id, Text: "buy milk"}); err != nil {
			return nil, err
		}
		if !byProcess {
			if _, err := l.handler.Do(ctx, list, gen.ListComplete{ID: id}); err != nil {
				return nil, err
			}
		}
		select {
		case <-completed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		took = append(took, time.Since(begun))
	}
	return []float64{seconds(took, 0.5), seconds(took, 0.99)}, nil
}

// timers sets timers, of which 1000 are due within a second, and returns how late their
// commands are stored.
func (b *bench) timers(ctx context.Context, waiting int) (figures []float64, err error) {
	l, err := b.openLists(ctx, true)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	add := func(list, text string) ironstar.Append {
		p, encodeErr := gen.EncodeListEvent(gen.ListAdded{ID: ironstar.NewUUID(), Text: text})
		err = errors.Join(err, encodeErr)
		return ironstar.Append{Stream: ironstar.Stream{Kind: gen.ListKind, ID: list}, Events: []ironstar.Proposed{p}}
	}
	var batch []ironstar.Append
	send := func() {
		for _, out := range l.store.Append(ctx, batch...) {
			err = errors.Join(err, out.Err)
		}
		batch = batch[:0]
	}
	for i := range waiting {
		if batch = append(batch, add("w"+strconv.Itoa(i), "later 3600000")); len(batch) == 500 {
			send()
		}
	}
	send()
	if err := errors.Join(err, l.engine.SettleProcesses(ctx)); err != nil {
		return nil, err
	}
	for i := range 1000 {
		batch = append(batch, add("d"+strconv.Itoa(i), "later "+strconv.Itoa(1000+i)))
	}
	send()
	if err != nil {
		return nil, err
	}
	var late []time.Duration
	due := map[string]time.Time{}
	for r, err := range l.store.Follow(ctx, 0) {
		if err != nil {
			return nil, err
		}
		if r.Type == "Completed" {
			if late = append(late, r.RecordedAt.Sub(due[r.Stream.ID])); len(late) == 1000 {
				break
			}
		} else if i, err := strconv.Atoi(r.Stream.ID[1:]); r.Stream.ID[0] == 'd' && err == nil {
			due[r.Stream.ID] = r.RecordedAt.Add(time.Duration(1000+i) * time.Millisecond)
		}
	}
	return []float64{seconds(late, 0.5), seconds(late, 0.99)}, nil
}

// bareTimers appends an event at each of 1000 times within a second, in a goroutine that
// knows them, and returns how late the events are stored.
func (b *bench) bareTimers(ctx context.Context) (figures []float64, err error) {
	l, err := b.openLists(ctx, false)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	late := make([]time.Duration, 1000)
	faults := make([]error, 1000)
	begun := time.Now().Add(100 * time.Millisecond)
	var done sync.WaitGroup
	for i := range 1000 {
		at := begun.Add(time.Duration(i) * time.Millisecond)
		time.Sleep(time.Until(at))
		done.Go(func() {
			_, faults[i] = l.handler.Do(ctx, "d"+strconv.Itoa(i), gen.ListAdd{ID: ironstar.NewUUID(), Text: "now"})
			late[i] = time.Since(at)
		})
	}
	done.Wait()
	return []float64{seconds(late, 0.5), seconds(late, 0.99)}, errors.Join(faults...)
}
