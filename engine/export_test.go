package engine

import "ironstar.dev"

// Abandon closes an engine as a crash would: nothing more is written.
func (e *Engine) Abandon() {
	e.ready.Store(false)
	e.Close()
}

// DifferenceOf is for a table of cases.
var DifferenceOf = differenceOf

// Apply folds a record into all views, as the goroutine does that follows the log.
func Apply(e *Engine, r *ironstar.Record) {
	for _, v := range e.views {
		v.apply(r)
	}
}
