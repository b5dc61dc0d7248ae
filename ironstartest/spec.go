package ironstartest

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ironstar.dev"
)

// specStream is where the events of a specification are.
const specStream = "specified"

// Fold returns the state that events lead to.
func Fold[S, C, E any](a ironstar.Aggregate[S, C, E], events ...E) S {
	s := a.Initial()
	for _, e := range events {
		s = a.Evolve(s, e)
	}
	return s
}

// Spec is what has happened to an aggregate before a command comes. It is not
// changed by its methods: several commands can be tried on one.
type Spec[S, C, E any] struct {
	t         testing.TB
	aggregate ironstar.Aggregate[S, C, E]
	stored    []ironstar.Proposed
}

// For begins a specification of an aggregate without events:
//
//	list := ironstartest.For(t, todo.NewList(app.List{}))
//	list.Given(todo.ListAdded{…}).When(todo.ListRemove{…}).Then(todo.ListRemoved{…})
//	list.When(todo.ListRename{…}).Refused(todo.ListNoSuchItem{…})
//	list.When(todo.ListRemove{…}).Nothing()
func For[S, C, E any](t testing.TB, a ironstar.Aggregate[S, C, E]) Spec[S, C, E] {
	return Spec[S, C, E]{t: t, aggregate: a}
}

// Given adds events that have happened. They are encoded, checked and decoded
// as if they had been stored.
func (s Spec[S, C, E]) Given(events ...E) Spec[S, C, E] {
	s.t.Helper()
	next, err := s.after(events)
	if err != nil {
		s.t.Fatalf("given %s", err)
	}
	return next
}

// When tries a command. What is expected of it must follow: Then, Refused
// or Nothing.
func (s Spec[S, C, E]) When(c C) *Trial[S, C, E] {
	s.t.Helper()
	trial := &Trial[S, C, E]{spec: s, command: c}
	before := s.state()
	trial.events, trial.err = s.aggregate.Decide(before, c)
	if diff := difference(s.state(), before); diff != "" {
		s.t.Errorf("%T: decide changed the state it was given, which only evolve may (-before +after):\n%s", c, diff)
	}
	s.t.Cleanup(func() {
		if !trial.judged && !s.t.Failed() {
			s.t.Errorf("%T was tried, but nothing is said of what it leads to: add Then, Refused or Nothing", c)
		}
	})
	return trial
}

// state decodes and folds what is stored.
func (s Spec[S, C, E]) state() S {
	s.t.Helper()
	state := s.aggregate.Initial()
	for i, p := range s.stored {
		r := s.record(p, i)
		var err error
		if state, err = ironstar.Load(&s.aggregate, state, r); err != nil {
			s.t.Fatalf("event %d, %s %s, does not load: %v", i+1, p.Type, p.Payload, err)
		}
	}
	return state
}

func (s Spec[S, C, E]) record(p ironstar.Proposed, i int) *ironstar.Record {
	return &ironstar.Record{
		Position: ironstar.Position(i + 1), Sequence: ironstar.Version(i + 1),
		Stream: ironstar.Stream{Kind: s.aggregate.Kind, ID: specStream},
		Type:   p.Type, SchemaVersion: p.SchemaVersion, Payload: bytes.Clone(p.Payload),
	}
}

// after returns the specification with more events in its stream.
func (s Spec[S, C, E]) after(events []E) (Spec[S, C, E], error) {
	stored := s.stored[:len(s.stored):len(s.stored)]
	for _, e := range events {
		if n := len(stored); n > 0 && stored[n-1].Final {
			return s, fmt.Errorf("%T: the event before it, %s, is final: nothing can follow it", e, stored[n-1].Type)
		}
		p, err := s.aggregate.Codec.Encode(e)
		if err != nil {
			return s, fmt.Errorf("%T cannot be stored: %w", e, err)
		}
		back, err := s.aggregate.Codec.Decode(s.record(p, len(stored)))
		if err != nil {
			return s, fmt.Errorf("%T: its stored form %s does not decode: %w", e, p.Payload, err)
		}
		if diff := difference([]E{e}, back); diff != "" {
			return s, fmt.Errorf("%T: its stored form %s decodes to something else (-event +decoded):\n%s", e, p.Payload, diff)
		}
		stored = append(stored, p)
	}
	s.stored = stored
	return s, nil
}

// Trial is a command that was tried.
type Trial[S, C, E any] struct {
	spec       Spec[S, C, E]
	command    C
	events     []E
	err        error
	repeatable bool
	judged     bool
}

// Repeatable says that this command is meant to take effect each time it
// arrives, and why. Otherwise it must have nothing to do the second time.
func (w *Trial[S, C, E]) Repeatable(why string) *Trial[S, C, E] {
	w.spec.t.Helper()
	if why == "" {
		w.spec.t.Errorf("%T: Repeatable needs a reason", w.command)
	}
	w.repeatable = true
	return w
}

// Then expects events, at least one, in this order, and returns the
// specification in which they have happened. The command is then tried again,
// on the result.
func (w *Trial[S, C, E]) Then(events ...E) Spec[S, C, E] {
	w.spec.t.Helper()
	w.judged = true
	if len(events) == 0 {
		w.spec.t.Fatalf("%T: Then without events; say Nothing", w.command)
	}
	if w.err != nil {
		w.spec.t.Fatalf("%T: want events, got %s", w.command, described(w.err))
	}
	if diff := difference(events, w.events); diff != "" {
		w.spec.t.Fatalf("%T leads to other events (-want +got):\n%s", w.command, diff)
	}
	next, err := w.spec.after(w.events)
	if err != nil {
		w.spec.t.Fatalf("%T leads to %s", w.command, err)
	}
	if w.repeatable {
		return next
	}
	again, err := next.aggregate.Decide(next.state(), w.command)
	if !isAnswer(err) {
		w.spec.t.Fatalf("%T, tried again on its own events: %s", w.command, described(err))
	}
	if len(again) > 0 {
		w.spec.t.Fatalf("%T arrives twice and takes effect twice; the second time it leads to (say Repeatable if that is meant):\n%s",
			w.command, difference([]E(nil), again))
	}
	return next
}

// Nothing expects that there is nothing to do.
func (w *Trial[S, C, E]) Nothing() {
	w.spec.t.Helper()
	w.judged = true
	if w.err != nil {
		w.spec.t.Fatalf("%T: want nothing, got %s", w.command, described(w.err))
	}
	if len(w.events) > 0 {
		w.spec.t.Fatalf("%T: want nothing, got events:\n%s", w.command, difference([]E(nil), w.events))
	}
	w.same()
}

// Refused expects a refusal, with these details.
func (w *Trial[S, C, E]) Refused(want ironstar.Refusal) {
	w.spec.t.Helper()
	w.judged = true
	var got ironstar.Refusal
	switch {
	case w.err == nil && len(w.events) == 0:
		w.spec.t.Fatalf("%T: want refusal %s, got nothing", w.command, want.Code())
	case w.err == nil:
		w.spec.t.Fatalf("%T: want refusal %s, got events:\n%s", w.command, want.Code(), difference([]E(nil), w.events))
	case !errors.As(w.err, &got):
		w.spec.t.Fatalf("%T: want refusal %s, got %s", w.command, want.Code(), described(w.err))
	}
	if diff := difference(want, got); diff != "" {
		w.spec.t.Fatalf("%T is refused otherwise (-want +got):\n%s", w.command, diff)
	}
	w.same()
}

// same tries the command again where nothing has happened: the answer must be
// the same one, since decide has nothing else to go by.
func (w *Trial[S, C, E]) same() {
	w.spec.t.Helper()
	events, err := w.spec.aggregate.Decide(w.spec.state(), w.command)
	if len(events) != len(w.events) || described(err) != described(w.err) {
		w.spec.t.Fatalf("%T, tried again on the same state, has another answer: %d events, %s; it was %d events, %s",
			w.command, len(events), described(err), len(w.events), described(w.err))
	}
}

func isAnswer(err error) bool {
	var refusal ironstar.Refusal
	return err == nil || errors.As(err, &refusal)
}

func described(err error) string {
	var refusal ironstar.Refusal
	switch {
	case err == nil:
		return "no error"
	case errors.As(err, &refusal):
		return fmt.Sprintf("refusal %s: %v", refusal.Code(), err)
	}
	return fmt.Sprintf("error %T: %v", err, err)
}

// difference compares values as a reader would: unexported fields count, and a
// list that is empty is like one that is not there, which is all that is stored.
func difference(want, got any) string {
	return cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Exporter(func(reflect.Type) bool { return true }))
}
