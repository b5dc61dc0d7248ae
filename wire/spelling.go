package wire

import (
	"regexp"
	"strconv"
	"strings"
)

// spelled is a number that somebody typed, in parts.
type spelled struct {
	sign     string // "-" or ""
	whole    string // without leading zeros, at least one digit
	point    bool
	fraction string // may be empty
	exponent string // with its sign, or empty
}

// A comma is a point, unless it could separate thousands.
var (
	numberSpelling = regexp.MustCompile(`^([-+]?)([0-9]*)(?:([.,])([0-9]*))?(?:[eE]([-+]?[0-9]+))?$`)
	thousands      = regexp.MustCompile(`^[-+]?[1-9][0-9]{0,2},[0-9]{3}$`)
)

// readNumber reads a number that somebody typed. It returns false for what is no
// number or could be two: "1,500".
func readNumber(s string) (n spelled, ok bool) {
	if rest, minus := strings.CutPrefix(s, "−"); minus { // the typographic minus sign, U+2212
		s = "-" + rest
	}
	parts := numberSpelling.FindStringSubmatch(s)
	if parts == nil || parts[2] == "" && parts[4] == "" || thousands.MatchString(s) {
		return n, false
	}
	n = spelled{strings.TrimPrefix(parts[1], "+"), strings.TrimLeft(parts[2], "0"), parts[3] != "", parts[4], parts[5]}
	if n.whole == "" {
		n.whole = "0"
	}
	return n, true
}

// decimal returns the digits with a point, without the exponent.
func (n *spelled) decimal() string {
	text := n.sign + n.whole
	if n.fraction != "" {
		text += "." + n.fraction
	}
	return text
}

// json returns the JSON of an integer or a number. It returns false if an
// integer has a fraction.
func (n *spelled) json(kind InputKind) (string, bool) {
	switch {
	case kind == InputInt && n.exponent != "":
		return n.shifted()
	case kind == InputInt && n.fraction != "":
		return "", false
	case n.exponent == "":
		return n.decimal(), true
	}
	return n.decimal() + "e" + n.exponent, true
}

// maxShift is an exponent beyond which every integer is out of range. Exponents
// beyond maxExponent say no more than it does, and sums of them would overflow.
const (
	maxShift    = 30
	maxExponent = 1 << 30
)

// shifted returns an integer with an exponent as digits: 100 for 1e2.
func (n *spelled) shifted() (string, bool) {
	by, err := strconv.Atoi(n.exponent)
	digits := strings.TrimLeft(n.whole+n.fraction, "0")
	by = min(max(by, -maxExponent), maxExponent) - len(n.fraction)
	switch {
	case digits == "":
		return "0", true
	case err != nil:
		return "", false
	case by >= 0:
		return n.sign + digits + strings.Repeat("0", min(by, maxShift)), true
	case -by >= len(digits) || strings.Trim(digits[len(digits)+by:], "0") != "":
		return "", false
	}
	return n.sign + digits[:len(digits)+by], true
}
