package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ironstar.dev/internal/codegen"
)

// reads lists the places where hand-written code reads an event. It finds functions
// that have the event as a parameter, and cases of type switches.
type reads struct {
	fields map[string][]string // Go name to places: "Text" to "list.go:34"
	whole  []string            // uses of the whole event: passed, converted or stored
}

// reads searches the hand-written code of the application for readers of the event.
func (d *explanation) reads() reads {
	found := reads{fields: map[string][]string{}}
	if d.entry.event == nil {
		return found
	}
	folders := map[string]string{} // to the import path of the generated package
	for _, side := range codegen.Sides(d.entry.pkg, d.project.options()) {
		folders[path.Dir(side.File)] = side.Import
	}
	for dir, generated := range folders {
		files, err := filesIn(filepath.Join(d.project.module, filepath.FromSlash(dir)), "*.go")
		if err != nil {
			continue
		}
		slices.Sort(files)
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				d.readsIn(file, generated, &found)
			}
		}
	}
	return found
}

func (d *explanation) readsIn(file, generated string, found *reads) {
	text, err := os.ReadFile(file)
	if err != nil {
		return
	}
	fset := token.NewFileSet()
	parsed, _ := parser.ParseFile(fset, file, text, 0) // use what can be parsed
	if parsed == nil {
		return
	}
	f := eventReader{found: found, at: func(n ast.Node) string { return fmt.Sprintf("%s:%d", d.rel(file), fset.Position(n.Pos()).Line) }}
	imports := importsOf(parsed)
	f.isEvent = func(x ast.Expr) bool {
		sel, ok := x.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != d.entry.named.GoName {
			return false
		}
		pkg, ok := sel.X.(*ast.Ident)
		return ok && (imports[pkg.Name] == generated || imports[pkg.Name] == "" && pkg.Name == d.entry.pkg.Name)
	}
	ast.Inspect(parsed, f.visit)
}

// eventReader finds variables of a file that hold an event, and the fields that
// are read of them.
type eventReader struct {
	found   *reads
	at      func(ast.Node) string
	isEvent func(ast.Expr) bool
}

func (f eventReader) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncDecl:
		f.params(n.Type, n.Body)
	case *ast.FuncLit:
		f.params(n.Type, n.Body)
	case *ast.TypeSwitchStmt:
		f.cases(n)
	}
	return true
}

func (f eventReader) params(t *ast.FuncType, body *ast.BlockStmt) {
	if body == nil {
		return
	}
	for _, p := range t.Params.List {
		typ := p.Type
		if star, ok := typ.(*ast.StarExpr); ok {
			typ = star.X
		}
		for _, name := range p.Names {
			if f.isEvent(typ) {
				f.uses(name.Name, body)
			}
		}
	}
}

// cases finds uses of the event in a type switch.
func (f eventReader) cases(s *ast.TypeSwitchStmt) {
	assign, ok := s.Assign.(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != 1 {
		return
	}
	name, ok := assign.Lhs[0].(*ast.Ident)
	if !ok {
		return
	}
	for _, c := range s.Body.List {
		if c, ok := c.(*ast.CaseClause); ok && len(c.List) == 1 && f.isEvent(c.List[0]) {
			f.uses(name.Name, &ast.BlockStmt{List: c.Body})
		}
	}
}

// uses records which fields of a variable are read. The name alone, outside of
// a selector, means the whole event.
func (f eventReader) uses(name string, body *ast.BlockStmt) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); !ok {
				f.uses(name, &ast.BlockStmt{List: []ast.Stmt{&ast.ExprStmt{X: n.X}}})
			} else if x.Name == name {
				f.found.fields[n.Sel.Name] = addPlace(f.found.fields[n.Sel.Name], f.at(n))
			}
			return false
		case *ast.KeyValueExpr: // its key may be a field's name
			f.uses(name, &ast.BlockStmt{List: []ast.Stmt{&ast.ExprStmt{X: n.Value}}})
			return false
		case *ast.Ident:
			if n.Name == name {
				f.found.whole = addPlace(f.found.whole, f.at(n))
			}
		}
		return true
	})
}

func addPlace(all []string, at string) []string {
	if slices.Contains(all, at) {
		return all
	}
	return append(all, at)
}
