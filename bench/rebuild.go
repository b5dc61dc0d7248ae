package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/sqlite"
)

// measureRebuild folds a log of todo events into the global view, as the
// application does at start.
func measureRebuild(ctx context.Context, b *bench) error {
	dir, err := b.folder("rebuild")
	if err != nil {
		return err
	}
	events, path := b.size(1_000_000, 100_000), filepath.Join(dir, "log.db")
	b.progress("  writing %d events", events)
	if err := fillLog(ctx, path, events); err != nil {
		return err
	}
	what := fmt.Sprintf("%dk events", events/1000)
	err = b.compare(ctx, experiment{
		within: 40 * time.Second,
		metrics: []metric{
			{"rebuild a global view, " + what + ", floor: two connections", perSecond, ratioAtLeast(0.5)},
			{"rebuild a global view, " + what + ", floor: one connection", perSecond, atLeast(perSecond, 1e6)},
			{"read the log through the store, " + what + ", floor: one connection", perSecond, aim{}},
			{"preflight, " + what + ", floor: one connection", perSecond, aim{}},
		},
		ours: func(ctx context.Context, _ int) ([]float64, error) {
			rates, err := rebuildRun(ctx, path, events)
			if err != nil {
				return nil, err
			}
			rate, err := preflightRun(ctx, path, events)
			return []float64{rates[0], rates[0], rates[1], rate}, err
		},
		floor: func(context.Context, int) ([]float64, error) {
			two, err := scanFloor(path, events, 2)
			if err != nil {
				return nil, err
			}
			one, err := scanFloor(path, events, 1)
			return []float64{two, one, one, one}, err
		},
	})
	if err != nil {
		return err
	}
	return measureRebuildMemory(ctx, b, path, events)
}

// rebuildRun starts an engine with a view, and then reads the log again without
// a view.
func rebuildRun(ctx context.Context, path string, events int) (rates []float64, err error) {
	store, err := sqlite.Open(ctx, path, sqlite.Options{Shapes: gen.ListShapes})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	eng := engine.New(store, engine.Options{NoSnapshots: true})
	engine.Run(eng, gen.NewList(todo.List{}))
	tally := engine.Follow(eng, gen.NewTally(todo.Tally{}))
	begun := time.Now()
	if err := eng.Start(ctx); err != nil {
		return nil, err
	}
	folded := time.Since(begun)
	defer eng.Close()
	err = tally.Read(ironstar.GlobalKey, func(s gen.TallyState, _, asOf ironstar.Position) error {
		if int(asOf) != events || int(s.Added) != events/2 {
			return fmt.Errorf("the view counts %d lines at %d, want %d at %d", s.Added, asOf, events/2, events)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	begun = time.Now()
	for _, err := range store.Log(ctx, 0) {
		if err != nil {
			return nil, err
		}
	}
	read := time.Since(begun)
	return []float64{float64(events) / folded.Seconds(), float64(events) / read.Seconds()}, nil
}

// fillLog writes lists of 100 events: half of them add a line, a quarter rename
// one, and a quarter complete one.
func fillLog(ctx context.Context, path string, events int) (err error) {
	store, err := sqlite.Open(ctx, path, sqlite.Options{Shapes: gen.ListShapes})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	const perList, lists = 100, 20 // in one transaction
	for first := 0; first < events/perList; first += lists {
		var batch []ironstar.Append
		for list := range lists {
			proposed, err := listEvents(perList)
			if err != nil {
				return err
			}
			stream := ironstar.Stream{Kind: gen.ListKind, ID: strconv.Itoa(first + list)}
			batch = append(batch, ironstar.Append{Stream: stream, Events: proposed})
		}
		for _, out := range store.Append(ctx, batch...) {
			if out.Err != nil {
				return out.Err
			}
		}
	}
	return nil
}

func listEvents(n int) ([]ironstar.Proposed, error) {
	var all []ironstar.Proposed
	for i := range n / 4 {
		id := ironstar.NewUUID()
		for _, e := range []gen.ListEvent{
			gen.ListAdded{ID: id, Text: "buy milk and bread " + strconv.Itoa(i)},
			gen.ListAdded{ID: ironstar.NewUUID(), Text: "call the plumber about the tap in the kitchen"},
			gen.ListRenamed{ID: id, Text: "buy milk, bread and a newspaper"},
			gen.ListCompleted{ID: id},
		} {
			p, err := gen.EncodeListEvent(e)
			if err != nil {
				return nil, err
			}
			all = append(all, p)
		}
	}
	return all, nil
}
