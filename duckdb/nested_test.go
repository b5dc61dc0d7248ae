package duckdb_test

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNestedModule builds the application of the package's documentation as it stands
// there, against this checkout, and runs it.
func TestNestedModule(t *testing.T) {
	checkout, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files := map[string]string{
		"application/application.go": block(t, "package application"),
		"duckdb/main.go":             block(t, "package main"),
		"duckdb/go.mod":              block(t, "module ") + "\nreplace ironstar.dev => " + checkout + "\n\nreplace ironstar.dev/duckdb => " + checkout + "/duckdb\n",
		"go.mod":                     "module example.com/shop\n\ngo 1.26.0\n\nrequire ironstar.dev v1.0.0\n",
	}
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	files["duckdb/go.sum"] = string(sums)
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-mod=mod", "-o", "shop", ".")
	build.Dir = filepath.Join(dir, "duckdb")
	build.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=1")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out, err := exec.Command(filepath.Join(dir, "duckdb", "shop"), "--help").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "A shop.") {
		t.Errorf("%v: %s", err, out)
	}
}

// block returns the block of code in the documentation of the package that begins like this.
func block(t *testing.T, begins string) string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(f.Doc.Text(), "\n\t"+begins)
	if !ok {
		t.Fatalf("no block begins with %s", begins)
	}
	text := begins
	for line := range strings.Lines(rest) {
		code, indented := strings.CutPrefix(line, "\t")
		if !indented && strings.TrimSpace(line) != "" && text != begins {
			break
		}
		if text == begins {
			code = line
		}
		text += code
	}
	return text
}
