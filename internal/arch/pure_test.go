package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pureImports are the packages of the standard library that the domain may
// import.
var pureImports = []string{"cmp", "embed", "errors", "fmt", "iter", "maps", "math", "slices", "sort", "strconv", "strings", "time", "unicode", "unicode/utf8"}

// impure are functions that it must not call nevertheless.
var impure = []string{"time.Now", "time.Since", "time.Until", "time.After", "time.Sleep", "time.NewTimer", "time.NewTicker", "time.Tick", "time.AfterFunc", "ironstar.NewUUID"}

func isPure(pkg string) bool { return fits("internal/app/...", pkg) || fits("gen/*", pkg) }

func TestDomainIsPure(t *testing.T) {
	for _, l := range list(t) {
		pkg, _ := local(l.ImportPath)
		if !isPure(pkg) {
			continue
		}
		for _, imported := range l.Imports {
			if imported == "context" && fits("gen/*", pkg) {
				continue // for what hand-written effects implement
			}
			if !strings.Contains(strings.Split(imported, "/")[0], ".") && !slices.Contains(pureImports, imported) {
				t.Errorf("%s imports %s, which is not on the list for the domain", l.ImportPath, imported)
			}
		}
		for _, name := range l.GoFiles {
			for _, fault := range impurities(t, filepath.Join(l.Dir, name), nil) {
				t.Error(fault)
			}
		}
	}
}

// impurities lists the calls and statements of a file that a pure domain does
// not have.
func impurities(t *testing.T, file string, src any) []string {
	t.Helper()
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	var faults []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			faults = append(faults, fset.Position(n.Pos()).String()+": the domain starts no goroutine")
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && slices.Contains(impure, x.Name+"."+n.Sel.Name) {
				faults = append(faults, fset.Position(n.Pos()).String()+": the domain does not call "+x.Name+"."+n.Sel.Name)
			}
		}
		return true
	})
	return faults
}

// TestPurityCheckSeesFaults: the check itself can fail.
func TestPurityCheckSeesFaults(t *testing.T) {
	src := "package p\nimport \"time\"\nfunc f() { go f(); _ = time.Now() }\n"
	if got := impurities(t, "p.go", src); len(got) != 2 {
		t.Errorf("found %s, want the go statement and time.Now", strconv.Quote(strings.Join(got, "; ")))
	}
}
