package ironstar

import (
	"cmp"
	"fmt"
	"math/big"
	"strings"
)

// Decimal is a number that keeps its digits: "12.50" stays "12.50". The zero
// value is 0. Compare with Cmp, not with ==: 12.5 and 12.50 are equal as
// numbers and different as Go values.
type Decimal struct {
	digits string // "" means "0"; "0" itself is never stored here, so equal digits are equal Go values
}

// DecimalPattern matches the text of a Decimal. The schema's #Decimal has the
// same pattern.
const DecimalPattern = `^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`

// ParseDecimal reads text that matches [DecimalPattern].
func ParseDecimal(s string) (Decimal, error) {
	if !isDecimal(s) {
		return Decimal{}, fmt.Errorf("%q is not a decimal like -12.50", s)
	}
	return decimal(s), nil
}

// MustDecimal is [ParseDecimal] for constants and tests. It panics if the text is
// not a decimal.
func MustDecimal(s string) Decimal {
	d, err := ParseDecimal(s)
	if err != nil {
		panic("ironstar: " + err.Error())
	}
	return d
}

// decimal makes a Decimal of valid text.
func decimal(digits string) Decimal {
	if digits == "0" {
		return Decimal{}
	}
	return Decimal{digits}
}

// isDecimal is [DecimalPattern] without a regular expression, for speed: it
// runs for each decimal of each stored event.
func isDecimal(s string) bool {
	whole, fraction, point := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if whole == "" || whole[0] == '0' && whole != "0" || point && fraction == "" {
		return false
	}
	for _, part := range [...]string{whole, fraction} {
		for i := range len(part) {
			if part[i] < '0' || part[i] > '9' {
				return false
			}
		}
	}
	return true
}

// String returns the digits as they were given.
func (d Decimal) String() string {
	if d.digits == "" {
		return "0"
	}
	return d.digits
}

// Scale is the number of digits after the point.
func (d Decimal) Scale() int {
	_, fraction, _ := strings.Cut(d.String(), ".")
	return len(fraction)
}

func (d Decimal) rat() *big.Rat {
	r, _ := new(big.Rat).SetString(d.String())
	return r
}

// Cmp compares as numbers: -1, 0 or 1.
func (d Decimal) Cmp(e Decimal) int {
	a, b := d.sign(), e.sign()
	if a != b || a == 0 {
		return cmp.Compare(a, b)
	}
	return a * magnitude(d.digits, e.digits)
}

// sign returns -1, 0 or 1.
func (d Decimal) sign() int {
	switch {
	case strings.Trim(d.digits, "-0.") == "":
		return 0
	case d.digits[0] == '-':
		return -1
	}
	return 1
}

// magnitude compares without the signs. It compares texts and allocates nothing:
// the bounds of a schema are compared for each command and each new event.
func magnitude(d, e string) int {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(d, "-"), ".")
	whole2, fraction2, _ := strings.Cut(strings.TrimPrefix(e, "-"), ".")
	return cmp.Or(cmp.Compare(len(whole), len(whole2)), cmp.Compare(whole, whole2),
		cmp.Compare(strings.TrimRight(fraction, "0"), strings.TrimRight(fraction2, "0")))
}

// WithScale returns d with n digits after the point: 5 becomes 5.00, and 5.000
// too. If digits other than 0 would be lost, it returns d as it is.
func (d Decimal) WithScale(n int) Decimal {
	whole, fraction, _ := strings.Cut(d.String(), ".")
	switch {
	case n < 0 || len(fraction) == n || len(fraction) > n && strings.Trim(fraction[n:], "0") != "":
		return d
	case n == 0:
		return decimal(whole)
	case len(fraction) > n:
		return decimal(whole + "." + fraction[:n])
	}
	return decimal(whole + "." + fraction + strings.Repeat("0", n-len(fraction)))
}

// Add returns d+e exactly, with the larger scale of the two.
func (d Decimal) Add(e Decimal) Decimal {
	return decimal(new(big.Rat).Add(d.rat(), e.rat()).FloatString(max(d.Scale(), e.Scale())))
}

// Sub returns d-e exactly, with the larger scale of the two.
func (d Decimal) Sub(e Decimal) Decimal {
	return decimal(new(big.Rat).Sub(d.rat(), e.rat()).FloatString(max(d.Scale(), e.Scale())))
}

// Mul returns d×e exactly, with the scales added.
func (d Decimal) Mul(e Decimal) Decimal {
	return decimal(new(big.Rat).Mul(d.rat(), e.rat()).FloatString(d.Scale() + e.Scale()))
}

// Min returns the smaller of d and e, and d if they are equal.
func (d Decimal) Min(e Decimal) Decimal {
	if e.Cmp(d) < 0 {
		return e
	}
	return d
}

// Max returns the greater of d and e, and d if they are equal.
func (d Decimal) Max(e Decimal) Decimal {
	if e.Cmp(d) > 0 {
		return e
	}
	return d
}

// MarshalText implements encoding.TextMarshaler.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Decimal) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDecimal(string(b))
	return err
}
