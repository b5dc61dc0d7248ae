package cueload

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"

	"ironstar.dev"
	"ironstar.dev/internal/model"
)

const (
	codeDecimal   = "IRN130"
	codeSecretKey = "IRN131"
)

// codesOfDecimals returns the codes from IRN130 on.
func codesOfDecimals() []Code {
	return []Code{
		{Code: codeSecretKey, Title: "a secret as the key of a view", Text: "Views do not get fields with @secret(), and the key of a view stands in the addresses of its pages and in logs. Take another field, or " +
			"keep the value in a process, which has secrets."},
		{Code: codeDecimal, Title: "@decimal(…)", Text: "`#Amount: schema.#Decimal @decimal(min=\"0.01\", max=\"999999999.99\", digits=2)` bounds a decimal: min and max are allowed themselves, " +
			"above and below are not, and digits (0 to 30) is how many digits stand after the point. It belongs on a definition or a field that is a schema.#Decimal; for the elements of a list " +
			"or map give them a #Name. Some value must be left, and a default is one of them."},
	}
}

// decimalBounds are the arguments of @decimal that are bounds.
var decimalBounds = map[string]model.Op{
	"min": model.GreaterOrEqual, "max": model.LessOrEqual, "above": model.Greater, "below": model.Less,
}

// mostDigits limits the digits after the point. Nobody counts in smaller parts.
const mostDigits = 30

// longestBound limits the characters of a bound, because patterns for much longer
// ones do not compile.
const longestBound = 100

// bounded is a type with @decimal(…), for checks when all types are known.
type bounded struct {
	what string
	of   *model.Type
	at   model.Pos
}

// decimal adds the bounds in @decimal(…) to a type.
func (r *reader) decimal(v cue.Value, what string, t *model.Type) *model.Type {
	out := *t
	out.Checks = slices.Clone(t.Checks)
	for _, a := range v.Attributes(cue.ValueAttr) {
		if a.Name() != "decimal" {
			continue
		}
		at := r.attributePos(v, a)
		if a.NumArgs() == 0 || a.RawArg(0) == "" {
			r.problems.add(codeDecimal, at, `write @decimal(min="0.01", max="999.99", digits=2), or some of these`, "@decimal() says nothing")
		}
		for i := range a.NumArgs() {
			if c, ok := r.decimalCheck(a, i, at); ok {
				out.Checks = append(out.Checks, c)
				r.bounds[at] = append(r.bounds[at], c)
			}
		}
		r.bounded = append(r.bounded, bounded{what, &out, at})
	}
	return &out
}

// checkIn returns what an argument of @decimal(…) says, if it says something.
func checkIn(a cue.Attribute, i int) (model.Check, bool) {
	key, value := a.Arg(i)
	op, isBound := decimalBounds[key]
	_, err := ironstar.ParseDecimal(value)
	n, wrong := strconv.Atoi(value)
	switch {
	case isBound:
		return model.Check{Op: op, Num: value}, err == nil && len(value) <= longestBound
	case key == "digits":
		return model.Check{Op: model.Digits, Count: int64(n)}, wrong == nil && n >= 0 && n <= mostDigits
	}
	return model.Check{}, false
}

// decimalCheck reads an argument of @decimal(…), and reports what is wrong with it.
func (r *reader) decimalCheck(a cue.Attribute, i int, at model.Pos) (model.Check, bool) {
	if c, ok := checkIn(a, i); ok {
		c.Pos = at
		return c, true
	}
	key, value := a.Arg(i)
	_, isBound := decimalBounds[key]
	_, err := ironstar.ParseDecimal(value)
	switch {
	case isBound && err != nil:
		r.problems.add(codeDecimal, at, "write "+key+`="12.50"`, "%s is %q, which is no decimal", key, value)
	case isBound:
		r.problems.add(codeDecimal, at, "write fewer digits, or check it in Go", "%s has %d characters, and a bound has at most %d", key, len(value), longestBound)
	case key == "digits":
		r.problems.add(codeDecimal, at, "write digits=2", "digits is %q: it is a number from 0 to %d", value, mostDigits)
	case a.RawArg(i) != "":
		hint := nearest(cmp.Or(key, value), []string{"min", "max", "above", "below", "digits"}, "did you mean %s?")
		r.problems.add(codeDecimal, at, cmp.Or(hint, "there are min, max, above, below and digits"), "@decimal has no %q", oneLine(a.RawArg(i)))
	}
	return model.Check{}, false
}

// finishDecimals checks the bounds of decimals when all types are known.
func (r *schemaReader) finishDecimals() {
	r.boundedKeys()
	for _, b := range r.bounded {
		if k := underlying(b.of).Kind; k != model.Decimal {
			hint := "use the constraints of CUE there"
			if k == model.List || k == model.Map {
				hint = "give the elements a type of their own: #Amount: schema.#Decimal @decimal(…)"
			}
			r.problems.add(codeDecimal, b.at, hint, "@decimal bounds a schema.#Decimal, and %s is %s", b.what, aKind(k))
			continue
		}
		var all []model.Check
		eachCheck(b.of, func(c model.Check) { all = append(all, c) })
		if none(all) {
			r.problems.add(codeDecimal, b.at, "", "no decimal is within the bounds of %s", b.what)
		}
	}
}

// none reports whether no decimal meets all constraints. It looks at the decimals
// next to each bound.
func none(all []model.Check) bool {
	digits, near := int64(mostDigits+1), []*big.Rat{new(big.Rat)}
	for _, c := range all {
		if c.Op == model.Digits {
			digits = min(digits, c.Count)
		} else if n, ok := new(big.Rat).SetString(c.Num); ok {
			near = append(near, n)
			digits = max(digits, 0)
		}
	}
	if digits > mostDigits { // as fine as the bounds, and one digit more
		for _, n := range near {
			exact, _ := n.FloatPrec()
			digits = max(digits, int64(exact)+1)
		}
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(digits), nil)
	for _, n := range near {
		times := new(big.Rat).Mul(n, new(big.Rat).SetInt(scale))
		floor := new(big.Int).Div(times.Num(), times.Denom())
		for _, step := range []int64{-1, 0, 1} {
			text := new(big.Rat).SetFrac(new(big.Int).Add(floor, big.NewInt(step)), scale).FloatString(int(digits))
			if !slices.ContainsFunc(all, func(c model.Check) bool { return !c.AllowsDecimal(text) }) {
				return false
			}
		}
	}
	return true
}

// bound adds the bounds in @decimal(…) to the value of a field as patterns, which
// CUE can check.
func (x *tagged) bound(f *ast.Field) {
	with := ""
	for _, a := range f.Attrs {
		for _, c := range x.bounds[pos(a)] {
			with += " & =~" + literal.String.Quote(c.BoundPattern())
		}
	}
	if with == "" {
		return
	}
	from, to := f.Value.Pos().Offset(), f.Value.End().Offset()
	x.edits = append(x.edits, edit{from, to, "(" + x.between(from, to) + ")" + with})
}
