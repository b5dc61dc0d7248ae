package ironstar

import (
	"context"
	"time"
)

// Process is what happens by itself: it folds events into states, one for each key,
// and answers them with actions. Generated code builds it from pure hand-written
// functions.
//
// Each command that it sends takes effect once (G21), although it may be sent
// several times, because its id follows from the event that led to it.
type Process[S any] struct {
	// View says whose states these are. React takes the place of its Evolve, which is
	// nil.
	View[S]

	Was       []string // its former names: it takes over what waits under them
	Beginning bool     // at its first start it reacts to all events, and not only to new ones

	// React folds a record into the state of one key, and returns what is to be
	// done. It owns s, as View.Evolve does.
	React func(key string, s S, r *Record) (S, []Action, error)

	// Due returns what is to be done when a timer is due. It does not change s.
	Due func(key string, s S, t *Timer) ([]Action, error)

	// Refused returns what is to be done after a command was refused. It does not
	// change s. If handled is false, the command waits for a person.
	Refused func(key string, s S, o *Outgoing, refusal Refusal) (actions []Action, handled bool, err error)

	// Commands reads a command that the process sends, by the kind of its aggregate,
	// as a request would give it.
	Commands map[string]func(name string, data []byte, o Origin) (any, error)

	Timers  map[string]func(data []byte) error // reads the data of a timer, by its name: whether this build can
	Effects map[string]Effect                  // by name

	// ActionOf returns an action of hand-written code as the engine takes it, and
	// false if it is none of this process. It is for tests.
	ActionOf func(any) (Action, bool)
}

// Doing is the kind of an [Action].
type Doing int

const (
	Send    Doing = iota // a command
	Set                  // a timer, in place of one with the same key and name
	Cancel               // a timer, if there is one
	Perform              // an effect
)

// Action is something that a process wants to be done. Generated code makes it.
type Action struct {
	Do   Doing
	Name string    // of the command, as in addresses, of the timer or of the effect
	To   Stream    // of a command
	At   time.Time // when a timer is due
	Data []byte    // JSON; empty if there is none
}

// Effect is something in the outside world that a process does, such as a payment.
type Effect struct {
	// Within is how long it is tried. Then it waits for a person.
	Within time.Duration

	Check func(data []byte) error // reads the data: whether this build can

	// Perform does it, and returns the command that says how it ended, or an action
	// without a name if nobody is told. After an error it is tried again, after a
	// pause. It may be called again after it was successful, with the same Try.Key,
	// if the server was killed.
	Perform func(ctx context.Context, t Try, data []byte) (Action, error)
}

// Try is one attempt at an effect.
type Try struct {
	Key    string    // the same for each attempt at one effect, and never for another: the idempotency key for a provider
	Number int       // 1 for the first since the server started
	Until  time.Time // no attempt begins later, but for the first after the server has started
}
