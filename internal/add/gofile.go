package add

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// GoFile is a file of hand-written Go that gets more. Each method puts text
// between what is there. After an error the file is as it was.
type GoFile struct {
	text   []byte
	file   *ast.File
	fset   *token.FileSet
	clean  bool            // it was formatted as gofmt does
	beside map[string]bool // what other files of its package declare
}

// ReadGo reads a file. The error is [ErrByHand] if it does not parse.
func ReadGo(text []byte) (*GoFile, error) {
	f := &GoFile{beside: map[string]bool{}}
	if err := f.set(text); err != nil {
		return nil, ErrByHand
	}
	same, err := format.Source(text)
	f.clean = err == nil && bytes.Equal(same, text)
	return f, nil
}

// Text returns the file as it is now.
func (f *GoFile) Text() []byte { return f.text }

func (f *GoFile) set(text []byte) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	f.text, f.file, f.fset = text, file, fset
	return nil
}

func (f *GoFile) offset(p token.Pos) int { return f.fset.Position(p).Offset }

// put tries insertions one after the other, and keeps the first with which a
// formatted file is still formatted. If there is none, it formats the file with
// the first one, which changes nothing but blanks near it.
func (f *GoFile) put(variants ...insertion) error {
	var first []byte
	for _, v := range variants {
		text := insert(f.text, v)
		same, err := format.Source(text)
		if err != nil {
			continue
		}
		if !f.clean {
			return f.set(text)
		}
		if isInserted(f.text, same, v.at) {
			return f.set(same)
		}
		if first == nil {
			first = same
		}
	}
	if first == nil {
		return ErrByHand
	}
	return f.set(first)
}

// Beside notes another file of the same folder. If it belongs to the same package,
// its names are taken, too. What does not parse is left out.
func (f *GoFile) Beside(text []byte) {
	other, err := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	if err == nil && other.Name.Name == f.file.Name.Name {
		maps.Copy(f.beside, declared(other))
	}
}

// Declares reports whether the file, or another one of its package, has a function,
// type, variable or constant of that name at its top.
func (f *GoFile) Declares(name string) bool { return declared(f.file)[name] || f.beside[name] }

// declared returns the names that a file declares at its top.
func declared(file *ast.File) map[string]bool {
	names := map[string]bool{}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names[d.Name.Name] = names[d.Name.Name] || d.Recv == nil
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names[s.Name.Name] = true
				case *ast.ValueSpec:
					noteAll(names, s.Names)
				}
			}
		}
	}
	return names
}

func noteAll(names map[string]bool, all []*ast.Ident) {
	for _, n := range all {
		names[n.Name] = true
	}
}

// local returns the names that functions of a file declare: parameters, variables
// and types. They hide imports.
func local(file *ast.File) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncType:
			for _, fields := range []*ast.FieldList{n.Params, n.Results} {
				if fields != nil {
					for _, f := range fields.List {
						noteAll(names, f.Names)
					}
				}
			}
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				noteAll(names, idents(n.Lhs...))
			}
		case *ast.RangeStmt:
			noteAll(names, idents(n.Key, n.Value))
		case *ast.ValueSpec:
			noteAll(names, n.Names)
		case *ast.TypeSpec:
			names[n.Name.Name] = true
		}
		return true
	})
	return names
}

func idents(all ...ast.Expr) []*ast.Ident {
	var found []*ast.Ident
	for _, x := range all {
		if n, ok := x.(*ast.Ident); ok {
			found = append(found, n)
		}
	}
	return found
}

// Append puts declarations at the end of the file.
func (f *GoFile) Append(text string) error {
	end := len(bytes.TrimRight(f.text, " \t\r\n"))
	return f.put(insertion{end, "\n\n" + strings.TrimRight(text, "\n")})
}

// AddMethod puts a method behind the last one of its type with the same
// beginning, such as Decide, or else behind the type's last method.
func (f *GoFile) AddMethod(typ, beginning, text string) error {
	var like, last *ast.FuncDecl
	for _, d := range f.file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || receiverOf(fn) != typ {
			continue
		}
		last = fn
		if strings.HasPrefix(fn.Name.Name, beginning) {
			like = fn
		}
	}
	if like != nil {
		last = like
	}
	if last == nil {
		return f.Append(text)
	}
	end := lineEnd(f.text, f.offset(last.End()))
	return f.put(insertion{end, "\n\n" + strings.TrimRight(text, "\n")})
}

func receiverOf(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) != 1 {
		return ""
	}
	x := fn.Recv.List[0].Type
	for {
		switch t := x.(type) {
		case *ast.StarExpr:
			x = t.X
		case *ast.ParenExpr:
			x = t.X
		case *ast.IndexExpr:
			x = t.X
		case *ast.Ident:
			return t.Name
		default:
			return ""
		}
	}
}

// Imported returns the name under which the file imports a package, or "".
func (f *GoFile) Imported(importPath string) string {
	for _, i := range f.file.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil && p == importPath {
			return importName(i)
		}
	}
	return ""
}

// Import adds an import, unless it is there, and returns the name of the package
// in the file. That is name if nothing else in the file has it, or else name with
// suffix.
func (f *GoFile) Import(importPath, name, suffix string) (string, error) {
	if have := f.Imported(importPath); have != "" && have != "_" && have != "." {
		return have, nil
	}
	alias := ""
	for f.isTaken(name) {
		name += suffix
		alias = name + " "
	}
	if alias == "" && name != packageName(importPath) {
		alias = name + " "
	}
	return name, f.addImport(alias, importPath)
}

// isTaken reports whether a name means something else in the file.
func (f *GoFile) isTaken(name string) bool {
	if f.Declares(name) || local(f.file)[name] {
		return true
	}
	return slices.ContainsFunc(f.file.Imports, func(i *ast.ImportSpec) bool { return importName(i) == name })
}

// importName returns the name of an imported package in its file.
func importName(i *ast.ImportSpec) string {
	if i.Name != nil {
		return i.Name.Name
	}
	p, _ := strconv.Unquote(i.Path.Value) // the parser has checked it
	return packageName(p)
}

// majorVersion is the end of a module's path that is not the name of its package.
var majorVersion = regexp.MustCompile(`/v[0-9]+$`)

// packageName returns the name that the package of an import path usually has.
func packageName(importPath string) string {
	name, _, _ := strings.Cut(path.Base(majorVersion.ReplaceAllString(importPath, "")), ".")
	return name
}

func (f *GoFile) addImport(alias, importPath string) error {
	spec := alias + strconv.Quote(importPath)
	var block *ast.GenDecl
	for _, d := range f.file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			if block == nil || g.Lparen.IsValid() {
				block = g
			}
		}
	}
	switch {
	case block == nil:
		return f.put(insertion{lineEnd(f.text, f.offset(f.file.Name.End())), "\n\nimport " + spec})
	case !block.Lparen.IsValid():
		end := lineEnd(f.text, f.offset(block.End()))
		return f.put(insertion{end, "\nimport " + spec})
	case len(block.Specs) == 0:
		return f.put(insertion{f.offset(block.Rparen), "\n\t" + spec + "\n"})
	}
	return f.importInto(f.groups(block), importPath, spec)
}

// groups returns the import lines of a block that blank lines separate.
func (f *GoFile) groups(block *ast.GenDecl) [][]*ast.ImportSpec {
	var groups [][]*ast.ImportSpec
	before := 0
	for _, s := range block.Specs {
		spec := s.(*ast.ImportSpec)
		line := f.fset.Position(spec.Pos()).Line
		if before == 0 || line > before+1 {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], spec)
		before = f.fset.Position(spec.End()).Line
	}
	return groups
}

// importInto adds a line to the group that fits: that of the standard library, or
// the last one with other packages.
func (f *GoFile) importInto(groups [][]*ast.ImportSpec, importPath, spec string) error {
	standard := func(p string) bool { return !strings.Contains(strings.SplitN(p, "/", 2)[0], ".") }
	pathOf := func(s *ast.ImportSpec) string { p, _ := strconv.Unquote(s.Path.Value); return p }
	fits := -1
	for i, g := range groups {
		if slices.ContainsFunc(g, func(s *ast.ImportSpec) bool { return standard(pathOf(s)) }) == standard(importPath) && (fits < 0 || !standard(importPath)) {
			fits = i
		}
	}
	if fits < 0 { // no such group: the standard library comes first
		first, last := groups[0][0], groups[len(groups)-1]
		if standard(importPath) {
			return f.put(insertion{lineStart(f.text, f.offset(first.Pos())), "\t" + spec + "\n\n"})
		}
		return f.put(insertion{lineEnd(f.text, f.offset(last[len(last)-1].End())), "\n\n\t" + spec})
	}
	group := groups[fits]
	for _, s := range group {
		if pathOf(s) > importPath {
			at := s.Pos()
			if s.Doc != nil {
				at = s.Doc.Pos()
			}
			return f.put(insertion{lineStart(f.text, f.offset(at)), "\t" + spec + "\n"})
		}
	}
	return f.put(insertion{lineEnd(f.text, f.offset(group[len(group)-1].End())), "\n\t" + spec})
}
