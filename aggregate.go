package ironstar

// Decider is the pure heart of an aggregate.
//
// Initial is the state of a stream without events. Decide answers a command
// with the events it leads to, with none if there is nothing to do, or with an
// error that is a [Refusal]. Evolve folds one event into the state; it owns the
// state it is given and may change it in place. Events are shared: copy a slice
// or map out of an event before changing it.
//
// Asked again on the result of its own events, Decide must return no event: a
// command that arrives twice takes effect once.
type Decider[S, C, E any] struct {
	Initial func() S
	Decide  func(S, C) ([]E, error)
	Evolve  func(S, E) S
}

// Codec turns events into stored bytes and back. Encode checks the event's
// constraints; its errors are [Invalid]. Decode returns the current events that
// a stored one stands for: one, several, or none for a retired event. All that
// reads stored events goes through Decode (G7).
type Codec[E any] struct {
	Encode func(E) (Proposed, error)
	Decode func(*Record) ([]E, error)
}

// StateCodec turns states into bytes and back, for snapshots. Append writes any
// state, also one that does not meet the constraints of its declaration. Decode
// reads what Append wrote, into a state that is its caller's to change, or
// returns an error; the bytes must not change after it. The zero value is of
// states that are not kept.
type StateCodec[S any] struct {
	Append func([]byte, S) []byte
	Decode func([]byte) (S, error)
}

// Aggregate is a decider with a name and a codec. Generated code builds it.
type Aggregate[S, C, E any] struct {
	Kind        string  // "todo.List"; never changes once events are stored
	Fingerprint string  // changes with the declared state and the events folded into it
	Shapes      []Shape // every event version that Codec decodes
	Codec       Codec[E]
	State       StateCodec[S]
	Decider[S, C, E]
}

// Load folds a record, the next in order, into a state of an aggregate. It is no
// method: each aggregate would have it compiled, called or not.
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
