package ironstartest

import "ironstar.dev"

// Other is a stream that commands read: a [Spec] with an id.
type Other struct {
	stream ironstar.Stream
	states func(origin) any
}

// origin says where a state comes from.
type origin int

const (
	inMemory     origin = iota
	fromSnapshot        // a new one after each event
)

// As gives the stream of a specification an id, so that a command of another
// specification can read it:
//
//	bidder := ironstartest.For(t, auction.NewBidder(app.Bidder{})).Given(auction.BidderJoined{…})
//	lot.Reading(bidder.As("b1")).When(auction.LotBid{Bidder: "b1", …}).Then(…)
func (s Spec[S, C, E]) As(id string) Other {
	return Other{ironstar.Stream{Kind: s.aggregate.Kind, ID: id}, func(o origin) any {
		s.t.Helper()
		return s.stateThrough(s.through(o))
	}}
}

// Reading adds streams that commands read (@reads).
func (s Spec[S, C, E]) Reading(others ...Other) Spec[S, C, E] {
	s.others = append(s.others[:len(s.others):len(s.others)], others...)
	return s
}

// decide decides a command on a state, and on those of the streams that it reads.
func (s Spec[S, C, E]) decide(own S, c C, from origin) ([]E, error) {
	s.t.Helper()
	states := s.read(own, c, from)
	events, err := s.aggregate.Decide(own, c, states)
	if diff := difference(s.read(own, c, from), states); diff != "" {
		s.t.Errorf("%T: decide changed a state that it reads, but only evolve may change a state (-before +after):\n%s", c, diff)
	}
	return events, err
}

func (s Spec[S, C, E]) read(own S, c C, from origin) (states ironstar.States) {
	s.t.Helper()
	if s.aggregate.Reads == nil {
		return nil
	}
	for _, r := range s.aggregate.Reads(c) {
		state, ok := s.stateOf(own, r.Stream, from)
		if !ok {
			s.t.Fatalf("%T reads %s by its field %s: say what that is, with Reading(ironstartest.For(t, …).As(%q))", c, r.Stream, r.Field, r.Stream.ID)
		}
		states = append(states, state)
	}
	return states
}

// stateOf finds the state of a stream. The last one with its name counts.
func (s Spec[S, C, E]) stateOf(own S, stream ironstar.Stream, from origin) (state any, ok bool) {
	if stream.Kind == s.aggregate.Kind && stream.ID == specStream {
		return own, true
	}
	for i := len(s.others) - 1; i >= 0; i-- {
		if s.others[i].stream == stream {
			return s.others[i].states(from), true
		}
	}
	return nil, false
}

// through returns what is done with a state after each event.
func (s Spec[S, C, E]) through(from origin) func(S) S {
	codec := &s.aggregate.State
	if from == inMemory || codec.Append == nil {
		return func(state S) S { return state }
	}
	return func(state S) S {
		back, err := codec.Decode(codec.Append(nil, state))
		if err != nil {
			s.t.Fatalf("a snapshot cannot hold the state: its JSON is %s: %v", codec.Append(nil, state), err)
		}
		return back
	}
}
