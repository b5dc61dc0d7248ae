package cuetest_test

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/testcases"
)

// TestReferenceIsCurrent compares gen/ of the reference application with its
// schema. -update writes it.
func TestReferenceIsCurrent(t *testing.T) {
	const repository = "../../.."
	s := loadSchema(t, "todo", repository+"/schema")
	o := codegen.Options{Module: "ironstar.dev"}
	out, err := codegen.Generate(s.Schema, o)
	if err != nil {
		t.Fatal(err)
	}
	files := maps.Clone(out.Files)
	for _, p := range s.Packages {
		path := codegen.CasesPath(p, o)
		have, _ := os.ReadFile(filepath.Join(repository, path)) // a missing file is different
		if files[path], err = testcases.RecordCases(s.Schema, p, newOracle(t, s), have); err != nil {
			t.Fatal(err)
		}
	}
	if *update {
		write(t, repository, files)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(repository, name))
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is not current (-want +got):\n%s", name, diff)
		}
	}
}
