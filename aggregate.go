package ironstar

import "fmt"

// Decider is the pure core of an aggregate.
//
// Initial returns the state of a stream without events. Decide answers a
// command with events, with no events if there is nothing to do, or with an
// error that is a [Refusal]. It gets the states of the streams that the command
// reads, and changes no state. Evolve folds one event into the state. It owns its
// state argument and may change it in place. Events are shared: copy a slice or
// map of an event before you change it.
//
// If Decide is called again with the state that its own events led to, it must
// return no events: a command that arrives twice takes effect once.
type Decider[S, C, E any] struct {
	Initial func() S
	Decide  func(S, C, States) ([]E, error)
	Evolve  func(S, E) S
}

// Reading is a stream whose state decides about a command to another one.
type Reading struct {
	Field  string // of the command, as in JSON; it has the id
	Stream Stream
}

// States are the states of the streams that a command reads, in the order of
// Aggregate.Reads. Each is of its aggregate's type of state, and nobody may
// change it.
type States []any

// Codec encodes events for the store and decodes them. Encode checks the
// event's constraints; its errors are [Invalid]. Decode returns the current
// events that a stored event becomes: one, several, or none for a retired
// event. All readers of stored events use Decode (G7).
type Codec[E any] struct {
	Encode func(E) (Proposed, error)
	Decode func(*Record) ([]E, error)
}

// StateCodec encodes and decodes states for snapshots. Append writes any state,
// also one that violates the constraints of its declaration. Decode reads what
// Append wrote and returns a state that the caller may change. The bytes must
// not change after the call. The zero value means that the state is not saved
// in snapshots.
type StateCodec[S any] struct {
	Append func([]byte, S) []byte
	Decode func([]byte) (S, error)
}

// Aggregate is a decider with a name and a codec. Generated code builds it.
type Aggregate[S, C, E any] struct {
	Kind        string  // "todo.List"; never changes once events are stored
	Fingerprint string  // changes with the declared state and the events folded into it
	Shapes      []Shape // every event version that Codec decodes
	IDs         IDs     // the rule for ids of its streams
	Codec       Codec[E]
	State       StateCodec[S]
	Secrets     []string // names in JSON of secret fields of its events

	// Reads lists the streams that a command reads: its fields with @reads. Their
	// aggregates run in the same engine. The command's events are stored only if
	// these streams are still as Decide has seen them. nil: no command reads any.
	Reads func(C) []Reading

	// Applies reports whether an event changes a state: whether that is in one of the
	// cases that the event has with @in. nil: each event changes every state.
	Applies func(S, E) bool

	// Unique are rules by which at most one stream of this kind holds a value (G22).
	Unique []Unique[E]

	Decider[S, C, E]
}

// Unique is a rule: an event takes a value for its stream, or gives it up. A final
// event gives up everything. Claims follow from events and not from states, because
// evolve may change with every deploy.
type Unique[E any] struct {
	Rule        string // its name: "Handle"
	Declaration string // hash of what Claim does; if it changes, all claims are made again from the log

	// Claim returns the value that the event takes, "" if the event gives up what its
	// stream holds, and false if the event is not concerned.
	Claim func(E) (value string, claims bool)

	// Taken returns the refusal of a command whose value another stream holds. nil:
	// the command gets the [TakenError].
	Taken func(value string) error
}

// AsStored encodes an event, the next of a stream, and decodes it again. A
// state after a decision is folded from the decoded event, so it equals the
// state that a later start folds from the store. Go can distinguish values that
// are stored alike, such as a nil and an empty list. An error means that the
// event cannot be stored.
func AsStored[E any](codec *Codec[E], s Stream, sequence Version, e E) (Proposed, []E, error) {
	p, err := codec.Encode(e)
	if err != nil {
		return p, nil, err
	}
	stored, err := codec.Decode(&Record{
		Stream: s, Sequence: sequence, Type: p.Type, SchemaVersion: p.SchemaVersion, Payload: p.Payload,
	})
	if err != nil {
		return p, nil, fmt.Errorf("its stored form %.200s cannot be read back: %w", p.Payload, err)
	}
	return p, stored, nil
}

// Load folds a record, the next in order, into a state of an aggregate. It is
// not a method, because then it would be compiled for each aggregate, used or
// not.
func Load[S, C, E any](a *Aggregate[S, C, E], s S, r *Record) (S, error) {
	events, err := Decoded(r, a.Codec.Decode)
	if err != nil {
		return s, err
	}
	for _, e := range events {
		s = a.Evolve(s, e)
	}
	return s, nil
}

// Next folds an event that has just been decided. If the event does not apply to the
// state, the code that decides has a mistake, and Next returns an error. (A stored event
// that does not apply changes nothing.)
func Next[S, C, E any](a *Aggregate[S, C, E], s S, e E) (S, error) {
	if a.Applies != nil && !a.Applies(s, e) {
		return s, fmt.Errorf("%T does not apply to the state %T: see its @in in the schema", e, s)
	}
	return a.Evolve(s, e), nil
}
