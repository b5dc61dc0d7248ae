package compat

import (
	"math"
	"math/big"
	"strconv"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// interval is the range of a number. It always has both ends.
type interval struct{ low, high bound }

var (
	// ints and numbers are the ranges of int64 and float64.
	ints    = interval{bound{at: new(big.Rat).SetInt64(math.MinInt64)}, bound{at: new(big.Rat).SetInt64(math.MaxInt64)}}
	numbers = interval{bound{at: new(big.Rat).SetFloat64(-math.MaxFloat64)}, bound{at: new(big.Rat).SetFloat64(math.MaxFloat64)}}
)

// mostElements is more than any list, map or text can have.
const mostElements = 1 << 40

func between(low, high int64) interval {
	return interval{bound{at: new(big.Rat).SetInt64(low)}, bound{at: new(big.Rat).SetInt64(high)}}
}

// within reports whether an interval lies inside another.
func (i interval) within(j interval) bool {
	return i.low.at.Cmp(j.low.at) >= 0 && i.high.at.Cmp(j.high.at) <= 0
}

// point returns the number, if the interval has only one.
func (i interval) point() (*big.Rat, bool) { return i.low.at, i.low.at.Cmp(i.high.at) == 0 }

// with returns the smallest interval that contains both.
func (i interval) with(j interval) interval {
	if j.low.beyond(i.low, -1) {
		i.low = j.low
	}
	if j.high.beyond(i.high, 1) {
		i.high = j.high
	}
	return i
}

// beyond reports whether b allows more than c. outward is -1 for lower ends and
// 1 for upper ones.
func (b bound) beyond(c bound, outward int) bool {
	order := outward * b.at.Cmp(c.at)
	return order > 0 || order == 0 && !b.strict
}

// outcome returns an outcome that can be any number of the interval.
func (i interval) outcome(kind string) outcome {
	all, round := ints, func(r *big.Rat) string { return r.RatString() }
	if kind == "number" {
		all, round = numbers, func(r *big.Rat) string {
			f, _ := r.Float64() // a step returns the nearest float64
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
	}
	t := &shape.Type{Kind: kind}
	add := func(op string, b bound) {
		if !b.strict {
			op += "="
		}
		t.Checks = append(t.Checks, shape.Check{Op: op, Arg: round(b.at)})
	}
	if i.low.at.Cmp(all.low.at) > 0 {
		add(">", i.low)
	}
	if i.high.at.Cmp(all.high.at) < 0 {
		add("<", i.high)
	}
	return outcome{shape: t}
}

// intervalOf returns the range of an expression. The range is not limited to a Go
// type: a computed number may need more than 64 bits.
func (a *stepAnalysis) intervalOf(e *model.Expr) interval {
	if e.Op == model.Arithmetic {
		return a.computed(e)
	}
	var out *interval
	for _, one := range a.outcomes(e) {
		i := one.interval()
		if out != nil {
			i = i.with(*out)
		}
		out = &i
	}
	if out == nil {
		return interval{bound{at: new(big.Rat)}, bound{at: new(big.Rat)}} // a table without entries
	}
	return *out
}

func (o outcome) interval() interval {
	values := []string{}
	switch {
	case o.value != nil:
		values = append(values, o.value.Text)
	case o.shape.Kind == "enum":
		values = possible(o.shape).Values
	default:
		l, all := constraints(o.shape), numbers
		if o.shape.Kind == "int" {
			all = ints
		}
		return interval{tighter(all.low, l.low, 1), tighter(all.high, l.high, -1)}
	}
	var out *interval
	for _, v := range values {
		if r, ok := new(big.Rat).SetString(v); ok {
			i := interval{bound{at: r}, bound{at: r}}
			if out != nil {
				i = i.with(*out)
			}
			out = &i
		}
	}
	if out == nil {
		return numbers
	}
	return *out
}

// lengths returns the range of len, which counts the bytes of a text.
func (a *stepAnalysis) lengths(e *model.Expr) interval {
	if k := under(e.Type).Kind; k == model.String || k == model.Enum {
		low, high := a.runes(e)
		return between(min(low, mostElements), 4*min(high, mostElements)) // a character has at most four bytes
	}
	var out interval
	for i, one := range a.outcomes(e) {
		low, high, _ := one.size()
		this := between(min(low, mostElements), min(high, mostElements))
		if i == 0 {
			out = this
		}
		out = out.with(this)
	}
	return out
}

// computed returns the range of an operation's result.
func (a *stepAnalysis) computed(e *model.Expr) interval {
	x, y := a.intervalOf(e.Args[0]), a.intervalOf(e.Args[1])
	switch e.Name {
	case "+":
		return interval{sum(x.low, y.low), sum(x.high, y.high)}
	case "-":
		return interval{sum(x.low, y.high.negative()), sum(x.high, y.low.negative())}
	case "*":
		return hull(products(x, y))
	case "/":
		if y.low.at.Sign() <= 0 && y.high.at.Sign() >= 0 {
			return numbers
		}
		return hull(products(x, interval{y.high.inverse(), y.low.inverse()}))
	}
	return integerDivision(e.Name, x, y)
}

// integerDivision returns the range of the results of div, mod, quo and rem.
func integerDivision(op string, x, y interval) interval {
	zero := new(big.Rat)
	switch by, constant := y.point(); {
	case op == "mod":
		return ends(zero, y.magnitude())
	case op == "rem":
		return ends(lesser(zero, x.low.at, y.magnitude()), greater(zero, x.high.at, y.magnitude()))
	case constant && by.Sign() > 0: // rounded down or towards zero
		return ends(floor(new(big.Rat).Quo(x.low.at, by)), new(big.Rat).Neg(floor(new(big.Rat).Neg(new(big.Rat).Quo(x.high.at, by)))))
	case y.low.at.Sign() > 0:
		return ends(lesser(zero, x.low.at, x.magnitude()), greater(zero, x.high.at, x.magnitude()))
	}
	return ends(new(big.Rat).Neg(x.magnitude()), x.magnitude())
}

func ends(low, high *big.Rat) interval { return interval{bound{at: low}, bound{at: high}} }

// magnitude returns the largest absolute value in the interval.
func (i interval) magnitude() *big.Rat {
	return greater(new(big.Rat).Abs(i.low.at), new(big.Rat).Abs(i.high.at), nil)
}

// lesser returns the lesser of two numbers, but at least -limit.
func lesser(a, b, limit *big.Rat) *big.Rat {
	if b.Cmp(a) < 0 {
		a = b
	}
	if down := new(big.Rat).Neg(limit); a.Cmp(down) < 0 {
		return down
	}
	return a
}

// greater returns the greater of two numbers, but at most limit, if limit is not
// nil.
func greater(a, b, limit *big.Rat) *big.Rat {
	if b.Cmp(a) > 0 {
		a = b
	}
	if limit != nil && a.Cmp(limit) > 0 {
		return limit
	}
	return a
}

func floor(r *big.Rat) *big.Rat {
	n := new(big.Int).Div(r.Num(), r.Denom()) // Euclidean division rounds down, because the denominator is positive
	return new(big.Rat).SetInt(n)
}

// sum returns the sum of two ends. The result only excludes the end itself at zero,
// which rounding cannot reach.
func sum(a, b bound) bound {
	at := new(big.Rat).Add(a.at, b.at)
	return bound{at, (a.strict || b.strict) && at.Sign() == 0}
}

func (b bound) negative() bound { return bound{new(big.Rat).Neg(b.at), b.strict} }

// inverse returns 1/b. The end must not be zero.
func (b bound) inverse() bound { return bound{at: new(big.Rat).Inv(b.at)} }

// products returns the products of all pairs of ends.
func products(x, y interval) []bound {
	var all []bound
	for _, a := range []bound{x.low, x.high} {
		for _, b := range []bound{y.low, y.high} {
			at := new(big.Rat).Mul(a.at, b.at)
			all = append(all, bound{at, at.Sign() == 0 && (a.strict && keepsZero(y) || b.strict && keepsZero(x))})
		}
	}
	return all
}

// keepsZero reports whether a product with a number of the interval is only zero if
// the other factor is zero. Small factors could also round a product to zero.
func keepsZero(i interval) bool {
	by, constant := i.point()
	return constant && new(big.Rat).Abs(by).Cmp(big.NewRat(1, 1)) >= 0
}

// hull returns the smallest interval that contains all ends.
func hull(all []bound) interval {
	out := interval{all[0], all[0]}
	for _, b := range all[1:] {
		out = out.with(interval{b, b})
	}
	return out
}

// overflow makes a finding if a computed integer may exceed 64 bits. free means
// that a computation or comparison uses the result as a number, without a limit.
func (a *stepAnalysis) overflow(e *model.Expr, free bool) (is bool) {
	if e == nil {
		return false
	}
	computes := e.Op == model.Compare || e.Op == model.Arithmetic && (e.Name == "/" || len(e.Name) == 1 && (free || under(e.Type).Kind == model.Number))
	for _, x := range e.Args {
		is = a.overflow(x, computes) || is
	}
	for _, x := range e.Entries {
		is = a.overflow(x.Value, false) || is
	}
	if is || e.Op != model.Arithmetic || computes {
		return is
	}
	i := a.computed(e)
	if i.within(ints) {
		return false
	}
	f := found("upcast-overflow", a.subject, "", e.Pos, nil, "%s: the result can be from %s to %s, but an int has only 64 bits", a.subject, i.low.at.RatString(), i.high.at.RatString())
	f.Hint = "give " + a.from + " bounds, so that the result fits (schema.#Int is within 2^53), or write _ @go(func) for the field"
	if a.frozen {
		f.Hint = a.from + " is released, so its bounds cannot change: write _ @go(func) for the field, and convert numbers that are too large in Go"
	}
	a.found = append(a.found, withoutExemption(f))
	return true
}
