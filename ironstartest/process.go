package ironstartest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/internal/text"
)

// Happened are events of one stream, for a [ProcessSpec].
type Happened struct {
	stream ironstar.Stream
	stored []ironstar.Proposed
	err    error
}

// StreamOf returns a function that makes events of one stream:
//
//	lot := ironstartest.StreamOf(auction.NewLot(app.Lot{}), "lot-1")
//	hammer := ironstartest.ForProcess(t, auction.NewHammer(app.Hammer{}))
//	hammer.When(lot(auction.LotOpened{…})).Then(auction.HammerSetClosing{…})
func StreamOf[S, C, E any](a ironstar.Aggregate[S, C, E], id string) func(events ...E) Happened {
	return func(events ...E) Happened {
		h := Happened{stream: ironstar.Stream{Kind: a.Kind, ID: id}}
		for _, e := range events {
			p, err := a.Codec.Encode(e)
			if err != nil {
				h.err = errors.Join(h.err, fmt.Errorf("%T cannot be stored: %w", e, err))
			}
			h.stored = append(h.stored, p)
		}
		return h
	}
}

// ProcessSpec holds what happened before, the timers that it led to, and a clock. Its
// methods do not change it, so several things can be tried on one ProcessSpec.
type ProcessSpec[S any] struct {
	t         testing.TB
	process   ironstar.Process[S]
	now       time.Time
	records   []*ironstar.Record
	sequences map[ironstar.Stream]ironstar.Version
	timers    map[ironstar.TimerKey]ironstar.Action
}

// ForProcess begins a specification of a process for which nothing has happened. The
// clock is at noon of the first of January 2026, in UTC.
func ForProcess[S any](t testing.TB, p ironstar.Process[S]) ProcessSpec[S] {
	return ProcessSpec[S]{
		t: t, process: p, now: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC),
		sequences: map[ironstar.Stream]ironstar.Version{}, timers: map[ironstar.TimerKey]ironstar.Action{},
	}
}

// At sets the clock for the events that follow. It lets no timer be due; [ProcessSpec.Until]
// does.
func (s ProcessSpec[S]) At(now time.Time) ProcessSpec[S] {
	s.now = now
	return s
}

// Now returns the time of the clock.
func (s ProcessSpec[S]) Now() time.Time { return s.now }

// Given adds events that happened before. What they led to is done, and the timers
// that they set are waiting.
func (s ProcessSpec[S]) Given(all ...Happened) ProcessSpec[S] {
	s.t.Helper()
	return s.happen(all).next
}

// When adds events. Then or Nothing must follow.
func (s ProcessSpec[S]) When(all ...Happened) *ProcessTrial[S] {
	s.t.Helper()
	return s.happen(all).watched()
}

// Until moves the clock to a time, and lets each timer be due that is due by then. Then
// or Nothing must follow.
func (s ProcessSpec[S]) Until(then time.Time) *ProcessTrial[S] {
	s.t.Helper()
	trial := &ProcessTrial[S]{next: s.copied(), what: "until " + then.Format(time.RFC3339)}
	for n := 1; ; n++ {
		if n > mostDue {
			s.t.Fatalf("until %v: timers were due %d times: this is a loop", then, mostDue)
		}
		key, a, ok := trial.next.firstTimer(then)
		if !ok {
			break
		}
		delete(trial.next.timers, key)
		trial.next.now = a.At
		state := trial.next.state(key.Key)
		actions, err := s.process.Due(key.Key, state, &ironstar.Timer{TimerKey: key, At: a.At, Data: a.Data})
		if err != nil {
			s.t.Fatalf("timer %s, key %q: %v", key.Name, key.Key, err)
		}
		if diff := difference(trial.next.state(key.Key), state); diff != "" {
			s.t.Errorf("timer %s changed the state, but only an event may change a state (-before +after):\n%s", key.Name, diff)
		}
		trial.lead(key.Key, actions)
	}
	trial.next.now = then
	return trial.watched()
}

// mostDue is how many timers may be due in one step of the clock.
const mostDue = 100_000

// Refused refuses a command that the process has sent for a key. Then or Nothing must
// follow; if the schema says nothing about this refusal, the test fails, because the
// command would wait for a person.
func (s ProcessSpec[S]) Refused(key string, sent any, refusal ironstar.Refusal) *ProcessTrial[S] {
	s.t.Helper()
	a := s.action(sent)
	trial := &ProcessTrial[S]{next: s.copied(), what: fmt.Sprintf("the refusal of %T", sent)}
	state := s.state(key)
	actions, handled, err := s.process.Refused(key, state, &ironstar.Outgoing{Key: key, Name: a.Name, To: a.To, Data: a.Data, NotBefore: s.now}, refusal)
	switch {
	case err != nil:
		s.t.Fatalf("%s: %v", trial.what, err)
	case !handled:
		s.t.Errorf("%s with %s is neither in refused nor in ignore: the command would wait for a person", trial.what, refusal.Code())
	}
	trial.lead(key, actions)
	return trial.watched()
}

// happen lets events happen.
func (s ProcessSpec[S]) happen(all []Happened) *ProcessTrial[S] {
	s.t.Helper()
	trial := &ProcessTrial[S]{next: s.copied(), what: "events"}
	for _, h := range all {
		if h.err != nil {
			s.t.Fatal(h.err)
		}
		for _, p := range h.stored {
			r := trial.next.record(h.stream, p)
			trial.what = r.Type
			for _, key := range trial.next.keys(r) {
				before := trial.next.state(key)
				_, actions, err := s.process.React(key, before, r)
				if err != nil {
					s.t.Fatalf("%s, key %q: %v", r.Type, key, err)
				}
				trial.lead(key, actions)
			}
			trial.next.records = append(trial.next.records, r)
		}
	}
	return trial
}

func (s ProcessSpec[S]) copied() ProcessSpec[S] {
	s.records, s.sequences, s.timers = slices.Clone(s.records), maps.Clone(s.sequences), maps.Clone(s.timers)
	return s
}

func (s ProcessSpec[S]) record(stream ironstar.Stream, p ironstar.Proposed) *ironstar.Record {
	s.sequences[stream]++
	return &ironstar.Record{
		Position: ironstar.Position(len(s.records) + 1), Stream: stream, Sequence: s.sequences[stream],
		Type: p.Type, SchemaVersion: p.SchemaVersion, Payload: bytes.Clone(p.Payload), RecordedAt: s.now, Final: p.Final,
	}
}

// keys returns the keys that a record concerns, in its own spelling.
func (s ProcessSpec[S]) keys(r *ironstar.Record) []string {
	s.t.Helper()
	if !slices.Contains(s.process.Kinds, r.Stream.Kind) {
		s.t.Fatalf("process %s does not react to events of %s", s.process.Name, r.Stream.Kind)
	}
	switch s.process.By {
	case ironstar.ByStream:
		return []string{r.Stream.ID}
	case ironstar.Global:
		return []string{ironstar.GlobalKey}
	}
	keys, err := s.process.Keys(r)
	if err != nil {
		s.t.Fatalf("keys of %s: %v", r.Type, err)
	}
	return keys
}

// normal returns a key as the engine knows it.
func (s ProcessSpec[S]) normal(key string) string {
	if s.process.By == ironstar.ByField {
		return text.Normal(key)
	}
	return key
}

// state folds what happened for a key.
func (s ProcessSpec[S]) state(key string) S {
	s.t.Helper()
	state := s.process.Initial(key)
	for _, r := range s.records {
		for _, as := range s.keys(r) {
			if s.normal(as) != key {
				continue
			}
			var err error
			if state, _, err = s.process.React(as, state, r); err != nil {
				s.t.Fatalf("%s, key %q: %v", r.Type, key, err)
			}
		}
	}
	return state
}

// firstTimer returns the timer that is due first, if one is due by then.
func (s ProcessSpec[S]) firstTimer(then time.Time) (key ironstar.TimerKey, first ironstar.Action, ok bool) {
	for k, a := range s.timers {
		if a.At.After(then) {
			continue
		}
		if !ok || a.At.Before(first.At) || a.At.Equal(first.At) && (k.Key+" "+k.Name) < (key.Key+" "+key.Name) {
			key, first, ok = k, a, true
		}
	}
	return key, first, ok
}

// action returns an action of hand-written code as the engine takes it.
func (s ProcessSpec[S]) action(a any) ironstar.Action {
	s.t.Helper()
	action, ok := s.process.ActionOf(a)
	if !ok {
		s.t.Fatalf("%T is no action of %s", a, s.process.Name)
	}
	return action
}

// ProcessTrial is what something led to.
type ProcessTrial[S any] struct {
	next    ProcessSpec[S]
	what    string
	actions []ironstar.Action
	judged  bool
}

// lead adds actions, and sets and cancels timers.
func (w *ProcessTrial[S]) lead(key string, actions []ironstar.Action) {
	w.next.t.Helper()
	for _, a := range actions {
		timer := ironstar.TimerKey{Key: key, Name: a.Name}
		switch a.Do {
		case ironstar.Set:
			if a.At.IsZero() || a.At.Year() < 1 || a.At.Year() > 9999 {
				w.next.t.Errorf("timer %s is due at %v, want a time of the years 1 to 9999", a.Name, a.At)
			}
			w.next.check("timer "+a.Name, w.next.process.Timers[a.Name], a.Data)
			stored := a
			stored.At = a.At.Truncate(time.Microsecond)
			w.next.timers[timer] = stored
		case ironstar.Cancel:
			delete(w.next.timers, timer)
		case ironstar.Perform:
			w.next.check("effect "+a.Name, w.next.process.Effects[a.Name].Check, a.Data)
		case ironstar.Send:
			read := w.next.process.Commands[a.To.Kind]
			w.next.check("command "+a.Name+" to "+a.To.String(), func(data []byte) error {
				_, err := read(a.Name, data, ironstar.Origin{Now: w.next.Now, NewUUID: func() ironstar.UUID { return ironstar.UUID{1} }})
				return errors.Join(err, a.To.Check())
			}, a.Data)
		}
		w.actions = append(w.actions, a)
	}
}

// check fails if the data of an action does not satisfy the schema.
func (s ProcessSpec[S]) check(what string, read func([]byte) error, data []byte) {
	s.t.Helper()
	if read == nil {
		s.t.Errorf("process %s has no %s", s.process.Name, what)
	} else if err := read(data); err != nil {
		s.t.Errorf("%s with %s: %v", what, data, err)
	}
}

func (w *ProcessTrial[S]) watched() *ProcessTrial[S] {
	w.next.t.Cleanup(func() {
		if !w.judged && !w.next.t.Failed() {
			w.next.t.Errorf("%s has no expectation: add Then or Nothing", w.what)
		}
	})
	return w
}

// Then expects these actions in this order, as hand-written code returns them. It
// returns a specification after all that.
func (w *ProcessTrial[S]) Then(actions ...any) ProcessSpec[S] {
	w.next.t.Helper()
	w.judged = true
	var want []string
	for _, a := range actions {
		want = append(want, inWords(w.next.action(a)))
	}
	var got []string
	for _, a := range w.actions {
		got = append(got, inWords(a))
	}
	if diff := difference(want, got); diff != "" {
		w.next.t.Fatalf("%s leads to other actions (-want +got):\n%s", w.what, diff)
	}
	return w.next
}

// Nothing expects no action.
func (w *ProcessTrial[S]) Nothing() ProcessSpec[S] {
	w.next.t.Helper()
	return w.Then()
}

// inWords returns an action for people.
func inWords(a ironstar.Action) string {
	var data bytes.Buffer
	if err := json.Compact(&data, a.Data); err != nil {
		data.WriteString(err.Error())
	}
	text := fmt.Sprintf("%s %s", map[ironstar.Doing]string{ironstar.Send: "send", ironstar.Set: "set", ironstar.Cancel: "cancel", ironstar.Perform: "perform"}[a.Do], a.Name)
	if a.Do == ironstar.Send {
		text += " to " + a.To.String()
	}
	if a.Do == ironstar.Set {
		text += " for " + a.At.UTC().Format(time.RFC3339Nano)
	}
	return strings.TrimSuffix(text+" "+data.String(), " unexpected end of JSON input")
}
