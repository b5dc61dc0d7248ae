package cueload

import (
	"fmt"

	"cuelang.org/go/cue/ast"

	"ironstar.dev/internal/model"
)

// CUE resolves a name from the inside out and takes the first declaration that
// it finds. A field called strings hides the import strings, and a field called
// int hides the type. CUE's message is then about the value of that field, or
// there is no message and the type is another one.

// hiding finds fields that hide an import or a type of CUE, in the text of a
// file.
type hiding struct {
	*checker
	fields map[ast.Node]bool // values of fields that have been reported
	paths  map[string]string // import paths, as they are written, by name
}

func (x *checker) hiding(f *ast.File) {
	h := &hiding{x, map[ast.Node]bool{}, map[string]string{}}
	for spec := range f.ImportSpecs() {
		if path, err := unquote(spec.Path.Value); err == nil {
			h.paths[localName(spec, path)] = path
		}
	}
	ast.Walk(f, h.node, nil)
}

func (h *hiding) node(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		if id, ok := n.X.(*ast.Ident); ok {
			h.reference(id, h.paths[id.Name])
			return false
		}
	case *ast.Ident: // a label is not a reference
		if h.paths[n.Name] == "" && predeclared[n.Name] {
			h.reference(n, "")
		}
	}
	return true
}

// reference reports a name that was meant as an import or a type of CUE and is
// resolved to a field. path is the path of the import.
func (h *hiding) reference(id *ast.Ident, path string) {
	if path == "" && !predeclared[id.Name] || id.Node == nil || h.fields[id.Node] {
		return
	}
	what, quote, at := hider(id)
	if what == "" {
		return
	}
	h.fields[id.Node] = true
	h.computes = true
	hint, meant := "rename the "+what, "type"
	if quote {
		hint = fmt.Sprintf("write the field in quotes, which hides nothing: %q: …", id.Name)
	}
	if path != "" {
		hint, meant = fmt.Sprintf("%s; or give the import another name: import %s %q", hint, otherName(id.Name), path), "import"
	}
	h.addAlso(codeHides, pos(id), []model.Pos{at}, hint, "%s is not the %s here: the %s %s is nearer, and hides it", id.Name, meant, what, id.Name)
}

// hider describes what a name is resolved to: its kind, whether quotes would
// stop it from hiding the name, and its position. what is "" for an import.
func hider(id *ast.Ident) (what string, quote bool, at model.Pos) {
	switch n := id.Node.(type) {
	case *ast.ImportSpec:
		return "", false, model.Pos{}
	case *ast.LetClause:
		return "let", false, pos(n)
	case *ast.Alias:
		return "alias", false, pos(n)
	}
	if f := fieldIn(id.Scope, id.Name); f != nil {
		return "field", true, pos(f.Label)
	}
	return "name", false, pos(id.Node)
}

// fieldIn returns the field of a struct or file with a name, or nil.
func fieldIn(scope ast.Node, name string) *ast.Field {
	var all []ast.Decl
	switch s := scope.(type) {
	case *ast.StructLit:
		all = s.Elts
	case *ast.File:
		all = s.Decls
	}
	for _, d := range all {
		if f, ok := d.(*ast.Field); ok {
			if label, isIdent, _ := ast.LabelName(f.Label); isIdent && label == name {
				return f
			}
		}
	}
	return nil
}

// otherNames suggests names for imports of packages whose usual name is taken.
var otherNames = map[string]string{"strings": "str", "struct": "structs", "list": "lists", "time": "times", "math": "maths"}

func otherName(name string) string {
	if other := otherNames[name]; other != "" {
		return other
	}
	return name + "pkg"
}

// predeclared are the types that CUE predeclares. The language has those of
// plainKinds too; the others have their own messages.
var predeclared = map[string]bool{
	"string": true, "int": true, "number": true, "bool": true, "float": true, "bytes": true, "uint": true, "rune": true,
	"int8": true, "int16": true, "int32": true, "int64": true, "int128": true, "float32": true, "float64": true,
	"uint8": true, "uint16": true, "uint32": true, "uint64": true, "uint128": true,
	"len": true, "close": true, "and": true, "or": true, "div": true, "mod": true, "quo": true, "rem": true,
}
