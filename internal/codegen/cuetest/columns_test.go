package cuetest_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestColumns runs a test of generated queries: the rows of events of every type and
// version, and what is read of an answer. The program is in testdata/programs.
func TestColumns(t *testing.T) {
	program, err := os.ReadFile("testdata/programs/columns_test.gotxt")
	if err != nil {
		t.Fatal(err)
	}
	s := loadSchema(t, "columns", "testdata/columns")
	files := generate(t, s).Files
	maps.DeleteFunc(files, func(name string, _ []byte) bool {
		return !strings.HasPrefix(name, "gen/columns/") || strings.Contains(name, "http/") || strings.HasSuffix(name, "_test.go")
	})
	files["gen/columns/columns_test.go"] = program
	dir := module(t, "golden.test")
	write(t, filepath.Join(dir, s.name), files)
	run(t, dir, "go", "test", "./columns/gen/columns")
}
