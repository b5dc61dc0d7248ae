package main

import (
	"bytes"
	"fmt"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
)

// byCUE computes what steps make as CUE evaluates them.
func byCUE(loaded *model.Schema, values *cueload.Values) upcaster {
	return func(step compat.Step, samples [][]byte) ([][]byte, error) {
		s, ok := stepOf(loaded, step)
		if !ok {
			return nil, fmt.Errorf("the schema has no step out of %s", step.Subject())
		}
		var lines [][]byte
		for i, old := range samples {
			made, err := made(s, values, old)
			if err != nil {
				return nil, fmt.Errorf("sample %d: %w", i+1, err)
			}
			lines = append(lines, made)
		}
		return lines, nil
	}
}

func made(s codegen.Step, values *cueload.Values, old []byte) ([]byte, error) {
	whole, err := s.Complete(values, old)
	if err != nil {
		return nil, err
	}
	list, err := s.Made(values, whole)
	if err != nil || s.Hop == nil {
		return list, err
	}
	return bytes.TrimSuffix(bytes.TrimPrefix(list, []byte("[")), []byte("]")), nil
}

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
