package model

import (
	"math/big"
	"strings"
)

// Bounds of decimals are not constraints of CUE, which has no numbers in texts:
// an attribute says them (docs/decisions/043). Where CUE gives verdicts, it gets
// them as patterns.

// AllowsDecimal reports whether a decimal meets a bound, or a limit of digits.
func (c Check) AllowsDecimal(text string) bool {
	if c.Op == Digits {
		_, fraction, _ := strings.Cut(text, ".")
		return int64(len(strings.TrimRight(fraction, "0"))) <= c.Count
	}
	v, ok := new(big.Rat).SetString(text)
	by, has := new(big.Rat).SetString(c.Num)
	if !ok || !has {
		return true
	}
	order := v.Cmp(by)
	switch c.Op {
	case Greater:
		return order > 0
	case GreaterOrEqual:
		return order >= 0
	case Less:
		return order < 0
	case LessOrEqual:
		return order <= 0
	}
	return true
}

// BoundPattern returns a pattern (RE2) that matches exactly the decimals that
// AllowsDecimal allows.
func (c Check) BoundPattern() string {
	if c.Op == Digits {
		return `^-?[0-9]+(\.[0-9]{0,` + big.NewInt(c.Count).String() + `}0*)?$`
	}
	negative := strings.HasPrefix(c.Num, "-")
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(c.Num, "-"), ".")
	fraction = strings.TrimRight(fraction, "0")
	if whole == "0" && fraction == "" {
		negative = false
	}
	up := c.Op == Greater || c.Op == GreaterOrEqual
	orEqual := c.Op == GreaterOrEqual || c.Op == LessOrEqual
	near := size{whole, fraction}.pattern(up != negative, orEqual)
	zero := whole == "0" && fraction == ""
	switch {
	case zero && up == orEqual: // >=0 and <0: -0 is 0
		return map[bool]string{true: `^([0-9].*|-[0.]+)$`, false: `^-.*[1-9]`}[up]
	case zero: // >0 and <=0
		return map[bool]string{true: `^[0-9].*[1-9]|^[1-9]`, false: `^(-.*|[0.]+)$`}[up]
	case up && !negative:
		return "^(" + near + ")$"
	case up:
		return "^([0-9].*|-(" + near + "))$"
	case negative:
		return "^-(" + near + ")$"
	}
	return "^(-.*|" + near + ")$"
}

// size is a decimal without a sign, and without zeros at the end.
type size struct{ whole, fraction string }

// pattern matches the sizes that are larger, or smaller, and this one if orEqual.
func (s size) pattern(larger, orEqual bool) string {
	var all []string
	add := func(p string) { all = append(all, p) }
	n := big.NewInt(int64(len(s.whole))).String()
	if larger {
		add(`[1-9][0-9]{` + n + `,}(\.[0-9]+)?`)
	} else if len(s.whole) > 1 {
		add(`[0-9]{1,` + big.NewInt(int64(len(s.whole)-1)).String() + `}(\.[0-9]+)?`)
	}
	for i := range s.whole {
		if digits := beside(s.whole[i], larger); digits != "" && (larger || i > 0 || s.whole[0] > '1' || len(s.whole) == 1) {
			if i == 0 && len(s.whole) > 1 && !larger {
				digits = "[1-" + digits[3:]
			}
			add(s.whole[:i] + digits + `[0-9]{` + big.NewInt(int64(len(s.whole)-1-i)).String() + `}(\.[0-9]+)?`)
		}
	}
	for i := range s.fraction {
		if digits := beside(s.fraction[i], larger); digits != "" {
			add(s.whole + `\.` + s.fraction[:i] + digits + `[0-9]*`)
		}
		if !larger { // a shorter fraction is a smaller one
			if i == 0 {
				add(s.whole)
			} else {
				add(s.whole + `\.` + s.fraction[:i])
			}
		}
	}
	equal := s.whole
	if s.fraction != "" {
		equal += `\.` + s.fraction
	}
	if larger {
		more := `0*[1-9][0-9]*`
		if s.fraction == "" {
			more = `\.` + more
		}
		add(equal + more)
	}
	if orEqual && s.fraction == "" {
		add(equal + `(\.0+)?`)
	} else if orEqual {
		add(equal + `0*`)
	}
	return strings.Join(all, "|")
}

// beside returns the class of the digits above a digit, or below it.
func beside(digit byte, above bool) string {
	switch {
	case above && digit < '9':
		return "[" + string(digit+1) + "-9]"
	case !above && digit > '0':
		return "[0-" + string(digit-1) + "]"
	}
	return ""
}
