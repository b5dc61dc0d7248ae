package auctionseason

import (
	"fmt"

	"ironstar.dev"
)

// aggregate has the streams of one aggregate in memory. Streams that are final are
// forgotten.
type aggregate[S, C, E any] struct {
	of      ironstar.Aggregate[S, C, E]
	streams map[string]*stream[S]
}

type stream[S any] struct {
	state   S
	version ironstar.Version
}

func newAggregate[S, C, E any](of ironstar.Aggregate[S, C, E]) *aggregate[S, C, E] {
	return &aggregate[S, C, E]{of, map[string]*stream[S]{}}
}

func (a *aggregate[S, C, E]) stream(id string) *stream[S] {
	s := a.streams[id]
	if s == nil {
		s = &stream[S]{state: a.of.Initial()}
		a.streams[id] = s
	}
	return s
}

// read implements taker.
func (a *aggregate[S, C, E]) read(id string) (any, ironstar.Version) {
	if s := a.streams[id]; s != nil {
		return s.state, s.version
	}
	return a.of.Initial(), 0
}

// take implements taker: it decides a command, and folds the events as they are stored.
func (a *aggregate[S, C, E]) take(w *world, id string, c any, causation string) error {
	command, ok := c.(C)
	if !ok {
		return fmt.Errorf("%T is no command of %s", c, a.of.Kind)
	}
	s := a.stream(id)
	add := ironstar.Append{Stream: ironstar.Stream{Kind: a.of.Kind, ID: id}, Expected: s.version, Metadata: ironstar.Metadata{Causation: causation}}
	var others ironstar.States
	if a.of.Reads != nil {
		for _, r := range a.of.Reads(command) {
			state, version := w.kinds[r.Stream.Kind].read(r.Stream.ID)
			others = append(others, state)
			add.Requires = append(add.Requires, ironstar.Required{Stream: r.Stream, Version: version})
		}
	}
	events, err := a.of.Decide(s.state, command, others)
	if err != nil || len(events) == 0 {
		return err
	}
	final := false
	for _, e := range events {
		p, err := a.fold(add.Stream, s, e)
		if err != nil {
			return fmt.Errorf("%T to %s: %w", c, add.Stream, err)
		}
		final = p.Final
		add.Events = append(add.Events, p)
	}
	if final {
		delete(a.streams, id)
	}
	return w.happened(add, final)
}

// fold folds an event into a stream as it is read back, and returns it with its claims.
func (a *aggregate[S, C, E]) fold(name ironstar.Stream, s *stream[S], e E) (ironstar.Proposed, error) {
	p, back, err := ironstar.AsStored(&a.of.Codec, name, s.version+1, e)
	if err != nil {
		return p, err
	}
	for _, e := range back {
		if s.state, err = ironstar.Next(&a.of, s.state, e); err != nil {
			return p, err
		}
		for _, u := range a.of.Unique {
			if value, claims := u.Claim(e); claims && !p.Final {
				p.Claims = append(p.Claims, ironstar.Claim{Rule: u.Rule, Value: value})
			}
		}
	}
	for _, u := range a.of.Unique {
		if p.Final { // it gives everything up
			p.Claims = append(p.Claims, ironstar.Claim{Rule: u.Rule})
		}
	}
	s.version++
	return p, nil
}

// rules are the rules of uniqueness of an aggregate, for the store.
func rules[S, C, E any](a ironstar.Aggregate[S, C, E]) (all []ironstar.ClaimRule) {
	for _, u := range a.Unique {
		all = append(all, ironstar.ClaimRule{Kind: a.Kind, Name: u.Rule, Declaration: u.Declaration})
	}
	return all
}
