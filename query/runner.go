package query

import (
	"context"
	"log/slog"
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
	Progress func(Progress) // called now and then while tables are made again; may be nil
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

// Runner keeps tables up to date with the log and answers the queries of an engine.
type Runner struct{ opts Options }

// New makes a runner for the queries of an engine, which answer Loading until Run is
// called.
func New(o Options) *Runner { return &Runner{opts: o} }

// Run opens the tables, checks all questions and feeds the tables, until ctx ends. What
// does not work is logged, is the Err of answers, and is tried again if that can
// help. It returns when everything has ended that it started.
func (r *Runner) Run(ctx context.Context) { <-ctx.Done() }
