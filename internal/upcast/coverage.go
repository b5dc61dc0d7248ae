package upcast

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
)

// This file finds gaps and overlaps of conditions: it tries all combinations of
// values that the conditions can distinguish. Each operand of a condition is a
// variable. A few values represent all values of the variable:
//   - for an enum, its values;
//   - for a number, the numbers in comparisons with it, and one between each two;
//   - for anything else, true and false.
//
// Variables are treated as independent. So the search may report a gap that
// cannot occur, but it misses no gap.

// mostTrials limits the number of combinations.
const mostTrials = 20_000

// variable is an operand of conditions.
type variable struct {
	key    string
	name   string   // for messages
	values []string // each represents the values that conditions cannot distinguish from it
	says   []string // names of the values in messages

	numbers []*big.Rat // numbers in comparisons with it, sorted
	texts   []string   // texts in comparisons with it
}

// coverage tries combinations of values.
type coverage struct {
	variables []*variable
	at        map[string]int // index of each variable by its key
	now       []int          // the current combination: the index of a value for each variable
}

// covered searches for values of the old payload for which no choice holds, and
// describes them in gap. It reports values for which two choices hold. gap is ""
// if one choice always holds.
func (c *compiler) covered(f *model.Field, choices []*choice) (gap string, ok bool) {
	v := &coverage{at: map[string]int{}}
	trials := 1
	for _, ch := range choices {
		v.collect(ch.condition)
	}
	for _, one := range v.variables {
		if trials *= len(one.values); trials > mostTrials {
			c.problem(Form, choices[0].at, c.byHand(), "these conditions have too many combinations to check that field %s always has one value", f.InCUE())
			return "", false
		}
	}
	v.now = make([]int, len(v.variables))
	for range trials {
		switch n := v.holding(choices); {
		case n == 0 && gap == "":
			gap = v.describe(func() bool { return v.holding(choices) == 0 })
		case n > 1:
			when := v.describe(func() bool { return v.holding(choices) > 1 })
			c.problem(Type, choices[1].at, "let one condition exclude the other, with && !(…)", "field %s has two values when %s", f.InCUE(), when)
			return "", false
		}
		v.next()
	}
	return gap, true
}

// holding counts the choices that hold.
func (v *coverage) holding(choices []*choice) int {
	n := 0
	for _, ch := range choices {
		if v.holds(ch.condition) {
			n++
		}
	}
	return n
}

// next moves to the next combination.
func (v *coverage) next() {
	for i := range v.now {
		if v.now[i]++; v.now[i] < len(v.variables[i].values) {
			return
		}
		v.now[i] = 0
	}
}

// describe describes the values of the combination that cause a fault. still
// reports whether a changed combination has the same fault.
func (v *coverage) describe(still func() bool) string {
	saved := slices.Clone(v.now)
	var matter []string
	for i, one := range v.variables {
		was, matters := v.now[i], false
		for k := range one.values {
			v.now[i] = k
			matters = matters || !still()
		}
		if v.now[i] = was; matters {
			matter = append(matter, one.name+" "+one.says[was])
		}
	}
	v.now = saved
	if len(matter) == 0 {
		return "the event has any value"
	}
	return strings.Join(matter, " and ")
}

// collect finds the variables of a condition.
func (v *coverage) collect(e *model.Expr) {
	switch {
	case e.Op == model.Logic:
		for _, a := range e.Args {
			v.collect(a)
		}
	case e.Op == model.Literal:
	case e.Op == model.Present:
		v.variable(e, pathOf(e.Args[0]), []string{"true", "false"}, []string{"is present", "is absent"})
	case e.Op == model.IsCase:
		v.union(e.Args[0])
	case e.Op == model.Compare && e.Args[1].Op == model.Literal:
		v.compared(e)
	case e.Op == model.Compare:
		one := v.variable(&model.Expr{Op: model.Compare, Args: e.Args}, pathOf(e.Args[0]), []string{"<", "==", ">"}, nil)
		one.says = []string{"is less than " + pathOf(e.Args[1]), "is equal to " + pathOf(e.Args[1]), "is more than " + pathOf(e.Args[1])}
	default:
		says := []string{"is true", "is false"}
		if name := pathOf(e); name != "(…)" {
			v.variable(e, name, []string{"true", "false"}, says)
			return
		}
		v.variable(e, "the condition in line "+strconv.Itoa(e.Pos.Line), []string{"true", "false"}, says)
	}
}

func (v *coverage) variable(e *model.Expr, name string, values, says []string) *variable {
	key := keyOf(e)
	if i, ok := v.at[key]; ok {
		return v.variables[i]
	}
	v.at[key] = len(v.variables)
	v.variables = append(v.variables, &variable{key: key, name: name, values: values, says: says})
	return v.variables[len(v.variables)-1]
}

func (v *coverage) union(e *model.Expr) {
	b := base(e.Type)
	one := v.variable(e, pathOf(e)+"."+tagLabel(b), nil, nil)
	if one.values != nil {
		return
	}
	for _, arm := range b.Arms {
		one.values = append(one.values, fieldOf(arm.Type, b.Tag).Const.Text)
	}
	one.says = quotedWith("is ", one.values)
}

func quotedWith(verb string, texts []string) []string {
	var out []string
	for _, t := range texts {
		out = append(out, verb+strconv.Quote(t))
	}
	return out
}

// compared adds a constant to a variable that is compared with it.
func (v *coverage) compared(e *model.Expr) {
	x, text := e.Args[0], e.Args[1].Value.Text
	one := v.variable(x, pathOf(x), nil, nil)
	switch t := base(x.Type); t.Kind {
	case model.Enum:
		if one.values == nil {
			for _, known := range t.Values {
				one.values = append(one.values, known.Text)
				one.says = append(one.says, "is "+constantJSON(known))
			}
		}
	case model.Int, model.Number:
		one.number(text, t.Kind == model.Int)
		if x.Op == model.Length {
			one.notNegative()
		}
	default:
		one.text(text)
	}
}

// text adds a text, and a value between it and the next text. The empty text is
// less than all others.
func (one *variable) text(text string) {
	one.texts = append(one.texts, text)
	one.values = append(one.values, "", text, text+"\x00")
	slices.Sort(one.values)
	one.values = slices.Compact(one.values)
	one.says = quotedWith("is ", one.values)
	for i, value := range one.values {
		if !slices.Contains(one.texts, value) {
			one.says[i] = "is another text"
		}
	}
}

// number adds a number. The values are one below all numbers, one above, one
// between each two, and the numbers.
func (one *variable) number(text string, isInt bool) {
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		return
	}
	one.numbers = append(one.numbers, n)
	slices.SortFunc(one.numbers, (*big.Rat).Cmp)
	one.numbers = slices.CompactFunc(one.numbers, func(a, b *big.Rat) bool { return a.Cmp(b) == 0 })
	one.values, one.says = nil, nil
	add := func(n *big.Rat) {
		f, _ := n.Float64()
		one.values = append(one.values, n.RatString())
		one.says = append(one.says, "is "+strconv.FormatFloat(f, 'g', 10, 64))
	}
	for i, n := range one.numbers {
		if i == 0 {
			add(new(big.Rat).Sub(n, big.NewRat(1, 1)))
		} else if between, ok := middle(one.numbers[i-1], n, isInt); ok {
			add(between)
		}
		add(n)
	}
	add(new(big.Rat).Add(one.numbers[len(one.numbers)-1], big.NewRat(1, 1)))
}

// notNegative removes negative values, which a length cannot have. It adds 0,
// which represents the lengths below the first positive number.
func (one *variable) notNegative() {
	first := 0
	for first < len(one.values) && strings.HasPrefix(one.values[first], "-") {
		first++
	}
	if first == 0 {
		return
	}
	one.values, one.says = one.values[first:], one.says[first:]
	if len(one.values) == 0 || one.values[0] != "0" {
		one.values, one.says = append([]string{"0"}, one.values...), append([]string{"is 0"}, one.says...)
	}
}

// middle returns a number between a and b, if there is one.
func middle(a, b *big.Rat, isInt bool) (*big.Rat, bool) {
	if !isInt {
		sum := new(big.Rat).Add(a, b)
		return sum.Quo(sum, big.NewRat(2, 1)), true
	}
	next := new(big.Rat).Add(a, big.NewRat(1, 1))
	return next, next.Cmp(b) < 0
}

// holds reports whether a condition holds for the combination.
func (v *coverage) holds(e *model.Expr) bool {
	switch {
	case e.Op == model.Literal:
		return e.Value.Text == "true"
	case e.Op == model.Logic && e.Name == "!":
		return !v.holds(e.Args[0])
	case e.Op == model.Logic && e.Name == "&&":
		return v.holds(e.Args[0]) && v.holds(e.Args[1])
	case e.Op == model.Logic:
		return v.holds(e.Args[0]) || v.holds(e.Args[1])
	case e.Op == model.IsCase:
		return v.value(e.Args[0]) == e.Name
	case e.Op == model.Compare && e.Args[1].Op == model.Literal:
		return ordered(e.Name, v.order(e.Args[0], e.Args[1].Value.Text))
	case e.Op == model.Compare:
		between := v.value(&model.Expr{Op: model.Compare, Args: e.Args})
		return ordered(e.Name, map[string]int{"<": -1, "==": 0, ">": 1}[between])
	}
	return v.value(e) == "true"
}

func (v *coverage) value(e *model.Expr) string {
	i := v.at[keyOf(e)]
	return v.variables[i].values[v.now[i]]
}

// order compares the value of a variable with a constant.
func (v *coverage) order(e *model.Expr, with string) int {
	value := v.value(e)
	a, isNumber := new(big.Rat).SetString(value)
	b, both := new(big.Rat).SetString(with)
	if t := base(e.Type); isNumber && both && (t.Kind == model.Int || t.Kind == model.Number || t.Kind == model.Enum && t.Values[0].Kind == model.Int) {
		return a.Cmp(b)
	}
	return cmp.Compare(value, with)
}

// ordered reports whether a comparison holds for the result of order.
func ordered(op string, order int) bool {
	switch op {
	case "==":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}
