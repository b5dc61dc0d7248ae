package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/sqlite"
)

// hotClients is the number of concurrent clients. It is also the number of
// lines of each list: every client has its own line.
const hotClients = 64

// measureHot sends commands of all clients to one list, where they queue, and,
// as a floor, to a list for each client.
func measureHot(ctx context.Context, b *bench) error {
	during := time.Duration(b.size(1500, 500)) * time.Millisecond
	name := fmt.Sprintf("commands, %d clients, one stream", hotClients)
	return b.compare(ctx, experiment{
		metrics: []metric{{name, perSecond, ratioAtLeast(0.5)}, {name + ", p50", duration, aim{}}, {name + ", p99", duration, aim{}}},
		ours:    func(ctx context.Context, _ int) ([]float64, error) { return b.hotRun(ctx, name, during, 1) },
		floor:   func(ctx context.Context, _ int) ([]float64, error) { return b.hotRun(ctx, name, during, hotClients) },
	})
}

// hotRun sends commands of clients to lists through an engine on a new file.
// All lists have the same length.
func (b *bench) hotRun(ctx context.Context, name string, during time.Duration, lists int) (figures []float64, err error) {
	dir, err := b.folder("hot")
	if err != nil {
		return nil, err
	}
	store, err := sqlite.Open(ctx, filepath.Join(dir, "log.db"), sqlite.Options{Shapes: gen.ListShapes})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	lines, err := addLists(ctx, store, lists, hotClients)
	if err != nil {
		return nil, err
	}
	eng := engine.New(store, engine.Options{})
	handler := engine.Run(eng, gen.NewList(todo.List{}))
	if err := eng.Start(ctx); err != nil {
		return nil, err
	}
	defer eng.Close()
	took := make([][]time.Duration, hotClients)
	faults := make([]error, hotClients)
	begun := time.Now()
	var done sync.WaitGroup
	for c := range hotClients {
		done.Go(func() {
			took[c], faults[c] = toggleAlone(ctx, handler, strconv.Itoa(c%lists), lines[c], begun.Add(during))
		})
	}
	done.Wait()
	spent := time.Since(begun)
	all := slices.Concat(took...)
	observe(ctx, name, all)
	return []float64{float64(len(all)) / spent.Seconds(), seconds(all, 0.5), seconds(all, 0.99)}, errors.Join(faults...)
}

// addLists stores lists named 0, 1, 2 …, all with the same lines.
func addLists(ctx context.Context, store *sqlite.Store, lists, each int) ([]ironstar.UUID, error) {
	var lines []ironstar.UUID
	var events []ironstar.Proposed
	for i := range each {
		lines = append(lines, ironstar.NewUUID())
		p, err := gen.EncodeListEvent(gen.ListAdded{ID: lines[i], Text: "buy milk and bread " + strconv.Itoa(i)})
		if err != nil {
			return nil, err
		}
		events = append(events, p)
	}
	var batch []ironstar.Append
	for i := range lists {
		batch = append(batch, ironstar.Append{Stream: ironstar.Stream{Kind: gen.ListKind, ID: strconv.Itoa(i)}, Events: events})
	}
	for _, out := range store.Append(ctx, batch...) {
		if out.Err != nil {
			return nil, out.Err
		}
	}
	return lines, nil
}

// toggleAlone ticks one line off and on again, each time with its own command
// id, and waits for each answer. Each command must store one event.
func toggleAlone(ctx context.Context, h engine.Handler[gen.ListCommand], list string, line ironstar.UUID, until time.Time) ([]time.Duration, error) {
	var took []time.Duration
	for done := false; ; done = !done {
		var command gen.ListCommand = gen.ListComplete{ID: line}
		if done {
			command = gen.ListReopen{ID: line}
		}
		begun := time.Now()
		if begun.After(until) {
			return took, nil
		}
		id := ironstar.Metadata{CommandID: ironstar.NewUUID().String()}
		receipt, err := h.Handle(ctx, list, ironstar.Command[gen.ListCommand]{Data: command, Metadata: id})
		if err == nil && receipt.First == 0 {
			err = errors.New("a command stored nothing: another one was lost or done twice")
		}
		if err != nil {
			return nil, err
		}
		took = append(took, time.Since(begun))
	}
}
