package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/model"
)

// impurePackages are packages that a hand-written step must not use: clocks,
// randomness, environment, files and network.
var impurePackages = []string{"crypto/rand", "io/ioutil", "math/rand", "math/rand/v2", "net", "net/http", "os", "os/exec", "os/user", "runtime", "syscall"}

// impureNames are names of other packages that a hand-written step must not use.
var impureNames = []string{
	"time.Now", "time.Since", "time.Until", "time.After", "time.AfterFunc", "time.Sleep", "time.NewTimer", "time.NewTicker", "time.Tick", "time.Local", "time.LoadLocation",
	"path/filepath.Abs", "path/filepath.Glob", "path/filepath.Walk", "path/filepath.WalkDir", "ironstar.dev.NewUUID",
}

// impure makes a finding for each impure name in the hand-written methods of steps.
func (e *evolution) impure() ([]compat.Finding, error) {
	folders := map[string]*goFolder{}
	var all []compat.Finding
	for _, step := range compat.Steps(e.loaded) {
		if len(step.Hands) == 0 {
			continue
		}
		pkg, _, _ := strings.Cut(step.Kind, ".")
		dir := e.appFolder(pkg)
		if folders[dir] == nil {
			folders[dir] = readGoFolder(e.project.module, dir)
		}
		for _, name := range step.Hands {
			for _, u := range folders[dir].impurities(name) {
				at := u.pos
				at.File = e.fromSchema(at.File)
				all = append(all, compat.AboutStep("upcaster-impure", step, at, "%s uses %s", name, u.what))
			}
		}
	}
	return all, nil
}

// appFolder returns the folder of a package's hand-written code, relative to the
// module's folder.
func (e *evolution) appFolder(name string) string {
	for _, side := range sides(e.project, e.loaded) {
		if side.Package == name {
			return path.Dir(side.File)
		}
	}
	return path.Join("internal/app", name)
}

// fromSchema converts a path from the module's folder to one from the schema's.
func (e *evolution) fromSchema(file string) string {
	r, err := filepath.Rel(e.project.schema, filepath.Join(e.project.module, file))
	if err != nil {
		return file
	}
	return filepath.ToSlash(r)
}

// goFolder holds the functions and methods of a folder, by name.
type goFolder struct {
	fset  *token.FileSet
	funcs map[string][]goFunc
}

type goFunc struct {
	body    *ast.BlockStmt
	imports map[string]string // of its file: name to path
}

// use is an impure name that a step uses.
type use struct {
	what string
	pos  model.Pos
}

// readGoFolder skips files that do not parse. The compiler reports them.
func readGoFolder(module, dir string) *goFolder {
	g := &goFolder{fset: token.NewFileSet(), funcs: map[string][]goFunc{}}
	entries, err := os.ReadDir(filepath.Join(module, dir))
	if err != nil {
		return g
	}
	for _, entry := range entries {
		name := path.Join(dir, entry.Name())
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(module, name))
		if err != nil {
			continue
		}
		if f, _ := parser.ParseFile(g.fset, name, text, parser.SkipObjectResolution); f != nil {
			g.add(f)
		}
	}
	return g
}

func (g *goFolder) add(f *ast.File) {
	imports := importsOf(f)
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			g.funcs[fn.Name.Name] = append(g.funcs[fn.Name.Name], goFunc{fn.Body, imports})
		}
	}
}

// impurities lists the impure names that a function, and functions that it
// calls in its folder, uses. Any mentioned function of the folder counts as
// called.
func (g *goFolder) impurities(name string) []use {
	var found []use
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, fn := range g.funcs[name] {
			ast.Inspect(fn.body, func(n ast.Node) bool {
				if what := fn.impure(n); what != "" {
					found = append(found, use{what, placeOf(g.fset, n.Pos())})
				}
				if id, ok := n.(*ast.Ident); ok {
					visit(id.Name)
				}
				return true
			})
		}
	}
	visit(name)
	return found
}

// impure returns the impure name that a node uses, or "".
func (f goFunc) impure(n ast.Node) string {
	switch n := n.(type) {
	case *ast.GoStmt:
		return "a goroutine"
	case *ast.SelectorExpr:
		x, ok := n.X.(*ast.Ident)
		if !ok {
			return ""
		}
		from := f.imports[x.Name]
		if slices.Contains(impurePackages, from) || slices.Contains(impureNames, from+"."+n.Sel.Name) {
			return x.Name + "." + n.Sel.Name
		}
	}
	return ""
}
