package engine

// Abandon closes an engine as a crash would: nothing more is written.
func (e *Engine) Abandon() {
	e.ready.Store(false)
	e.Close()
}

// DifferenceOf is for a table of cases.
var DifferenceOf = differenceOf
