package upcast

import (
	"maps"

	"cuelang.org/go/cue/ast"
)

// scopes reports names to which CUE and this package give different meanings.
// For CUE, the name n inside {n: …} is that field, and hides the variable n of a
// for around it. A name in quotes, {"n": …}, hides nothing.
func (c *compiler) scopes(e ast.Expr) {
	c.scope(e, map[string]bool{c.Source: false})
}

// scope checks an expression. hidden has the variables around the expression, and
// whether a field hides each.
func (c *compiler) scope(n ast.Node, hidden map[string]bool) {
	ast.Walk(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if hidden[n.Name] {
				c.problem(Name, positionOf(n), "write \""+n.Name+"\": … for the field: a name in quotes hides nothing", "%s means the field %s here, which hides the variable outside the braces", n.Name, n.Name)
			}
		case *ast.SelectorExpr:
			c.scope(n.X, hidden)
			return false
		case *ast.Field:
			if _, plain := n.Label.(*ast.Ident); !plain {
				c.scope(n.Label, hidden)
			}
			c.scope(n.Value, hidden)
			return false
		case *ast.Comprehension:
			c.clauses(n, hidden)
			return false
		case *ast.StructLit:
			hidden := withFields(n, hidden)
			for _, d := range n.Elts {
				c.scope(d, hidden)
			}
			return false
		}
		return true
	}, nil)
}

// clauses checks a comprehension. Each clause sees the variables of the clauses
// before it.
func (c *compiler) clauses(n *ast.Comprehension, hidden map[string]bool) {
	hidden = maps.Clone(hidden)
	for _, clause := range n.Clauses {
		loop, ok := clause.(*ast.ForClause)
		if !ok {
			c.scope(clause, hidden)
			continue
		}
		c.scope(loop.Source, hidden)
		for _, v := range []*ast.Ident{loop.Key, loop.Value} {
			if v != nil {
				hidden[v.Name] = false
			}
		}
	}
	c.scope(n.Value, hidden)
}

// withFields returns hidden with the names that the fields of a struct hide.
func withFields(s *ast.StructLit, hidden map[string]bool) map[string]bool {
	hidden = maps.Clone(hidden)
	for _, d := range s.Elts {
		f, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		if name, ok := f.Label.(*ast.Ident); ok {
			if _, known := hidden[name.Name]; known {
				hidden[name.Name] = true
			}
		}
	}
	return hidden
}
