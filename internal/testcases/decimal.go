package testcases

import (
	"math/big"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/scalar"
)

// drawDecimal draws a decimal, often one near a bound.
func (g *caseMaker) drawDecimal(checks []model.Check) string {
	if len(checks) == 0 || g.IntN(4) == 0 {
		return strconv.FormatFloat(float64(g.IntN(2000)-1000)/8, 'f', -1, 64)
	}
	return g.nearDecimal(checks[g.IntN(len(checks))], scaleOf(checks))
}

// scaleOf returns the number of digits that values of a type have, or 3.
func scaleOf(checks []model.Check) int {
	if n, ok := scalar.Digits(&model.Type{Kind: model.Decimal, Checks: checks}); ok {
		return n
	}
	return 3
}

// nearDecimal returns a decimal with at most scale digits, next to a bound.
func (g *caseMaker) nearDecimal(c model.Check, scale int) string {
	step := big.NewRat(int64(max(0, g.IntN(9)-4)*(1-2*g.IntN(2))), 1) // every second one is at the bound itself
	step.Quo(step, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(g.IntN(scale+1))), nil)))
	at, ok := new(big.Rat).SetString(c.Num)
	if !ok {
		at = new(big.Rat).SetInt64(int64(g.IntN(200)))
	}
	text := step.Add(step, at).FloatString(scale)
	if g.IntN(2) == 0 && strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		text = "0"
	}
	return text
}

// atDecimalBound makes a decimal at a bound or next to it, also with a digit too
// many, and with zeros at the end.
func atDecimalBound(g *caseMaker, n *node) bool {
	c, ok := g.someCheck(n, model.Greater, model.GreaterOrEqual, model.Less, model.LessOrEqual, model.Digits)
	if !ok {
		return false
	}
	text := g.nearDecimal(c, scaleOf(n.checks)+g.IntN(2))
	if g.IntN(3) == 0 {
		text = new(big.Rat).SetFrac64(int64(g.IntN(9)), 1).FloatString(scaleOf(n.checks)) + strings.Repeat("0", g.IntN(3))
	}
	n.raw = scalar.Quote(strings.TrimSuffix(text, "."))
	return true
}

// decimals returns the bounds, and decimals a little above and below.
func decimals(checks []model.Check) []string {
	var out []string
	for _, c := range checks {
		n, ok := new(big.Rat).SetString(c.Num)
		if !ok {
			continue
		}
		scale := scaleOf(checks)
		step := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
		out = append(out, n.FloatString(scale), new(big.Rat).Add(n, step).FloatString(scale), new(big.Rat).Sub(n, step).FloatString(scale))
	}
	return quotedAll(out...)
}
