package wire

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"ironstar.dev"
)

// String reads a string.
//
//go:noinline
func (d *Decoder) String() string {
	if d.peek() != '"' {
		d.wrongType(expectString)
		return ""
	}
	return d.text()
}

// Bool reads true or false.
//
//go:noinline
func (d *Decoder) Bool() bool {
	d.space()
	switch rest := d.src[d.at:]; {
	case strings.HasPrefix(rest, "true"):
		d.at += 4
		return true
	case strings.HasPrefix(rest, "false"):
		d.at += 5
		return false
	}
	d.wrongType(expectBool)
	return false
}

// number reads a number token. It returns "" if the next value is not a number.
func (d *Decoder) number() (text string, isInt bool) {
	c := d.peek()
	if c != '-' && (c < '0' || c > '9') {
		return "", false
	}
	start := d.at
	isInt = d.scanNumber()
	return d.src[start:d.at], isInt
}

// scanNumber moves past the next number.
func (d *Decoder) scanNumber() (isInt bool) {
	i := d.at
	digits := func() int {
		from := i
		for i < len(d.src) && '0' <= d.src[i] && d.src[i] <= '9' {
			i++
		}
		return i - from
	}
	next := func(chars string) bool {
		if i < len(d.src) && strings.IndexByte(chars, d.src[i]) >= 0 {
			i++
			return true
		}
		return false
	}
	isInt = true
	next("-")
	zero := i < len(d.src) && d.src[i] == '0'
	n := digits()
	ok := n > 0 && (!zero || n == 1)
	if next(".") {
		isInt = false
		ok = ok && digits() > 0
	}
	if next("eE") {
		isInt = false
		next("+-")
		ok = ok && digits() > 0
	}
	if !ok {
		d.syntaxError("a malformed number")
		return false
	}
	d.at = i
	return isInt
}

// Int reads an integer written without point or exponent.
//
//go:noinline
func (d *Decoder) Int() int64 {
	if n, ok := d.smallInt(); ok {
		return n
	}
	text, isInt := d.number()
	switch {
	case text == "":
		d.wrongType(expectInt)
		return 0
	case !isInt:
		d.report(expectation{"an integer without point or exponent", expectInt.words}.not("type", text))
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		d.report(outOfRange(text, shorten(text)+" is outside of the integers from -2^63 to 2^63-1"))
	}
	return n
}

// outOfRange is about a number that cannot be kept.
func outOfRange(text, detail string) ironstar.Problem {
	if strings.HasPrefix(text, "-") {
		return problem("range", nil, "This number is too small.", detail)
	}
	return problem("range", nil, "This number is too large.", detail)
}

// smallInt is the fast path for integers of up to 18 digits.
func (d *Decoder) smallInt() (n int64, ok bool) {
	d.space()
	src, i := d.src, d.at
	negative := i < len(src) && src[i] == '-'
	if negative {
		i++
	}
	start := i
	for i < len(src) && '0' <= src[i] && src[i] <= '9' {
		n = n*10 + int64(src[i]-'0')
		i++
		if i-start > 18 {
			return 0, false
		}
	}
	if i == start || src[start] == '0' && i > start+1 || i < len(src) && (src[i] == '.' || src[i]|0x20 == 'e') {
		return 0, false
	}
	d.at = i
	if negative {
		n = -n
	}
	return n, true
}

// Number reads a number. It refuses numbers with more than 17 significant
// digits or outside the range of float64, which would lose digits.
//
//go:noinline
func (d *Decoder) Number() float64 {
	text, _ := d.number()
	if text == "" {
		d.wrongType(expectNumber)
		return 0
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		d.report(outOfRange(text, shorten(text)+" is outside of the range of a float64"))
		return 0
	}
	if significant(text) > 17 {
		d.report(problem("range", params{"digits": 17}, "Please use at most 17 digits.", shorten(text)+" has more than 17 digits; use a Decimal to keep them"))
	}
	return f
}

// significant counts the digits of a number from the first to the last digit
// that is not 0.
func significant(text string) int {
	mantissa, _, _ := strings.Cut(strings.ToLower(text), "e")
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, mantissa)
	return len(strings.Trim(digits, "0"))
}

// Date reads a day like 2006-01-02.
//
//go:noinline
func (d *Decoder) Date() ironstar.Date {
	return parsed(d, expectDate, func(s string) (ironstar.Date, error) {
		if d.isState && s == (ironstar.Date{}).String() {
			return ironstar.Date{}, nil
		}
		return ironstar.ParseDate(s)
	})
}

// Decimal reads a decimal in a string.
//
//go:noinline
func (d *Decoder) Decimal() ironstar.Decimal {
	return parsed(d, expectDecimal, ironstar.ParseDecimal)
}

// UUID reads a lower-case UUID.
//
//go:noinline
func (d *Decoder) UUID() ironstar.UUID {
	// Fast path: a UUID without white space before it ends 37 bytes later.
	if from, to := d.at+1, d.at+37; to < len(d.src) && d.src[d.at] == '"' && d.src[to] == '"' {
		if u, err := ironstar.ParseUUID(d.src[from:to]); err == nil {
			d.at = to + 1
			return u
		}
	}
	return parsed(d, expectUUID, ironstar.ParseUUID[string])
}

func parsed[T any](d *Decoder, want expectation, parse func(string) (T, error)) T {
	var zero T
	if d.peek() != '"' {
		d.wrongType(want)
		return zero
	}
	text := d.text()
	if d.syntax != nil {
		return zero
	}
	v, err := parse(text)
	if err != nil {
		d.report(want.not("format", strconv.Quote(text)))
		return zero
	}
	return v
}

// Const reads a field with a fixed value: the tag of a sum's arm. want is its
// JSON text.
func (d *Decoder) Const(want string) {
	c := d.peek()
	start := d.at
	d.skip()
	if got := d.src[start:d.at]; d.syntax == nil && got != want && !(c == '"' && unquoted(got) == unquoted(want)) {
		d.report(problem("const", params{"expected": strings.Trim(want, `"`)}, "This can only be "+want+".", fmt.Sprintf("must be %s (is %s)", want, shorten(got))))
	}
}

func unquoted(token string) string {
	d := Decoder{src: token}
	return d.text()
}

// skip moves past the next value and checks that it is JSON.
func (d *Decoder) skip() {
	switch c := d.peek(); {
	case c == '"':
		d.text()
	case c == '-' || '0' <= c && c <= '9':
		d.scanNumber()
	case c == '{':
		for d.Object(); d.Field(); {
			d.skip()
		}
	case c == '[':
		for d.Array(); d.Next(); {
			d.skip()
		}
	default:
		for _, word := range []string{"true", "false", "null"} {
			if strings.HasPrefix(d.src[d.at:], word) {
				d.at += len(word)
				return
			}
		}
		d.syntaxError("a value is expected")
	}
}

// shorten truncates long input in messages.
func shorten(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
