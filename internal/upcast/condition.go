package upcast

import (
	"slices"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// ifClauses returns the conditions of if a if b {…}.
func ifClauses(d *ast.Comprehension) ([]ast.Expr, bool) {
	conditions, ok := onlyIf(d.Clauses)
	return conditions, ok && len(conditions) > 0 && d.Fallback == nil
}

func onlyIf(clauses []ast.Clause) (conditions []ast.Expr, ok bool) {
	for _, c := range clauses {
		clause, ok := c.(*ast.IfClause)
		if !ok {
			return nil, false
		}
		conditions = append(conditions, clause.Condition)
	}
	return conditions, true
}

// under compiles conditions that must all hold. Each condition may use the facts
// of those before it. It runs do with the facts of all, and returns nil if it
// reported a problem.
func (c *compiler) under(conditions []Text, do func()) *model.Expr {
	before := c.facts
	defer func() { c.facts = before }()
	var all *model.Expr
	for _, t := range conditions {
		one := c.condition(t)
		if one == nil {
			return nil
		}
		c.facts = c.facts.and(one)
		all = join("&&", all, one)
	}
	do()
	return all
}

// condition compiles the expression after if. It always has a value.
func (c *compiler) condition(t Text) *model.Expr {
	x := c.expr(t, kind(model.Bool, positionOf(t.Expr)))
	if !c.total(x) {
		return nil
	}
	return x
}

// join returns a && b or a || b; a may be nil.
func join(op string, a, b *model.Expr) *model.Expr {
	if a == nil {
		return b
	}
	return &model.Expr{Op: model.Logic, Name: op, Args: []*model.Expr{a, b}, Type: kind(model.Bool, a.Pos), Pos: a.Pos}
}

// logic compiles a && b and a || b. CUE evaluates both sides, so both must
// always have a value.
func (c *compiler) logic(e *ast.BinaryExpr, t Text) *model.Expr {
	var both [2]*model.Expr
	for i, side := range []ast.Expr{e.X, e.Y} {
		x := c.sub(side, t, kind(model.Bool, positionOf(side)))
		if x == nil {
			return nil
		}
		if missing := x.Missing(); missing != nil {
			name := pathOf(missing)
			return c.problem(Absent, missing.Pos, "write two conditions, if "+name+" != _|_ if …, or *"+name+" | …",
				"%s may be absent, and CUE evaluates both sides of %s", name, e.Op)
		}
		both[i] = x
	}
	return join(e.Op.String(), both[0], both[1])
}

// opposites maps each comparison to its negation.
var opposites = map[string]string{"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}

// not returns !x.
func not(x *model.Expr) *model.Expr {
	switch {
	case x == nil:
		return nil
	case x.Op == model.Compare:
		out := *x
		out.Name = opposites[x.Name]
		return &out
	case x.Op == model.Logic && x.Name == "!":
		return x.Args[0]
	}
	return &model.Expr{Op: model.Logic, Name: "!", Args: []*model.Expr{x}, Type: x.Type, Pos: x.Pos}
}

// comparison compiles x == y, other comparisons, and x != _|_.
func (c *compiler) comparison(e *ast.BinaryExpr, t Text) *model.Expr {
	op := e.Op.String()
	for _, sides := range [][2]ast.Expr{{e.X, e.Y}, {e.Y, e.X}} {
		if _, bottom := sides[1].(*ast.BottomLit); bottom {
			return c.presence(op, sides[0], t)
		}
	}
	left, right := literalOf(e.X), literalOf(e.Y)
	switch {
	case left != nil && right != nil:
		return c.problem(Form, positionOf(e), "write true or false", "this compares two constants")
	case left != nil: // swap, so that the constant is the second operand
		flipped := map[string]string{"<": ">", ">": "<", "<=": ">=", ">=": "<="}
		if flipped[op] != "" {
			op = flipped[op]
		}
		return c.compare(op, e.Y, e.X, t)
	}
	return c.compare(op, e.X, e.Y, t)
}

func (c *compiler) compare(op string, left, right ast.Expr, t Text) *model.Expr {
	x := c.comparable(op, c.sub(left, t, nil))
	if x == nil {
		return nil
	}
	y := c.otherSide(x, right, t)
	if y == nil {
		return nil
	}
	switch kind := base(x.Type).Kind; {
	case x.Op == model.Literal && y.Op == model.Literal:
		return c.problem(Form, x.Pos, "remove the condition", "this compares two constants")
	case x.Op == model.TagOf && y.Op == model.Literal:
		return c.isCase(op, x, y)
	case kind == model.Bool && op != "==" && op != "!=":
		return c.problem(Type, x.Pos, "write == or !=", "bools have no order")
	case kind == model.Bool && y.Op == model.Literal:
		if (y.Value.Text == "true") != (op == "==") {
			return not(x)
		}
		return x
	case kind != base(y.Type).Kind, kind == model.Enum && y.Op != model.Literal && goNamed(x.Type) != goNamed(y.Type):
		return c.problem(Type, y.Pos, c.byHand(), "this compares %s with %s", describe(x.Type), describe(y.Type))
	case isTextual(kind) && kind != model.String && kind != model.Int && kind != model.Bool && kind != model.Enum:
		x, y = c.text(x), c.text(y)
	}
	return &model.Expr{Op: model.Compare, Name: op, Args: []*model.Expr{x, y}, Type: &model.Type{Kind: model.Bool, Pos: x.Pos}, Pos: x.Pos}
}

// comparable reports operands whose comparison has another meaning in CUE than
// in Go. In CUE times and decimals are strings: 1.0 differs from 1.00.
func (c *compiler) comparable(op string, x *model.Expr) *model.Expr {
	if x == nil {
		return nil
	}
	switch k := base(x.Type).Kind; {
	case k == model.String, k == model.Int, k == model.Number, k == model.Bool, k == model.Enum, k == model.Date:
		return x
	case k == model.UUID && (op == "==" || op == "!="):
		return x
	}
	return c.problem(Type, x.Pos, c.byHand(), "%s is %s, and %s cannot compare such values here", pathOf(x), describe(x.Type), op)
}

// otherSide compiles the operand that x is compared with: a constant of its
// type, or another expression.
func (c *compiler) otherSide(x *model.Expr, e ast.Expr, t Text) *model.Expr {
	v := literalOf(e)
	if id, ok := e.(*ast.Ident); ok && v == nil {
		if constant, ok := c.constantNamed(id.Name); ok {
			v = literalOf(constant)
		}
	}
	if v == nil {
		return c.sub(e, t, nil)
	}
	return c.literal(v, x.Type, positionOf(e))
}

// presence compiles x != _|_ or x == _|_.
func (c *compiler) presence(op string, e ast.Expr, t Text) *model.Expr {
	x := c.sub(e, t, nil)
	switch {
	case x == nil:
		return nil
	case x.Missing() == nil:
		return c.problem(Form, positionOf(e), "remove the condition", "this value is always present")
	case op != "!=" && op != "==":
		return c.problem(Form, positionOf(e), "write != _|_", "%s cannot compare with _|_", op)
	}
	there := &model.Expr{Op: model.Present, Args: []*model.Expr{x}, Type: kind(model.Bool, x.Pos), Pos: x.Pos}
	if op == "==" {
		return not(there)
	}
	return there
}

// isCase compiles v1.payment.kind == "card".
func (c *compiler) isCase(op string, x, y *model.Expr) *model.Expr {
	union := x.Args[0]
	b := base(union.Type)
	if op != "==" && op != "!=" {
		return c.problem(Type, x.Pos, "write == or !=", "the cases of a union have no order")
	}
	if armOf(b, y.Value.Text) == nil {
		var tags []string
		for _, arm := range b.Arms {
			tags = append(tags, fieldOf(arm.Type, b.Tag).Const.Text)
		}
		return c.problem(Type, y.Pos, c.Nearest(y.Value.Text, tags), "no case of %s has the %s %s", pathOf(union), tagLabel(b), y.Value.JSON)
	}
	is := &model.Expr{Op: model.IsCase, Name: y.Value.Text, Args: []*model.Expr{union}, Type: kind(model.Bool, x.Pos), Pos: x.Pos}
	if op == "!=" {
		return not(is)
	}
	return is
}

// ofUnion selects the tag of a union. If a condition ensures which case the union
// is, it also selects fields of that case.
func (c *compiler) ofUnion(from *model.Expr, union *model.Type, name string, at, start model.Pos) *model.Expr {
	if name == tagLabel(union) {
		return &model.Expr{Op: model.TagOf, Args: []*model.Expr{from}, Type: kind(model.String, start), Pos: start}
	}
	as := c.asCase(from)
	if as == nil {
		hint := c.byHand()
		if i := slices.IndexFunc(union.Arms, func(a *model.Named) bool { return a.Type.FieldInCUE(name) != nil }); i >= 0 {
			hint = "write if " + pathOf(from) + "." + tagLabel(union) + " == " + constantJSON(*fieldOf(union.Arms[i].Type, union.Tag).Const) + " {…} around it"
		}
		return c.problem(Form, at, hint, "%s is a union, and its fields depend on its %s", pathOf(from), tagLabel(union))
	}
	arm := as.Type.Named
	f := arm.Type.FieldInCUE(name)
	if f == nil {
		return c.problem(Name, at, c.Nearest(name, fieldNames(arm.Type)), "%s has no field %s if it is a %s", pathOf(from), name, arm.Name)
	}
	return c.selectField(as, f, start)
}

// asCase returns a union as the case that a condition ensures, or nil.
func (c *compiler) asCase(e *model.Expr) *model.Expr {
	union := base(e.Type)
	if union.Kind != model.Sum {
		return nil
	}
	arm := c.facts.cases[keyOf(e)]
	if arm == nil {
		return nil
	}
	return &model.Expr{Op: model.AsCase, Name: fieldOf(arm.Type, union.Tag).Const.Text, Args: []*model.Expr{e}, Type: ref(arm, e.Pos), Pos: e.Pos}
}

// armLike returns the case of a wanted union that has the tag of a case. If the
// wanted type is no union, it returns the wanted type.
func (c *compiler) armLike(as *model.Expr, want *model.Type) *model.Type {
	union := base(want)
	if union.Kind != model.Sum || union.Tag != base(as.Args[0].Type).Tag {
		return want
	}
	if arm := armOf(union, as.Name); arm != nil {
		return ref(arm, as.Pos)
	}
	return want
}

// hasParts reports whether a statement about the struct has no condition. Then
// the others add fields to it.
func (e *entry) hasParts() bool {
	return slices.ContainsFunc(e.statements, func(s statement) bool {
		_, otherwise := fallback(s)
		return len(s.when) == 0 && !otherwise
	})
}

// fallback returns the x of *x | _ and *x | string, which is the value when no
// condition holds.
func fallback(s statement) (ast.Expr, bool) {
	e, ok := s.Expr.(*ast.BinaryExpr)
	if !ok || e.Op != token.OR || len(s.when) > 0 {
		return nil, false
	}
	star, ok := e.X.(*ast.UnaryExpr)
	if !ok || star.Op != token.MUL {
		return nil, false
	}
	id, ok := e.Y.(*ast.Ident)
	return star.X, ok && slices.Contains([]string{"_", "string", "int", "number", "bool"}, id.Name)
}
