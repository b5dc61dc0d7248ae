package wire

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"ironstar.dev"
)

// Checker collects what is wrong with a value that has the right shape. Use
// [Check] or [NewChecker].
//
// What generated code calls is kept out of line: its checks are many and rarely
// run, and a schema of a hundred aggregates should compile in seconds.
type Checker struct {
	path     path
	problems ironstar.Invalid
	buffer   []byte // see Buffer
}

// Check runs a generated check over v. The error is an [ironstar.Invalid].
func Check[T any](v T, check func(*Checker, T)) error {
	c := NewChecker()
	check(c, v)
	return c.finish()
}

// NewChecker begins a check. [Propose] and [Request] end it.
//
//go:noinline
func NewChecker() *Checker { return checkers.Get().(*Checker) }

// checkers are checkers at rest, as decoders are.
var checkers = sync.Pool{New: func() any { return new(Checker) }}

// Buffer is empty and has room for what is checked to be written to. [Propose]
// takes a copy of the right size: one allocation, however long the event.
func (c *Checker) Buffer() []byte { return c.buffer[:0] }

func (c *Checker) finish() error {
	problems := c.problems
	c.problems = nil
	c.path.count, c.path.more = 0, nil
	checkers.Put(c)
	if problems != nil {
		return problems
	}
	return nil
}

// Object goes into an object. The check of a struct does so for itself; then
// it says with [Checker.At] which field it is looking at.
//
//go:noinline
func (c *Checker) Object() { c.path.push(object) }

// At says which field of the object is looked at. It returns c.
//
//go:noinline
func (c *Checker) At(field string) *Checker {
	c.path.name(field)
	return c
}

// End goes back out of an object.
//
//go:noinline
func (c *Checker) End() { c.path.pop() }

// Each checks the elements of a list.
//
//go:noinline
func Each[T any](c *Checker, items []T, check func(*Checker, T)) {
	c.path.push(list)
	for _, item := range items {
		c.path.next()
		check(c, item)
	}
	c.path.pop()
}

// Entries checks a map's keys and values, in the order of the keys. Either
// check may be nil.
func Entries[K ~string, V any](c *Checker, items map[K]V, key func(*Checker, string), value func(*Checker, V)) {
	c.path.push(object)
	for _, k := range slices.Sorted(maps.Keys(items)) {
		c.path.name(string(k))
		c.Text(string(k))
		if key != nil {
			key(c, string(k))
		}
		if value != nil {
			value(c, items[k])
		}
	}
	c.path.pop()
}

// Maybe checks a value that may be absent.
//
//go:noinline
func Maybe[T any](c *Checker, v *T, check func(*Checker, T)) {
	if v != nil {
		check(c, *v)
	}
}

// Problem notes that the value looked at is wrong.
func (c *Checker) Problem(code, format string, args ...any) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, ironstar.Problem{
			Path: c.path.String(), Code: code, Message: fmt.Sprintf(format, args...),
		})
	}
}

// Text checks that a string is valid UTF-8. Every string is.
//
//go:noinline
func (c *Checker) Text(s string) {
	if !validUTF8(s) {
		c.Problem("utf8", "is not valid UTF-8")
	}
}

// Finite checks that a number is one that JSON can hold.
//
//go:noinline
func (c *Checker) Finite(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		c.Problem("range", "is not a number (is %v)", f)
	}
}

// Time checks that a time can be written as RFC 3339 and read back: years 0 to
// 9999, and whole minutes from UTC, of which package time reads up to 24:59.
func (c *Checker) Time(t time.Time) {
	_, offset := t.Zone()
	if y := t.Year(); y < 0 || y > 9999 || offset%60 != 0 || offset <= -25*60*60 || offset >= 25*60*60 {
		c.Problem("range", "is not a time between the years 0 and 9999")
	}
}

// Date checks that a day exists.
func (c *Checker) Date(d ironstar.Date) {
	if d.Year < 0 || d.Year > 9999 || d != ironstar.DateOf(d.In(time.UTC)) {
		c.Problem("range", "is not a day (is %s)", d)
	}
}

// MinRunes checks that a string has at least n characters (Unicode code points).
//
//go:noinline
func (c *Checker) MinRunes(s string, n int) {
	if len(s) >= n*utf8.UTFMax {
		return
	}
	if has := utf8.RuneCountInString(s); has < n {
		if has == 0 && n == 1 {
			c.Problem("min_runes", "must not be empty")
			return
		}
		c.Problem("min_runes", "at least %s (has %d)", count(n, "character"), has)
	}
}

// MaxRunes checks that a string has at most n characters (Unicode code points).
//
//go:noinline
func (c *Checker) MaxRunes(s string, n int) {
	if len(s) <= n {
		return
	}
	if has := utf8.RuneCountInString(s); has > n {
		c.Problem("max_runes", "at most %s (has %d)", count(n, "character"), has)
	}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// Pattern is a regular expression that is compiled when it is first needed.
type Pattern struct {
	text string
	once func() *regexp.Regexp
}

// NewPattern holds an RE2 expression, which the generator has compiled once.
func NewPattern(expr string) Pattern {
	return Pattern{expr, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })}
}

// Match checks that a string matches somewhere.
//
//go:noinline
func (c *Checker) Match(s string, p Pattern) {
	if !p.once().MatchString(s) {
		c.Problem("match", "must match %s (is %s)", p.text, shorten(strconv.Quote(s)))
	}
}

// NotMatch checks that a string matches nowhere.
func (c *Checker) NotMatch(s string, p Pattern) {
	if p.once().MatchString(s) {
		c.Problem("not_match", "must not match %s (is %s)", p.text, shorten(strconv.Quote(s)))
	}
}

// HasPrefix checks how a string begins.
//
//go:noinline
func (c *Checker) HasPrefix(s, prefix string) {
	if !strings.HasPrefix(s, prefix) {
		c.Problem("prefix", "must begin with %q (is %s)", prefix, shorten(strconv.Quote(s)))
	}
}

// HasSuffix checks how a string ends.
func (c *Checker) HasSuffix(s, suffix string) {
	if !strings.HasSuffix(s, suffix) {
		c.Problem("suffix", "must end with %q (is %s)", suffix, shorten(strconv.Quote(s)))
	}
}

// Contains checks what a string holds.
func (c *Checker) Contains(s, part string) {
	if !strings.Contains(s, part) {
		c.Problem("contains", "must contain %q (is %s)", part, shorten(strconv.Quote(s)))
	}
}

// TimeFormat checks that a string is a time in a layout of package time.
func (c *Checker) TimeFormat(s, layout string) {
	if _, err := time.Parse(layout, s); err != nil {
		c.Problem("time_format", "must look like %s (is %s)", layout, shorten(strconv.Quote(s)))
	}
}

// MinItems checks the length of a list.
//
//go:noinline
func (c *Checker) MinItems(has, n int) {
	if has < n {
		c.Problem("min_items", "at least %s (has %d)", count(n, "item"), has)
	}
}

// MaxItems checks the length of a list.
//
//go:noinline
func (c *Checker) MaxItems(has, n int) {
	if has > n {
		c.Problem("max_items", "at most %s (has %d)", count(n, "item"), has)
	}
}

// MinFields checks the size of a map.
//
//go:noinline
func (c *Checker) MinFields(has, n int) {
	if has < n {
		c.Problem("min_fields", "at least %d entries (has %d)", n, has)
	}
}

// MaxFields checks the size of a map.
//
//go:noinline
func (c *Checker) MaxFields(has, n int) {
	if has > n {
		c.Problem("max_fields", "at most %d entries (has %d)", n, has)
	}
}

// NotString checks that a string is not a certain one.
//
//go:noinline
func (c *Checker) NotString(s, not string) {
	if s == not {
		c.Problem("not", "must not be %q", not)
	}
}

// NotBool checks that a bool is not a certain one.
//
//go:noinline
func (c *Checker) NotBool(b, not bool) {
	if b == not {
		c.Problem("not", "must not be %v", not)
	}
}

// NilSum checks that a sum that must be there is: Go code can leave it out.
//
//go:noinline
func (c *Checker) NilSum() { c.Problem("missing", "is required") }

// number is what bounds are about.
type number interface{ ~int64 | ~float64 }

// AtLeast checks v >= bound.
//
//go:noinline
func AtLeast[T number](c *Checker, v, bound T) {
	if v < bound {
		c.Problem("min", "at least %v (is %v)", bound, v)
	}
}

// AtMost checks v <= bound.
//
//go:noinline
func AtMost[T number](c *Checker, v, bound T) {
	if v > bound {
		c.Problem("max", "at most %v (is %v)", bound, v)
	}
}

// Above checks v > bound.
//
//go:noinline
func Above[T number](c *Checker, v, bound T) {
	if v <= bound {
		c.Problem("above", "more than %v (is %v)", bound, v)
	}
}

// Below checks v < bound.
//
//go:noinline
func Below[T number](c *Checker, v, bound T) {
	if v >= bound {
		c.Problem("below", "less than %v (is %v)", bound, v)
	}
}

// NotNumber checks v != not.
//
//go:noinline
func NotNumber[T number](c *Checker, v, not T) {
	if v == not {
		c.Problem("not", "must not be %v", not)
	}
}

// MultipleOf checks that v is a whole number of times step.
//
//go:noinline
func MultipleOf(c *Checker, v, step int64) {
	if v%step != 0 {
		c.Problem("multiple_of", "a multiple of %d (is %d)", step, v)
	}
}

// NumberMultipleOf checks that v, as it is written, is a whole number of times
// step, a decimal.
func NumberMultipleOf(c *Checker, v float64, step string) {
	value, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64))
	by, _ := new(big.Rat).SetString(step)
	if ok && !value.Quo(value, by).IsInt() {
		c.Problem("multiple_of", "a multiple of %s (is %v)", step, v)
	}
}

// OneOf checks that an enum has one of its values: Go code can give it another.
//
//go:noinline
func OneOf[T comparable](c *Checker, v T, known []T) {
	if !slices.Contains(known, v) {
		c.Problem("enum", "%s (is %s)", oneOf(known), shorten(fmt.Sprint(v)))
	}
}

// Unique checks that no two elements have the same JSON.
func Unique[T any](c *Checker, items []T, elem func([]byte, T) []byte) {
	if len(items) < 2 {
		return
	}
	seen := make(map[string]int, len(items))
	var b []byte // of one item, used again
	for i, item := range items {
		b = elem(b[:0], item)
		if first, twice := seen[string(b)]; twice {
			c.Problem("unique", "no item twice (%d and %d are the same)", first, i)
			return
		}
		seen[string(b)] = i
	}
}
