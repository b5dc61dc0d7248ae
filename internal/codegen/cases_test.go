package codegen_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/testcases"
)

// countingOracle counts questions by type and accepts everything.
type countingOracle map[string]int

func (a countingOracle) Accepts(_ *model.Package, path string, _ []byte) bool {
	a[path]++
	return true
}

func (countingOracle) Makes(*model.Package, string, string, string, []byte) ([]byte, error) {
	panic("there are no steps")
}

func (countingOracle) Completes(*model.Package, string, []byte) ([]byte, error) {
	panic("there are no steps")
}

func record(t *testing.T, s *model.Schema, have []byte) (file []byte, o countingOracle) {
	t.Helper()
	o = countingOracle{}
	file, err := testcases.RecordCases(s, s.Packages[0], o, have)
	if err != nil {
		t.Fatal(err)
	}
	return file, o
}

// TestRecordedCasesAreReused records again, once without changes and once after one
// type has changed. The recorder asks CUE about the changed type only. The file is
// the same as after recording all types.
func TestRecordedCasesAreReused(t *testing.T) {
	s := todo()
	first, o := record(t, s, nil)
	if len(o) < 10 {
		t.Fatalf("asked about %d types only", len(o))
	}
	again, o := record(t, s, first)
	if string(again) != string(first) || len(o) > 0 {
		t.Errorf("nothing changed, and it asks about %v", o)
	}
	reopen := s.Packages[0].Aggregates[0].Commands[3]
	reopen.Payload.Type.Fields = append(reopen.Payload.Type.Fields, field("why", scalar(model.String)))
	changed, o := record(t, s, first)
	if len(o) != 1 || o["#List.command.Reopen"] == 0 {
		t.Errorf("asked about %v, want #List.command.Reopen", o)
	}
	if fresh, _ := record(t, s, nil); string(changed) != string(fresh) {
		t.Error("reusing recorded cases makes another file")
	}
	if spoilt, o := record(t, s, []byte("no such file\n\n{")); string(spoilt) != string(changed) || len(o) < 10 {
		t.Error("a file with other content is not ignored")
	}
}

// TestRecordedCasesOfLargePackages: a large package has few cases of each type,
// because CUE is slow.
func TestRecordedCasesOfLargePackages(t *testing.T) {
	s := todo()
	list := s.Packages[0].Aggregates[0]
	for i := range 1000 {
		name := fmt.Sprintf("More%d", i)
		list.Commands = append(list.Commands, &model.Command{Name: name, Pos: at, Payload: named(s.Packages[0], "List"+name, structure(id()))})
	}
	file, _ := record(t, s, nil)
	lines := strings.Split(string(file), "\n")
	of := 0
	for _, line := range lines {
		if strings.Contains(line, `"type":"#List.command.More7"`) {
			of++
		}
	}
	if of != 3 || len(lines) > 5000 {
		t.Errorf("%d cases of a type and %d lines in all, want 3 and fewer than 5000", of, len(lines))
	}
	if !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, `#List.command.More7","why":"valid"`) }) {
		t.Error("no case of a type is to be accepted")
	}
}

// large returns a type whose values have at least three thousand parts.
func large() *model.Type {
	hundred := func(of *model.Type) *model.Type {
		return &model.Type{Kind: model.List, Elem: of, Checks: []model.Check{{Op: model.MinItems, Count: 100}}}
	}
	return structure(field("rows", hundred(hundred(scalar(model.Bool)))))
}

// recursive returns blocks that contain at least three blocks or cells. A cell
// contains any number of blocks.
func recursive(p *model.Package) *model.Type {
	tag := func(kind string) *model.Field {
		f := field("kind", scalar(model.String))
		f.Const = &model.Const{Kind: model.String, Text: kind}
		return f
	}
	block := named(p, "Block", &model.Type{Kind: model.Sum, Tag: "kind"})
	cell := named(p, "Cell", structure(tag("cell"), field("blocks", &model.Type{Kind: model.List, Elem: ref(block)})))
	three := &model.Type{Kind: model.List, Elem: ref(block), Checks: []model.Check{{Op: model.MinItems, Count: 3}}}
	block.Type.Arms = []*model.Named{named(p, "Three", structure(tag("three"), field("of", three))), cell}
	return structure(field("block", ref(block)))
}

// TestCasesAreBounded: values of recursive types are finite. Values that are
// too large are omitted, and the file says so.
func TestCasesAreBounded(t *testing.T) {
	s := todo()
	p := s.Packages[0]
	list := p.Aggregates[0]
	for name, of := range map[string]*model.Type{"Large": large(), "Recursive": recursive(p)} {
		list.Commands = append(list.Commands, &model.Command{Name: name, Pos: at, Payload: named(p, "List"+name, of)})
	}
	file, o := record(t, s, nil)
	if o["#List.command.Recursive"] < 20 {
		t.Errorf("%d questions about blocks", o["#List.command.Recursive"])
	}
	if o["#List.command.Large"] > 0 || !strings.Contains(string(file), `{"leftOut":"#List.command.Large","values":160}`) {
		t.Errorf("%d questions about what is too large", o["#List.command.Large"])
	}
	for path, n := range testcases.LeftOut(file) {
		if path != "#List.command.Large" || n != 160 {
			t.Errorf("%d values of %s are left out", n, path)
		}
	}
	for line := range strings.Lines(string(file)) {
		if len(line) > 40_000 {
			t.Errorf("a case of %d bytes", len(line))
		}
	}
}
