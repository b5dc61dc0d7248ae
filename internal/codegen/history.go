package codegen

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"ironstar.dev/internal/model"
)

// HistoryTest is the hand-written test of what was released of an aggregate:
// a call of ironstartest.History.
type HistoryTest struct {
	Aggregate   string // "List": the type of the hand-written side
	Constructor string // what is called in the test: "NewList", of Import
	Import      string // of the generated package
	File        string // where the first tests of its package go, relative to the application's root
	Source      string // of the function
}

// HistoryTests lists the tests of a package's aggregates.
func HistoryTests(p *model.Package, o Options) []HistoryTest {
	o = o.withDefaults()
	c := &context{options: o, pkg: p}
	dir := path.Join(o.App, dirOf(p))
	schema := path.Join(strings.Repeat("../", strings.Count(dir, "/")+1), o.Schema)
	var tests []HistoryTest
	for _, a := range p.Aggregates {
		doc := wrap(fmt.Sprintf("Test%sHistory reads golden samples of every version of every event that was ever released of %s as this build reads stored ones.", a.Name, a.Name))
		tests = append(tests, HistoryTest{
			Aggregate:   a.Name,
			Constructor: "New" + a.Name,
			Import:      c.importPath(p),
			File:        path.Join(dir, "history_test.go"),
			Source: fmt.Sprintf("// %s\nfunc Test%[2]sHistory(t *testing.T) {\n\tironstartest.History(t, %[3]s.New%[2]s(%[2]s{}), %[3]s.%[2]sSteps(%[2]s{}), ironstartest.Released{Schema: %[4]q, Update: *update})\n}\n",
				strings.ReplaceAll(doc, "\n", "\n// "), a.Name, p.Name, schema),
		})
	}
	return tests
}

// historyStub is the first file of these tests.
func (c *context) historyStub() (file, error) {
	tests := HistoryTests(c.pkg, c.options)
	if len(tests) == 0 {
		return file{}, nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\nimport (\n\t\"flag\"\n\t\"testing\"\n\n", c.pkg.Name)
	imports := []string{tests[0].Import, rootPkg + "/ironstartest"}
	slices.Sort(imports)
	for _, p := range imports {
		fmt.Fprintf(&b, "\t%q\n", p)
	}
	fmt.Fprintf(&b, ")\n\n// go test ./%s -update records what hand-written parts of upcasters make.\n"+
		"var update = flag.Bool(\"update\", false, \"record what hand-written parts of upcasters make of golden samples, where nobody has\")\n", path.Dir(tests[0].File))
	for _, t := range tests {
		b.WriteString("\n" + t.Source)
	}
	return file{tests[0].File, []byte(b.String())}, nil
}
