package cuetest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"strings"
	"testing"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// TestEveryGeneratedNameIsInTheTable: all generated declarations, files and
// TypeScript types are in the table of names. A name that is missing there
// could collide unnoticed.
func TestEveryGeneratedNameIsInTheTable(t *testing.T) {
	exported := regexp.MustCompile(`(?m)^export (?:interface|type) ([\p{L}\p{N}_]+)`)
	seen := 0
	for _, s := range schemas(t) {
		table := map[string]bool{}
		for _, n := range naming.Table(s.Schema) {
			table[n.Text] = true
		}
		miss := func(file, kind, name string) {
			seen++
			if !table[name] {
				t.Errorf("%s: %s has the %s %s, which the table of names does not have", s.name, file, kind, name)
			}
		}
		for file, text := range generate(t, s).Files {
			if path.Ext(file) == ".ts" {
				for _, m := range exported.FindAllSubmatch(text, -1) {
					if !wideType(string(text), string(m[1])) {
						miss(file, "type", string(m[1]))
					}
				}
				continue
			}
			if path.Base(file) != naming.HTTPFile {
				miss(file, "file", path.Base(file))
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range declaredNames(parsed) {
				miss(file, "declaration", name)
			}
			for name := range localNames(parsed, s.Packages) {
				if !table[name] && naming.ImportName(&model.Package{Name: name}) == name {
					t.Errorf("%s: %s uses the name %s, which an import could hide: add it to the locals of package naming", s.name, file, name)
				}
			}
		}
	}
	if seen < 500 {
		t.Errorf("only %d names were checked", seen)
	}
}

// wideType reports whether a type exists only because a field's type is too
// wide for one line of tygo. Its name is chosen to be free.
func wideType(text, name string) bool {
	_, after, _ := strings.Cut(text, "export type "+name+" = ")
	return strings.HasPrefix(after, "{ [") || strings.Contains(strings.SplitN(after, "\n", 2)[0], ",")
}

// declaredNames lists the package-level names of a file.
func declaredNames(f *ast.File) (names []string) {
	add := func(ids ...*ast.Ident) {
		for _, id := range ids {
			if id.Name != "_" {
				names = append(names, id.Name)
			}
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				add(d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					add(spec.Name)
				case *ast.ValueSpec:
					add(spec.Names...)
				}
			}
		}
	}
	return names
}

// localNames are the other names that stand alone in a file, in small letters:
// variables, parameters and imports.
func localNames(f *ast.File, own []*model.Package) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok {
				names[x.Name] = true
				return false
			}
		case *ast.Field:
			for _, id := range n.Names {
				names[id.Name] = true
			}
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				if id, ok := x.(*ast.Ident); ok {
					names[id.Name] = true
				}
			}
		}
		return true
	})
	for name := range names {
		if ast.IsExported(name) || name == "_" || strings.HasSuffix(name, "pkg") || strings.HasPrefix(name, "is") || strings.HasSuffix(name, "Upcasts") || strings.HasPrefix(name, "chosen") {
			delete(names, name)
		}
	}
	for _, i := range f.Imports { // the domain's own packages, whose folder may have another name
		imported := strings.Trim(i.Path.Value, `"`)
		delete(names, path.Base(imported))
		for _, p := range own {
			if strings.HasSuffix(imported, "/gen/"+naming.Folder(p)) {
				delete(names, p.Name)
			}
		}
	}
	return names
}
