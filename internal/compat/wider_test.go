package compat_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/model"
)

// TestG16_WiderIsWider makes random constraints and changes them at random. If
// no finding fails, every value that was allowed is still allowed. The test
// computes the allowed values from the constraints in another way.
func TestG16_WiderIsWider(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	fine, wider := 0, 0
	const tries = 4000
	for range tries {
		k := []model.Kind{model.Int, model.Number, model.String, model.Enum}[r.IntN(4)]
		old := randomType(r, k)
		now := mutated(r, old)
		all := compat.Failing(compat.Compare(compat.LockOf(typed(old)), typed(now), compat.Options{}))
		lost := ""
		for _, v := range values(k) {
			if allowed(old, v) && !allowed(now, v) {
				lost = v
			}
		}
		if lost == "" {
			wider++
		}
		if len(all) > 0 {
			continue
		}
		fine++
		if lost != "" {
			t.Errorf("%v to %v has no failing finding, but refuses %s", describe(old), describe(now), lost)
		}
	}
	t.Logf("%d changes: %d have no failing finding, %d are wider by the values tried", tries, fine, wider)
	if fine < tries/20 {
		t.Errorf("only %d of %d have no failing finding", fine, tries)
	}
}

func typed(typ *model.Type) *model.Schema {
	return one(event("Added", payload(&model.Field{Name: "x", Type: typ})))
}

func randomType(r *rand.Rand, k model.Kind) *model.Type {
	t := &model.Type{Kind: k}
	if k == model.Enum {
		for _, v := range []string{"1", "2", "3", "4"} {
			if r.IntN(2) == 0 || len(t.Values) == 0 {
				t.Values = append(t.Values, model.Const{Kind: model.Int, Text: v})
			}
		}
	}
	for range r.IntN(4) {
		t.Checks = append(t.Checks, randomCheck(r, k))
	}
	return t
}

// mutated returns a copy with one or two changes.
func mutated(r *rand.Rand, t *model.Type) *model.Type {
	out := *t
	out.Checks, out.Values = slices.Clone(t.Checks), slices.Clone(t.Values)
	for range 1 + r.IntN(2) {
		switch i := r.IntN(3); {
		case i == 0:
			out.Checks = append(out.Checks, randomCheck(r, t.Kind))
		case len(out.Checks) > 0 && i == 1:
			at := r.IntN(len(out.Checks))
			out.Checks = slices.Delete(out.Checks, at, at+1)
		case len(out.Checks) > 0:
			out.Checks[r.IntN(len(out.Checks))] = randomCheck(r, t.Kind)
		case t.Kind == model.Enum:
			out.Values = randomType(r, model.Enum).Values
		}
	}
	return &out
}

func randomCheck(r *rand.Rand, k model.Kind) model.Check {
	n := strconv.Itoa(r.IntN(7) - 2)
	if k == model.Number && r.IntN(2) == 0 {
		n += ".5"
	}
	text := []string{"", "a", "ab", "b", "ba", "aba"}[r.IntN(6)]
	switch k {
	case model.String:
		switch op := []model.Op{model.NotEqual, model.Match, model.NotMatch, model.MinRunes, model.MaxRunes, model.HasPrefix, model.HasSuffix, model.Contains}[r.IntN(8)]; op {
		case model.NotEqual:
			return model.Check{Op: op, Value: &model.Const{Kind: model.String, Text: text}}
		case model.MinRunes, model.MaxRunes:
			return model.Check{Op: op, Count: int64(r.IntN(4))}
		default:
			return model.Check{Op: op, Text: text}
		}
	case model.Enum:
		return model.Check{Op: model.NotEqual, Value: &model.Const{Kind: model.Int, Text: strconv.Itoa(1 + r.IntN(4))}}
	}
	switch op := []model.Op{model.Greater, model.GreaterOrEqual, model.Less, model.LessOrEqual, model.NotEqual, model.MultipleOf}[r.IntN(6)]; op {
	case model.NotEqual:
		return model.Check{Op: op, Value: &model.Const{Kind: k, Text: n}}
	case model.MultipleOf:
		return model.Check{Op: op, Num: strconv.Itoa(1 + r.IntN(6))}
	default:
		return model.Check{Op: op, Num: n}
	}
}

// values lists enough values of a kind to distinguish constraints.
func values(k model.Kind) []string {
	var all []string
	switch k {
	case model.String:
		all = []string{""}
		for from := 0; len(all) < 31; from++ {
			all = append(all, all[from]+"a", all[from]+"b")
		}
	case model.Enum:
		all = []string{"1", "2", "3", "4"}
	case model.Int:
		for n := -130; n <= 130; n++ {
			all = append(all, strconv.Itoa(n))
		}
	default:
		for n := -260; n <= 260; n++ {
			all = append(all, strconv.FormatFloat(float64(n)/4, 'f', -1, 64))
		}
	}
	return all
}

func allowed(t *model.Type, v string) bool {
	if t.Kind == model.Enum && !slices.ContainsFunc(t.Values, func(c model.Const) bool { return c.Text == v }) {
		return false
	}
	return !slices.ContainsFunc(t.Checks, func(c model.Check) bool { return !passes(c, v) })
}

func passes(c model.Check, v string) bool {
	order := func() int { return rat(v).Cmp(rat(c.Num)) }
	switch c.Op {
	case model.Greater:
		return order() > 0
	case model.GreaterOrEqual:
		return order() >= 0
	case model.Less:
		return order() < 0
	case model.LessOrEqual:
		return order() <= 0
	case model.NotEqual:
		if c.Value.Kind == model.String {
			return v != c.Value.Text
		}
		return rat(v).Cmp(rat(c.Value.Text)) != 0
	case model.MultipleOf:
		return new(big.Rat).Quo(rat(v), rat(c.Num)).IsInt()
	case model.Match:
		return regexp.MustCompile(c.Text).MatchString(v)
	case model.NotMatch:
		return !regexp.MustCompile(c.Text).MatchString(v)
	case model.MinRunes:
		return int64(utf8.RuneCountInString(v)) >= c.Count
	case model.MaxRunes:
		return int64(utf8.RuneCountInString(v)) <= c.Count
	case model.HasPrefix:
		return strings.HasPrefix(v, c.Text)
	case model.HasSuffix:
		return strings.HasSuffix(v, c.Text)
	}
	return strings.Contains(v, c.Text)
}

func rat(s string) *big.Rat {
	n, _ := new(big.Rat).SetString(s)
	return n
}

func describe(t *model.Type) string {
	var all []string
	for _, c := range t.Checks {
		value := ""
		if c.Value != nil {
			value = c.Value.Text
		}
		all = append(all, fmt.Sprintf("%d:%s%s%d%s", c.Op, c.Num, c.Text, c.Count, value))
	}
	for _, v := range t.Values {
		all = append(all, v.Text)
	}
	return fmt.Sprintf("%d %v", t.Kind, all)
}
