package main

import (
	"bytes"
	"errors"
	"fmt"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/testcases"
)

// byCUE returns an upcaster that computes the results of steps with CUE.
func byCUE(loaded *model.Schema, values *cueload.Values) upcaster {
	return func(step compat.Step, samples [][]byte) ([][]byte, error) {
		s, ok := stepOf(loaded, step)
		if !ok {
			return nil, fmt.Errorf("the schema has no step from %s", step.Subject())
		}
		var lines [][]byte
		for i, old := range samples {
			made, err := computeStep(s, values, old)
			if err != nil {
				return nil, fmt.Errorf("sample %d: %w", i+1, err)
			}
			lines = append(lines, made)
		}
		return lines, nil
	}
}

func computeStep(s codegen.Step, values *cueload.Values, old []byte) ([]byte, error) {
	whole, err := testcases.WithDefaults(s.From.Payload, old)
	if err != nil {
		return nil, err
	}
	list, err := testcases.Upcast(s, textOnly{values}, whole)
	if err != nil || s.Hop == nil {
		return list, err
	}
	return bytes.TrimSuffix(bytes.TrimPrefix(list, []byte("[")), []byte("]")), nil
}

// textOnly uses CUE only for the text of a step. The model fills in defaults,
// because CUE is slow and there are many samples.
type textOnly struct{ *cueload.Values }

var errNotAsked = errors.New("not asked")

// Completes returns errNotAsked, because the model fills in defaults.
func (textOnly) Completes(*model.Package, string, []byte) ([]byte, error) { return nil, errNotAsked }

func stepOf(loaded *model.Schema, step compat.Step) (codegen.Step, bool) {
	for _, p := range loaded.Packages {
		for _, a := range p.Aggregates {
			if compat.Kind(a) != step.Kind {
				continue
			}
			for _, s := range codegen.Steps(a) {
				if s.Event == step.Event && s.Version == step.Version {
					return s, true
				}
			}
		}
	}
	return codegen.Step{}, false
}
