package cuetest_test

import (
	"bytes"
	"flag"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/testcases"
)

var update = flag.Bool("update", false, "write the golden trees again")

const golden = "../testdata/golden"

func generate(t testing.TB, s schema) *codegen.Output {
	t.Helper()
	out, err := codegen.Generate(s.Schema, s.options())
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	return out
}

// tree returns all files of a schema: generated files, stubs, and recorded
// cases.
func tree(t testing.TB, s schema) map[string][]byte {
	t.Helper()
	out := generate(t, s)
	files := maps.Clone(out.Files)
	maps.Copy(files, out.Stubs)
	ask := newOracle(t, s)
	for _, p := range s.Packages {
		cases, err := testcases.RecordCases(s.Schema, p, ask, nil)
		if err != nil {
			t.Fatal(err)
		}
		if cases != nil {
			files[codegen.CasesPath(p, s.options())] = cases
		}
	}
	return files
}

// TestGolden compares the files of all schemas with the golden trees. -update
// writes them again; read the diff afterwards.
func TestGolden(t *testing.T) {
	for _, s := range schemas(t) {
		t.Run(s.name, func(t *testing.T) {
			dir := filepath.Join(golden, s.name)
			got := tree(t, s)
			maps.DeleteFunc(got, func(name string, _ []byte) bool { return filepath.Ext(name) == ".jsonl" })
			if *update {
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
				renamed := map[string][]byte{}
				for name, text := range got {
					renamed[goldenName(name)] = text
				}
				write(t, dir, renamed)
			}
			want := read(t, dir)
			for name, text := range got {
				if diff := cmp.Diff(string(want[goldenName(name)]), string(text)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
				delete(want, goldenName(name))
			}
			for name := range want {
				t.Errorf("%s is no longer generated", name)
			}
		})
	}
}

// goldenName changes the names of golden Go files so that the go command does
// not build them here, where their imports do not exist.
func goldenName(name string) string {
	if filepath.Ext(name) == ".go" {
		return name + "txt"
	}
	return name
}

func read(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestGoldenCompiles compiles and vets all generated files and stubs, and runs
// some of the generated tests.
func TestGoldenCompiles(t *testing.T) {
	dir := module(t, "golden.test")
	for _, s := range schemas(t) {
		write(t, filepath.Join(dir, s.name), tree(t, s))
	}
	run(t, dir, "go", "vet", "./...")
	run(t, dir, "go", "test", "./todo/gen/todo", "./shop/gen/shop", "./upcasts/gen/upcasts", "./conditions/gen/conditions", "./messages/gen/messages", "./unions/gen/shop/desk", "./finite/gen/finite")
}

func run(t testing.TB, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out[:min(len(out), 6000)])
	}
	return out
}

// TestTypeScript checks all generated TypeScript with tsc.
func TestTypeScript(t *testing.T) {
	all := map[string][]byte{}
	for _, s := range schemas(t) {
		for name, text := range generate(t, s).Files {
			if filepath.Ext(name) == ".ts" {
				all[s.name+"/"+name] = text
			}
		}
	}
	checkTypeScript(t, all)
}

// checkTypeScript runs tsc.
func checkTypeScript(t *testing.T, files map[string][]byte) {
	t.Helper()
	tsc, err := filepath.Abs("../../../node_modules/.bin/tsc")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tsc); err != nil {
		t.Fatalf("no TypeScript compiler: run npm ci in the repository (%v)", err)
	}
	dir := t.TempDir()
	write(t, dir, files)
	args := []string{"--strict", "--noEmit", "--exactOptionalPropertyTypes", "--verbatimModuleSyntax", "--isolatedModules",
		"--module", "esnext", "--moduleResolution", "bundler", "--target", "es2022"}
	run(t, dir, tsc, append(args, slices.Sorted(maps.Keys(files))...)...)
}

// TestG18_SameBytes generates twice, then from another folder, then from a
// shuffled model.
func TestG18_SameBytes(t *testing.T) {
	for _, s := range schemas(t) {
		first := generate(t, s)
		elsewhere := filepath.Join(t.TempDir(), "else where")
		write(t, elsewhere, read(t, s.dir))
		moved := loadSchema(t, s.name, elsewhere)
		slices.Reverse(moved.Packages)
		for _, again := range []*codegen.Output{generate(t, s), generate(t, moved)} {
			if !maps.EqualFunc(first.Files, again.Files, bytes.Equal) || !maps.EqualFunc(first.Stubs, again.Stubs, bytes.Equal) {
				t.Errorf("%s: not the same bytes: %s", s.name, cmp.Diff(first.Files, again.Files))
			}
		}
	}
}
