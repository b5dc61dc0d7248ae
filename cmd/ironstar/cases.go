package main

import (
	"fmt"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/plan"
	"ironstar.dev/internal/testcases"
)

// recordCases makes the files with CUE's verdicts on values near the limits of the
// schema. The generated tests compare Go with them. CUE is slow, so recordCases
// reuses the recorded verdicts of unchanged types.
func (s *session) recordCases(p *project, loaded *model.Schema, values *cueload.Values) (map[string][]byte, error) {
	files := map[string][]byte{}
	o := &cueAnswers{values: values}
	where := plan.Options{Root: p.module, Schema: p.schemaPath()}
	for _, pkg := range loaded.Packages {
		name := codegen.CasesPath(pkg, p.options())
		cases, err := testcases.RecordCases(loaded, pkg, o, plan.Recorded(where, name))
		if err == nil {
			err = o.err
		}
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", name, err)
		}
		if cases == nil {
			continue
		}
		files[name] = cases
		for path, n := range testcases.LeftOut(cases) {
			s.say("%s leaves out %d values of %s, because CUE would need too long for values of that size", name, n, path)
		}
	}
	return files, nil
}

// cueAnswers asks CUE what it accepts and for the results of upcasters.
type cueAnswers struct {
	values *cueload.Values
	err    error // the first error; answers after it are not valid
}

// Makes implements [testcases.Upcaster].
func (o *cueAnswers) Makes(p *model.Package, path, source, step string, old []byte) ([]byte, error) {
	return o.values.Makes(p, path, source, step, old)
}

// Completes implements [testcases.Upcaster].
func (o *cueAnswers) Completes(p *model.Package, path string, payload []byte) ([]byte, error) {
	return o.values.Completes(p, path, payload)
}

// Accepts implements [testcases.Oracle].
func (o *cueAnswers) Accepts(p *model.Package, at string, json []byte) bool {
	return o.AcceptsAll(p, []testcases.Question{{Path: at, JSON: json}})[0]
}

// AcceptsAll implements [testcases.FastOracle].
func (o *cueAnswers) AcceptsAll(p *model.Package, questions []testcases.Question) []bool {
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
