package compat

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/shape"
)

// checks compares constraints, one kind at a time: bounds, length, size and so on.
// The constraints allow a value if each kind allows it. So all together are wider
// if each kind is wider.
func (d *differ) checks(path string, old, now *shape.Type) {
	a, b := constraints(old), constraints(now)
	d.bounds(path, a, b)
	d.counts(path, "length", a, b, "minRunes", "maxRunes", "characters")
	d.counts(path, "size", a, b, "minItems", "maxItems", "elements")
	d.counts(path, "size", a, b, "minFields", "maxFields", "elements")
	d.counts(path, "digits", a, b, "", "digits", "digits")
	d.unique(path, a, b)
	for _, op := range []string{"=~", "!~"} {
		d.sets(path, op, "pattern-removed", "pattern-changed", a, b, equal)
	}
	d.sets(path, "!=", "excluded-removed", "excluded-added", a, b, func(v string, _ []string) bool { return a.excludes(v) })
	d.sets(path, "timeFormat", "format-removed", "format-changed", a, b, equal)
	d.sets(path, "multipleOf", "multiple-widened", "multiple-narrowed", a, b, isMultiple)
	d.sets(path, "prefix", "affix-widened", "affix-narrowed", a, b, anyOf(strings.HasPrefix))
	d.sets(path, "suffix", "affix-widened", "affix-narrowed", a, b, anyOf(strings.HasSuffix))
	d.sets(path, "contains", "affix-widened", "affix-narrowed", a, b, func(v string, _ []string) bool {
		return slices.ContainsFunc(slices.Concat(a.args["prefix"], a.args["suffix"], a.args["contains"]), func(s string) bool { return strings.Contains(s, v) })
	})
}

// limits are the constraints of a type, by operator.
type limits struct {
	kind string
	args map[string][]string
	low  bound
	high bound
}

// bound is a limit of a number. If there is no limit, at is nil.
type bound struct {
	at     *big.Rat
	strict bool // the limit itself is not allowed
}

func constraints(t *shape.Type) limits {
	l := limits{kind: t.Kind, args: map[string][]string{}}
	for _, c := range t.Checks {
		l.args[c.Op] = append(l.args[c.Op], c.Arg)
	}
	for _, op := range []string{"prefix", "suffix", "contains"} { // every text begins with, ends with and contains ""
		l.args[op] = slices.DeleteFunc(l.args[op], func(part string) bool { return part == "" })
	}
	if l.kind == "int" {
		l.low, l.high = bound{at: new(big.Rat).SetInt64(math.MinInt64)}, bound{at: new(big.Rat).SetInt64(math.MaxInt64)}
		l.args["multipleOf"] = slices.DeleteFunc(l.args["multipleOf"], func(n string) bool { return n == "1" || n == "-1" })
	}
	for _, c := range t.Checks {
		n, ok := new(big.Rat).SetString(c.Arg)
		if !ok {
			continue
		}
		switch c.Op {
		case ">", ">=":
			l.low = tighter(l.low, l.bound(n, c.Op == ">", 1), 1)
		case "<", "<=":
			l.high = tighter(l.high, l.bound(n, c.Op == "<", -1), -1)
		}
	}
	return l
}

// bound converts the exclusive bound of an int to an inclusive one: >1 to >=2.
func (l limits) bound(n *big.Rat, strict bool, inward int64) bound {
	if strict && l.kind == "int" && n.IsInt() {
		return bound{at: n.Add(n, new(big.Rat).SetInt64(inward))}
	}
	return bound{at: n, strict: strict}
}

// tighter returns the bound that allows less. inward is 1 for lower bounds and
// -1 for upper ones.
func tighter(a, b bound, inward int) bound {
	if a.at == nil || b.at != nil && (inward*b.at.Cmp(a.at) > 0 || b.at.Cmp(a.at) == 0 && b.strict) {
		return b
	}
	return a
}

func (b bound) equal(c bound) bool {
	if b.at == nil || c.at == nil {
		return b.at == nil && c.at == nil
	}
	return b.at.Cmp(c.at) == 0 && b.strict == c.strict
}

// allows reports whether the bounds allow a number. It returns true for a text
// that is not a number.
func (l limits) allows(num string) bool {
	n, ok := new(big.Rat).SetString(num)
	if !ok {
		return true
	}
	for _, side := range []struct {
		bound
		inward int
	}{{l.low, 1}, {l.high, -1}} {
		if side.at == nil {
			continue
		}
		order := side.inward * n.Cmp(side.at)
		if order < 0 || order == 0 && side.strict {
			return false
		}
	}
	return true
}

// excludes reports whether the constraints refuse a value (JSON).
func (l limits) excludes(value string) bool {
	if slices.Contains(l.args["!="], value) {
		return true
	}
	return !l.allows(value)
}

func (d *differ) bounds(path string, a, b limits) {
	for _, side := range []struct {
		old, now bound
		inward   int
		op       string
	}{{a.low, b.low, 1, ">"}, {a.high, b.high, -1, "<"}} {
		if side.old.equal(side.now) {
			continue
		}
		rule := "bound-narrowed"
		if tighter(side.old, side.now, side.inward).equal(side.old) {
			rule = "bound-widened"
		}
		d.add(rule, path, side.op, side.old.words(side.op, a.kind), side.now.words(side.op, b.kind))
	}
	if a.safe() && !b.safe() {
		d.add("int-unsafe", path, "", "", "")
	}
}

// words returns a bound as CUE writes it.
func (b bound) words(op, kind string) string {
	if b.at == nil {
		return "no limit"
	}
	if !b.strict {
		op += "="
	}
	if kind == "int" && (b.at.Cmp(noInt(op)) == 0) {
		return "no limit"
	}
	if kind == "int" {
		return op + b.at.Num().String()
	}
	return op + strings.TrimSuffix(strings.TrimRight(b.at.FloatString(20), "0"), ".")
}

// noInt returns the bound that every int has.
func noInt(op string) *big.Rat {
	if op[0] == '<' {
		return new(big.Rat).SetInt64(math.MaxInt64)
	}
	return new(big.Rat).SetInt64(math.MinInt64)
}

// browser is the largest integer that JavaScript distinguishes from its
// neighbours.
var browser = big.NewRat(1<<53-1, 1)

// safe reports whether a browser reads every value of an int exactly.
func (l limits) safe() bool {
	return l.kind == "int" && l.low.at.Cmp(new(big.Rat).Neg(browser)) >= 0 && l.high.at.Cmp(browser) <= 0
}

func (d *differ) counts(path, name string, a, b limits, low, high, unit string) {
	old, now := a.count(low, 0, 1), b.count(low, 0, 1)
	if old != now {
		d.add(name+direction(now < old), path, low, least(old, unit), least(now, unit))
	}
	old, now = a.count(high, math.MaxInt64, -1), b.count(high, math.MaxInt64, -1)
	if old != now {
		d.add(name+direction(now > old), path, high, most(old, unit), most(now, unit))
	}
}

func direction(wider bool) string {
	if wider {
		return "-widened"
	}
	return "-narrowed"
}

func least(n int64, unit string) string {
	if n == 0 {
		return "no lower limit"
	}
	return "at least " + some(n, unit)
}

func most(n int64, unit string) string {
	if n == math.MaxInt64 {
		return "no upper limit"
	}
	return "at most " + some(n, unit)
}

func some(n int64, unit string) string {
	if n == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return strconv.FormatInt(n, 10) + " " + unit
}

// count returns the tightest limit of a constraint that counts, such as
// MinRunes.
func (l limits) count(op string, loosest, inward int64) int64 {
	out := loosest
	for _, arg := range l.args[op] {
		if n, err := strconv.ParseInt(arg, 10, 64); err == nil && (n-out)*inward > 0 {
			out = n
		}
	}
	return out
}

func (d *differ) unique(path string, a, b limits) {
	switch old, now := a.args["unique"] != nil, b.args["unique"] != nil; {
	case now && !old:
		d.add("unique-added", path, "unique", "repetitions", "none")
	case old && !now:
		d.add("unique-removed", path, "unique", "no repetitions", "any")
	}
}

// sets compares constraints that a type may have more than once. They are narrower
// if a new one does not follow from the old ones.
func (d *differ) sets(path, op, wider, narrower string, a, b limits, follows func(now string, old []string) bool) {
	old, now := a.args[op], b.args[op]
	all := func(list []string) string {
		if len(list) == 0 {
			return "none"
		}
		var words []string
		for _, arg := range list {
			words = append(words, checkText(shape.Check{Op: op, Arg: arg}))
		}
		return strings.Join(words, " & ")
	}
	for _, v := range now {
		if !follows(v, old) {
			d.add(narrower, path, op, all(old), all(now))
			return
		}
	}
	for _, v := range old {
		if !equal(v, now) && !(op == "!=" && b.excludes(v)) {
			d.add(wider, path, op, all(old), all(now))
			return
		}
	}
}

func equal(v string, of []string) bool { return slices.Contains(of, v) }

func anyOf(f func(s, part string) bool) func(string, []string) bool {
	return func(part string, old []string) bool {
		return slices.ContainsFunc(old, func(s string) bool { return f(s, part) })
	}
}

// isMultiple reports whether every multiple of one of the old numbers is a
// multiple of n.
func isMultiple(n string, old []string) bool {
	by, ok := new(big.Rat).SetString(n)
	if !ok || by.Sign() == 0 {
		return false
	}
	return slices.ContainsFunc(old, func(s string) bool {
		m, ok := new(big.Rat).SetString(s)
		return ok && m.Quo(m, by).IsInt()
	})
}
