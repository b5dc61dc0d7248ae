package testcases

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
	"ironstar.dev/wire/wiretest"
)

// recordedSteps lists the steps of a package that CUE can compute.
func recordedSteps(p *model.Package) []codegen.Step {
	var steps []codegen.Step
	for _, a := range p.Aggregates {
		for _, s := range codegen.Steps(a) {
			if !s.ByHand() {
				steps = append(steps, s)
			}
		}
	}
	return steps
}

// recordSteps records CUE's results for old payloads.
func recordSteps(b *bytes.Buffer, steps []codegen.Step, o Upcaster, count int, before map[string]string) error {
	for _, s := range steps {
		header := stepHeader(s, count)
		b.WriteString(header)
		if have, ok := before[header]; ok {
			b.WriteString(have)
			continue
		}
		if err := recordStep(b, s, o, count); err != nil {
			return fmt.Errorf("%s: %w", s.Key(), err)
		}
	}
	return nil
}

// recordStep omits payloads that CUE refuses, because no store can hold them.
func recordStep(b *bytes.Buffer, s codegen.Step, o Upcaster, count int) error {
	seen := map[string]bool{}
	for _, old := range Payloads(s.From.Payload, 4*count) {
		if len(seen) == count {
			return nil
		}
		whole, err := Complete(s, o, old)
		if err != nil || seen[string(old)] {
			continue
		}
		seen[string(old)] = true
		result, err := Upcast(s, o, whole)
		if err != nil {
			return fmt.Errorf("read %s as the next version: %w", old, err)
		}
		line, err := json.Marshal(wiretest.StepCase{Step: stepName(s), JSON: string(old), Made: string(result)})
		if err != nil {
			return err
		}
		b.Write(append(line, '\n'))
	}
	return nil
}

// stepHeader returns the line before the cases of a step.
func stepHeader(s codegen.Step, count int) string {
	parts := []string{casesGeneration, strconv.Itoa(count), s.Key(), shape.Of(s.From.Payload.Type).String()}
	for _, u := range s.Upcasts() {
		parts = append(parts, shape.Of(u.To.Type).String(), shape.Step(u))
	}
	return `{"of":"` + s.Key() + `","hash":"` + shape.Sum(parts...) + "\"}\n"
}

// stepName returns the name of a step in recorded cases, which is that of the version
// that it converts: "List.Added.v1".
func stepName(s codegen.Step) string {
	return s.Aggregate.Name + "." + s.Event + ".v" + strconv.Itoa(s.Version)
}

// Payloads makes count payloads of a type, each near a bound. They depend on the type
// only.
func Payloads(n *model.Named, count int) [][]byte {
	g := newCaseMaker(codegen.Root{Named: n})
	var all [][]byte
	for len(all) < count {
		all = append(all, g.valueOf(n).text(nil, true))
	}
	return all
}
