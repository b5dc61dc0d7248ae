package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	maxFile     = 500 // lines
	maxFunction = 60  // lines
	maxTest     = 120 // lines of a test function: tables are long
	maxDomain   = 130 // lines of code in a file of internal/app, without comments and blanks
	maxMain     = 75  // lines of cmd/app, all files together: two domains
)

// handWritten walks over the Go files that people write.
func handWritten(t *testing.T, visit func(file string, src []byte)) {
	t.Helper()
	goFiles(t, func(file string, src []byte) {
		if !generated(file) && !strings.HasSuffix(file, "_gen_test.go") {
			visit(file, src)
		}
	})
}

// goFiles walks over all Go files of the repository.
func goFiles(t *testing.T, visit func(file string, src []byte)) {
	t.Helper()
	err := filepath.WalkDir("../..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if name == "testdata" || name == "node_modules" || name == "dist" || strings.HasPrefix(name, ".") && name != ".." {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		visit(p, src)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBudgets(t *testing.T) {
	files, app := 0, 0
	handWritten(t, func(file string, src []byte) {
		files++
		lines := strings.Count(string(src), "\n")
		if lines > maxFile {
			t.Errorf("%s has %d lines, at most %d: split it by noun", file, lines, maxFile)
		}
		slash := filepath.ToSlash(file)
		if strings.Contains(slash, "/internal/app/") && !strings.HasSuffix(file, "_test.go") {
			if n := codeLines(string(src)); n > maxDomain {
				t.Errorf("%s has %d lines of code, at most %d", file, n, maxDomain)
			}
		}
		if strings.Contains(slash, "/cmd/app/") && !strings.Contains(slash, "/duckdb/") && !strings.HasSuffix(file, "_test.go") {
			app += lines
		}
		functions(t, file, src)
	})
	if files < 20 {
		t.Errorf("only %d files were looked at", files)
	}
	if app > maxMain {
		t.Errorf("cmd/app has %d lines, at most %d: a small main is a feature", app, maxMain)
	}
}

func functions(t *testing.T, file string, src []byte) {
	t.Helper()
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, src, 0)
	if err != nil {
		t.Error(err)
		return
	}
	for _, decl := range parsed.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		most := maxFunction
		if strings.HasSuffix(file, "_test.go") {
			most = maxTest
		}
		if n := fset.Position(f.End()).Line - fset.Position(f.Pos()).Line + 1; n > most {
			t.Errorf("%s: %s has %d lines, at most %d", fset.Position(f.Pos()), f.Name.Name, n, most)
		}
	}
}

func codeLines(src string) int {
	n := 0
	for line := range strings.SplitSeq(src, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			n++
		}
	}
	return n
}

// TestPackagesSayWhatTheyAreFor: every package has a doc comment.
func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	documented := map[string]bool{}
	handWritten(t, func(file string, src []byte) {
		dir := filepath.Dir(file)
		if strings.HasSuffix(file, "_test.go") {
			return
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, src, parser.PackageClauseOnly|parser.ParseComments)
		if err == nil {
			documented[dir] = documented[dir] || parsed.Doc != nil
		}
	})
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s has no package comment", dir)
		}
	}
}

func generated(file string) bool {
	return strings.HasSuffix(file, "_gen.go") || strings.HasSuffix(file, "_templ.go")
}
