package cuetest_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/testcases"
)

const history = "../../historytest"

// TestHistoryIsUpToDate compares the generated code in the packages historytest and
// modelling with their schemas. -update writes it again.
func TestHistoryIsUpToDate(t *testing.T) {
	for _, name := range []string{"historytest", "modelling"} {
		t.Run(name, func(t *testing.T) { checkGenerated(t, name) })
	}
}

func checkGenerated(t *testing.T, name string) {
	dir := filepath.Join("../..", name)
	s := loadSchema(t, name, filepath.Join(dir, "schema"))
	options := codegen.Options{Module: "ironstar.dev/internal/" + name, ExampleIDs: testcases.ExampleIDs}
	out, err := codegen.Generate(s.Schema, options)
	if err != nil {
		t.Fatal(err)
	}
	got := out.Files
	for _, p := range s.Packages {
		cases, err := testcases.RecordCases(s.Schema, p, newOracle(t, s), nil)
		if err != nil {
			t.Fatal(err)
		}
		got[codegen.CasesPath(p, options)] = cases
	}
	maps.DeleteFunc(got, func(name string, _ []byte) bool { return filepath.Ext(name) == ".ts" })
	if *update {
		if err := os.RemoveAll(filepath.Join(dir, "gen")); err != nil {
			t.Fatal(err)
		}
		write(t, dir, got)
	}
	want := read(t, dir)
	maps.DeleteFunc(want, func(name string, _ []byte) bool { return !strings.HasPrefix(name, "gen/") })
	if diff := cmp.Diff(want, got, cmp.Transformer("text", func(b []byte) string { return string(b) })); diff != "" {
		t.Errorf("run this test with -update (-want +got):\n%s", diff)
	}
}
