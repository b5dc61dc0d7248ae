package wire

import (
	"cmp"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// numberDigits is the number of significant digits of a [Number], as in CUE.
const numberDigits = 34

// Number is a number while an upcaster computes with it. It is decimal and has
// 34 significant digits; each operation rounds half away from zero. CUE
// computes in the same way, so CUE and generated code make the same event of an
// old one. No operation fails.
type Number struct {
	coefficient *big.Int
	exponent    int // the value is coefficient · 10^exponent
}

// NumberOf returns a number with the digits that f has in JSON: 0.1 is one
// tenth.
func NumberOf(f float64) Number { return NumberText(strconv.FormatFloat(f, 'g', -1, 64)) }

// WholeNumber returns an integer as a Number.
func WholeNumber(n int64) Number { return Number{coefficient: big.NewInt(n)} }

// NumberText returns the number of a literal such as "-1.5" or "1e+20", with
// all its digits. It panics if text is not a number.
func NumberText(text string) Number {
	mantissa, power, _ := strings.Cut(strings.ToLower(text), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	coefficient, ok := new(big.Int).SetString(whole+fraction, 10)
	exponent, err := strconv.Atoi(cmp.Or(power, "0"))
	if !ok || err != nil {
		panic("wire: " + strconv.Quote(text) + " is no number")
	}
	return Number{coefficient, exponent - len(fraction)}
}

// Plus returns n+m.
func (n Number) Plus(m Number) Number {
	a, b, exponent := aligned(n, m)
	return rounded(a.Add(a, b), exponent)
}

// Minus returns n-m.
func (n Number) Minus(m Number) Number {
	a, b, exponent := aligned(n, m)
	return rounded(a.Sub(a, b), exponent)
}

// Times returns n·m.
func (n Number) Times(m Number) Number {
	return rounded(new(big.Int).Mul(n.coefficient, m.coefficient), n.exponent+m.exponent)
}

// Over returns n/m. m must not be 0.
func (n Number) Over(m Number) Number {
	more := max(0, numberDigits+1+digits(m.coefficient)-digits(n.coefficient)) // computes one digit more than is kept
	a := new(big.Int).Mul(n.coefficient, powerOfTen(more))
	return rounded(a.Quo(a, m.coefficient), n.exponent-m.exponent-more)
}

// Compare returns a negative number if n < m, 0 if n = m, and a positive number
// if n > m.
func (n Number) Compare(m Number) int {
	a, b, _ := aligned(n, m)
	return a.Cmp(b)
}

// IsZero reports whether n is 0.
func (n Number) IsZero() bool { return n.coefficient.Sign() == 0 }

// Float64 returns the nearest float64. Beyond the range of float64 that is the
// largest finite one.
func (n Number) Float64() float64 {
	f, _ := strconv.ParseFloat(n.coefficient.String()+"e"+strconv.Itoa(n.exponent), 64) // infinite beyond the range
	return max(-math.MaxFloat64, min(math.MaxFloat64, f))
}

// aligned returns the coefficients of two numbers for the same exponent.
func aligned(n, m Number) (a, b *big.Int, exponent int) {
	exponent = min(n.exponent, m.exponent)
	at := func(x Number) *big.Int {
		return new(big.Int).Mul(x.coefficient, powerOfTen(x.exponent-exponent))
	}
	return at(n), at(m), exponent
}

// rounded rounds to numberDigits significant digits. Digits after coefficient
// do not matter: the first dropped digit decides about half.
func rounded(coefficient *big.Int, exponent int) Number {
	drop := digits(coefficient) - numberDigits
	if drop <= 0 {
		return Number{coefficient, exponent}
	}
	unit := powerOfTen(drop)
	rest := new(big.Int)
	coefficient.QuoRem(coefficient, unit, rest)
	if rest.Abs(rest).Lsh(rest, 1).Cmp(unit) >= 0 {
		coefficient.Add(coefficient, big.NewInt(int64(coefficient.Sign())))
	}
	return Number{coefficient, exponent + drop}
}

// digits returns the number of decimal digits of n.
func digits(n *big.Int) int { return len(new(big.Int).Abs(n).String()) }

func powerOfTen(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }
