package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/todo"
	"ironstar.dev/sqlite"
)

// lineup is some writers that append one event after the other, each to a
// stream of its own and each waiting for its answer.
type lineup struct {
	name     string
	writers  int
	commands bool  // each append has a command id
	rows     []int // the floor inserts so many rows with one statement; the best counts
	aim      aim
	sync     bool // compare latency with that of a sync, too
}

func lineups() []lineup {
	return []lineup{
		{name: "append, 1 writer", writers: 1, rows: []int{1}, aim: ratioAtLeast(0.9)},
		{name: "append, 16 writers", writers: 16, rows: []int{1}},
		{name: "append, 64 writers", writers: 64, rows: []int{1}, aim: ratioAtLeast(0.8), sync: true},
		{name: "append, 64 writers, command ids", writers: 64, rows: []int{1}, commands: true},
		{name: "append, 1024 writers", writers: 1024, rows: []int{1, 8, 64}, aim: ratioAtLeast(0.7)},
	}
}

// measureAppend lets store, floor and disk take turns of a fraction of a second
// within each run: how fast a disk syncs changes from one second to the next.
func measureAppend(ctx context.Context, b *bench) error {
	event, err := todo.EncodeListEvent(todo.ListAdded{ID: ironstar.NewUUID(), Text: strings.Repeat("buy milk and bread, ", 7)})
	if err != nil {
		return err
	}
	for _, l := range lineups() {
		metrics := []metric{
			{l.name, perSecond, l.aim}, {l.name + ", p50", duration, aim{}}, {l.name + ", p99", duration, aim{}},
			{l.name + ", p99.9", duration, aim{}}, {l.name + ", events per sync", times, aim{}},
		}
		if l.sync {
			metrics = append(metrics, metric{l.name + ", p99 beside a sync's", duration, ratioAtMost(4)})
		}
		var bare []float64 // of the run that was made last
		err := b.compare(ctx, experiment{
			metrics: metrics,
			within:  time.Duration(b.size(30, 5)) * time.Second,
			ours: func(ctx context.Context, _ int) (ours []float64, err error) {
				ours, bare, err = b.appendRun(ctx, l, event)
				return ours, err
			},
			floor: func(context.Context, int) ([]float64, error) { return bare, nil },
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// appendRun makes one run of all sides.
func (b *bench) appendRun(ctx context.Context, l lineup, event ironstar.Proposed) (ours, bare []float64, err error) {
	dir, err := b.folder("append")
	if err != nil {
		return nil, nil, err
	}
	store, err := openWriters(ctx, filepath.Join(dir, "log.db"), l, event)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, store.close()) }()
	turns := []turn{store}
	for _, rows := range l.rows {
		floor, err := openBatches(ctx, filepath.Join(dir, fmt.Sprintf("floor%d.db", rows)), l, rows, string(event.Payload))
		if err != nil {
			return nil, nil, err
		}
		defer func() { err = errors.Join(err, floor.close()) }()
		turns = append(turns, floor)
	}
	disk := &syncs{}
	if l.sync {
		if disk, err = openSyncs(filepath.Join(dir, "plain"), l.writers); err != nil {
			return nil, nil, err
		}
		defer func() { err = errors.Join(err, disk.close()) }()
		turns = append(turns, disk)
	}
	if err := takeTurns(ctx, turns, b.size(6, 2), 250*time.Millisecond); err != nil {
		return nil, nil, err
	}
	return figuresOf(ctx, l, store, turns[1:1+len(l.rows)], disk)
}

// figuresOf returns the figures of both sides.
func figuresOf(ctx context.Context, l lineup, store *writers, floors []turn, disk *syncs) (ours, bare []float64, err error) {
	n, err := transactions(ctx, store.store)
	if err != nil {
		return nil, nil, err
	}
	observe(ctx, l.name, store.took)
	ours = append(store.figures(), float64(len(store.took))/float64(n))
	var best *batches
	for _, f := range floors {
		if figures := append(f.(*batches).figures(), float64(l.writers)); bare == nil || figures[0] > bare[0] {
			bare, best = figures, f.(*batches)
		}
	}
	observeFloor(ctx, l.name, best.took)
	if l.sync {
		observeFloor(ctx, "write and sync of a plain file", disk.took)
		ours, bare = append(ours, seconds(store.took, 0.99)), append(bare, seconds(disk.took, 0.99))
	}
	return ours, bare, nil
}

// turn is a side that works for a while, again and again.
type turn interface {
	label() string // for a CPU profile
	run(ctx context.Context, during time.Duration) error
}

func takeTurns(ctx context.Context, turns []turn, rounds int, during time.Duration) error {
	for range rounds {
		for _, t := range turns {
			var err error
			pprof.Do(ctx, pprof.Labels("side", t.label()), func(ctx context.Context) { err = t.run(ctx, during) })
			if err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// clocked are operations that took some time each, of which several may have
// been under way at once.
type clocked struct {
	took  []time.Duration
	spent time.Duration
}

// figures are the rate and what one operation took.
func (c *clocked) figures() []float64 {
	return []float64{float64(len(c.took)) / c.spent.Seconds(), seconds(c.took, 0.5), seconds(c.took, 0.99), seconds(c.took, 0.999)}
}

// writers is our side.
type writers struct {
	lineup
	clocked
	store    *sqlite.Store
	event    ironstar.Proposed
	versions []ironstar.Version // of the writers' streams
}

// openWriters makes a new file with a store.
func openWriters(ctx context.Context, path string, l lineup, event ironstar.Proposed) (*writers, error) {
	store, err := sqlite.Open(ctx, path, sqlite.Options{})
	return &writers{lineup: l, store: store, event: event, versions: make([]ironstar.Version, l.writers)}, err
}

func (w *writers) label() string { return "ours" }

func (w *writers) close() error { return w.store.Close() }

func (w *writers) run(ctx context.Context, during time.Duration) error {
	took := make([][]time.Duration, w.writers)
	faults := make([]error, w.writers)
	begun := time.Now()
	var done sync.WaitGroup
	for i := range w.writers {
		done.Go(func() { took[i], faults[i] = w.one(ctx, i, begun.Add(during)) })
	}
	done.Wait()
	w.spent += time.Since(begun)
	for _, t := range took {
		w.took = append(w.took, t...)
	}
	return errors.Join(faults...)
}

// one is one writer. It returns how long each append took.
func (w *writers) one(ctx context.Context, i int, until time.Time) (took []time.Duration, err error) {
	a := ironstar.Append{Stream: ironstar.Stream{Kind: todo.ListKind, ID: strconv.Itoa(i)}, Events: []ironstar.Proposed{w.event}}
	for {
		begun := time.Now()
		if begun.After(until) {
			return took, ctx.Err()
		}
		a.Expected = w.versions[i]
		if w.commands {
			a.Metadata.CommandID = commandID(i, int64(a.Expected))
		}
		if err := w.store.Append(ctx, a)[0].Err; err != nil {
			return nil, err
		}
		w.versions[i]++
		took = append(took, time.Since(begun))
	}
}

// commandID is as long as a UUID, and different each time.
func commandID(writer int, n int64) string {
	return "0198c5b2-7d3e-7c3b-9a7" + strconv.FormatInt(1<<46+int64(writer)<<32+n, 10)
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
