package cueload

import (
	"math/big"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
)

// maxExponent limits numbers with an exponent. More digits are a mistake and
// make arithmetic slow.
const maxExponent = 400

// exactNumber returns the exact number of v.
func exactNumber(v cue.Value) (*big.Rat, bool) {
	if d, ok := v.Default(); ok {
		v = d
	}
	if !isNumeric(v) || !v.IsConcrete() {
		return nil, false
	}
	text, err := v.MarshalJSON()
	if err != nil {
		return nil, false
	}
	return parseNumber(string(text))
}

func parseNumber(text string) (*big.Rat, bool) {
	if _, exp, ok := strings.Cut(strings.ToLower(text), "e"); ok {
		if n, err := strconv.Atoi(exp); err != nil || n > maxExponent || n < -maxExponent {
			return nil, false
		}
	}
	return new(big.Rat).SetString(text)
}

// decimalText returns a number in decimal digits, without rounding.
func decimalText(n *big.Rat) string {
	digits, exact := n.FloatPrec()
	if !exact {
		digits = 40
	}
	return n.FloatString(digits)
}

// bigFloat is about the largest float64. A bound beyond it has no effect.
var bigFloat = new(big.Rat).SetFloat64(1.7e308)

// beyondFloat reports whether a bound on a number has no effect, as those of
// CUE's float64.
func beyondFloat(n *big.Rat) bool {
	return new(big.Rat).Abs(n).Cmp(bigFloat) > 0
}
