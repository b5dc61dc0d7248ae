package ironstartest

import (
	"errors"
	"fmt"
	"testing"

	"ironstar.dev"
	"ironstar.dev/wire"
	"ironstar.dev/wire/wiretest"
)

// Released says where it is kept what was released, and what a test may do there.
type Released struct {
	// Schema is the schema's folder, the one that holds cue.mod, as seen from the
	// test's: "../../../schema". Golden samples lie in its folder samples.
	Schema string

	// Update records what upcasters with hand-written parts make of golden samples,
	// where nobody has: see [History].
	Update bool
}

// mostShown is how many faults of one file are shown.
const mostShown = 3

// History reads the golden samples of every version of every event of an
// aggregate that was ever released, as ironstar release has written them, and
// checks what must hold as long as a store may have such events:
//
//   - each decodes by the aggregate's one decode function, to the same events
//     every time, and by the same way as its steps lead, one after the other;
//   - what it becomes is encoded and decoded to the same value: it has the shape
//     of today. What is beyond the bounds of today is read, and not written any
//     more; of the current version nothing is;
//   - it folds into a state, alone and after all the others, without a panic;
//   - each step makes of it what is recorded beside it, in <samples>.up.jsonl.
//
// Of steps that only CUE describes ironstar release records that. Of steps with
// hand-written parts it can be recorded here only, with Update: once, for samples
// that have none yet. What is recorded is never written again: a step that makes
// something else is a mistake. Steps come from generated code, ListSteps.
//
// Without a release there is nothing to check, and the test passes.
func History[S, C, E any](t *testing.T, a ironstar.Aggregate[S, C, E], steps []wire.Step, r Released) {
	t.Helper()
	files, err := r.files(a.Kind)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Logf("nothing of %s is released yet: there is nothing to compare (ironstar release records golden samples)", a.Kind)
		return
	}
	h := &past[S, C, E]{aggregate: a, released: r, steps: map[event]wire.Step{}, state: a.Initial()}
	for _, s := range steps {
		h.steps[event{s.Event, s.Version}] = s
	}
	for _, f := range files {
		t.Run(f.event.String(), func(t *testing.T) { h.check(t, f) })
	}
}

// event is a version of an event.
type event struct {
	name    string
	version int
}

func (e event) String() string { return fmt.Sprintf("%s.v%d", e.name, e.version) }

// past is what was released of an aggregate.
type past[S, C, E any] struct {
	aggregate ironstar.Aggregate[S, C, E]
	released  Released
	steps     map[event]wire.Step
	state     S // after all samples so far
}

// check reads all samples of one version.
func (h *past[S, C, E]) check(t *testing.T, f sampleFile) {
	step, old := h.steps[f.event]
	faults, beyond := 0, 0
	var made [][]byte
	for i, json := range f.lines {
		out, within, err := h.sample(f.event, json)
		if err != nil {
			if faults++; faults <= mostShown {
				t.Errorf("%s:%d: %s\n%v", f.name, i+1, json, err)
			}
			continue
		}
		if !within {
			beyond++
		}
		made = append(made, out)
	}
	if faults > mostShown {
		t.Errorf("%s: %d more samples are as bad", f.name, faults-mostShown)
	}
	if beyond > 0 {
		t.Logf("%d of %d samples are beyond today's bounds: such events are read, and not written any more", beyond, len(f.lines))
	}
	if faults == 0 && old {
		h.compare(t, f, step, made)
	}
}

// sample checks one old payload and returns what its step makes of it, if it
// has one, and whether what it becomes is within today's bounds.
func (h *past[S, C, E]) sample(of event, json []byte) (made []byte, within bool, err error) {
	events, err := h.decode(of, json)
	if err != nil {
		return nil, false, fmt.Errorf("a stored event like this could not be read: %w", err)
	}
	again, err := h.decode(of, json)
	if diff := difference(events, again); err != nil || diff != "" {
		return nil, false, fmt.Errorf("read twice it is not the same (-first +second): %s %v", diff, err)
	}
	step, old := h.steps[of]
	if old {
		if made, err = h.hop(of, step, json, events); err != nil {
			return nil, false, err
		}
	}
	within = true
	for _, e := range events {
		switch err := h.again(e); {
		case err == nil:
		case old && errors.As(err, new(ironstar.Invalid)):
			within = false
		default:
			return nil, false, fmt.Errorf("it is read as %T, %w", e, err)
		}
	}
	return made, within, h.fold(events)
}

func (h *past[S, C, E]) decode(of event, json []byte) (events []E, err error) {
	err = unpanicked(func() error {
		events, err = h.aggregate.Codec.Decode(&ironstar.Record{
			Position: 1, Sequence: 1, Stream: ironstar.Stream{Kind: h.aggregate.Kind, ID: "sample"},
			Type: of.name, SchemaVersion: of.version, Payload: json,
		})
		return err
	})
	return events, err
}

// again encodes an event and decodes that.
func (h *past[S, C, E]) again(e E) error {
	p, err := h.aggregate.Codec.Encode(e)
	if err != nil {
		return fmt.Errorf("which is not encoded: %w", err)
	}
	back, err := h.decode(event{p.Type, p.SchemaVersion}, p.Payload)
	if err != nil {
		return fmt.Errorf("whose stored form %s does not decode: %w", p.Payload, err)
	}
	if diff := difference([]E{e}, back); diff != "" {
		return fmt.Errorf("whose stored form %s decodes to something else (-event +decoded):\n%s", p.Payload, diff)
	}
	return nil
}

// hop takes the step that leads out of a version and goes on from there.
func (h *past[S, C, E]) hop(of event, step wire.Step, json []byte, want []E) (made []byte, err error) {
	var parts [][]byte
	err = unpanicked(func() error { parts, err = step.Up(json); return err })
	if err != nil {
		return nil, fmt.Errorf("the step out of %s fails: %w", of, err)
	}
	var got []E
	for _, part := range parts {
		to := event{of.name, of.version + 1}
		if step.Parts {
			if to, part, err = labelled(part); err != nil {
				return nil, err
			}
		}
		events, err := h.decode(to, part)
		if err != nil {
			return nil, fmt.Errorf("the step out of %s makes %s %s, which does not decode: %w", of, to, part, err)
		}
		got = append(got, events...)
	}
	if diff := difference(want, got); diff != "" {
		return nil, fmt.Errorf("step by step it becomes something else (-decoded +steps):\n%s", diff)
	}
	if step.Parts {
		return wiretest.List(parts), nil
	}
	return parts[0], nil
}

// fold folds events into a state of their own, and into the one of all samples.
func (h *past[S, C, E]) fold(events []E) error {
	return unpanicked(func() error {
		Fold(h.aggregate, events...)
		for _, e := range events {
			h.state = h.aggregate.Evolve(h.state, e)
		}
		return nil
	})
}

// unpanicked makes an error of a panic.
func unpanicked(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}
