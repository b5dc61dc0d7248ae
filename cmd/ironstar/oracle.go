package main

import (
	"fmt"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/plan"
)

// recordCases makes the files that hold what CUE says about values near the
// edges of what the schema allows; the generated tests compare Go with it. As
// asking is slow, what is recorded of unchanged types is kept.
func recordCases(p *project, loaded *model.Schema, values *cueload.Values) (map[string][]byte, error) {
	files := map[string][]byte{}
	o := &oracle{values: values}
	where := plan.Options{Root: p.module, Schema: p.schemaPath()}
	for _, pkg := range loaded.Packages {
		name := codegen.CasesPath(pkg, p.options())
		cases, err := codegen.RecordCases(loaded, pkg, o, plan.Recorded(where, name))
		if err == nil {
			err = o.err
		}
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", name, err)
		}
		if cases != nil {
			files[name] = cases
		}
	}
	return files, nil
}

// oracle answers what CUE accepts.
type oracle struct {
	values *cueload.Values
	err    error // the first; answers after it mean nothing
}

// Makes implements [codegen.Maker].
func (o *oracle) Makes(p *model.Package, path, source, step string, old []byte) ([]byte, error) {
	return o.values.Makes(p, path, source, step, old)
}

// Completes implements [codegen.Maker].
func (o *oracle) Completes(p *model.Package, path string, payload []byte) ([]byte, error) {
	return o.values.Completes(p, path, payload)
}

// Accepts implements [codegen.Oracle].
func (o *oracle) Accepts(p *model.Package, at string, json []byte) bool {
	return o.AcceptsAll(p, []codegen.Question{{Path: at, JSON: json}})[0]
}

// AcceptsAll implements [codegen.FastOracle].
func (o *oracle) AcceptsAll(p *model.Package, questions []codegen.Question) []bool {
	same := make([]cueload.Question, len(questions))
	for i, q := range questions {
		same[i] = cueload.Question(q)
	}
	answers, err := o.values.Accepts(p, same)
	if err != nil {
		o.err = err
		return make([]bool, len(questions))
	}
	return answers
}
