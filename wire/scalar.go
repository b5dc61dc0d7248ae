package wire

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ironstar.dev"
)

// String reads a string.
//
//go:noinline
func (d *Decoder) String() string {
	if d.peek() != '"' {
		d.wrong("a string")
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
	d.wrong("true or false")
	return false
}

// number reads a number token, "" if the next value is none.
func (d *Decoder) number() (text string, isInt bool) {
	c := d.peek()
	if c != '-' && (c < '0' || c > '9') {
		return "", false
	}
	start := d.at
	isInt = d.scanNumber()
	return d.src[start:d.at], isInt
}

// scanNumber goes behind the number that comes next.
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
		d.broken("a malformed number")
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
		d.wrong("an integer")
		return 0
	case !isInt:
		d.Problem("type", "an integer without point or exponent is expected, not "+shorten(text))
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		d.Problem("range", shorten(text)+" is outside of the integers from -2^63 to 2^63-1")
	}
	return n
}

// smallInt reads what most integers are: up to 18 digits and nothing odd.
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

// Number reads a number. One with more than 17 significant digits or beyond a
// float64's range is refused: it could not be kept.
//
//go:noinline
func (d *Decoder) Number() float64 {
	text, _ := d.number()
	if text == "" {
		d.wrong("a number")
		return 0
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		d.Problem("range", shorten(text)+" is outside of the range of a float64")
		return 0
	}
	if significant(text) > 17 {
		d.Problem("range", shorten(text)+" has more than 17 digits; use a Decimal to keep them")
	}
	return f
}

// significant counts the digits of a number between its first and last one
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

// Time reads an RFC 3339 time.
//
//go:noinline
func (d *Decoder) Time() time.Time {
	return parsed(d, "a time like 2006-01-02T15:04:05Z", func(s string) (time.Time, error) {
		return time.Parse(time.RFC3339Nano, s)
	})
}

// Date reads a day like 2006-01-02.
//
//go:noinline
func (d *Decoder) Date() ironstar.Date {
	return parsed(d, "a day like 2006-01-02", func(s string) (ironstar.Date, error) {
		if d.folded && s == (ironstar.Date{}).String() {
			return ironstar.Date{}, nil
		}
		return ironstar.ParseDate(s)
	})
}

// Decimal reads a decimal in a string.
//
//go:noinline
func (d *Decoder) Decimal() ironstar.Decimal {
	return parsed(d, "a decimal in a string like \"12.50\"", ironstar.ParseDecimal)
}

// UUID reads a lower-case UUID.
//
//go:noinline
func (d *Decoder) UUID() ironstar.UUID {
	// One without white space before it needs no look for the end of its text.
	if from, to := d.at+1, d.at+37; to < len(d.src) && d.src[d.at] == '"' && d.src[to] == '"' {
		if u, err := ironstar.ParseUUID(d.src[from:to]); err == nil {
			d.at = to + 1
			return u
		}
	}
	return parsed(d, "a lower-case UUID", ironstar.ParseUUID[string])
}

func parsed[T any](d *Decoder, want string, parse func(string) (T, error)) T {
	var zero T
	if d.peek() != '"' {
		d.wrong(want)
		return zero
	}
	text := d.text()
	if d.syntax != nil {
		return zero
	}
	v, err := parse(text)
	if err != nil {
		d.Problem("format", want+" is expected, not "+shorten(strconv.Quote(text)))
		return zero
	}
	return v
}

// Const reads a field whose value is fixed: the tag of a sum's arm. want is
// its JSON text.
func (d *Decoder) Const(want string) {
	c := d.peek()
	start := d.at
	d.skip()
	if got := d.src[start:d.at]; d.syntax == nil && got != want && !(c == '"' && unquoted(got) == unquoted(want)) {
		d.Problem("const", fmt.Sprintf("must be %s (is %s)", want, shorten(got)))
	}
}

func unquoted(token string) string {
	d := Decoder{src: token}
	return d.text()
}

// skip goes behind the value that comes next, checking that it is JSON.
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
		d.broken("a value is expected")
	}
}

// shorten keeps what people sent out of long messages.
func shorten(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
