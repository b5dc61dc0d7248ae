package upcast

import (
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// maxDepth is how deep an expression may nest; more is not written by hand.
const maxDepth = 100

// expr compiles an expression. want is the type that it must have, nil when any
// will do. The result is nil when a problem was reported.
func (c *compiler) expr(t Text, want *model.Type) *model.Expr {
	c.depth++
	defer func() { c.depth-- }()
	if c.depth > maxDepth {
		return c.problem(Form, place(t.Expr), c.byHand(), "this is nested too deeply")
	}
	if isHand(t) {
		if want == nil || c.loops > 0 {
			return c.problem(Form, place(t.Expr), "give the whole field to @go(func)", "only fields and steps can be made by hand")
		}
		return &model.Expr{Op: model.Hand, Name: c.method(), Type: want, Pos: place(t.Expr)}
	}
	if v := literalOf(t.Expr); v != nil {
		return c.literal(v, want, place(t.Expr))
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
	return c.fit(c.natural(t), want)
}

// sub is an expression inside another.
func (c *compiler) sub(e ast.Expr, t Text, want *model.Type) *model.Expr {
	return c.expr(Text{Expr: e, Imports: t.Imports}, want)
}

// natural compiles an expression that has a type of its own.
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
	case *ast.CallExpr:
		return c.call(e, t)
	}
	return c.problem(Form, place(t.Expr), c.byHand(), "this cannot be turned into Go")
}

func (c *compiler) ident(e *ast.Ident) *model.Expr {
	if v, ok := c.vars[e.Name]; ok {
		return v
	}
	if isVersion(e.Name) {
		return c.problem(Name, place(e), "write "+c.Source+": an older event has been read up to it before", "%s is not known in %s, %s is", e.Name, c.Label, c.Source)
	}
	return c.problem(Name, place(e), c.byHand(), "%s is neither %s nor a constant", e.Name, c.Source)
}

func isVersion(name string) bool {
	digits, ok := strings.CutPrefix(name, "v")
	_, err := strconv.Atoi(digits)
	return ok && err == nil
}

// constantNamed is the value of a hidden field or definition of the package.
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
	name, _, err := ast.LabelName(e.Sel)
	if err != nil {
		return c.problem(Form, place(e.Sel), c.byHand(), "this is not the name of a field")
	}
	return c.member(from, name, place(e.Sel), place(e))
}

// member is a field of a struct, or what a map has for a key.
func (c *compiler) member(from *model.Expr, name string, at, start model.Pos) *model.Expr {
	switch b := base(from.Type); b.Kind {
	case model.Struct:
		f := fieldOf(b, name)
		if f == nil {
			return c.problem(Name, at, c.Nearest(name, fieldNames(b)), "%s has no field %s", pathOf(from), name)
		}
		return c.selectField(from, f, start)
	case model.Map:
		x := &model.Expr{Op: model.Lookup, Args: []*model.Expr{from}, Name: name, Type: b.Elem, Pos: start}
		x.Sure = c.sure[pathOf(x)]
		return x
	case model.Sum:
		return c.problem(Form, at, c.byHand(), "%s is one of several: only all of it can be taken over", pathOf(from))
	}
	return c.problem(Name, at, "", "%s is %s and has no fields", pathOf(from), describe(from.Type))
}

// selectField is a field of a struct. A constant one is that constant.
func (c *compiler) selectField(from *model.Expr, f *model.Field, at model.Pos) *model.Expr {
	if f.Const != nil {
		return &model.Expr{Op: model.Literal, Type: &model.Type{Kind: f.Const.Kind, Pos: at}, Pos: at,
			Value: &model.Value{Kind: f.Const.Kind, Text: f.Const.Text, JSON: constantJSON(*f.Const)}}
	}
	x := &model.Expr{Op: model.Select, Args: []*model.Expr{from}, Field: f, Type: f.Type, Pos: at}
	if c.sure[pathOf(x)] {
		return c.allSure(x)
	}
	return x
}

// allSure marks a selection and what it is taken from as being there.
func (c *compiler) allSure(x *model.Expr) *model.Expr {
	out := sure(x)
	if len(x.Args) > 0 {
		out.Args = append([]*model.Expr{c.allSure(x.Args[0])}, x.Args[1:]...)
	}
	return out
}

func (c *compiler) index(e *ast.IndexExpr, t Text) *model.Expr {
	from := c.sub(e.X, t, nil)
	if from == nil {
		return nil
	}
	if v := literalOf(e.Index); v != nil && v.Kind == model.String {
		return c.member(from, v.Text, place(e.Index), place(e))
	}
	b := base(from.Type)
	if b.Kind != model.List {
		return c.problem(Type, place(e), c.byHand(), "%s is %s: only lists and tables have an index", pathOf(from), describe(from.Type))
	}
	i := c.sub(e.Index, t, &model.Type{Kind: model.Int})
	if i == nil {
		return nil
	}
	return &model.Expr{Op: model.Index, Args: []*model.Expr{from, i}, Type: b.Elem, Pos: place(e)}
}

// tableOf is the literal that is indexed: {chf: "CHF"} or ["low", "high"],
// written here or as a constant.
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
		return c.problem(Form, place(of), c.byHand(), "a table can only stand for a whole field")
	}
	out := &model.Expr{Op: model.Table, Type: want, Pos: place(of)}
	k := c.sub(key, t, nil)
	if k == nil {
		return nil
	}
	kind := base(k.Type).Kind
	isInt := kind == model.Int || kind == model.Enum && base(k.Type).Values[0].Kind == model.Int
	switch of := of.(type) {
	case *ast.StructLit:
		if isInt || kind != model.String && kind != model.Enum {
			return c.problem(Type, place(key), c.byHand(), "the key of a table is a text or one of an enum, and this is %s", describe(k.Type))
		}
		for _, e := range c.entries([]Text{{Expr: of, Imports: t.Imports}}) {
			out.Entries = append(out.Entries, model.Entry{Key: e.name, Value: c.values(e.texts, want, e.at)})
		}
	case *ast.ListLit:
		if !isInt {
			return c.problem(Type, place(key), c.byHand(), "a list is indexed by an int, and this is %s", describe(k.Type))
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
			return c.problem(Form, e.Value.Pos, c.byHand(), "the entries of a table are constants")
		}
	}
	out.Args = []*model.Expr{k}
	return out
}

// otherwise compiles *x | y: x, or y if that is not there.
func (c *compiler) otherwise(e *ast.BinaryExpr, t Text, want *model.Type) *model.Expr {
	star, ok := e.X.(*ast.UnaryExpr)
	if !ok || star.Op != token.MUL {
		return c.problem(Form, place(e), "write *x | y: x, or y if it is not there", "a choice needs a star in front of what is to be taken")
	}
	first := c.sub(star.X, t, want)
	if first == nil {
		return nil
	}
	first.Walk(func(x *model.Expr) bool {
		if x.Op == model.Each && x.Args[0].Missing() != nil && x != first {
			c.problem(Form, x.Pos, c.byHand(), "a list that may not be there cannot be gone through inside another expression")
		}
		return true
	})
	if want == nil {
		want = first.Type
	}
	then := c.sub(e.Y, t, want)
	if then == nil {
		return nil
	}
	return &model.Expr{Op: model.Else, Args: []*model.Expr{first, then}, Type: want, Pos: place(e)}
}

// interpolation compiles "\(v1.first) \(v1.last)".
func (c *compiler) interpolation(e *ast.Interpolation, t Text) *model.Expr {
	at := place(e)
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
	default:
		return c.problem(Form, place(e), c.byHand(), "%s cannot be turned into Go", e.Op)
	}
	x, y := c.sub(e.X, t, nil), c.sub(e.Y, t, nil)
	if x == nil || y == nil {
		return nil
	}
	if e.Op == token.ADD && base(x.Type).Kind == model.String && base(y.Type).Kind == model.String {
		return &model.Expr{Op: model.Join, Args: []*model.Expr{x, y}, Type: &model.Type{Kind: model.String, Pos: place(e)}, Pos: place(e)}
	}
	return c.arithmetic(e.Op.String(), x, y, place(e))
}

// arithmetic is exact, as in CUE: on ints within 64 bits, on numbers as their
// digits say.
func (c *compiler) arithmetic(op string, x, y *model.Expr, at model.Pos) *model.Expr {
	for _, a := range []*model.Expr{x, y} {
		if k := base(a.Type).Kind; k != model.Int && k != model.Number {
			return c.problem(Type, a.Pos, c.byHand(), "%s is for ints and numbers, and this is %s", op, describe(a.Type))
		}
	}
	out := &model.Expr{Op: model.Arithmetic, Name: op, Args: []*model.Expr{x, y}, Type: &model.Type{Kind: model.Int, Pos: at}, Pos: at}
	isInt := base(x.Type).Kind == model.Int && base(y.Type).Kind == model.Int
	if len(op) > 1 && !isInt {
		return c.problem(Type, at, c.byHand(), "%s is for ints", op)
	}
	if op == "/" || !isInt {
		out.Type = &model.Type{Kind: model.Number, Pos: at}
	}
	if y.Op == model.Literal && strings.Trim(y.Value.Text, "0.-") == "" && (op == "/" || len(op) > 1) {
		return c.problem(Absent, y.Pos, "", "this is a division by zero")
	}
	return out
}
