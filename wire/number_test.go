package wire_test

import (
	"math"
	"math/big"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"ironstar.dev/wire"
)

// TestNumberKeeps34Digits: intermediate results have 34 significant digits,
// halves are rounded away from zero, and the result is the nearest float64.
func TestNumberKeeps34Digits(t *testing.T) {
	text, of := wire.NumberText, wire.NumberOf
	for name, c := range map[string]struct {
		got  wire.Number
		want float64
	}{
		"0.1+0.2":                 {of(0.1).Plus(of(0.2)), 0.3},
		"0.3-0.1":                 {of(0.3).Minus(of(0.1)), 0.2},
		"1.1*1.1":                 {of(1.1).Times(of(1.1)), 1.21},
		"4.35/0.01":               {of(4.35).Over(of(0.01)), 435},
		"1/3*3":                   {of(1).Over(of(3)).Times(of(3)), 1},
		"1e16/3*3-1e16":           {text("1e16").Over(text("3")).Times(text("3")).Minus(text("1e16")), -1e-18},
		"2/3*3-2":                 {of(2).Over(of(3)).Times(of(3)).Minus(of(2)), 0}, // …67 · 3 has 35 digits
		"-2/3+0.6666666666666666": {of(-2).Over(of(3)).Plus(of(0.6666666666666666)), -6.66666666666666667e-17},
		"1e33+0.5-1e33":           {text("1e33").Plus(text("0.5")).Minus(text("1e33")), 1},
		"-1e33-0.5+1e33":          {text("-1e33").Minus(text("0.5")).Plus(text("1e33")), -1},
		"1e33+0.49-1e33":          {text("1e33").Plus(text("0.49")).Minus(text("1e33")), 0},
		"2^53+1":                  {wire.WholeNumber(1<<53 + 1).Minus(wire.WholeNumber(1 << 53)), 1},
		"within, by way of 1e616": {of(1e308).Times(of(1e308)).Over(of(1e308)), 1e308},
		"beyond float64":          {of(1e308).Times(of(10)), math.MaxFloat64},
		"below float64":           {of(-1e308).Times(of(10)), -math.MaxFloat64},
		"1e308+1e-308":            {of(1e308).Plus(of(1e-308)), 1e308},
		"0/7":                     {of(0).Over(of(7)), 0},
	} {
		if got := c.got.Float64(); got != c.want {
			t.Errorf("%s is %v, want %v", name, got, c.want)
		}
	}
	if of(0.1).Plus(of(0.2)).Compare(of(0.3)) != 0 || of(-1e300).Compare(of(1e-300)) >= 0 || of(2).Compare(text("0.1e1")) <= 0 {
		t.Error("Compare")
	}
	if !of(0).IsZero() || of(5e-324).IsZero() {
		t.Error("IsZero")
	}
}

// TestNumberIsExactWhereItCanBe: numbers with few digits are computed as
// exactly as fractions.
func TestNumberIsExactWhereItCanBe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64Range(-1e15, 1e15).Draw(t, "a"), rapid.Int64Range(-1e15, 1e15).Draw(t, "b")
		x, y := wire.NumberText(strconv.FormatInt(a, 10)+"e-3"), wire.WholeNumber(b)
		p, q := big.NewRat(a, 1000), big.NewRat(b, 1)
		for name, c := range map[string]struct {
			got  wire.Number
			want *big.Rat
		}{
			"plus": {x.Plus(y), new(big.Rat).Add(p, q)}, "minus": {x.Minus(y), new(big.Rat).Sub(p, q)}, "times": {x.Times(y), new(big.Rat).Mul(p, q)},
		} {
			if want, _ := c.want.Float64(); c.got.Float64() != want {
				t.Fatalf("%d/1000 %s %d is %v, want %v", a, name, b, c.got.Float64(), want)
			}
		}
	})
}
