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

// specStream is the id of the stream in a specification.
const specStream = "specified"

// Fold folds events into a state. It does not encode and decode the events, as
// [Spec.Given] does.
func Fold[S, C, E any](a ironstar.Aggregate[S, C, E], events ...E) S {
	s := a.Initial()
	for _, e := range events {
		s = a.Evolve(s, e)
	}
	return s
}

// Spec holds the events before a command. Its methods do not change it, so
// several commands can be tried on one Spec.
type Spec[S, C, E any] struct {
	t         testing.TB
	aggregate ironstar.Aggregate[S, C, E]
	stored    []ironstar.Proposed
	others    []Other
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

// Given adds events that happened before. It encodes, checks and decodes them as a
// store does.
func (s Spec[S, C, E]) Given(events ...E) Spec[S, C, E] {
	s.t.Helper()
	next, err := s.after(events)
	if err != nil {
		s.t.Fatalf("Given: %s", err)
	}
	return next
}

// When tries a command. Then, Refused or Nothing must follow.
func (s Spec[S, C, E]) When(c C) *Trial[S, C, E] {
	s.t.Helper()
	trial := &Trial[S, C, E]{spec: s, command: c}
	before := s.state()
	trial.events, trial.err = s.decide(before, c, inMemory)
	if diff := difference(s.state(), before); diff != "" {
		s.t.Errorf("%T: decide changed its state, but only evolve may change a state (-before +after):\n%s", c, diff)
	}
	trial.fromSnapshots()
	s.t.Cleanup(func() {
		if !trial.judged && !s.t.Failed() {
			s.t.Errorf("%T has no expectation: add Then, Refused or Nothing", c)
		}
	})
	return trial
}

// state decodes and folds the stored events.
func (s Spec[S, C, E]) state() S {
	s.t.Helper()
	return s.stateThrough(s.through(inMemory))
}

// stateThrough is state with a function applied after each event.
func (s Spec[S, C, E]) stateThrough(each func(S) S) S {
	s.t.Helper()
	state := each(s.aggregate.Initial())
	for i, p := range s.stored {
		r := s.record(p, i)
		var err error
		if state, err = ironstar.Load(&s.aggregate, state, r); err != nil {
			s.t.Fatalf("event %d, %s %s, does not decode: %v", i+1, p.Type, p.Payload, err)
		}
		state = each(state)
	}
	return state
}

// fromSnapshots tries the command on states that were restored from a snapshot after
// each event, as on a server that restarts often. Code must not distinguish such a
// state from one in memory: it would decide differently after a restart.
func (w *Trial[S, C, E]) fromSnapshots() {
	s, codec := w.spec, &w.spec.aggregate.State
	s.t.Helper()
	if codec.Append == nil {
		return
	}
	restored := s.stateThrough(s.through(fromSnapshot))
	if want, got := codec.Append(nil, s.state()), codec.Append(nil, restored); !bytes.Equal(want, got) {
		s.t.Errorf("evolve returns another state from a snapshot: it must not distinguish a nil list or map "+
			"from an empty one, or times in different zones (-in memory +from snapshots):\n%s", difference(string(want), string(got)))
		return
	}
	events, err := s.decide(restored, w.command, fromSnapshot)
	if diff := difference(w.events, events); diff != "" || described(err) != described(w.err) {
		s.t.Errorf("%T: decide has another answer when the state comes from a snapshot: it must not distinguish a nil list or map "+
			"from an empty one, or times in different zones; %s, it was %s (-in memory +from a snapshot):\n%s",
			w.command, described(err), described(w.err), diff)
	}
}

func (s Spec[S, C, E]) record(p ironstar.Proposed, i int) *ironstar.Record {
	return &ironstar.Record{
		Position: ironstar.Position(i + 1), Sequence: ironstar.Version(i + 1),
		Stream: ironstar.Stream{Kind: s.aggregate.Kind, ID: specStream},
		Type:   p.Type, SchemaVersion: p.SchemaVersion, Payload: bytes.Clone(p.Payload),
	}
}

// after returns a specification with more events in its stream.
func (s Spec[S, C, E]) after(events []E) (Spec[S, C, E], error) {
	stored := s.stored[:len(s.stored):len(s.stored)]
	state := s.state()
	for _, e := range events {
		if n := len(stored); n > 0 && stored[n-1].Final {
			return s, fmt.Errorf("%T: no event can follow %s, which is final", e, stored[n-1].Type)
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
		if state, err = ironstar.Next(&s.aggregate, state, back[0]); err != nil {
			return s, err
		}
		stored = append(stored, p)
	}
	s.stored = stored
	return s, nil
}

// Trial is a command that was tried on a Spec.
type Trial[S, C, E any] struct {
	spec       Spec[S, C, E]
	command    C
	events     []E
	err        error
	repeatable bool
	judged     bool
}

// Repeatable declares that the command takes effect each time it arrives, and why.
// Other commands must have no effect the second time.
func (w *Trial[S, C, E]) Repeatable(why string) *Trial[S, C, E] {
	w.spec.t.Helper()
	if why == "" {
		w.spec.t.Errorf("%T: Repeatable needs a reason", w.command)
	}
	w.repeatable = true
	return w
}

// Then expects one or more events in this order. It tries the command again on the
// new state, and returns a specification with the events.
func (w *Trial[S, C, E]) Then(events ...E) Spec[S, C, E] {
	w.spec.t.Helper()
	w.judged = true
	if len(events) == 0 {
		w.spec.t.Fatalf("%T: Then needs events: without events, use Nothing", w.command)
	}
	if w.err != nil {
		w.spec.t.Fatalf("%T: want events, got %s", w.command, described(w.err))
	}
	if diff := difference(events, w.events); diff != "" {
		w.spec.t.Fatalf("%T leads to other events (-want +got):\n%s", w.command, diff)
	}
	next, err := w.spec.after(w.events)
	if err != nil {
		w.spec.t.Fatalf("the events of %T fail: %s", w.command, err)
	}
	if w.repeatable {
		return next
	}
	again, err := next.decide(next.state(), w.command, inMemory)
	if !isAnswer(err) {
		w.spec.t.Fatalf("%T, tried again after its own events, fails: %s", w.command, described(err))
	}
	if len(again) > 0 {
		w.spec.t.Fatalf("%T takes effect again when it arrives twice (if you want that, add Repeatable); the second time it leads to:\n%s",
			w.command, difference([]E(nil), again))
	}
	return next
}

// Nothing expects that the command has no effect.
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

// Refused expects a refusal with these details.
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
		w.spec.t.Fatalf("%T is refused for another reason (-want +got):\n%s", w.command, diff)
	}
	w.same()
}

// same tries the command again on the same state. The answer must be the same.
func (w *Trial[S, C, E]) same() {
	w.spec.t.Helper()
	events, err := w.spec.decide(w.spec.state(), w.command, inMemory)
	if len(events) != len(w.events) || described(err) != described(w.err) {
		w.spec.t.Fatalf("%T, tried again on the same state has another answer: %d events, %s; before: %d events, %s",
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

// difference compares values, including unexported fields. An empty list equals a nil
// list, because both have the same JSON.
func difference(want, got any) string {
	return cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Exporter(func(reflect.Type) bool { return true }))
}
