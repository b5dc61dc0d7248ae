package engine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"ironstar.dev"
)

// A history accepts every command: decide does not notice that it had the same
// command before. So a command that is decided twice, or on a state that is not
// stored, is visible in the log.
type (
	history struct {
		n    int
		last string
	}
	writing struct {
		cmd    string
		do     string // "write", "write 3", "nothing", "refuse", "panic", "evolve", "late"
		during func() // runs in decide
	}
	wrote struct {
		Cmd   string
		I, Of int
		After int    // events before it, as decide saw them
		Last  string // id of the command before it
		Panic bool   `json:",omitempty"`
	}
	// seenBy is a refusal that has the state on which it was decided.
	seenBy struct{ history }
)

func (r seenBy) Error() string              { return fmt.Sprintf("after %d, %q", r.n, r.last) }
func (seenBy) Code() string                 { return "Refused" }
func (r seenBy) AppendJSON(b []byte) []byte { return append(b, `{}`...) }

const historyKind = "test.History"

func histories() ironstar.Aggregate[history, writing, wrote] {
	a := ironstar.Aggregate[history, writing, wrote]{Kind: historyKind}
	a.Initial = func() history { return history{} }
	a.Decide = func(s history, c writing, _ ironstar.States) ([]wrote, error) {
		if c.during != nil {
			c.during()
		}
		of := 1
		switch c.do {
		case "nothing":
			return nil, nil
		case "refuse":
			return nil, seenBy{s}
		case "panic":
			panic("decide panics")
		case "write 3":
			of = 3
		}
		var all []wrote
		for i := range of {
			all = append(all, wrote{Cmd: c.cmd, I: i, Of: of, After: s.n, Last: s.last, Panic: c.do == "evolve"})
			s = s.fold(all[i])
		}
		return all, nil
	}
	a.Evolve = func(s history, e wrote) history {
		if e.Panic {
			panic("evolve panics")
		}
		return s.fold(e)
	}
	a.Codec.Encode = func(e wrote) (ironstar.Proposed, error) {
		b, err := json.Marshal(e)
		return ironstar.Proposed{Type: "Wrote", SchemaVersion: 1, Shape: "wrote", Payload: b}, err
	}
	a.Codec.Decode = func(r *ironstar.Record) ([]wrote, error) {
		var e wrote
		err := json.Unmarshal(r.Payload, &e)
		return []wrote{e}, err
	}
	return a
}

func (s history) fold(e wrote) history { return history{s.n + 1, e.Cmd} }

// foundEvents is the content of a log of histories: by command its position, by
// stream its events.
type foundEvents struct {
	byCommand map[string]ironstar.Receipt
	byStream  map[string][]foundEvent
}

type foundEvent struct {
	wrote
	at ironstar.Position
}

// readHistories reads a log and returns an error for each command that is
// stored twice or partly, or was decided on another state than the one before
// it.
func readHistories(records iter.Seq2[*ironstar.Record, error]) (*foundEvents, error) {
	p := &foundEvents{map[string]ironstar.Receipt{}, map[string][]foundEvent{}}
	var faults []error
	last := ironstar.Position(0)
	for r, err := range records {
		if err != nil {
			return nil, err
		}
		events, err := histories().Codec.Decode(r)
		if err != nil {
			return nil, err
		}
		e, before := events[0], p.byStream[r.Stream.ID]
		state := history{}
		if n := len(before); n > 0 {
			state = history{n, before[n-1].Cmd}
		}
		if e.After != state.n || e.Last != state.last || r.Sequence != ironstar.Version(state.n+1) || r.Position != last+1 {
			faults = append(faults, fmt.Errorf("%+v at %d is event %d of %s and was decided on another state than %+v", e, r.Position, r.Sequence, r.Stream, state))
		}
		at, there := p.byCommand[e.Cmd]
		switch {
		case !there:
			at.First = r.Position
		case e.I == 0 || at.Last != last:
			faults = append(faults, fmt.Errorf("%s at %d took effect before, at %d", e.Cmd, r.Position, at.First))
		}
		last = r.Position
		at.Last, at.Version = r.Position, r.Sequence
		p.byCommand[e.Cmd] = at
		p.byStream[r.Stream.ID] = append(before, foundEvent{e, r.Position})
	}
	for cmd, at := range p.byCommand {
		for _, stream := range p.byStream {
			for _, e := range stream {
				if e.Cmd == cmd && int(at.Last-at.First)+1 != e.Of {
					faults = append(faults, fmt.Errorf("%s is stored in part: %+v", cmd, at))
				}
			}
		}
	}
	return p, errors.Join(faults...)
}
