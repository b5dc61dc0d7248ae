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

// lineup is a number of writers. Each appends to its own stream, one event
// after the other, and waits for each answer.
type lineup struct {
	name     string
	writers  int
	commands bool  // each append has a command id
	claims   bool  // each append takes a unique value
	rows     []int // rows that one statement of the floor inserts; the best floor counts
	aim      aim
	sync     bool // also compare the latency with that of a sync
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

// measureAppend alternates store, floor and disk in fractions of a second
// within each run, because the time of a sync changes from one second to the
// next.
func measureAppend(ctx context.Context, b *bench) error {
	event, err := todo.EncodeListEvent(todo.ListAdded{ID: ironstar.NewUUID(), Text: strings.Repeat("buy milk and bread, ", 7)})
	if err != nil {
		return err
	}
	for _, l := range lineups() {
		if err := b.appendLineup(ctx, l, event); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) appendLineup(ctx context.Context, l lineup, event ironstar.Proposed) (err error) {
	s, err := b.openSides(ctx, l, event)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	// Until the write-ahead logs were restarted: syncing a growing file is
	// slower, and a server's file grows only after its start.
	if err := takeTurns(ctx, s.turns(), 1, time.Duration(b.size(1500, 500))*time.Millisecond); err != nil {
		return err
	}
	metrics := []metric{
		{l.name, perSecond, l.aim}, {l.name + ", p50", duration, aim{}}, {l.name + ", p99", duration, aim{}},
		{l.name + ", p99.9", duration, aim{}}, {l.name + ", events per sync", times, aim{}},
	}
	if l.sync {
		metrics = append(metrics, metric{l.name + ", p99 beside a sync's", duration, ratioAtMost(4)})
	}
	var bare []float64 // rates of the last run
	return b.compare(ctx, experiment{
		metrics: metrics,
		within:  time.Duration(b.size(40, 5)) * time.Second,
		ours: func(ctx context.Context, _ int) (ours []float64, err error) {
			ours, bare, err = s.run(ctx, b.size(5, 2))
			observe(ctx, l.name, s.ours.took)
			return ours, err
		},
		floor: func(ctx context.Context, _ int) ([]float64, error) {
			observe(ctx, l.name, s.best.took)
			if s.disk != nil {
				observe(ctx, "write and sync of a plain file", s.disk.took)
			}
			return bare, nil
		},
	})
}

// sides are all measured parts of a lineup.
type sides struct {
	lineup
	ours   *writers
	floors []*batches
	best   *batches // the best floor in the last run
	disk   *syncs   // nil if it is not measured
}

// openSides makes new files. The caller closes them.
func (b *bench) openSides(ctx context.Context, l lineup, event ironstar.Proposed) (*sides, error) {
	dir, err := b.folder("append")
	if err != nil {
		return nil, err
	}
	s := &sides{lineup: l}
	if s.ours, err = openWriters(ctx, filepath.Join(dir, "log.db"), l, event); err != nil {
		return nil, err
	}
	for _, rows := range l.rows {
		floor, err := openBatches(ctx, filepath.Join(dir, fmt.Sprintf("floor%d.db", rows)), l, rows, string(event.Payload))
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		s.floors = append(s.floors, floor)
	}
	if l.sync {
		if s.disk, err = openSyncs(filepath.Join(dir, "plain"), l.writers); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	return s, nil
}

func (s *sides) turns() []turn {
	all := []turn{s.ours}
	for _, f := range s.floors {
		all = append(all, f)
	}
	if s.disk != nil {
		all = append(all, s.disk)
	}
	return all
}

func (s *sides) close() error {
	var errs []error
	for _, t := range s.turns() {
		errs = append(errs, t.close())
	}
	return errors.Join(errs...)
}

// run makes one run of all sides and returns the figures.
func (s *sides) run(ctx context.Context, rounds int) (ours, bare []float64, err error) {
	head, err := s.ours.store.Head(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range s.turns() {
		t.reset()
	}
	if err := takeTurns(ctx, s.turns(), rounds, 250*time.Millisecond); err != nil {
		return nil, nil, err
	}
	n, err := transactions(ctx, s.ours.store, head)
	if err != nil {
		return nil, nil, err
	}
	ours = append(s.ours.figures(), float64(len(s.ours.took))/float64(n))
	for _, f := range s.floors {
		if figures := append(f.figures(), float64(s.writers)); bare == nil || figures[0] > bare[0] {
			bare, s.best = figures, f
		}
	}
	if s.disk != nil {
		ours, bare = append(ours, seconds(s.ours.took, 0.99)), append(bare, seconds(s.disk.took, 0.99))
	}
	return ours, bare, nil
}

// turn is a side that works for a while, several times.
type turn interface {
	label() string // for a CPU profile
	run(ctx context.Context, during time.Duration) error
	reset() // what was measured
	close() error
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

// clocked holds the durations of operations, several of which may run at the
// same time.
type clocked struct {
	took  []time.Duration
	spent time.Duration
}

func (c *clocked) reset() { c.took, c.spent = nil, 0 }

// figures returns the rate and the quantiles of durations.
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
		if w.claims {
			a.Events[0].Claims = []ironstar.Claim{{Rule: benchRule.Name, Value: commandID(i, int64(a.Expected))}}
		}
		if err := w.store.Append(ctx, a)[0].Err; err != nil {
			return nil, err
		}
		w.versions[i]++
		took = append(took, time.Since(begun))
	}
}

// commandID returns a different id each time, as long as a UUID.
func commandID(writer int, n int64) string {
	return "0198c5b2-7d3e-7c3b-9a7" + strconv.FormatInt(1<<46+int64(writer)<<32+n, 10)
}

// transactions counts transactions after a position. All events of a
// transaction have the same time.
func transactions(ctx context.Context, store *sqlite.Store, after ironstar.Position) (n int, err error) {
	var last time.Time
	for r, err := range store.Log(ctx, after) {
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
