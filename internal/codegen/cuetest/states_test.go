package cuetest_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
)

// TestStatesComeBack compiles the code of all schemas and lets random states of
// all aggregates and views be written and read.
func TestStatesComeBack(t *testing.T) {
	dir := module(t, "golden.test")
	states := 0
	for _, s := range schemas(t) {
		files := map[string][]byte{}
		for name, text := range generate(t, s).Files {
			if filepath.Ext(name) == ".go" && !strings.Contains(name, "http/") && !strings.HasSuffix(name, "_test.go") {
				files[name] = text
			}
		}
		for _, pkg := range s.Packages {
			test, n := statesTest(pkg)
			if states += n; n > 0 {
				files[filepath.Join(filepath.Dir(filepath.Dir(codegen.CasesPath(pkg, s.options()))), "states_test.go")] = test
			}
		}
		write(t, filepath.Join(dir, s.name), files)
	}
	if states < 30 {
		t.Errorf("there are %d states", states)
	}
	run(t, dir, "go", "test", "./...")
}

// statesTest is a test of a generated package, and of how many states. The
// hand-written side has what the constructors ask for.
func statesTest(pkg *model.Package) (test []byte, states int) {
	var sides, cases, arms strings.Builder
	for _, n := range pkg.Types {
		if n.Type.Kind == model.Sum {
			for _, arm := range n.Type.Arms {
				fmt.Fprintf(&arms, "%s{}, ", arm.GoName)
			}
		}
	}
	add := func(name, more string) {
		states++
		fmt.Fprintf(&sides, "type fake%s struct{ %[1]s }\n\nfunc (fake%[1]s) Source() (fs embed.FS) { return fs }\n\n", name)
		fmt.Fprintf(&cases, "\tt.Run(%q, func(t *testing.T) { wiretest.States(t, New%[1]s(fake%[1]s{}%s).State, arms...) })\n", name, more)
	}
	for _, a := range pkg.Aggregates {
		add(a.Name, "")
	}
	for _, v := range pkg.Views {
		if v.Of != nil {
			continue
		}
		more := ""
		for _, on := range v.On {
			if len(on.Aggregate.Hands()) > 0 {
				more += ", nil"
			}
		}
		add(v.Name, more)
	}
	return fmt.Appendf(nil, "package %s\n\nimport (\n\t\"embed\"\n\t\"testing\"\n\n\t\"ironstar.dev/wire/wiretest\"\n)\n\n%sfunc TestStates(t *testing.T) {\n\tarms := []any{%s}\n%s}\n",
		pkg.Name, sides.String(), arms.String(), cases.String()), states
}
