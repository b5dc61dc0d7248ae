package engine

import (
	"errors"
	"fmt"

	"ironstar.dev"
)

var (
	// ErrBusy: too many commands wait for this aggregate. Nothing was decided.
	ErrBusy = errors.New("too many commands are waiting for this aggregate")
	// ErrClosed: the engine is closed. Nothing was decided.
	ErrClosed = errors.New("engine is closed")
)

// PanicError is the answer to a command whose decide or evolve panicked.
// Nothing of it was stored.
type PanicError struct {
	Stream  ironstar.Stream
	Command string // its Go type
	Value   any
	Stack   []byte
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("%s to %s: panic: %v", e.Command, e.Stream, e.Value)
}

// ViewError says why a key of a view stands still (G10): an event could not be
// decoded or folded. The key stays as it is until the program is mended.
type ViewError struct {
	View     string
	Key      string // "" is the whole view
	Position ironstar.Position
	Stream   ironstar.Stream
	Err      error
}

func (e *ViewError) Error() string {
	return fmt.Sprintf("view %s, key %q stopped at position %d of %s: %v", e.View, e.Key, e.Position, e.Stream, e.Err)
}

func (e *ViewError) Unwrap() error { return e.Err }
