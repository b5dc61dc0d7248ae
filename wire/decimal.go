package wire

import (
	"fmt"
	"strings"

	"ironstar.dev"
)

// Scaled reads a decimal that has n digits after the point by the schema. In a
// request 5 becomes 5.00. What is stored is read as it is.
//
//go:noinline
func (d *Decoder) Scaled(n int) ironstar.Decimal {
	v := d.Decimal()
	if d.isRequest {
		return v.WithScale(n)
	}
	return v
}

// DefaultIn is [Default] for a value of d: decimals in it have the digits of those
// around them.
func DefaultIn[T any](d *Decoder, json string, read func(*Decoder) T) T {
	return Default(json, func(own *Decoder) T {
		own.isRequest = d.isRequest
		return read(own)
	})
}

// DecimalAtLeast checks v >= bound.
//
//go:noinline
func (c *Checker) DecimalAtLeast(v ironstar.Decimal, bound string) {
	if v.Cmp(ironstar.MustDecimal(bound)) < 0 {
		c.decimalOutside("min", "min", "at least", bound, v)
	}
}

// DecimalAtMost checks v <= bound.
//
//go:noinline
func (c *Checker) DecimalAtMost(v ironstar.Decimal, bound string) {
	if v.Cmp(ironstar.MustDecimal(bound)) > 0 {
		c.decimalOutside("max", "max", "at most", bound, v)
	}
}

// DecimalAbove checks v > bound.
//
//go:noinline
func (c *Checker) DecimalAbove(v ironstar.Decimal, bound string) {
	if v.Cmp(ironstar.MustDecimal(bound)) <= 0 {
		c.decimalOutside("above", "min", "more than", bound, v)
	}
}

// DecimalBelow checks v < bound.
//
//go:noinline
func (c *Checker) DecimalBelow(v ironstar.Decimal, bound string) {
	if v.Cmp(ironstar.MustDecimal(bound)) >= 0 {
		c.decimalOutside("below", "max", "less than", bound, v)
	}
}

func (c *Checker) decimalOutside(code, param, words, bound string, v ironstar.Decimal) {
	has := shorten(v.String())
	c.report(problem(code, params{param: bound, "has": has}, fmt.Sprintf("%s %s, not %s.", strings.ToUpper(words[:1])+words[1:], bound, has),
		fmt.Sprintf("%s %s (is %s)", words, bound, has)))
}

// Digits checks that a decimal has at most n digits after the point. Zeros at the
// end do not count.
//
//go:noinline
func (c *Checker) Digits(v ironstar.Decimal, n int) {
	if v.Scale() <= n || v.WithScale(n).Scale() == n {
		return
	}
	words := "Please enter a whole number."
	if n > 0 {
		words = "At most " + count(n, "digit") + " after the point, please."
	}
	c.report(problem("digits", params{"digits": n}, words, fmt.Sprintf("at most %s after the point (is %s)", count(n, "digit"), shorten(v.String()))))
}
