package codegen

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
	"ironstar.dev/wire/wiretest"
)

// recordedSteps lists the steps of a package that CUE can compute.
func recordedSteps(p *model.Package) []Step {
	var steps []Step
	for _, a := range p.Aggregates {
		for _, s := range Steps(a) {
			if !s.ByHand() {
				steps = append(steps, s)
			}
		}
	}
	return steps
}

// recordSteps writes down what CUE makes of old payloads.
func recordSteps(b *bytes.Buffer, steps []Step, o Maker, count int, kept map[string]string) error {
	for _, s := range steps {
		header := stepHeader(s, count)
		b.WriteString(header)
		if have, ok := kept[header]; ok {
			b.WriteString(have)
			continue
		}
		if err := recordStep(b, s, o, count); err != nil {
			return fmt.Errorf("%s: %w", s.Key(), err)
		}
	}
	return nil
}

// recordStep leaves out payloads that cannot have been stored: CUE does not take
// them.
func recordStep(b *bytes.Buffer, s Step, o Maker, count int) error {
	seen := map[string]bool{}
	for _, old := range Payloads(s.From.Payload, 4*count) {
		if len(seen) == count {
			return nil
		}
		whole, err := s.Complete(o, old)
		if err != nil || seen[string(old)] {
			continue
		}
		seen[string(old)] = true
		made, err := s.Made(o, whole)
		if err != nil {
			return fmt.Errorf("made of %s: %w", old, err)
		}
		line, err := json.Marshal(wiretest.StepCase{Step: s.name(), JSON: string(old), Made: string(made)})
		if err != nil {
			return err
		}
		b.Write(append(line, '\n'))
	}
	return nil
}

// stepHeader is the line before the cases of a step.
func stepHeader(s Step, count int) string {
	parts := []string{casesGeneration, strconv.Itoa(count), s.Key(), shape.Of(s.From.Payload.Type).String()}
	for _, u := range s.Upcasts() {
		parts = append(parts, shape.Of(u.To.Type).String(), shape.Step(u))
	}
	return `{"of":"` + s.Key() + `","hash":"` + shape.Sum(parts...) + "\"}\n"
}
