package upcast

import (
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// maxDepth is the greatest depth of an expression.
const maxDepth = 100

// expr compiles an expression. want is the type that it must have; nil means any
// type. It returns nil if it reported a problem.
func (c *compiler) expr(t Text, want *model.Type) *model.Expr {
	c.depth++
	defer func() { c.depth-- }()
	if c.depth > maxDepth {
		return c.problem(Form, positionOf(t.Expr), c.byHand(), "this is nested too deeply")
	}
	if isHand(t) {
		if want == nil || c.loops > 0 {
			return c.problem(Form, positionOf(t.Expr), "write _ @go(func) for the whole field", "a Go method can make a field or a whole step, but not a part of a field")
		}
		return &model.Expr{Op: model.Hand, Name: c.method(), Type: want, Pos: positionOf(t.Expr)}
	}
	if v := literalOf(t.Expr); v != nil {
		return c.literal(v, want, positionOf(t.Expr))
	}
	switch e := t.Expr.(type) {
	case *ast.ParenExpr:
		return c.expr(Text{Expr: e.X, Imports: t.Imports}, want)
	case *ast.StructLit:
		return c.structLit(t, want)
	case *ast.ListLit:
		return c.listLit(e, t, want)
	case *ast.BinaryExpr:
		if e.Op == token.OR {
			return c.otherwise(e, t, want)
		}
	case *ast.Ident:
		if x, ok := c.constantNamed(e.Name); ok {
			return c.expr(Text{Expr: x, Imports: t.Imports}, want)
		}
	case *ast.IndexExpr:
		if table := c.tableOf(e.X); table != nil {
			return c.table(table, e.Index, t, want)
		}
	}
	return c.fit(c.facts.apply(c.natural(t)), want)
}

// sub compiles an expression inside another.
func (c *compiler) sub(e ast.Expr, t Text, want *model.Type) *model.Expr {
	return c.expr(Text{Expr: e, Imports: t.Imports}, want)
}

// natural compiles an expression that has its own type.
func (c *compiler) natural(t Text) *model.Expr {
	switch e := t.Expr.(type) {
	case *ast.Ident:
		return c.ident(e)
	case *ast.SelectorExpr:
		return c.selector(e, t)
	case *ast.IndexExpr:
		return c.index(e, t)
	case *ast.Interpolation:
		return c.interpolation(e, t)
	case *ast.BinaryExpr:
		return c.binary(e, t)
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return not(c.sub(e.X, t, kind(model.Bool, positionOf(e.X))))
		}
	case *ast.CallExpr:
		return c.call(e, t)
	}
	return c.problem(Form, positionOf(t.Expr), c.byHand(), "this cannot be turned into Go")
}

func (c *compiler) ident(e *ast.Ident) *model.Expr {
	if v, ok := c.vars[e.Name]; ok {
		return v
	}
	if isVersion(e.Name) {
		return c.problem(Name, positionOf(e), "write "+c.Source+": earlier steps have converted older events to it", "%s is not known in %s, which reads %s only", e.Name, c.Label, c.Source)
	}
	return c.problem(Name, positionOf(e), c.byHand(), "%s is not %s, and no constant has this name", e.Name, c.Source)
}

func isVersion(name string) bool {
	digits, ok := strings.CutPrefix(name, "v")
	_, err := strconv.Atoi(digits)
	return ok && err == nil
}

// constantNamed returns the value of a hidden field or definition of the
// package.
func (c *compiler) constantNamed(name string) (ast.Expr, bool) {
	if _, ok := c.vars[name]; ok || c.Constant == nil {
		return nil, false
	}
	return c.Constant(name)
}

func (c *compiler) selector(e *ast.SelectorExpr, t Text) *model.Expr {
	from := c.sub(e.X, t, nil)
	if from == nil {
		return nil
	}
	name, err := labelName(e.Sel)
	if err != nil {
		return c.problem(Form, positionOf(e.Sel), c.byHand(), "this is not the name of a field")
	}
	return c.member(from, name, positionOf(e.Sel), positionOf(e))
}

// member returns a field of a struct or a value of a map.
func (c *compiler) member(from *model.Expr, name string, at, start model.Pos) *model.Expr {
	switch b := base(from.Type); b.Kind {
	case model.Struct:
		f := b.FieldInCUE(name)
		if f == nil {
			return c.problem(Name, at, c.Nearest(name, fieldNames(b)), "%s has no field %s", pathOf(from), name)
		}
		return c.selectField(from, f, start)
	case model.Map:
		return &model.Expr{Op: model.Lookup, Args: []*model.Expr{from}, Name: name, Type: b.Elem, Pos: start}
	case model.Sum:
		return c.ofUnion(from, b, name, at, start)
	}
	return c.problem(Name, at, "", "%s is %s and has no fields", pathOf(from), describe(from.Type))
}

// selectField selects a field of a struct. A constant field is compiled to its
// constant.
func (c *compiler) selectField(from *model.Expr, f *model.Field, at model.Pos) *model.Expr {
	if f.Const != nil {
		return &model.Expr{Op: model.Literal, Type: &model.Type{Kind: f.Const.Kind, Pos: at}, Pos: at,
			Value: &model.Value{Kind: f.Const.Kind, Text: f.Const.Text, JSON: constantJSON(*f.Const)}}
	}
	return c.facts.apply(&model.Expr{Op: model.Select, Args: []*model.Expr{from}, Field: f, Type: f.Type, Pos: at})
}

func (c *compiler) index(e *ast.IndexExpr, t Text) *model.Expr {
	from := c.sub(e.X, t, nil)
	if from == nil {
		return nil
	}
	if v := literalOf(e.Index); v != nil && v.Kind == model.String {
		return c.member(from, v.Text, positionOf(e.Index), positionOf(e))
	}
	b := base(from.Type)
	if b.Kind != model.List {
		return c.problem(Type, positionOf(e), c.byHand(), "%s is %s, and only lists and tables have an index", pathOf(from), describe(from.Type))
	}
	i := c.sub(e.Index, t, &model.Type{Kind: model.Int})
	if i == nil {
		return nil
	}
	return &model.Expr{Op: model.Index, Args: []*model.Expr{from, i}, Type: b.Elem, Pos: positionOf(e)}
}

// tableOf returns the literal that is indexed: {chf: "CHF"} or ["low", "high"],
// inline or from a constant.
func (c *compiler) tableOf(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.tableOf(e.X)
	case *ast.StructLit:
		return e
	case *ast.ListLit:
		return e
	case *ast.Ident:
		if x, ok := c.constantNamed(e.Name); ok {
			return c.tableOf(x)
		}
	}
	return nil
}

// table compiles {chf: "CHF", eur: "EUR"}[v1.cur].
func (c *compiler) table(of, key ast.Expr, t Text, want *model.Type) *model.Expr {
	if want == nil {
		return c.problem(Form, positionOf(of), c.byHand(), "a table can only be the value of a whole field")
	}
	out := &model.Expr{Op: model.Table, Type: want, Pos: positionOf(of)}
	k := c.sub(key, t, nil)
	if k == nil {
		return nil
	}
	kind := base(k.Type).Kind
	isInt := kind == model.Int || kind == model.Enum && base(k.Type).Values[0].Kind == model.Int
	switch of := of.(type) {
	case *ast.StructLit:
		if isInt || kind != model.String && kind != model.Enum {
			return c.problem(Type, positionOf(key), c.byHand(), "the key of a table must be a text or an enum, and this is %s", describe(k.Type))
		}
		for _, e := range c.entries(always(Text{Expr: of, Imports: t.Imports})) {
			if e.condition() != nil {
				return c.problem(Form, e.at, c.byHand(), "an entry of a table cannot have a condition")
			}
			out.Entries = append(out.Entries, model.Entry{Key: e.name, Value: c.values(e.texts(), want, e.at)})
		}
	case *ast.ListLit:
		if !isInt {
			return c.problem(Type, positionOf(key), c.byHand(), "the index of a list must be an int, and this is %s", describe(k.Type))
		}
		for i, e := range of.Elts {
			out.Entries = append(out.Entries, model.Entry{Key: strconv.Itoa(i), Value: c.sub(e, t, want)})
		}
	}
	for _, e := range out.Entries {
		if e.Value == nil {
			return nil
		}
		if e.Value.Op != model.Literal {
			return c.problem(Form, e.Value.Pos, c.byHand(), "the entries of a table must be constants")
		}
	}
	out.Args = []*model.Expr{k}
	return out
}

// otherwise compiles *x | y: x, or y if x is absent.
func (c *compiler) otherwise(e *ast.BinaryExpr, t Text, want *model.Type) *model.Expr {
	star, ok := e.X.(*ast.UnaryExpr)
	if !ok || star.Op != token.MUL {
		return c.problem(Form, positionOf(e), "write *x | y, which is x, or y if x is absent", "a choice needs a star before the preferred value")
	}
	if paren, ok := e.Y.(*ast.ParenExpr); ok && isChoice(paren) { // if x is absent, CUE ignores the star inside the brackets
		return c.problem(Form, positionOf(e.Y), "write *(*x | y) | z, which is x, or else y, or else z", "the second value of a choice cannot be a choice")
	}
	first := c.sub(star.X, t, want)
	if first == nil {
		return nil
	}
	if !c.loopsAreWhole(first) {
		return nil
	}
	if first.Op == model.EachEntry { // CUE unifies an empty map of this form with any other value
		return c.problem(Form, first.Pos, "write if … != _|_ {…} around the field", "the first value of a choice cannot be a map made with for")
	}
	if want == nil {
		want = first.Type
	}
	then := c.sub(e.Y, t, want)
	if then == nil {
		return nil
	}
	return &model.Expr{Op: model.Else, Args: []*model.Expr{first, then}, Type: want, Pos: positionOf(e)}
}

// isChoice reports whether an expression is x | y, in brackets or not.
func isChoice(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return isChoice(e.X)
	case *ast.BinaryExpr:
		return e.Op == token.OR
	}
	return false
}

// loopsAreWhole reports whether generated Go can decide before a loop whether the
// expression has a value. It cannot decide if that depends on the elements.
func (c *compiler) loopsAreWhole(e *model.Expr) bool {
	before := len(c.problems)
	e.Walk(func(x *model.Expr) bool {
		if x.Op != model.Each && x.Op != model.EachEntry {
			return true
		}
		if x.Args[0].Missing() != nil && x != e {
			c.problem(Form, x.Pos, c.byHand(), "for cannot read a list that may be absent inside another expression")
		}
		for _, of := range x.Args[1:] {
			if missing := of.Missing(); missing != nil {
				c.problem(Absent, missing.Pos, "write *… | … for the element, not for the list", "this value may be absent in some elements")
			}
		}
		return true
	})
	return len(c.problems) == before
}

// interpolation compiles "\(v1.first) \(v1.last)".
func (c *compiler) interpolation(e *ast.Interpolation, t Text) *model.Expr {
	at := positionOf(e)
	out := &model.Expr{Op: model.Join, Type: &model.Type{Kind: model.String, Pos: at}, Pos: at}
	first, last := e.Quotes()
	quotes, nStart, _, err := literal.ParseQuotes(first.Value, last.Value)
	if err != nil || !quotes.IsDouble() {
		return c.problem(Form, at, c.byHand(), "this text cannot be turned into Go")
	}
	skip := nStart
	for i, part := range e.Elts {
		if i%2 == 1 {
			x := c.text(c.sub(part, t, nil))
			if x == nil {
				return nil
			}
			piece := x
			for piece.Op == model.Text || piece.Op == model.Convert {
				piece = piece.Args[0]
			}
			if piece.Op == model.Else && piece.Missing() != nil {
				return c.problem(Form, positionOf(part), "add a third value: \\(*(*x | y) | …)", "if both values are absent, CUE writes an empty text")
			}
			out.Args = append(out.Args, x)
			continue
		}
		s, err := quotes.Unquote(part.(*ast.BasicLit).Value[skip:])
		if err != nil {
			return c.problem(Form, at, c.byHand(), "this text cannot be turned into Go")
		}
		skip = 1 // the parenthesis
		if s != "" {
			out.Args = append(out.Args, stringLiteral(s, at))
		}
	}
	if len(out.Args) == 1 {
		return out.Args[0]
	}
	return out
}

func (c *compiler) binary(e *ast.BinaryExpr, t Text) *model.Expr {
	switch e.Op {
	case token.ADD, token.SUB, token.MUL, token.QUO:
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return c.comparison(e, t)
	case token.LAND, token.LOR:
		return c.logic(e, t)
	default:
		return c.problem(Form, positionOf(e), c.byHand(), "%s cannot be turned into Go", e.Op)
	}
	x, y := c.sub(e.X, t, nil), c.sub(e.Y, t, nil)
	if x == nil || y == nil {
		return nil
	}
	if e.Op == token.ADD && base(x.Type).Kind == model.String && base(y.Type).Kind == model.String {
		return &model.Expr{Op: model.Join, Args: []*model.Expr{x, y}, Type: &model.Type{Kind: model.String, Pos: positionOf(e)}, Pos: positionOf(e)}
	}
	return c.arithmetic(e.Op.String(), x, y, positionOf(e))
}

// arithmetic compiles x op y. It is exact, as in CUE: ints have 64 bits, and
// numbers are computed in decimal digits.
func (c *compiler) arithmetic(op string, x, y *model.Expr, at model.Pos) *model.Expr {
	for _, a := range []*model.Expr{x, y} {
		if k := base(a.Type).Kind; k != model.Int && k != model.Number {
			return c.problem(Type, a.Pos, c.byHand(), "%s needs an int or a number, and this is %s", op, describe(a.Type))
		}
	}
	out := &model.Expr{Op: model.Arithmetic, Name: op, Args: []*model.Expr{x, y}, Type: &model.Type{Kind: model.Int, Pos: at}, Pos: at}
	isInt := base(x.Type).Kind == model.Int && base(y.Type).Kind == model.Int
	if len(op) > 1 && !isInt {
		return c.problem(Type, at, c.byHand(), "%s needs two ints", op)
	}
	if op == "/" || !isInt {
		out.Type = &model.Type{Kind: model.Number, Pos: at}
	}
	if y.Op == model.Literal && strings.Trim(y.Value.Text, "0.-") == "" && (op == "/" || len(op) > 1) {
		return c.problem(Absent, y.Pos, "", "this is a division by zero")
	}
	return out
}
