package codegen_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
)

// asked notes which types it is asked about, and takes everything.
type asked map[string]int

func (a asked) Accepts(_ *model.Package, path string, _ []byte) bool {
	a[path]++
	return true
}

func (asked) Makes(*model.Package, string, string, string, []byte) ([]byte, error) {
	panic("there are no steps")
}

func (asked) Completes(*model.Package, string, []byte) ([]byte, error) {
	panic("there are no steps")
}

func record(t *testing.T, s *model.Schema, have []byte) (file []byte, o asked) {
	t.Helper()
	o = asked{}
	file, err := codegen.RecordCases(s, s.Packages[0], o, have)
	if err != nil {
		t.Fatal(err)
	}
	return file, o
}

// TestRecordedCasesAreKept records again, after nothing and after one type has
// changed: CUE is asked about that type only, and the file is as if there had
// been none.
func TestRecordedCasesAreKept(t *testing.T) {
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
		t.Error("what was kept makes another file")
	}
	if spoilt, o := record(t, s, []byte("no such file\n\n{")); string(spoilt) != string(changed) || len(o) < 10 {
		t.Error("a file of something else is not ignored")
	}
}

// TestRecordedCasesOfLargePackages have few cases of each type: CUE is slow.
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
