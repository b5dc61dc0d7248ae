package query

import (
	"context"
	"time"

	"ironstar.dev"
)

// source is what questions are asked: tables, or a view.
type source interface {
	// state says how far the source is, for a question that reads some of its tables.
	state(reads []string) sourceState
	// engineName is that of the engine, whose computations are counted together.
	engineName() string
	// reach waits for a position if that does not come through changes of the state.
	reach(ctx context.Context, p ironstar.Position) error
}

// sourceState is how far a source is.
type sourceState struct {
	ready    bool              // it can be asked: it has everything that was stored when it was opened
	position ironstar.Position // all events up to here are in it
	changed  ironstar.Position // the last one of them that concerns the question
	newest   time.Time         // when that one was stored; the zero time if it is not known
	stalled  time.Time         // since when it does not follow the log; the zero time: it does
	err      error             // why it does not follow the log, or cannot be asked this
}

// result is what a computation returned. It is never changed.
type result struct {
	rows     any // []R
	count    int // of rows
	more     bool
	position ironstar.Position
	window   ironstar.Window
	at       time.Time // when it was there
}

// computation is a question with its parameters, ready to be asked about a window.
type computation func(ctx context.Context, w ironstar.Window) (*result, error)
