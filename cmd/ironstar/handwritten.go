package main

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
)

// assertion is a declaration in a file that one of its types implements an
// interface.
type assertion struct {
	typ     string // "List"
	pkg     string // import path of the interface, or "" if the file does not import it
	iface   string // "List"
	written string // "todo.List"
	pos     model.Pos
}

// assertions lists them: var _ todo.List = List{}, &List{}, (*List)(nil) or
// new(List).
func assertions(f *ast.File, fset *token.FileSet) []assertion {
	var found []assertion
	imports := importsOf(f)
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			v, ok := s.(*ast.ValueSpec)
			if !ok || len(v.Names) != 1 || v.Names[0].Name != "_" || len(v.Values) != 1 {
				continue
			}
			iface, ok := v.Type.(*ast.SelectorExpr)
			if !ok {
				continue
			}
			pkg, ok := iface.X.(*ast.Ident)
			if typ := asserted(v.Values[0]); ok && typ != "" {
				found = append(found, assertion{typ, imports[pkg.Name], iface.Sel.Name, pkg.Name + "." + iface.Sel.Name, placeOf(fset, iface.Pos())})
			}
		}
	}
	return found
}

// importsOf maps the names of a file's imports to their paths. An import
// without a name gets the last element of its path.
func importsOf(f *ast.File) map[string]string {
	imports := map[string]string{}
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		switch {
		case err != nil:
		case i.Name != nil:
			imports[i.Name.Name] = p
		default:
			imports[path.Base(p)] = p
		}
	}
	return imports
}

func placeOf(fset *token.FileSet, p token.Pos) model.Pos {
	at := fset.Position(p)
	return model.Pos{File: at.Filename, Line: at.Line, Col: at.Column}
}

// asserted returns the local type of an expression.
func asserted(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.UnaryExpr:
		return asserted(x.X)
	case *ast.StarExpr:
		return asserted(x.X)
	case *ast.ParenExpr:
		return asserted(x.X)
	case *ast.CompositeLit:
		return asserted(x.Type)
	case *ast.IndexExpr:
		return asserted(x.X)
	case *ast.CallExpr:
		if fun, ok := x.Fun.(*ast.Ident); ok && fun.Name == "new" && len(x.Args) == 1 {
			return asserted(x.Args[0])
		}
		return asserted(x.Fun)
	}
	return ""
}

func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) != 1 {
		return ""
	}
	return asserted(fn.Recv.List[0].Type)
}

// written has the declarations that ironstar found in the hand-written code of one
// folder. ironstar does not compile the code.
type written struct {
	asserts  map[string]string          // type to interface
	claims   []assertion                // the same with positions, from files that parse
	imports  map[string][]string        // file to import paths
	types    map[string]bool            // declared types
	methods  map[string]map[string]bool // type to methods
	embeds   map[string][]string        // type to embedded types of the same package
	pointers map[string]bool            // types with a method whose receiver is a pointer
	structs  map[string]bool            // types that are structs
	opaque   map[string]bool            // types that may have methods of another package: aliases, and types that embed foreign types
	declared map[string]model.Pos       // type to position, relative to the module
}

func newWritten() *written {
	return &written{asserts: map[string]string{}, imports: map[string][]string{}, types: map[string]bool{}, methods: map[string]map[string]bool{},
		embeds: map[string][]string{}, pointers: map[string]bool{}, structs: map[string]bool{}, opaque: map[string]bool{}, declared: map[string]model.Pos{}}
}

// readFolder reads the Go files of a folder, except tests. From files that do not
// parse, it takes the declarations that it finds.
func readFolder(module, dir string) *written {
	w := newWritten()
	entries, _ := os.ReadDir(filepath.Join(module, filepath.FromSlash(dir)))
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_") {
			if text, err := os.ReadFile(filepath.Join(module, filepath.FromSlash(dir), name)); err == nil {
				w.file(path.Join(dir, name), text)
			}
		}
	}
	return w
}

var (
	methodLine = regexp.MustCompile(`(?m)^func\s*\(\s*(?:\w+\s+)?\*?\s*(\w+)\s*(?:\[[^\]]*\])?\s*\)\s*(\w+)\s*\(`)
	typeLine   = regexp.MustCompile(`(?m)^type\s+(\w+)\s`)
	assertLine = regexp.MustCompile(`(?m)^var\s+_\s+\w+\.(\w+)\s*=\s*(?:&|new\(|\(\*)?(\w+)`)
)

func (w *written) file(name string, text []byte) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution|parser.AllErrors)
	sound := len(text) // the parser's result is reliable up to here
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		list.Sort()
		sound = list[0].Pos.Offset
	}
	if err != nil { // the parser may have skipped declarations, so search for lines that look like declarations
		for _, m := range methodLine.FindAllSubmatch(text, -1) {
			w.method(string(m[1]), string(m[2]))
		}
		for _, m := range typeLine.FindAllSubmatchIndex(text, -1) {
			before := text[:m[2]]
			w.typ(string(text[m[2]:m[3]]), model.Pos{File: name, Line: 1 + bytes.Count(before, []byte("\n")), Col: m[2] - bytes.LastIndexByte(before, '\n')})
		}
		for _, m := range assertLine.FindAllSubmatch(text, -1) {
			w.asserts[string(m[2])] = string(m[1])
		}
	}
	if f == nil {
		return
	}
	w.imports[name] = slices.Collect(maps.Values(importsOf(f)))
	for _, a := range assertions(f, fset) {
		w.asserts[a.typ] = a.iface
		w.claims = append(w.claims, a)
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if typ := receiver(d); typ != "" {
				w.method(typ, d.Name.Name)
				_, pointer := d.Recv.List[0].Type.(*ast.StarExpr)
				w.pointers[typ] = w.pointers[typ] || pointer
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if t, ok := s.(*ast.TypeSpec); ok {
					w.declare(t, placeOf(fset, t.Pos()), fset.Position(t.End()).Offset <= sound)
				}
			}
		}
	}
}

func (w *written) method(typ, name string) {
	if w.methods[typ] == nil {
		w.methods[typ] = map[string]bool{}
	}
	w.methods[typ][name] = true
}

func (w *written) typ(name string, at model.Pos) {
	w.types[name] = true
	w.declared[name] = at
}

func (w *written) declare(t *ast.TypeSpec, at model.Pos, sound bool) {
	w.typ(t.Name.Name, at)
	if !sound {
		return
	}
	if t.Assign.IsValid() {
		w.opaque[t.Name.Name] = true
	}
	st, ok := t.Type.(*ast.StructType)
	if !ok {
		return
	}
	w.structs[t.Name.Name] = true
	for _, f := range st.Fields.List {
		if len(f.Names) > 0 {
			continue
		}
		if local := asserted(f.Type); local != "" {
			w.embeds[t.Name.Name] = append(w.embeds[t.Name.Name], local)
		} else if isForeign(f.Type) {
			w.opaque[t.Name.Name] = true
		}
	}
}

// isForeign reports whether an embedded type comes from another package.
func isForeign(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.SelectorExpr:
		return true
	case *ast.StarExpr:
		return isForeign(x.X)
	case *ast.IndexExpr:
		return isForeign(x.X)
	case *ast.IndexListExpr:
		return isForeign(x.X)
	}
	return false
}

// implementer returns the type that should implement an interface: one with an
// assertion, or one with the same name.
func (w *written) implementer(iface string) (typ string, ok bool) {
	if w.types[iface] {
		return iface, true
	}
	for _, t := range slices.Sorted(maps.Keys(w.asserts)) {
		if w.asserts[t] == iface && w.types[t] {
			return t, true
		}
	}
	return "", false
}

// value returns an expression of a type that has all methods.
func (w *written) value(typ string) string {
	switch {
	case w.pointers[typ] && w.structs[typ]:
		return "&" + typ + "{}"
	case w.pointers[typ]:
		return "new(" + typ + ")"
	case w.structs[typ] || !w.types[typ]: // a new type is a struct
		return typ + "{}"
	default:
		return "*new(" + typ + ")"
	}
}

// has reports whether a type has a method, or may have it from an embedded type
// that cannot be read.
func (w *written) has(typ, name string, depth int) bool {
	if w.methods[typ][name] || w.opaque[typ] || depth > 10 {
		return true
	}
	for _, e := range w.embeds[typ] {
		if !w.types[e] || w.has(e, name, depth+1) {
			return true
		}
	}
	return false
}

// renamed replaces the receiver type of a stub's method by the type that people
// have written.
func renamed(text, stub, typ string) string {
	if stub == typ {
		return text
	}
	return regexp.MustCompile(`(?m)^(func \((?:\w+ )?\*?)`+regexp.QuoteMeta(stub)+`\)`).ReplaceAllString(text, "${1}"+typ+")")
}
