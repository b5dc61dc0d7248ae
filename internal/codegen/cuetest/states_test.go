package cuetest_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// TestStatesRoundTrip compiles the code of all schemas and checks that random
// states of all aggregates and views survive writing and reading.
func TestStatesRoundTrip(t *testing.T) {
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
			test, n := statesTest(pkg, s.options().Module+"/gen/")
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

// statesTest returns a test of a generated package and the number of its
// states. The hand-written code in it is a fake that satisfies the
// constructors.
func statesTest(pkg *model.Package, gen string) (test []byte, states int) {
	var sides, cases, arms strings.Builder
	var foreign []string // imports of other packages' cases
	for _, n := range pkg.Types {
		if n.Type.Kind == model.Sum {
			for _, arm := range n.Type.Arms {
				if arm.Package == pkg {
					fmt.Fprintf(&arms, "%s{}, ", arm.GoName)
					continue
				}
				alias := "of" + strconv.Itoa(len(foreign))
				foreign = append(foreign, fmt.Sprintf("\t%s %q\n", alias, gen+naming.Folder(arm.Package)))
				fmt.Fprintf(&arms, "%s.%s{}, ", alias, arm.GoName)
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
		if v.Of != nil || v.Shows != nil {
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
	return fmt.Appendf(nil, "package %s\n\nimport (\n\t\"embed\"\n\t\"testing\"\n\n\t\"ironstar.dev/wire/wiretest\"\n%s)\n\n%sfunc TestStates(t *testing.T) {\n\tarms := []any{%s}\n%s}\n",
		pkg.Name, strings.Join(foreign, ""), sides.String(), arms.String(), cases.String()), states
}
