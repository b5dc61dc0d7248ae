package cueload

import (
	"strconv"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// Most fields are written as string, schema.#UUID, #Name, int & >=0 or
// [...#Part], and no other text can add to these. Their types are read from the
// text, because CUE has already evaluated and checked them. Splitting a value
// with Expr would evaluate its parts again, which takes half of the time for a
// large schema. typeOf reads the types of fields that are written in another
// way or have a mistake, and makes all messages. Both ways make the same model;
// TestG18_TextAndValuesAgree checks that.

// writtenType returns the type of a field according to its text, or nil if the
// text does not determine it.
func (r *reader) writtenType(v cue.Value, l *label) *model.Type {
	if r.byValue || l == nil || !l.sole() {
		return nil
	}
	t, kind := r.textType(l.field.Value, l.scope, l.pos)
	if t == nil || kind != v.IncompleteKind() {
		return nil
	}
	return t
}

// textType reads an expression and returns the kind of its values. at is the
// position of the field's label or, for an element, of the element.
func (r *reader) textType(e ast.Expr, in *scope, at model.Pos) (*model.Type, cue.Kind) {
	switch e := e.(type) {
	case *ast.Ident:
		if d := r.defs[defKey{in.pkg, e.Name}]; d != nil && !in.shadowed[e.Name] {
			return r.textReference(d, at)
		}
	case *ast.SelectorExpr:
		return r.textSelector(e, in, at)
	case *ast.ListLit:
		if len(e.Elts) != 1 {
			return nil, 0
		}
		more, ok := e.Elts[0].(*ast.Ellipsis)
		if !ok || more.Type == nil {
			return nil, 0
		}
		elem, _ := r.textType(more.Type, in, pos(more.Type))
		if elem == nil {
			return nil, 0
		}
		return &model.Type{Kind: model.List, Pos: at, Elem: elem}, cue.ListKind
	}
	return textScalar(e, in, at)
}

// textReference returns the type for a use of a definition.
func (r *reader) textReference(d *definition, at model.Pos) (*model.Type, cue.Kind) {
	if d.named == nil {
		return nil, 0
	}
	return &model.Type{Kind: model.Ref, Pos: at, Named: d.named}, r.kindOfDef(d)
}

// textSelector reads schema.#UUID, time.Time or shop.#Money.
func (r *reader) textSelector(e *ast.SelectorExpr, in *scope, at model.Pos) (*model.Type, cue.Kind) {
	path, name := in.selector(e)
	switch {
	case path == metaPath && name == "#Int":
		return &model.Type{Kind: model.Int, Pos: at, Checks: safeInts(at)}, cue.IntKind
	case path == metaPath:
		if k, ok := metaKinds[name]; ok && k != model.Bytes { // bytes need a bound
			return &model.Type{Kind: k, Pos: at}, cue.StringKind
		}
	case path == "time" && name == "Time":
		return &model.Type{Kind: model.Time, Pos: at}, cue.StringKind
	default:
		if d := r.defs[defKey{path, name}]; d != nil {
			return r.textReference(d, at)
		}
	}
	return nil, 0
}

// textScalar reads a & b & c, where each operand is a kind or a check on it.
func textScalar(e ast.Expr, in *scope, at model.Pos) (*model.Type, cue.Kind) {
	all := operands(nil, e)
	if len(all) > 1 {
		at = pos(e)
	}
	t := &model.Type{Pos: at}
	kind := cue.StringKind | cue.NumberKind | cue.BoolKind
	for _, o := range all {
		k, check := textOperand(o, in)
		if check != nil {
			if len(all) == 1 {
				check.Pos = at
			}
			t.Checks = append(t.Checks, *check)
		}
		kind &= k
	}
	if !isScalar(kind) {
		return nil, 0
	}
	t.Kind = scalarKind(kind)
	return t, kind
}

// operands lists the a, b and c of a & b & c.
func operands(out []ast.Expr, e ast.Expr) []ast.Expr {
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op == token.AND {
		return operands(operands(out, b.X), b.Y)
	}
	return append(out, e)
}

// plainKinds are the kinds that CUE has names for and Ironstar has types for.
var plainKinds = map[string]cue.Kind{"string": cue.StringKind, "int": cue.IntKind, "number": cue.NumberKind, "bool": cue.BoolKind}

// textOperand returns the kind of one operand and, if it is a check, the check.
// The kind is 0 if the operand is unknown here.
func textOperand(e ast.Expr, in *scope) (cue.Kind, *model.Check) {
	switch e := e.(type) {
	case *ast.Ident:
		if !in.shadowed[e.Name] {
			return plainKinds[e.Name], nil
		}
	case *ast.UnaryExpr:
		return textBound(e)
	case *ast.CallExpr:
		return textCall(e, in)
	}
	return 0, nil
}

// textBounds are the operators of bounds and patterns.
var textBounds = map[token.Token]model.Op{
	token.GTR: model.Greater, token.GEQ: model.GreaterOrEqual, token.LSS: model.Less, token.LEQ: model.LessOrEqual,
	token.MAT: model.Match, token.NMAT: model.NotMatch,
}

// textBound reads >0 or =~"^a".
func textBound(e *ast.UnaryExpr) (cue.Kind, *model.Check) {
	op, ok := textBounds[e.Op]
	if !ok {
		return 0, nil
	}
	if op == model.Match || op == model.NotMatch {
		text, ok := stringLit(e.X)
		if wrong, _ := patternError(text); !ok || wrong != "" {
			return 0, nil
		}
		return cue.StringKind, &model.Check{Op: op, Pos: pos(e), Text: text}
	}
	digits, ok := intLit(e.X)
	if !ok {
		return 0, nil
	}
	return cue.NumberKind, &model.Check{Op: op, Pos: pos(e), Num: digits}
}

// intLit returns a decimal integer of at most 64 bits, as a model has it.
func intLit(e ast.Expr) (string, bool) {
	sign := ""
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.SUB {
		sign, e = "-", u.X
	}
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.INT || len(lit.Value) > 18 || sign+lit.Value == "-0" {
		return "", false
	}
	for _, c := range lit.Value { // it refuses 0x10, 10_000 and 1Ki
		if c < '0' || c > '9' {
			return "", false
		}
	}
	return sign + lit.Value, true
}

// textCall reads strings.MaxRunes(280) and the like.
func textCall(e *ast.CallExpr, in *scope) (cue.Kind, *model.Check) {
	fun, ok := e.Fun.(*ast.SelectorExpr)
	if !ok || len(e.Args) != 1 {
		return 0, nil
	}
	path, name := in.selector(fun)
	c := &model.Check{Op: builtinOps[path+"."+name], Pos: pos(e)}
	switch c.Op {
	case model.MinRunes, model.MaxRunes:
		digits, ok := intLit(e.Args[0])
		c.Count, _ = strconv.ParseInt(digits, 10, 64)
		if !ok {
			return 0, nil
		}
	case model.HasPrefix, model.HasSuffix, model.Contains:
		if c.Text, ok = stringLit(e.Args[0]); !ok {
			return 0, nil
		}
	default:
		return 0, nil
	}
	return cue.StringKind, c
}
