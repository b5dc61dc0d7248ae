package cuetest_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/load"
	cuejson "cuelang.org/go/encoding/json"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/testcases"
)

const features = "../../cueload/testdata/features"

// schema is a schema of this repository and its name in tests.
type schema struct {
	name, dir string
	*model.Schema
}

func (s schema) options() codegen.Options {
	return codegen.Options{Module: "golden.test/" + s.name, ExampleIDs: testcases.ExampleIDs}
}

// only selects one schema, because the comparison of all takes minutes.
var only = flag.String("only", "", "the one schema to test, by its name")

// schemas returns the reference application's schema, the feature cases of
// cueload, a schema with every constraint, one with a column of every type, and one with names that have a
// meaning in Go.
func schemas(t testing.TB) []schema {
	t.Helper()
	dirs := map[string]string{"todo": "../../../schema", "constraints": "testdata/constraints", "odd": "testdata/odd", "columns": "testdata/columns"}
	names := []string{"todo", "constraints", "odd", "columns"}
	entries, err := os.ReadDir(features)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
		dirs[e.Name()] = filepath.Join(features, e.Name())
	}
	var all []schema
	for _, name := range names {
		if *only != "" && name != *only {
			continue
		}
		all = append(all, loadSchema(t, name, dirs[name]))
	}
	return all
}

func loadSchema(t testing.TB, name, dir string) schema {
	t.Helper()
	s, err := cueload.Load(dir)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return schema{name, dir, s}
}

// oracle asks CUE: directly about values, and like the command about upcasters.
type oracle struct {
	testcases.Upcaster
	t      testing.TB
	ctx    *cue.Context
	values map[*model.Package]cue.Value
}

func newOracle(t testing.TB, s schema) *oracle {
	t.Helper()
	root := t.TempDir() // only the files that cueload reads, because CUE would read others too
	overlay := map[string]load.Source{
		root + "/cue.mod/pkg/ironstar.dev/schema/schema.cue": load.FromBytes(cueload.MetaSchema()),
		root + "/cue.mod/module.cue":                         load.FromString("module: \"schema.local\"\nlanguage: version: \"v0.17.0\"\n"),
	}
	files := []string{"cue.mod/module.cue"}
	for _, p := range s.Packages {
		files = append(files, p.Files...)
	}
	for _, file := range files {
		if text, err := os.ReadFile(filepath.Join(s.dir, file)); err == nil {
			overlay[filepath.Join(root, file)] = load.FromString(withBounds(t, string(text)))
		}
	}
	_, values, err := cueload.LoadValues(s.dir)
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	o := &oracle{Upcaster: values, t: t, ctx: cuecontext.New(), values: map[*model.Package]cue.Value{}}
	for _, p := range s.Packages {
		instances := load.Instances([]string{"./" + p.Dir + ":" + p.Name}, &load.Config{Dir: root, Overlay: overlay, Env: []string{"CUE_REGISTRY=none"}})
		if err := instances[0].Err; err != nil {
			t.Fatalf("%s: load %s: %v", s.name, p.Dir, err)
		}
		o.values[p] = o.ctx.BuildInstance(instances[0])
		if err := o.values[p].Err(); err != nil {
			t.Fatalf("%s: build %s: %v", s.name, p.Dir, err)
		}
	}
	return o
}

// Accepts implements testcases.Oracle.
func (o *oracle) Accepts(p *model.Package, path string, json []byte) bool {
	def := o.values[p].LookupPath(cue.ParsePath(path))
	if err := def.Err(); err != nil && !def.Exists() {
		o.t.Fatalf("%s has no %s: %v", p.Name, path, err)
	}
	expr, err := cuejson.Extract("case.json", cueload.InCUE(p, path, json))
	if err != nil {
		return false
	}
	v := o.ctx.BuildExpr(expr)
	return v.Err() == nil && def.Unify(v).Validate(cue.Concrete(true), cue.Final()) == nil
}

// write writes files below a folder.
func write(t testing.TB, dir string, files map[string][]byte) {
	t.Helper()
	for name, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// module makes a Go module that uses this repository's library.
func module(t testing.TB, path string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	repository, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile(repository + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(repository + "/go.sum")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(own), "module ironstar.dev", "module "+path, 1) +
		"\nrequire ironstar.dev v0.0.0\n\nreplace ironstar.dev => " + repository + "\n"
	write(t, dir, map[string][]byte{"go.mod": []byte(text), "go.sum": sums})
	return dir
}
