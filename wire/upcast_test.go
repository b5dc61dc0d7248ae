package wire_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"ironstar.dev/wire"
)

// TestArithmetic compares the arithmetic of upcasters with package big: div and
// mod are Euclidean, as in CUE, quo and rem truncate. An overflow is an error,
// and so is every later result.
func TestArithmetic(t *testing.T) {
	operations := map[string]struct {
		ours func(*error, int64, int64) int64
		big  func(a, b *big.Int) *big.Int
	}{
		"add": {wire.Add, func(a, b *big.Int) *big.Int { return new(big.Int).Add(a, b) }},
		"sub": {wire.Sub, func(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }},
		"mul": {wire.Mul, func(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }},
		"div": {wire.Div, func(a, b *big.Int) *big.Int { return new(big.Int).Div(a, b) }},
		"mod": {wire.Mod, func(a, b *big.Int) *big.Int { return new(big.Int).Mod(a, b) }},
		"quo": {wire.Quo, func(a, b *big.Int) *big.Int { return new(big.Int).Quo(a, b) }},
		"rem": {wire.Rem, func(a, b *big.Int) *big.Int { return new(big.Int).Rem(a, b) }},
	}
	edges := []int64{0, 1, -1, 2, -2, 7, -7, 3037000499, 3037000500, -3037000500, math.MaxInt64, math.MaxInt64 - 1, math.MinInt64, math.MinInt64 + 1}
	number := rapid.OneOf(rapid.SampledFrom(edges), rapid.Int64(), rapid.Int64Range(-100, 100))
	rapid.Check(t, func(t *rapid.T) {
		a, b := number.Draw(t, "a"), number.Draw(t, "b")
		for name, o := range operations {
			if b == 0 && len(name) == 3 && (name == "div" || name == "mod" || name == "quo" || name == "rem") {
				continue // generated code checks this before
			}
			want := o.big(big.NewInt(a), big.NewInt(b))
			var err error
			got := o.ours(&err, a, b)
			switch {
			case !want.IsInt64() && !errors.Is(err, wire.ErrOverflow):
				t.Fatalf("%s of %d and %d is %d, %v, want an error", name, a, b, got, err)
			case want.IsInt64() && (err != nil || got != want.Int64()):
				t.Fatalf("%s of %d and %d is %d, %v, want %d", name, a, b, got, err, want)
			}
		}
	})
	first := errors.New("first")
	err := first
	if wire.Add(&err, math.MaxInt64, 1); err != first {
		t.Errorf("an overflow replaced an earlier error: %v", err)
	}
}

// TestConditions: the conditions of upcasters.
func TestConditions(t *testing.T) {
	if !wire.Within([]int{1}, 0) || wire.Within([]int{1}, 1) || wire.Within([]int{1}, -1) || wire.Within([]int(nil), 0) {
		t.Error("Within")
	}
	if !wire.Has(map[string]int{"a": 0}, "a") || wire.Has(map[string]int(nil), "a") {
		t.Error("Has")
	}
	for text, want := range map[string]bool{"12": true, "-0": true, "+1": true, "": false, " 1": false, "1.0": false, "1_0": false, "9223372036854775808": false} {
		if wire.IsInt(text) != want {
			t.Errorf("IsInt(%q) is %v", text, !want)
		}
	}
	if wire.Int("-12") != -12 || wire.DecimalOf(math.MinInt64).String() != "-9223372036854775808" {
		t.Error("Int or DecimalOf")
	}
}
