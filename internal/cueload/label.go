package cueload

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// label describes what the text of a package has at a path.
type label struct {
	pos   model.Pos  // of the first occurrence
	field *ast.Field // the first occurrence
	scope *scope
	above *label // nil at the top
	again bool   // there are several occurrences
	// opaque means that the value has more than labels: a reference, an embedding,
	// a pattern or a computation may add to what is inside.
	opaque bool
}

// sole reports whether the field alone determines the value at its path, apart
// from the meta-schema.
func (l *label) sole() bool {
	if l.again || l.field.Alias != nil {
		return false
	}
	for up := l.above; up != nil; up = up.above {
		if up.opaque {
			return false
		}
	}
	return true
}

// scope resolves the names in a file.
type scope struct {
	pkg      string            // import path of the package
	imports  map[string]string // local name to import path
	shadowed map[string]bool   // names of the package that may refer to something else
}

// selector returns the package and the name in a reference to another package.
// It returns "" for other expressions.
func (s *scope) selector(e *ast.SelectorExpr) (path, name string) {
	id, ok := e.X.(*ast.Ident)
	sel, isIdent := e.Sel.(*ast.Ident)
	if !ok || !isIdent || s.shadowed[id.Name] {
		return "", ""
	}
	return s.imports[id.Name], sel.Name
}

// importsOf maps the names of imports in a file to their packages.
func importsOf(f *ast.File) map[string]string {
	imports := map[string]string{}
	for spec := range f.ImportSpecs() {
		if path, err := unquote(spec.Path.Value); err == nil {
			imports[localName(spec, path)] = bare(path)
		}
	}
	return imports
}

// labelIndex records where each path of a package is first written.
type labelIndex struct {
	labels map[defKey]*label
	*scope
}

// indexLabels adds the labels of a package to an index.
func indexLabels(labels map[defKey]*label, pkg string, files []*ast.File) {
	shadowed := map[string]bool{}
	for _, f := range files {
		x := labelIndex{labels, &scope{pkg, importsOf(f), shadowed}}
		for name := range x.imports {
			if plainKinds[name] != 0 {
				shadowed[name] = true
			}
		}
		for _, d := range f.Decls {
			if let, ok := d.(*ast.LetClause); ok {
				shadowed[let.Ident.Name] = true
			}
			x.add(nil, "", d)
		}
	}
}

// add indexes a declaration and the declarations inside it.
func (x labelIndex) add(above *label, path string, d ast.Decl) {
	f, ok := d.(*ast.Field)
	name, isIdent := "", false
	if ok {
		name, isIdent, _ = ast.LabelName(f.Label)
	}
	if !isIdent {
		switch d.(type) {
		case *ast.Attribute, *ast.CommentGroup:
		default:
			above.makeOpaque()
		}
		return
	}
	if above != nil {
		path += "." + name
		x.shadowed[name] = true
	} else {
		path = name
	}
	key := defKey{x.pkg, path}
	l := x.labels[key]
	if l == nil {
		l = &label{pos: pos(f.Label), field: f, scope: x.scope, above: above}
		x.labels[key] = l
	} else {
		l.again = true
	}
	x.value(l, path, f.Value)
}

// makeOpaque marks l as opaque. At the top of a file that is an error, which is
// reported elsewhere.
func (l *label) makeOpaque() {
	if l != nil {
		l.opaque = true
	}
}

// value indexes the value of a label.
func (x labelIndex) value(l *label, path string, e ast.Expr) {
	switch e := e.(type) {
	case *ast.StructLit:
		for _, d := range e.Elts {
			x.add(l, path, d)
		}
		return
	case *ast.BinaryExpr:
		if e.Op == token.AND {
			x.value(l, path, e.X)
			x.value(l, path, e.Y)
			return
		}
	case *ast.ParenExpr:
		x.value(l, path, e.X)
		return
	case *ast.SelectorExpr:
		if path, name := x.selector(e); l.above == nil && path == metaPath && structural[name] {
			return // schema.#Aggregate & {…}
		}
	}
	l.opaque = true
}
