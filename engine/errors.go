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
// Nothing was stored.
type PanicError struct {
	Stream  ironstar.Stream
	Command string // its Go type
	Value   any
	Stack   []byte
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("%s to %s: panic: %v", e.Command, e.Stream, e.Value)
}

// EventError is the answer to a command for which decide returned an event that
// cannot be stored: it violates its own constraints, or cannot be decoded
// again. Nothing was stored. It is an error of the program and not of the user,
// so it does not wrap [ironstar.Invalid].
type EventError struct {
	Stream  ironstar.Stream
	Command string // its Go type
	Event   string // its Go type
	Reason  string // with the path of the field: "event todo.List.Added: text: at most 280 characters (has 301)"
}

func (e *EventError) Error() string {
	return fmt.Sprintf("%s to %s: decide made a %s that cannot be stored: %s", e.Command, e.Stream, e.Event, e.Reason)
}

// ViewError says why a key of a view has stopped (G10): an event could not be
// decoded or folded. The key does not change until the program is fixed.
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

// ReadingError means that a field of a command is the id of a stream that cannot exist.
// Its sender can correct that.
type ReadingError struct{ ironstar.Invalid }

// Unwrap returns what is wrong with which field.
func (e *ReadingError) Unwrap() error { return e.Invalid }
