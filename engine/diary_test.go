package engine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"ironstar.dev"
)

// A diary takes every command anew: decide does not see that it had the same
// one before, so that whatever is decided twice, or on a state that is not
// stored, is seen in the log.
type (
	diary struct {
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
		Last  string // of the one before it
		Panic bool   `json:",omitempty"`
	}
	// seenBy is a refusal that says on which state it was given.
	seenBy struct{ diary }
)

func (r seenBy) Error() string              { return fmt.Sprintf("after %d, %q", r.n, r.last) }
func (seenBy) Code() string                 { return "Refused" }
func (r seenBy) AppendJSON(b []byte) []byte { return append(b, `{}`...) }

const diaryKind = "test.Diary"

func diaries() ironstar.Aggregate[diary, writing, wrote] {
	a := ironstar.Aggregate[diary, writing, wrote]{Kind: diaryKind}
	a.Initial = func() diary { return diary{} }
	a.Decide = func(s diary, c writing) ([]wrote, error) {
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
	a.Evolve = func(s diary, e wrote) diary {
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

func (s diary) fold(e wrote) diary { return diary{s.n + 1, e.Cmd} }

// pages is what is in a log of diaries: by command, where it is; by stream, its
// events.
type pages struct {
	byCommand map[string]ironstar.Receipt
	byStream  map[string][]page
}

type page struct {
	wrote
	at ironstar.Position
}

// readPages reads a log and returns an error for each command that is there
// twice, in parts, or was decided on another state than the one before it.
func readPages(records iter.Seq2[*ironstar.Record, error]) (*pages, error) {
	p := &pages{map[string]ironstar.Receipt{}, map[string][]page{}}
	var faults []error
	last := ironstar.Position(0)
	for r, err := range records {
		if err != nil {
			return nil, err
		}
		events, err := diaries().Codec.Decode(r)
		if err != nil {
			return nil, err
		}
		e, before := events[0], p.byStream[r.Stream.ID]
		state := diary{}
		if n := len(before); n > 0 {
			state = diary{n, before[n-1].Cmd}
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
		p.byStream[r.Stream.ID] = append(before, page{e, r.Position})
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
