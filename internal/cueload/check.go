package cueload

import (
	"math/big"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// boundOps are the operators that are checks.
var boundOps = map[cue.Op]model.Op{
	cue.GreaterThanOp: model.Greater, cue.GreaterThanEqualOp: model.GreaterOrEqual,
	cue.LessThanOp: model.Less, cue.LessThanEqualOp: model.LessOrEqual,
	cue.NotEqualOp: model.NotEqual, cue.RegexMatchOp: model.Match, cue.NotRegexMatchOp: model.NotMatch,
}

// builtinOps are the builtin validators that become checks.
var builtinOps = map[string]model.Op{
	"strings.MinRunes": model.MinRunes, "strings.MaxRunes": model.MaxRunes,
	"strings.HasPrefix": model.HasPrefix, "strings.HasSuffix": model.HasSuffix, "strings.Contains": model.Contains,
	"list.MinItems": model.MinItems, "list.MaxItems": model.MaxItems, "list.UniqueItems": model.UniqueItems,
	"struct.MinFields": model.MinFields, "struct.MaxFields": model.MaxFields,
	"time.Format": model.TimeFormat, "math.MultipleOf": model.MultipleOf,
}

// argsOf returns the number of arguments that such a builtin takes.
func argsOf(op model.Op) int {
	if op == model.UniqueItems {
		return 0
	}
	return 1
}

// isBasic reports whether the leaf is only a kind: string, int, bool.
func (l leaf) isBasic() bool {
	return l.op == cue.NoOp && l.meta == "" && l.call == "" && !l.value.IsConcrete() && isScalar(l.value.IncompleteKind())
}

// isConst reports whether the leaf is one scalar value.
func (l leaf) isConst() bool {
	return l.op != cue.OrOp && l.ref == nil && l.meta == "" && isScalar(l.value.IncompleteKind()) && l.value.IsConcrete()
}

// isCheck reports whether the leaf is a constraint.
func (l leaf) isCheck() bool {
	_, bound := boundOps[l.op]
	return bound || l.call != "" && l.call != "time.Time"
}

// check converts a leaf to a Check. It returns nil if the leaf does not
// restrict values of this kind, or if it has reported a problem.
func (r *reader) check(l leaf, kind cue.Kind) *model.Check {
	if op, ok := boundOps[l.op]; ok {
		return r.bound(op, l, kind)
	}
	return r.builtin(l, kind)
}

func (r *reader) bound(op model.Op, l leaf, kind cue.Kind) *model.Check {
	c := &model.Check{Op: op, Pos: l.pos}
	arg := l.args[0]
	switch op {
	case model.NotEqual:
		return r.notEqual(c, arg, kind)
	case model.Match, model.NotMatch:
		return r.pattern(c, arg)
	}
	if kind&^cue.NumberKind != 0 {
		r.problems.add(codeCheck, l.pos, "compare strings with =~", "only numbers can be compared with < and >")
		return nil
	}
	n, ok := exactNumber(arg)
	if !ok {
		r.problems.add(codeComputed, l.pos, "write a number", "the bound is not a number, or has more than %d digits", maxExponent)
		return nil
	}
	if kind == cue.IntKind {
		return r.intBound(c, n)
	}
	if beyondFloat(n) {
		if above := n.Sign() > 0; above != (op == model.Less || op == model.LessOrEqual) {
			r.problems.add(codeBounds, l.pos, "use schema.#Decimal for more", "no number of 64 bits satisfies this bound")
		}
		return nil
	}
	c.Num = decimalText(n)
	return c
}

// intBound rounds the bound of an int to an integer, such that it allows the same
// integers. It returns nil if every int satisfies the bound, or none does.
func (r *reader) intBound(c *model.Check, n *big.Rat) *model.Check {
	floor := new(big.Int).Div(n.Num(), n.Denom())
	i := floor
	if !n.IsInt() && (c.Op == model.GreaterOrEqual || c.Op == model.Less) {
		i = new(big.Int).Add(floor, big.NewInt(1))
	}
	if !i.IsInt64() {
		above := i.Sign() > 0
		if above == (c.Op == model.Less || c.Op == model.LessOrEqual) {
			return nil
		}
		r.problems.add(codeBounds, c.Pos, "an int is 64 bits wide; use schema.#Decimal for more", "no integer of 64 bits satisfies this bound")
		return nil
	}
	c.Num = i.String()
	return c
}

func (r *reader) notEqual(c *model.Check, arg cue.Value, kind cue.Kind) *model.Check {
	if arg.IncompleteKind()&kind == 0 && !(isNumeric(arg) && isNumericKind(kind)) {
		return nil
	}
	if isNumericKind(kind) {
		n, ok := exactNumber(arg)
		if !ok {
			return nil
		}
		if kind == cue.IntKind {
			if !n.IsInt() || !n.Num().IsInt64() {
				return nil
			}
			c.Value = &model.Const{Kind: model.Int, Text: n.Num().String(), Pos: c.Pos}
			return c
		}
		c.Value = &model.Const{Kind: model.Number, Text: decimalText(n), Pos: c.Pos}
		return c
	}
	v, ok := r.constant(arg, c.Pos)
	if !ok {
		return nil
	}
	c.Value = &v
	return c
}

func isNumeric(v cue.Value) bool    { return isNumericKind(v.IncompleteKind()) }
func isNumericKind(k cue.Kind) bool { return k != 0 && k&^cue.NumberKind == 0 }

func (r *reader) pattern(c *model.Check, arg cue.Value) *model.Check {
	text, err := arg.String()
	if err != nil {
		r.problems.add(codeComputed, c.Pos, "write the pattern itself", "the pattern is not a string")
		return nil
	}
	if !r.compiles(text, c.Pos) {
		return nil
	}
	c.Text = text
	return c
}

func (r *reader) builtin(l leaf, kind cue.Kind) *model.Check {
	op, ok := builtinOps[l.call]
	c := &model.Check{Op: op, Pos: l.pos}
	switch {
	case !ok || len(l.args) != argsOf(op)+1:
		return nil // reportBuiltins reports it
	case op == model.UniqueItems:
		return c
	}
	arg := l.args[1]
	var err error
	hint := "write a whole number"
	switch op {
	case model.HasPrefix, model.HasSuffix, model.Contains, model.TimeFormat:
		hint = "write a text"
		c.Text, err = arg.String()
	case model.MultipleOf:
		n, ok := exactNumber(arg)
		if !ok || n.Sign() == 0 {
			r.problems.add(codeCheck, l.pos, "", "a multiple of what?")
			return nil
		}
		c.Num = decimalText(n)
	default:
		c.Count, err = arg.Int64()
	}
	if err != nil {
		r.problems.add(codeCheck, l.pos, hint, "the argument of %s is of another kind", l.call)
		return nil
	}
	return c
}
