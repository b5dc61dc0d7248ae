package ironstartest

import (
	"errors"
	"fmt"
	"testing"

	"ironstar.dev"
	"ironstar.dev/wire"
	"ironstar.dev/wire/wiretest"
)

// Released says where the records of released events are, and whether a test may
// add records.
type Released struct {
	// Schema is the path of the schema's folder, which contains cue.mod. It is
	// relative to the test's folder: "../../../schema". Golden samples are in its
	// subfolder samples.
	Schema string

	// Update records the results of hand-written upcasters for golden samples
	// that have no recorded result: see [History].
	Update bool
}

// mostShown is the greatest number of errors that a test prints for one file.
const mostShown = 3

// History reads the golden samples of every released version of every event of an
// aggregate. ironstar release has written them. History checks that the current code
// can still read such events:
//
//   - The decode function decodes each sample to the same events every time. Its
//     steps, one after the other, give the same events.
//   - The resulting events encode and decode to equal values, so they have the
//     current shape. A sample of an older version may be outside the current bounds,
//     because code only reads such events, and no longer writes them.
//   - The events can be folded into a state without a panic, alone and after all
//     other samples.
//   - Each step has the result that is recorded in <samples>.up.jsonl.
//
// ironstar release records the results of steps that are only in CUE. Only History
// can record the results of hand-written steps. It does so with Update, for samples
// without a recorded result. It never changes recorded results: a step with another
// result is an error. steps come from generated code, such as ListSteps.
//
// The test passes if nothing is released.
func History[S, C, E any](t *testing.T, a ironstar.Aggregate[S, C, E], steps []wire.Step, r Released) {
	t.Helper()
	files, err := r.files(a.Kind)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Logf("no event of %s is released yet, so this test has nothing to compare (ironstar release records golden samples)", a.Kind)
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

// event is one version of an event.
type event struct {
	name    string
	version int
}

func (e event) String() string { return fmt.Sprintf("%s.v%d", e.name, e.version) }

// past holds the released events of an aggregate.
type past[S, C, E any] struct {
	aggregate ironstar.Aggregate[S, C, E]
	released  Released
	steps     map[event]wire.Step
	state     S // the state after all samples so far
}

// check checks all samples of one version.
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
		t.Errorf("%s: %d more samples have errors", f.name, faults-mostShown)
	}
	if beyond > 0 {
		t.Logf("%d of %d samples are outside the current bounds: code can read such events, but no longer writes them", beyond, len(f.lines))
	}
	if faults == 0 && old {
		h.compare(t, f, step, made)
	}
}

// sample checks one old payload. It returns the result of the payload's step, if it
// has one, and whether the current events are within the current bounds.
func (h *past[S, C, E]) sample(of event, json []byte) (made []byte, within bool, err error) {
	events, err := h.decode(of, json)
	if err != nil {
		return nil, false, fmt.Errorf("the current code cannot read this sample: %w", err)
	}
	again, err := h.decode(of, json)
	if diff := difference(events, again); err != nil || diff != "" {
		return nil, false, fmt.Errorf("decoding it twice gives different events (-first +second): %s %v", diff, err)
	}
	step, old := h.steps[of]
	if old {
		if made, err = h.hop(of, step, json, events); err != nil {
			return nil, false, err
		}
	}
	within = true
	for _, e := range events {
		switch err := h.checkRoundTrip(e); {
		case err == nil:
		case old && errors.As(err, new(ironstar.Invalid)):
			within = false
		default:
			return nil, false, fmt.Errorf("the current code reads the sample as %T, %w", e, err)
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

// checkRoundTrip encodes an event and decodes the result.
func (h *past[S, C, E]) checkRoundTrip(e E) error {
	p, err := h.aggregate.Codec.Encode(e)
	if err != nil {
		return fmt.Errorf("which cannot be encoded: %w", err)
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

// hop runs the step from a version and decodes the result.
func (h *past[S, C, E]) hop(of event, step wire.Step, json []byte, want []E) (made []byte, err error) {
	var parts [][]byte
	err = unpanicked(func() error { parts, err = step.Up(json); return err })
	if err != nil {
		return nil, fmt.Errorf("the step from %s fails: %w", of, err)
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
			return nil, fmt.Errorf("the result of the step from %s is %s %s, which does not decode: %w", of, to, part, err)
		}
		got = append(got, events...)
	}
	if diff := difference(want, got); diff != "" {
		return nil, fmt.Errorf("the steps give other events than the decode function (-decoded +steps):\n%s", diff)
	}
	if step.Parts {
		return wiretest.List(parts), nil
	}
	return parts[0], nil
}

// fold folds events into a new state, and into the state of all samples.
func (h *past[S, C, E]) fold(events []E) error {
	return unpanicked(func() error {
		Fold(h.aggregate, events...)
		for _, e := range events {
			h.state = h.aggregate.Evolve(h.state, e)
		}
		return nil
	})
}

// unpanicked converts a panic to an error.
func unpanicked(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}
