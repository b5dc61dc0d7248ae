package cueload

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// defaults refuses two defaults, because CUE then uses neither, and a default
// next to several structs that are joined with &, because CUE then shows only
// the default.
func (g *grammar) defaults(e *ast.BinaryExpr, p slot) {
	if p == slotStep || p == slotStepField {
		return // the reader of steps checks its own defaults
	}
	if marked := marks(e); len(marked) > 1 {
		g.problems.addAlso(codeDefault, pos(marked[1]), []model.Pos{pos(marked[0])}, "keep one", "a value has one default, and this is another")
	}
	for _, side := range sides(nil, e) {
		if b, ok := side.(*ast.BinaryExpr); ok && b.Op == token.AND && structsIn(b) > 1 && len(marks(e)) > 0 {
			g.problems.add(codeDefault, pos(side), "declare it, #Name: …, and write *… | #Name", "there is a default beside a type that is put together from several structs")
		}
	}
}

// structsIn counts the structs that are joined with &.
func structsIn(e ast.Expr) int {
	switch e := bracketed(e).(type) {
	case *ast.StructLit:
		return 1
	case *ast.BinaryExpr:
		return structsIn(e.X) + structsIn(e.Y)
	}
	return 0
}

// always refuses a default for a value that is always present.
func (g *grammar) always(e ast.Expr, what string) {
	if marked := marks(e); len(marked) > 0 {
		g.problems.add(codeDefault, pos(marked[0]), "take the default away, or make the type a struct with a field that has it", "%s is always given: what is the default for?", what)
	}
}

// marks lists the sides of a union that are marked as its default.
func marks(e ast.Expr) (marked []ast.Expr) {
	b := union(bracketed(e))
	if b == nil {
		return nil
	}
	for _, side := range sides(nil, b) {
		if unmarked(side) != side {
			marked = append(marked, side)
		}
	}
	return marked
}
