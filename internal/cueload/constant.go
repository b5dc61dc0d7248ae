package cueload

import (
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// maxConstant is the greatest length of a computed constant, in characters or
// digits.
const maxConstant = 4000

// constants finds the expressions that consist of constants alone, such as
// 2*_max, limits.#Text or "\(_name)-". CUE evaluates those. Other computed
// expressions are refused before CUE sees them, and so are constants that
// double until they fill the memory.
type constants struct {
	tops map[string]map[string][]ast.Expr // import path and name to the expressions that are written there
	memo map[ast.Expr]constant
}

// constant is the greatest size of an expression's value. The kind is 0 if the
// expression may not consist of constants.
type constant struct {
	kind cue.Kind
	size int // limited, so that it cannot overflow
}

func newConstants(folders []*folder) *constants {
	c := &constants{map[string]map[string][]ast.Expr{}, map[ast.Expr]constant{}}
	for _, f := range folders {
		tops := map[string][]ast.Expr{}
		for _, file := range f.files {
			for _, d := range file.Decls {
				if field, ok := d.(*ast.Field); ok && field.Value != nil {
					if name, _, err := ast.LabelName(field.Label); err == nil {
						tops[name] = append(tops[name], field.Value)
					}
				}
			}
		}
		c.tops[f.path] = tops
	}
	return c
}

// of returns the constant value of an expression in a package.
func (c *constants) of(pkg string, e ast.Expr) constant {
	if have, ok := c.memo[e]; ok {
		return have
	}
	c.memo[e] = constant{} // an expression that refers to itself is not a constant
	out := c.compute(pkg, e)
	out.size = min(out.size, maxConstant+1)
	c.memo[e] = out
	return out
}

func (c *constants) compute(pkg string, e ast.Expr) constant {
	switch e := e.(type) {
	case *ast.BasicLit:
		return written(e)
	case *ast.ParenExpr:
		return c.of(pkg, e.X)
	case *ast.UnaryExpr:
		if e.Op == token.SUB || e.Op == token.ADD || e.Op == token.MUL { // *x marks a default
			return c.of(pkg, e.X)
		}
	case *ast.BinaryExpr:
		return c.binary(e.Op, c.of(pkg, e.X), c.of(pkg, e.Y))
	case *ast.Interpolation:
		return c.text(pkg, e.Elts)
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
		return c.largest(c.meant(pkg, e, 0))
	case *ast.CallExpr:
		return c.call(pkg, e)
	}
	return constant{}
}

func written(e *ast.BasicLit) constant {
	switch e.Kind {
	case token.INT, token.FLOAT:
		size := len(e.Value)
		if strings.ContainsAny(e.Value, "eE") {
			size += maxDigits // the exponent has no more digits
		}
		return constant{cue.NumberKind, size}
	case token.STRING:
		return constant{cue.StringKind, len(e.Value)}
	}
	return constant{}
}

func (c *constants) binary(op token.Token, x, y constant) constant {
	switch {
	case op == token.AND || op == token.OR: // int & 50, *50 | int
		if x.kind == 0 || y.kind == 0 || x.kind == y.kind {
			return constant{x.kind | y.kind, max(x.size, y.size)}
		}
	case x.kind != y.kind:
	case x.kind == cue.NumberKind && (op == token.ADD || op == token.SUB || op == token.MUL || op == token.QUO),
		x.kind == cue.StringKind && op == token.ADD:
		return constant{x.kind, x.size + y.size}
	}
	return constant{}
}

func (c *constants) text(pkg string, parts []ast.Expr) constant {
	out := constant{kind: cue.StringKind}
	for _, p := range parts {
		part := c.of(pkg, p)
		if part.kind == 0 {
			return part
		}
		out.size += part.size
	}
	return out
}

// largest returns the greatest kind and size of several expressions.
func (c *constants) largest(all []located) (out constant) {
	for i, at := range all {
		one := c.of(at.pkg, at.expr)
		if i > 0 && one.kind != out.kind {
			return constant{}
		}
		out = constant{one.kind, max(out.size, one.size)}
	}
	return out
}

// call judges a call: div(_max, 2), len("abc").
func (c *constants) call(pkg string, e *ast.CallExpr) constant {
	id, ok := e.Fun.(*ast.Ident)
	if !ok {
		return constant{}
	}
	args := c.text(pkg, e.Args) // of any kinds
	switch {
	case args.kind == 0:
	case slices.Contains([]string{"div", "mod", "quo", "rem"}, id.Name) && len(e.Args) == 2,
		id.Name == "len" && len(e.Args) == 1:
		return constant{cue.NumberKind, args.size}
	}
	return constant{}
}

// located is an expression and the package that it is written in.
type located struct {
	pkg  string
	expr ast.Expr
}

// maxMeant limits how many references are followed.
const maxMeant = 20

// meant lists the expressions that a name, a selector or an index may stand
// for.
func (c *constants) meant(pkg string, e ast.Expr, depth int) (out []located) {
	if depth > maxMeant {
		return nil
	}
	switch e := e.(type) {
	case *ast.Ident:
		switch to := e.Node.(type) {
		case *ast.LetClause:
			return []located{{pkg, to.Expr}}
		case ast.Expr:
			if _, atTop := e.Scope.(*ast.File); !atTop {
				return []located{{pkg, to}}
			}
		}
		for _, x := range c.tops[pkg][e.Name] {
			out = append(out, located{pkg, x})
		}
	case *ast.SelectorExpr:
		name, _, err := ast.LabelName(e.Sel)
		if err != nil {
			return nil
		}
		if path := importOf(e.X); path != "" {
			for _, x := range c.tops[path][name] {
				out = append(out, located{path, x})
			}
			return out
		}
		return c.parts(pkg, e.X, depth+1, func(label string) bool { return label == name })
	case *ast.IndexExpr:
		if c.of(pkg, e.Index).kind != 0 {
			return c.parts(pkg, e.X, depth+1, func(string) bool { return true })
		}
	}
	return out
}

// importOf returns the path of the package that an expression names, or "".
func importOf(e ast.Expr) string {
	if id, ok := e.(*ast.Ident); ok {
		if spec, ok := id.Node.(*ast.ImportSpec); ok {
			if path, err := unquote(spec.Path.Value); err == nil {
				return bare(path)
			}
		}
	}
	return ""
}

// parts lists the fields and elements of the values that an expression may
// have.
func (c *constants) parts(pkg string, e ast.Expr, depth int, want func(label string) bool) (out []located) {
	switch e := e.(type) {
	case *ast.StructLit:
		for _, d := range e.Elts {
			if f, ok := d.(*ast.Field); ok && f.Value != nil {
				if name, _, err := ast.LabelName(f.Label); err == nil && want(name) {
					out = append(out, located{pkg, f.Value})
				}
			}
		}
	case *ast.ListLit:
		for _, x := range e.Elts {
			if want("") {
				out = append(out, located{pkg, x})
			}
		}
	case *ast.BinaryExpr:
		return append(c.parts(pkg, e.X, depth, want), c.parts(pkg, e.Y, depth, want)...)
	case *ast.ParenExpr:
		return c.parts(pkg, e.X, depth, want)
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
		for _, at := range c.meant(pkg, e, depth+1) {
			out = append(out, c.parts(at.pkg, at.expr, depth+1, want)...)
		}
	}
	return out
}
