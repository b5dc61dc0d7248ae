package cueload

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// packageDoc returns the comment on a file's package clause.
func packageDoc(f *ast.File) string {
	p := packageClause(f)
	if p == nil {
		return ""
	}
	var parts []string
	for _, g := range ast.Comments(p) {
		if g.Doc {
			parts = append(parts, strings.TrimSpace(g.Text()))
		}
	}
	return strings.Join(parts, "\n\n")
}

// memberDoc records the comment on a member of a union by the member's position:
//
//	#Colour:
//		// red is warm
//		"red" |
//		// green is cool
//		"green"
//
// CUE keeps no comments on parts of expressions.
func memberDoc(docs map[model.Pos]string, n ast.Node) {
	switch n.(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr, *ast.BasicLit:
	default:
		return
	}
	for _, g := range ast.Comments(n) {
		if text := strings.TrimSpace(g.Text()); g.Doc && text != "" {
			docs[pos(firstMember(n))] = text
		}
	}
}

// firstMember returns what the comment before an expression describes: the
// leftmost operand, without the * of a default.
func firstMember(n ast.Node) ast.Node {
	switch e := n.(type) {
	case *ast.BinaryExpr:
		return firstMember(e.X)
	case *ast.UnaryExpr:
		if e.Op == token.MUL {
			return firstMember(e.X)
		}
	}
	return n
}

// placeDocs moves comments on short forms to the label that they describe. In
//
//	// Removed says …
//	Removed: v1: id: schema.#UUID
//
// the parser attaches the comment to an inner label, although it describes the
// event.
func placeDocs(f *ast.File) {
	for _, d := range f.Decls {
		placeDoc(d, 0)
	}
}

// placeDoc does so for one declaration. level is the number of labels around
// it.
func placeDoc(d ast.Decl, level int) {
	field, ok := d.(*ast.Field)
	if !ok {
		return
	}
	chain := []*ast.Field{field}
	for {
		next := shortForm(chain[len(chain)-1])
		if next == nil {
			break
		}
		chain = append(chain, next)
	}
	if len(chain) > 1 {
		moveDocs(chain, chain[docOwner(chain, level)])
	}
	placeInside(chain[len(chain)-1].Value, level+len(chain))
}

// shortForm returns the inner field of a: b: c.
func shortForm(f *ast.Field) *ast.Field {
	s, ok := f.Value.(*ast.StructLit)
	if !ok || s.Lbrace.IsValid() || len(s.Elts) != 1 {
		return nil
	}
	inner, _ := s.Elts[0].(*ast.Field)
	return inner
}

// docOwner returns the index of the label that a comment before a short form
// describes: the first that is not a section of an aggregate or a process.
func docOwner(chain []*ast.Field, level int) int {
	section := 1 - level
	if section < 0 || len(chain) < section+2 {
		return 0
	}
	switch name, _, _ := ast.LabelName(chain[section].Label); name {
	case "command", "event", "refusal", "timer", "effect":
		return section + 1
	}
	return 0
}

func moveDocs(chain []*ast.Field, to *ast.Field) {
	var docs []*ast.CommentGroup
	for _, f := range chain {
		if s, ok := f.Value.(*ast.StructLit); ok && shortForm(f) != nil {
			// With a brace, CUE does not pass comments on to the inside.
			s.Lbrace, s.Rbrace = s.Pos(), s.Pos()
		}
		var rest []*ast.CommentGroup
		for _, g := range ast.Comments(f) {
			if g.Doc {
				docs = append(docs, g)
			} else {
				rest = append(rest, g)
			}
		}
		ast.SetComments(f, rest)
	}
	ast.SetComments(to, append(docs, ast.Comments(to)...))
}

func placeInside(e ast.Expr, level int) {
	switch e := e.(type) {
	case *ast.StructLit:
		for _, d := range e.Elts {
			placeDoc(d, level)
		}
	case *ast.BinaryExpr:
		placeInside(e.X, level)
		placeInside(e.Y, level)
	case *ast.ParenExpr:
		placeInside(e.X, level)
	case *ast.ListLit:
		for _, x := range e.Elts {
			if more, ok := x.(*ast.Ellipsis); ok {
				x = more.Type
			}
			placeInside(x, level+2)
		}
	}
}
