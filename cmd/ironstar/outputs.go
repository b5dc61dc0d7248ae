package main

import (
	"bytes"
	"fmt"
	"slices"

	"ironstar.dev/internal/compat"
)

// upcaster computes the results of a CUE step for samples, line by line. If it
// is nil, results must be recorded.
type upcaster func(step compat.Step, samples [][]byte) ([][]byte, error)

// outputs returns the results of a step for samples. make computes them, or the
// application's test has recorded them. It returns nil if there are none.
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

// outputSums returns the hashes of the current results of released steps. It omits
// results that are not known.
func (e *evolution) outputSums(make upcaster) (map[string]string, error) {
	sums := map[string]string{}
	for _, step := range compat.Steps(e.loaded) {
		entry := step.Entry(e.lock)
		if entry == nil || entry.Outputs == nil || len(step.Hands) == 0 && (make == nil || step.Hash() == entry.Step) {
			continue // an unchanged step of CUE has the same results
		}
		samples, ok, err := e.read(step.Samples())
		if err != nil {
			return nil, err
		}
		if !ok {
			continue // samples reports a missing file
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

// recordOutputs adds the results of steps to the next lock, and lists the steps
// whose results are unknown.
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
			all = append(all, compat.AboutStep("outputs-missing", step, step.Pos, "%s, the file with the results of %s for the samples, is missing", step.Outputs(), handNames(step)))
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

// unchanged reports whether the lock already has the results of a step: CUE
// computes them, and neither the step nor the samples have changed.
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
		return "the step from " + step.Subject()
	}
	return list(slices.Compact(slices.Sorted(slices.Values(step.Hands))), "and")
}
