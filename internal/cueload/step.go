package cueload

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/upcast"
)

// steps holds the upcasters of a package. It maps the path of each, such as
// #Order.event.Added.toV2 or #Order.retired.Swapped.becomes, to everything that
// is written there.
type steps struct {
	texts map[string][]upcast.Text
	marks map[*ast.Field]bool // the fields whose values are steps
}

// topValue is a declaration at the top of a file.
type topValue struct {
	value   ast.Expr
	imports map[string]string
}

// stepsOf finds the upcasters in the files of a package.
func stepsOf(files []*ast.File) *steps {
	s := &steps{texts: map[string][]upcast.Text{}, marks: map[*ast.Field]bool{}}
	tops := map[string][]topValue{}
	for _, f := range files {
		imports := importsOf(f)
		for _, d := range f.Decls {
			if field, ok := d.(*ast.Field); ok {
				if name, _, err := ast.LabelName(field.Label); err == nil {
					tops[name] = append(tops[name], topValue{field.Value, imports})
				}
			}
		}
	}
	for name, values := range tops {
		if strings.HasPrefix(name, "#") {
			for _, v := range values {
				s.find(tops, name, v, 3)
			}
		}
	}
	return s
}

// find descends through a number of labels: section, event, step.
func (s *steps) find(tops map[string][]topValue, path string, v topValue, levels int) {
	switch e := v.value.(type) {
	case *ast.ParenExpr:
		s.find(tops, path, topValue{e.X, v.imports}, levels)
	case *ast.BinaryExpr:
		if e.Op == token.AND {
			s.find(tops, path, topValue{e.X, v.imports}, levels)
			s.find(tops, path, topValue{e.Y, v.imports}, levels)
		}
	case *ast.Ident:
		if strings.HasPrefix(e.Name, "_") && levels < 3 { // the rest is in a hidden field: event: _events
			for _, hidden := range tops[e.Name] {
				if _, again := hidden.value.(*ast.Ident); !again {
					s.find(tops, path, hidden, levels)
				}
			}
		}
	case *ast.StructLit:
		for _, d := range e.Elts {
			if f, ok := d.(*ast.Field); ok {
				s.field(tops, path, f, v.imports, levels)
			}
		}
	}
}

func (s *steps) field(tops map[string][]topValue, path string, f *ast.Field, imports map[string]string, levels int) {
	name, _, err := ast.LabelName(f.Label)
	if err != nil {
		return
	}
	switch {
	case levels == 3 && name != "event" && name != "retired":
	case levels > 1:
		s.find(tops, path+"."+name, topValue{f.Value, imports}, levels-1)
	case isStep(name), name == "becomes" && strings.Contains(path, ".retired."):
		s.marks[f] = true
		s.texts[path+"."+name] = append(s.texts[path+"."+name], upcast.Text{Expr: f.Value, Attrs: f.Attrs, Imports: imports})
	}
}

// isStep reports whether a label is toV2, toV3, …
func isStep(name string) bool {
	digits, ok := strings.CutPrefix(name, "toV")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// upcaster refuses expressions whose evaluation may never end, because CUE
// evaluates upcasters too. Another check decides whether they can be converted
// to Go.
func (x *checker) upcaster(e ast.Expr) {
	ast.Walk(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			name := x.callName(n.Fun)
			if !upcast.Calls(name) {
				x.computes = true
				x.add(codeUpcastForm, pos(n.Fun), nearestOf(name, upcast.Functions(), "did you mean %s?", "there are "+list(upcast.Functions())+"; for anything else write _ @go(func)"),
					"%s cannot be turned into Go", orThis(name))
			}
		case *ast.BinaryExpr:
			if n.Op == token.MUL && (isCompound(n.X) || isCompound(n.Y)) {
				x.computes = true
				x.add(codeUpcastForm, pos(n), "write it out", "text and lists cannot be multiplied")
			}
		}
		return true
	}, nil)
}

// isCompound reports whether an expression is a literal text, list or struct, or an
// operation on one. Numbers, selections and calls are not.
func isCompound(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.ParenExpr:
		return isCompound(e.X)
	case *ast.BinaryExpr:
		return isCompound(e.X) || isCompound(e.Y)
	case *ast.ListLit, *ast.Interpolation, *ast.StructLit:
		return true
	}
	return false
}

// nearestOf returns the hint of nearest, or else another hint.
func nearestOf(wrote string, names []string, format, otherwise string) string {
	if hint := nearest(wrote, names, format); hint != "" {
		return hint
	}
	return otherwise
}
