package main

import (
	"bytes"
	"fmt"
	"slices"

	"ironstar.dev/internal/compat"
)

// upcaster computes what a step without hand-written parts makes of samples,
// line for line. A nil one computes nothing: then outputs must be recorded.
type upcaster func(step compat.Step, samples [][]byte) ([][]byte, error)

// outputs is what a step makes of the samples that are given: computed, or as
// the application's test has recorded it. It is nil when nobody has.
func (e *evolution) outputs(make upcaster, step compat.Step, samples []byte) ([]byte, error) {
	if len(step.Hands) > 0 || make == nil {
		text, _, err := e.read(step.Outputs())
		return text, err
	}
	lines, err := make(step, bytes.Split(bytes.TrimSuffix(samples, []byte("\n")), []byte("\n")))
	if err != nil {
		return nil, fmt.Errorf("compute %s: %w", step.Outputs(), err)
	}
	return compat.Lines(lines), nil
}

// outputSums says what the steps that were released make of their samples
// today, as far as that can be known.
func (e *evolution) outputSums(make upcaster) (map[string]string, error) {
	sums := map[string]string{}
	for _, step := range compat.Steps(e.loaded) {
		entry := step.Entry(e.lock)
		if entry == nil || entry.Outputs == nil || len(step.Hands) == 0 && (make == nil || step.Hash() == entry.Step) {
			continue // what CUE makes of it depends on nothing else
		}
		samples, ok, err := e.read(step.Samples())
		if err != nil {
			return nil, err
		}
		if !ok {
			continue // said elsewhere
		}
		out, err := e.outputs(make, step, samples)
		if err != nil {
			return nil, err
		}
		if out != nil {
			sums[entry.Outputs.Path] = compat.FileSum(out)
		}
	}
	return sums, nil
}

// recordOutputs puts into the next lock what each step makes of its samples,
// and lists the steps for which nobody knows.
func (r *releaser) recordOutputs(make upcaster) ([]compat.Finding, error) {
	var all []compat.Finding
	for _, step := range compat.Steps(r.loaded) {
		if r.unchanged(step) {
			continue
		}
		samples, err := r.content(step.Samples())
		if err != nil {
			return nil, err
		}
		out, err := r.outputs(make, step, samples)
		if err != nil {
			return nil, err
		}
		if out == nil {
			all = append(all, compat.AboutStep("outputs-missing", step, step.Pos, "%s is missing: what %s makes of the samples", step.Outputs(), handNames(step)))
			continue
		}
		if err := step.CheckOutputs(samples, out); err != nil {
			all = append(all, compat.AboutStep("upcaster-output", step, step.Pos, "%s: %v", step.Outputs(), err))
			continue
		}
		r.put(step.Outputs(), out)
		step.Entry(r.next).Outputs = &compat.File{Path: step.Outputs(), Sum: compat.FileSum(out)}
	}
	return all, nil
}

// unchanged says whether the lock knows already what a step makes: CUE computes
// it, and neither the step nor the samples are others.
func (r *releaser) unchanged(step compat.Step) bool {
	was, is := step.Entry(r.lock), step.Entry(r.next)
	if len(step.Hands) > 0 || was == nil || was.Outputs == nil || was.Step != step.Hash() || r.files[step.Samples()] != nil {
		return false
	}
	is.Outputs = was.Outputs
	return true
}

func handNames(step compat.Step) string {
	if len(step.Hands) == 0 {
		return "the step out of " + step.Subject()
	}
	return list(slices.Compact(slices.Sorted(slices.Values(step.Hands))), "and")
}
