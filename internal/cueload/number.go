package cueload

import (
	"math/big"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
)

// maxExponent bounds numbers that are written with an exponent: more digits
// than this are a mistake, and make arithmetic slow.
const maxExponent = 400

// exactNumber is the number v stands for, digit by digit.
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

// decimalText is a number in plain decimal digits, all of them.
func decimalText(n *big.Rat) string {
	digits, exact := n.FloatPrec()
	if !exact {
		digits = 40
	}
	return n.FloatString(digits)
}

// bigFloat is the largest float64: a bound beyond it bounds nothing.
var bigFloat = new(big.Rat).SetFloat64(1.7e308)

// beyondFloat says whether a bound on a number says nothing, such as those of
// CUE's float64.
func beyondFloat(n *big.Rat) bool {
	return new(big.Rat).Abs(n).Cmp(bigFloat) > 0
}
