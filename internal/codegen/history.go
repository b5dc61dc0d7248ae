package codegen

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// HistoryTest is the hand-written test of an aggregate's released events: a
// call of ironstartest.History.
type HistoryTest struct {
	Aggregate   string // "List": the type with the hand-written methods
	Constructor string // the function that the test calls: "NewList", in Import
	Import      string // path of the generated package
	File        string // path of the first test file, relative to the application's root
	Source      string // text of the test function
}

// HistoryTests lists the tests of a package's aggregates.
func HistoryTests(p *model.Package, o Options) []HistoryTest {
	o = o.withDefaults()
	c := &context{options: o, pkg: p}
	dir := path.Join(o.App, naming.Folder(p))
	schema := path.Join(strings.Repeat("../", strings.Count(dir, "/")+1), o.Schema)
	pkg := historyImport(p)
	var tests []HistoryTest
	for _, a := range p.Aggregates {
		doc := wrap(fmt.Sprintf("%s decodes golden samples of each released version of each event of %s, as this build decodes stored events.", naming.HistoryTest.Of(a.Name), a.Name))
		tests = append(tests, HistoryTest{
			Aggregate:   a.Name,
			Constructor: naming.AggregateConstructor.Of(a.Name),
			Import:      c.importPath(p),
			File:        path.Join(dir, naming.HistoryFile),
			Source: fmt.Sprintf("// %s\nfunc %[5]s(t *testing.T) {\n\tironstartest.History(t, %[3]s.%[6]s(%[2]s{}), %[3]s.%[7]s(%[2]s{}), ironstartest.Released{Schema: %[4]q, Update: *update})\n}\n",
				strings.ReplaceAll(doc, "\n", "\n// "), a.Name, pkg, schema,
				naming.HistoryTest.Of(a.Name), naming.AggregateConstructor.Of(a.Name), naming.Steps.Of(a.Name)),
		})
	}
	return tests
}

// historyImport returns the name of the generated package in the file of history
// tests.
func historyImport(p *model.Package) string {
	return naming.Imports([]*model.Package{p}, "flag", "testing", "ironstartest", naming.UpdateFlag, naming.SourceVariable, "t")[p]
}

// historyStub returns the first version of the file of history tests.
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
		alias := ""
		if name := historyImport(c.pkg); p == tests[0].Import && name != c.pkg.Name {
			alias = name + " "
		}
		fmt.Fprintf(&b, "\t%s%q\n", alias, p)
	}
	fmt.Fprintf(&b, ")\n\n// go test ./%s -update records the results of hand-written upcasters.\n"+
		"var update = flag.Bool(\"update\", false, \"record the results of hand-written upcasters for golden samples that have no record yet\")\n", path.Dir(tests[0].File))
	for _, t := range tests {
		b.WriteString("\n" + t.Source)
	}
	return file{tests[0].File, []byte(b.String())}, nil
}
