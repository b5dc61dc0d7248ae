package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// excepted are exported names that only tests use here, and why they stay.
var excepted = map[string]string{
	"BlankRows":      "an option of fields for applications",
	"DecimalPattern": "applications check texts with it",
	"DiskAssets":     "applications serve assets with it while they are developed",
	"Failing":        "tests of two packages",
	"Heatmap":        "a chart for applications",
	"Mosaic":         "a chart for applications",
	"NextDay":        "an example of docs/MODELLING.md",
	"Labels":         "an option of fields for applications",
	"Radios":         "an option of fields for applications",
	"Scatter":        "a chart for applications",
	"Stay":           "an option of forms for applications",
	"Unwrap":         "errors.Is and errors.As call it",
}

// uses counts the uses of a name by the kind of file. It compares names, not
// objects: a name that two things share counts for both, so the check may miss
// an unused name, and never reports a used one.
type uses struct{ code, tests int }

// TestNoExportedNameIsForTestsOnly: what only tests need is unexported, or
// exported in export_test.go.
func TestNoExportedNameIsForTestsOnly(t *testing.T) {
	declared := map[string]token.Position{}
	count := map[string]*uses{}
	goFiles(t, func(file string, src []byte) {
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, file, src, 0)
		if err != nil {
			t.Error(err)
			return
		}
		test := strings.HasSuffix(file, "_test.go") || servesTests(file)
		declarations := map[*ast.Ident]bool{}
		for _, id := range topLevel(parsed) {
			declarations[id] = true
			if id.IsExported() && !test && !generated(file) && strings.HasPrefix(file, "../../") {
				declared[id.Name] = fset.Position(id.Pos())
			}
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			name := ""
			switch n := n.(type) {
			case *ast.Ident:
				if !declarations[n] {
					name = n.Name
				}
			case *ast.BasicLit: // the generator names what generated code calls
				name = strings.Trim(n.Value, "\"`")
			}
			if name == "" {
				return true
			}
			if count[name] == nil {
				count[name] = &uses{}
			}
			if test {
				count[name].tests++
			} else {
				count[name].code++
			}
			return true
		})
	})
	for name, at := range declared {
		if u := count[name]; u != nil && u.tests > 0 && u.code == 0 && excepted[name] == "" {
			t.Errorf("%s: only tests use %s: unexport it, move it to export_test.go, or say in excepted why it stays", at, name)
		}
	}
	for name := range excepted {
		if u := count[name]; u == nil || u.code > 0 {
			t.Errorf("excepted lists %s, which needs no exception", name)
		}
	}
	if len(declared) < 300 {
		t.Errorf("only %d exported names were looked at", len(declared))
	}
}

// topLevel lists the package-level declarations of a file: functions, methods,
// types, constants and variables.
func topLevel(file *ast.File) (ids []*ast.Ident) {
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			ids = append(ids, d.Name)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					ids = append(ids, s.Name)
				case *ast.ValueSpec:
					ids = append(ids, s.Names...)
				}
			}
		}
	}
	return ids
}

// servesTests reports whether a package exists for tests, so that only tests
// use it.
func servesTests(file string) bool {
	slash := filepath.ToSlash(file)
	for _, dir := range []string{"/ironstartest/", "/wire/wiretest/", "/query/querytest/", "/internal/leak/", "/internal/sdktest/", "/internal/year/", "/internal/auctionoracle/", "/internal/codegen/cuetest/scale/", "/bench/"} {
		if strings.Contains(slash, dir) {
			return true
		}
	}
	return false
}
