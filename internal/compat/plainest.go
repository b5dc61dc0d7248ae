package compat

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// byHand assigns a field to a hand-written method.
const byHand = "_ @go(func)"

// plainest returns a value, as CUE, for a field that old events lack. It is the
// simplest value that the constraints allow. It returns false if no value is a
// good guess: for structs, unions, times, ids and amounts of money.
func plainest(t *shape.Type) (string, bool) {
	switch t.Kind {
	case "string":
		return firstAllowed(t, texts(t))
	case "int", "number":
		return firstAllowed(t, amounts(t))
	case "bool":
		return "false", true
	case "enum":
		if values := enumValues(possible(t), nil); len(values) > 0 {
			return values[0], true
		}
	case "list":
		return plainestList(t)
	case "map":
		return "{}", outcome{shape: t}.least() == 0
	}
	return "", false
}

// least returns the least number of elements of a list or map.
func (o outcome) least() int64 {
	low, _, _ := o.size()
	return low
}

func plainestList(t *shape.Type) (string, bool) {
	n := outcome{shape: t}.least()
	if n == 0 {
		return "[]", true
	}
	elem, ok := plainest(t.Elem)
	if !ok || n > 9 || n > 1 && constraints(t).args["unique"] != nil {
		return "", false
	}
	return "[" + strings.TrimSuffix(strings.Repeat(elem+", ", int(n)), ", ") + "]", true
}

// firstAllowed returns the first constant that a type allows.
func firstAllowed(t *shape.Type, all []*model.Value) (string, bool) {
	i := slices.IndexFunc(all, func(v *model.Value) bool { return len(refused(v, t)) == 0 })
	if i < 0 {
		return "", false
	}
	return all[i].JSON, true
}

// texts lists candidates: the empty text, the parts that the text must have,
// and a text of the required length.
func texts(t *shape.Type) []*model.Value {
	l := constraints(t)
	joined := func(op string) string { return strings.Join(l.args[op], "") }
	need := joined("prefix") + joined("contains") + joined("suffix")
	fill := need
	if n := l.count("minRunes", 0, 1); n < 40 {
		fill = joined("prefix") + strings.Repeat("x", max(0, int(n)-len([]rune(need)))) + joined("contains") + joined("suffix")
	}
	var all []*model.Value
	for _, s := range []string{"", need, joined("suffix"), joined("prefix"), "-", "x", fill, "2006-01-02", "12:00"} {
		all = append(all, constantValue(s))
	}
	return all
}

// amounts lists candidates: zero, the bounds, the middle, and numbers next to
// these.
func amounts(t *shape.Type) []*model.Value {
	l := constraints(t)
	steps := append([]string{"1"}, l.args["multipleOf"]...)
	from := []*big.Rat{new(big.Rat)}
	for _, end := range []bound{l.low, l.high} {
		if end.at != nil {
			from = append(from, end.at)
		}
	}
	if l.low.at != nil && l.high.at != nil {
		from = append(from, new(big.Rat).Quo(new(big.Rat).Add(l.low.at, l.high.at), big.NewRat(2, 1)))
	}
	var all []*model.Value
	for _, at := range from {
		for _, step := range steps {
			for n := range int64(9) {
				for _, sign := range []int64{1, -1} {
					by, _ := new(big.Rat).SetString(step)
					all = append(all, amount(t.Kind, by.Add(at, by.Mul(by, big.NewRat(sign*n, 1)))))
				}
			}
		}
	}
	return slices.DeleteFunc(all, func(v *model.Value) bool { return v == nil })
}

// amount returns a number as a constant, or nil if the kind does not have that
// number.
func amount(kind string, r *big.Rat) *model.Value {
	if kind == "int" {
		if !r.IsInt() || !r.Num().IsInt64() {
			return nil
		}
		return &model.Value{Kind: model.Int, Text: r.Num().String(), JSON: r.Num().String()}
	}
	f, _ := r.Float64()
	text := strconv.FormatFloat(f, 'f', -1, 64)
	return &model.Value{Kind: model.Number, Text: text, JSON: text}
}
