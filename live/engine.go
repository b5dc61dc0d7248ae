package live

import (
	"context"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// These interfaces are all that this package needs of package engine. Errors are
// those of engine and ironstar.

// Engine knows the positions of the log and the views. *engine.Engine implements it.
type Engine interface {
	Head() ironstar.Position
	Wait(ctx context.Context, p ironstar.Position) error
	Memory() engine.Memory
}

// Handler takes an aggregate's commands. engine.Handler implements it.
type Handler[C any] interface {
	Handle(ctx context.Context, id string, c ironstar.Command[C]) (ironstar.Receipt, error)
}

// Reader gives access to the states of a view. *engine.Reader implements it.
type Reader[S any] interface {
	// Read calls f with the state of a key, the position that last changed it
	// and the position that it includes. f must not keep the state.
	Read(key string, f func(s S, changed, asOf ironstar.Position) error) error
	// Notify calls changed whenever the key may have changed, until stop is called.
	// changed must return at once.
	Notify(key string, changed func()) (stop func(), err error)
}

// Revised is a [Reader] whose state can change without an event, such as an answer
// about the last hour.
type Revised interface {
	// Revision returns another number whenever Read may give another state.
	Revision() uint64
}
