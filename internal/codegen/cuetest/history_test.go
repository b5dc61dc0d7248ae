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

// TestHistoryIsUpToDate compares the generated code in package historytest with
// its schema. -update writes it again.
func TestHistoryIsUpToDate(t *testing.T) {
	s := loadSchema(t, "historytest", filepath.Join(history, "schema"))
	options := codegen.Options{Module: "ironstar.dev/internal/historytest"}
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
		if err := os.RemoveAll(filepath.Join(history, "gen")); err != nil {
			t.Fatal(err)
		}
		write(t, history, got)
	}
	want := read(t, history)
	maps.DeleteFunc(want, func(name string, _ []byte) bool { return !strings.HasPrefix(name, "gen/") })
	if diff := cmp.Diff(want, got, cmp.Transformer("text", func(b []byte) string { return string(b) })); diff != "" {
		t.Errorf("run this test with -update (-want +got):\n%s", diff)
	}
}
