package query

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// Options of a [Runner]. Store, Engine and Dir are required.
type Options struct {
	Store   ironstar.Store
	Engine  *engine.Engine // its queries are answered
	Dir     string         // the folder of the tables' files; it is made if there is something to put there
	Engines []Engine       // that this build has

	Limits   Limits
	Logger   *slog.Logger   // slog.Default()
	Progress func(Progress) // called now and then while tables are made again, by a goroutine for each; may be nil
}

// Limits of all queries together. The zero value of each means the default.
type Limits struct {
	Answers   int           // that are remembered; 1 000
	Rows      int           // of all remembered answers together; 1 000 000
	Computing int           // answers computed at once, for each engine; 2
	Waiting   int           // callers that wait for an answer; 1 000
	Patience  time.Duration // how long showing an answer may wait for a first one; 300 ms
}

// Progress is how far tables are that are being made again.
type Progress struct {
	Tables    string // "auction.sqlite"
	At, Head  ironstar.Position
	PerSecond float64       // events, on average so far
	Left      time.Duration // at that rate
	Done      bool
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		v         *int
		otherwise int
	}{{&l.Answers, 1000}, {&l.Rows, 1_000_000}, {&l.Computing, 2}, {&l.Waiting, 1000}} {
		if *d.v <= 0 {
			*d.v = d.otherwise
		}
	}
	if l.Patience <= 0 {
		l.Patience = 300 * time.Millisecond
	}
	return l
}

// Runner keeps tables up to date with the log and answers the queries of an engine.
type Runner struct {
	opts   Options
	cache  *cache
	tables []*tableSource
	views  map[string]*viewSource
}

// New makes a runner for the queries of an engine, which answer Loading until Run is
// called. Add all queries before.
func New(o Options) *Runner {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	r := &Runner{opts: o, cache: newCache(o.Limits.withDefaults()), views: map[string]*viewSource{}}
	for _, q := range o.Engine.Queries() {
		if b, ok := q.(bindable); ok {
			b.bind(r)
		}
	}
	return r
}

// tablesFor returns the tables of a context in an engine.
func (r *Runner) tablesFor(e Engine, set *ironstar.TableSet) *tableSource {
	name := set.Context + "." + e.Name()
	for _, t := range r.tables {
		if t.name == name {
			return t
		}
	}
	t := &tableSource{
		name: name, of: e, set: set, store: r.opts.Store, dir: r.opts.Dir,
		logger: r.opts.Logger, progress: r.opts.Progress, wake: r.cache.wake, exports: newExports(filepath.Join(r.opts.Dir, name+".parquet")),
	}
	r.tables = append(r.tables, t)
	return t
}

// viewFor returns a view that queries ask.
func (r *Runner) viewFor(name string) (*viewSource, error) {
	if v := r.views[name]; v != nil {
		return v, nil
	}
	reader, err := engine.FindGlobal(r.opts.Engine, name)
	if err != nil {
		return nil, err
	}
	v := &viewSource{engine: r.opts.Engine, view: reader}
	r.views[name] = v
	return v, nil
}

// Run opens the tables, checks all questions and feeds the tables, until ctx ends. What
// does not work is logged, is the Err of answers, and is tried again if that can
// help. It returns when everything has ended that it started; call it once.
func (r *Runner) Run(ctx context.Context) {
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { r.cache.run(ctx) })
	for _, v := range r.views {
		work.Go(func() { v.run(ctx, r.cache.wake) })
	}
	if len(r.tables) == 0 {
		return
	}
	if err := os.MkdirAll(r.opts.Dir, 0o700); err != nil {
		r.opts.Logger.Error("the folder of the queries' tables cannot be made; check the permissions of the folder it is in", "folder", r.opts.Dir, "err", err)
	}
	for _, t := range r.tables {
		work.Go(func() { t.run(ctx) })
	}
}

// TablesInfo says how far the tables of a context are.
type TablesInfo struct {
	Name     string            // "auction.sqlite"
	Position ironstar.Position // all events up to here are in them
	Ready    bool              // they can be asked
	Failures int               // how often opening or feeding failed
	Err      error             // why they do not follow the log; nil: they do
}

// Tables lists the tables that queries need.
func (r *Runner) Tables() (all []TablesInfo) {
	for _, t := range r.tables {
		t.mu.Lock()
		all = append(all, TablesInfo{Name: t.name, Position: t.position, Ready: t.ready && t.tables != nil, Failures: t.failures, Err: t.err})
		t.mu.Unlock()
	}
	return all
}
