package cuetest_test

import (
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// Edits of types.

func (e *editor) aType(fits func(ast.Expr) bool) (*ast.Expr, bool) {
	var all []*ast.Expr
	for _, at := range e.places().types {
		if fits(*at) {
			all = append(all, at)
		}
	}
	return anyOne(e, all)
}

func is[T ast.Expr](x ast.Expr) bool { _, ok := x.(T); return ok }

// literal changes a number or a string: a bound, a pattern, a value of an enum,
// a constant, a default.
func (e *editor) literal() bool {
	at, ok := e.aType(is[*ast.BasicLit])
	if !ok {
		return false
	}
	*at = e.otherLiteral((*at).(*ast.BasicLit))
	return true
}

func (e *editor) otherLiteral(x *ast.BasicLit) ast.Expr {
	switch x.Kind {
	case token.INT:
		if n, err := strconv.ParseInt(x.Value, 0, 64); err == nil {
			return parsed(strconv.FormatInt(n+[]int64{1, -1, 7, -n, n, -7}[e.IntN(6)], 10))
		}
	case token.STRING:
		if s, err := strconv.Unquote(x.Value); err == nil {
			return ast.NewString(e.pick(s+"x", "a", "low", "^"+s, s+"+", strings.TrimSuffix(s, "$"), strings.TrimPrefix(s, "^"), strings.ToUpper(s)))
		}
	case token.FLOAT:
		return parsed(e.pick("0.5", "1.5", "1000.25"))
	}
	return parsed(e.pick("1", `"x"`, "true", "false"))
}

var nextTo = map[token.Token][]token.Token{
	token.LSS: {token.LEQ, token.GTR}, token.LEQ: {token.LSS, token.GEQ}, token.GTR: {token.GEQ, token.LSS}, token.GEQ: {token.GTR, token.LEQ},
	token.MAT: {token.NMAT}, token.NMAT: {token.MAT}, token.NEQ: {token.LEQ, token.GEQ, token.LSS},
}

func (e *editor) operator() bool {
	at, ok := e.aType(func(x ast.Expr) bool { u, ok := x.(*ast.UnaryExpr); return ok && nextTo[u.Op] != nil })
	if ok {
		u := (*at).(*ast.UnaryExpr)
		u.Op = nextTo[u.Op][e.IntN(len(nextTo[u.Op]))]
	}
	return ok
}

func (e *editor) function() bool {
	other := map[string]string{"MinRunes": "MaxRunes", "MaxRunes": "MinRunes", "MinItems": "MaxItems", "MaxItems": "MinItems", "MinFields": "MaxFields",
		"MaxFields": "MinFields", "HasPrefix": "HasSuffix", "HasSuffix": "Contains", "Contains": "HasPrefix"}
	at, ok := e.aType(func(x ast.Expr) bool { return other[functionOf(x)] != "" })
	if ok {
		(*at).(*ast.CallExpr).Fun.(*ast.SelectorExpr).Sel = ast.NewIdent(other[functionOf(*at)])
	}
	return ok
}

func functionOf(x ast.Expr) string {
	c, ok := x.(*ast.CallExpr)
	if !ok {
		return ""
	}
	s, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	return written(s.Sel)
}

// fewer removes a conjunct, or a case of a disjunction.
func (e *editor) fewer() bool {
	at, ok := e.aType(is[*ast.BinaryExpr])
	if ok {
		b := (*at).(*ast.BinaryExpr)
		*at = b.X
		if e.chance(2) {
			*at = b.Y
		}
	}
	return ok
}

// another adds a case to a disjunction.
func (e *editor) another() bool {
	at, ok := e.aType(func(x ast.Expr) bool { b, ok := x.(*ast.BinaryExpr); return ok && b.Op == token.OR })
	if ok {
		text := written(*at)
		more := e.pick(`"more"`, `"low"`, "9", `{is: "zz", n: int}`, `{is: "zz"}`)
		if len(e.types) > 0 && e.chance(4) {
			more = e.pick(e.types...)
		}
		*at = parsed(text + " | " + more)
	}
	return ok
}

// swapped changes the order of cases or constraints.
func (e *editor) swapped() bool {
	at, ok := e.aType(is[*ast.BinaryExpr])
	if ok {
		b := (*at).(*ast.BinaryExpr)
		b.X, b.Y = b.Y, b.X
		if is[*ast.BinaryExpr](b.Y) {
			b.Y = &ast.ParenExpr{X: b.Y}
		}
	}
	return ok
}

// guessed returns the likely kind of a type.
func guessed(x ast.Expr) string {
	text := written(x)
	switch {
	case strings.HasPrefix(text, "[..."):
		return "list"
	case strings.HasPrefix(text, "{[") || strings.HasPrefix(text, "{\n\t["):
		return "map"
	case strings.Contains(text, "int"):
		return "int"
	case strings.Contains(text, "number"):
		return "number"
	case strings.Contains(text, "string") || strings.Contains(text, "=~") || strings.HasPrefix(text, `"`):
		return "string"
	}
	return ""
}

var narrowing = map[string][]string{
	"list": {"list.MaxItems(3)", "list.MinItems(1)", "list.UniqueItems()"}, "map": {"struct.MinFields(1)", "struct.MaxFields(2)"},
	"int":    {">0", "<=100", "!=7", "math.MultipleOf(3)", ">=-9223372036854775808", "<10", "!=1000"},
	"number": {">0", "<=100", "!=7", "math.MultipleOf(0.5)"},
	"string": {"strings.MaxRunes(3)", "strings.MinRunes(1)", `=~"^[a-z]*$"`, `!="x"`, `strings.HasPrefix("a")`, `strings.Contains("")`, `!~"q"`},
}

// narrower adds a constraint.
func (e *editor) narrower() bool {
	at, ok := e.aType(func(x ast.Expr) bool { return narrowing[guessed(x)] != nil })
	if ok {
		text := written(*at)
		if strings.Contains(text, "|") {
			text = "(" + text + ")"
		}
		*at = parsed(text + " & " + e.pick(narrowing[guessed(*at)]...))
	}
	return ok
}

// otherType chooses any other type; otherScalar chooses a similar one.
func (e *editor) otherType() bool {
	at, ok := e.aType(func(ast.Expr) bool { return true })
	if ok {
		*at = parsed(e.typ(1))
	}
	return ok
}

var scalars = []string{"string", "int", "number", "bool", "schema.#UUID", "schema.#Time", "schema.#Date", "schema.#Decimal", "schema.#Int"}

func (e *editor) otherScalar() bool {
	at, ok := e.aType(func(x ast.Expr) bool {
		text := written(x)
		for _, s := range scalars {
			if text == s {
				return true
			}
		}
		return false
	})
	if ok {
		*at = parsed(e.pick(scalars...))
	}
	return ok
}

func (e *editor) otherKey() bool {
	at, ok := anyOne(e, e.places().keys)
	if ok {
		*at = parsed(e.mapKey())
	}
	return ok
}

func (e *editor) otherConstant() bool {
	p, _ := anyOne(e, e.packages)
	f := find(p.decls, e.pick("_max", "_word"))
	if f != nil {
		f.Value = e.otherLiteral(f.Value.(*ast.BasicLit))
	}
	return f != nil
}
