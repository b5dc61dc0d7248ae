package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/todo"
	"ironstar.dev/sqlite"
)

// measureAppend lets writers append one event after the other, each to a stream
// of its own and each waiting for its answer, for a while.
func measureAppend(ctx context.Context, b *bench) error {
	event, err := todo.EncodeListEvent(todo.ListAdded{ID: ironstar.NewUUID(), Text: strings.Repeat("buy milk and bread, ", 7)})
	if err != nil {
		return err
	}
	during := time.Duration(b.size(1500, 500)) * time.Millisecond
	for _, writers := range []int{1, 16, 64} {
		name := fmt.Sprintf("append, %d writers", writers)
		if writers == 1 {
			name = "append, 1 writer"
		}
		err := b.compare(ctx, experiment{
			metrics: []metric{
				{name, perSecond, aim{}}, {name + ", p50", duration, aim{}}, {name + ", p99", duration, aim{}}, {name + ", events per sync", times, aim{}},
			},
			ours: func(ctx context.Context, _ int) ([]float64, error) {
				return b.appendRun(ctx, writers, during, event)
			},
			floor: func(ctx context.Context, _ int) ([]float64, error) {
				return b.appendFloor(ctx, writers, during, string(event.Payload))
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// appendRun appends to a new file through the store.
func (b *bench) appendRun(ctx context.Context, writers int, during time.Duration, event ironstar.Proposed) (figures []float64, err error) {
	dir, err := b.folder("append")
	if err != nil {
		return nil, err
	}
	store, err := sqlite.Open(ctx, filepath.Join(dir, "log.db"), sqlite.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	took := make([][]time.Duration, writers)
	faults := make([]error, writers)
	begun := time.Now()
	var done sync.WaitGroup
	for w := range writers {
		done.Go(func() { took[w], faults[w] = appendAlone(ctx, store, strconv.Itoa(w), begun.Add(during), event) })
	}
	done.Wait()
	spent := time.Since(begun)
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	var all []time.Duration
	for _, t := range took {
		all = append(all, t...)
	}
	syncs, err := transactions(ctx, store)
	if err != nil {
		return nil, err
	}
	return []float64{float64(len(all)) / spent.Seconds(), seconds(all, 0.5), seconds(all, 0.99), float64(len(all)) / float64(syncs)}, nil
}

// appendAlone is one writer. It returns how long each append took.
func appendAlone(ctx context.Context, store *sqlite.Store, id string, until time.Time, event ironstar.Proposed) ([]time.Duration, error) {
	stream := ironstar.Stream{Kind: todo.ListKind, ID: id}
	var took []time.Duration
	for version := ironstar.Version(0); ; version++ {
		begun := time.Now()
		if begun.After(until) {
			return took, nil
		}
		out := store.Append(ctx, ironstar.Append{Stream: stream, Expected: version, Events: []ironstar.Proposed{event}})
		if err := out[0].Err; err != nil {
			return nil, err
		}
		took = append(took, time.Since(begun))
	}
}

// transactions counts them: all events of one have the same time.
func transactions(ctx context.Context, store *sqlite.Store) (n int, err error) {
	var last time.Time
	for r, err := range store.Log(ctx, 0) {
		if err != nil {
			return 0, err
		}
		if !r.RecordedAt.Equal(last) {
			n++
		}
		last = r.RecordedAt
	}
	return max(n, 1), nil
}
