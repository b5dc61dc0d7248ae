package cuetest_test

import (
	"fmt"
	"slices"
	"testing"

	"ironstar.dev/internal/model"
)

// TestG17_MissingCheckIsSeen removes each kind of constraint from the model
// once. The comparison with CUE must notice each.
func TestG17_MissingCheckIsSeen(t *testing.T) {
	j := newJudge(t)
	whole := loadSchema(t, "constraints", "testdata/constraints")
	var without []model.Op
	for op := model.Greater; op <= model.Contains; op++ {
		s := loadSchema(t, fmt.Sprintf("without%d", op), "testdata/constraints")
		if removeChecks(s.Schema, op) == 0 {
			t.Errorf("testdata/constraints has no constraint of kind %d: add one", op)
			continue
		}
		without = append(without, op)
		j.add(t, s)
	}
	program := j.build(t)
	for _, op := range without {
		found := 0
		ask := newOracle(t, whole) // a new one for each, because a CUE context never frees memory
		for _, s := range j.subjects {
			if s.schema.name == fmt.Sprintf("without%d", op) {
				s.pkg = whole.Packages[0]
				s.root.Named = counterpart(whole.Packages[0], s.root.Path)
				for count := 100; count <= 2000 && found == 0; count *= 20 { // usually the first few are enough
					differences, _ := disagreements(t, program, s, ask, count)
					found += len(differences)
				}
			}
		}
		if found == 0 {
			t.Errorf("without constraints of kind %d no disagreement was found", op)
		}
		t.Logf("without constraints of kind %d: %d disagreements", op, found)
	}
}

// counterpart returns the payload at a path of the complete schema. Cases are
// made near its bounds.
func counterpart(p *model.Package, path string) *model.Named {
	for _, a := range p.Aggregates {
		for _, c := range a.Commands {
			if path == "#"+a.Name+".command."+c.Name {
				return c.Payload
			}
		}
		for _, e := range a.Events {
			if path == "#"+a.Name+".event."+e.Name+".v1" {
				return e.Versions[0].Payload
			}
		}
	}
	for _, n := range p.Types {
		if path == "#"+n.Name {
			return n
		}
	}
	panic("no " + path)
}

// removeChecks removes every constraint of a kind from a schema.
func removeChecks(s *model.Schema, op model.Op) (removed int) {
	seen := map[*model.Type]bool{}
	var visit func(t *model.Type)
	visit = func(t *model.Type) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		before := len(t.Checks)
		t.Checks = slices.DeleteFunc(t.Checks, func(c model.Check) bool { return c.Op == op })
		removed += before - len(t.Checks)
		if t.Named != nil {
			visit(t.Named.Type)
		}
		for _, f := range t.Fields {
			visit(f.Type)
		}
		for _, arm := range t.Arms {
			visit(arm.Type)
		}
		visit(t.Elem)
		visit(t.Key)
	}
	for _, p := range s.Packages {
		for _, n := range p.Types {
			visit(n.Type)
		}
		for _, a := range p.Aggregates {
			for _, c := range a.Commands {
				visit(c.Payload.Type)
			}
			for _, e := range a.Events {
				visit(e.Versions[0].Payload.Type)
			}
		}
	}
	return removed
}
