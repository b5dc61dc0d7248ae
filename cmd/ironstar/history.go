package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strings"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
)

// history describes the tests of released events in one package.
type history struct {
	tests []codegen.HistoryTest
	calls map[string]bool // constructors that tests pass to ironstartest.History
	have  *written        // the hand-written side
}

func historyOf(p *project, pkg *model.Package) history {
	h := history{tests: codegen.HistoryTests(pkg, p.options())}
	if len(h.tests) > 0 {
		dir := path.Dir(h.tests[0].File)
		h.calls = historyCalls(filepath.Join(p.module, filepath.FromSlash(dir)), h.tests[0].Import)
		h.have = readFolder(p.module, dir)
	}
	return h
}

// isStubbed reports whether generate writes the tests. It does if there are no
// tests and the hand-written types have the names of their stubs.
func (h history) isStubbed() bool {
	for _, t := range h.tests {
		if typ, ok := h.have.implementer(t.Aggregate); ok && typ != t.Aggregate {
			return false
		}
	}
	return len(h.calls) == 0
}

// warnHistory prints the tests that are missing. An aggregate without a hand-written
// type needs no test yet.
func (s *session) warnHistory(p *project, loaded *model.Schema) {
	for _, pkg := range loaded.Packages {
		h := historyOf(p, pkg)
		for _, t := range h.tests {
			typ, ok := h.have.implementer(t.Aggregate)
			if !ok || h.calls[t.Constructor] {
				continue
			}
			hint := "paste the code from standard output into " + path.Base(t.File)
			if exists := exists(filepath.Join(p.module, filepath.FromSlash(t.File))); !exists && h.isStubbed() {
				hint = "ironstar generate writes it"
			} else {
				s.print("\n%s", strings.TrimSpace(strings.ReplaceAll(t.Source, "("+t.Aggregate+"{})", "("+typ+"{})")))
			}
			at := h.have.declared[typ]
			s.problem("warning", &trouble{code: codeHistory, file: s.rel(filepath.Join(p.module, at.File)), line: at.Line, col: at.Col,
				message: "no test reads the released events of " + t.Aggregate, hint: hint})
		}
	}
}

// historyCalls lists the constructors of a generated package that a folder's tests
// pass to ironstartest.History. From files that do not parse, it takes the calls
// that it finds.
func historyCalls(dir, generated string) map[string]bool {
	calls := map[string]bool{}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, _ := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		if f == nil {
			continue
		}
		imports := importsOf(f)
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 || !selects(call.Fun, imports, "ironstar.dev/ironstartest", "History") {
				return true
			}
			if made, ok := call.Args[1].(*ast.CallExpr); ok {
				if x, ok := made.Fun.(*ast.SelectorExpr); ok && selects(made.Fun, imports, generated, x.Sel.Name) {
					calls[x.Sel.Name] = true
				}
			}
			return true
		})
	}
	return calls
}

// selects reports whether an expression selects a name of a package.
func selects(e ast.Expr, imports map[string]string, pkg, name string) bool {
	x, ok := e.(*ast.SelectorExpr)
	if !ok || x.Sel.Name != name {
		return false
	}
	id, ok := x.X.(*ast.Ident)
	return ok && imports[id.Name] == pkg
}
