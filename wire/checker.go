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

// Checker collects the errors in a value that has the right shape. Use [Check]
// or [NewChecker].
//
// Methods for generated code are not inlined: a schema has many checks, they
// rarely run, and a schema of a hundred aggregates has to compile in seconds.
type Checker struct {
	path     path
	problems ironstar.Invalid
	buffer   []byte // see Buffer
	messages []message
}

// Check runs a generated check on v. The error is an [ironstar.Invalid].
func Check[T any](v T, check func(*Checker, T)) error {
	c := NewChecker()
	check(c, v)
	return c.finish()
}

// NewChecker returns a checker. [Propose] and [FinishRequest] finish the check and
// reuse the checker.
//
//go:noinline
func NewChecker() *Checker { return checkers.Get().(*Checker) }

// checkers holds checkers for reuse.
var checkers = sync.Pool{New: func() any { return new(Checker) }}

// Buffer returns an empty buffer in which the checked value can be encoded.
// [Propose] copies the result into memory of the right size: one allocation,
// regardless of the event's length.
func (c *Checker) Buffer() []byte { return c.buffer[:0] }

func (c *Checker) finish() error {
	problems := c.problems
	c.problems = nil
	c.path.count, c.path.more, c.messages = 0, nil, c.messages[:0]
	checkers.Put(c)
	if problems != nil {
		return problems
	}
	return nil
}

// Object enters an object. The check of a struct calls it, and then
// [Checker.At] for each field.
//
//go:noinline
func (c *Checker) Object() { c.path.push(object) }

// At moves to a field of the object. It returns c.
//
//go:noinline
func (c *Checker) At(field string) *Checker {
	c.path.name(field)
	c.endMessages(c.path.count)
	return c
}

// End leaves an object.
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
		c.endMessages(c.path.count)
		check(c, item)
	}
	c.path.pop()
}

// Entries checks a map's keys and values in the order of the keys. Either check
// may be nil.
func Entries[K ~string, V any](c *Checker, items map[K]V, key func(*Checker, string), value func(*Checker, V)) {
	c.path.push(object)
	for _, k := range slices.Sorted(maps.Keys(items)) {
		c.At(string(k)).Text(string(k))
		if key != nil {
			key(c, string(k))
			c.endMessages(c.path.count)
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

// Problem reports an error in the current value. The text is for people.
func (c *Checker) Problem(code, format string, args ...any) {
	c.report(ironstar.Problem{Code: code, Message: fmt.Sprintf(format, args...)})
}

// report reports an error in the current value. A message of the schema replaces
// the words.
func (c *Checker) report(p ironstar.Problem) {
	if len(c.problems) == maxProblems {
		return
	}
	p.Path = c.path.String()
	if text := c.message(); text != "" && p.Code != "missing" {
		if last := len(c.problems) - 1; last >= 0 && c.problems[last].Path == p.Path && c.problems[last].Message == text {
			return
		}
		p.Message = text
	}
	c.problems = append(c.problems, p)
}

// Text checks that a string is valid UTF-8.
//
//go:noinline
func (c *Checker) Text(s string) {
	if !validUTF8(s) {
		c.report(problemUTF8())
	}
}

// Finite checks that a number is neither NaN nor infinite, which JSON cannot
// express.
//
//go:noinline
func (c *Checker) Finite(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		c.report(problem("range", nil, expectNumber.words, fmt.Sprintf("is not a number (is %v)", f)))
	}
}

// Time checks that a time in UTC can be written as RFC 3339 and read back.
func (c *Checker) Time(t time.Time) {
	if year := t.UTC().Year(); year < 0 || year > 9999 {
		c.report(problem("range", nil, "Please enter a time between the years 0 and 9999.", "is not a time between the years 0 and 9999 (UTC)"))
	}
}

// Date checks that a day exists.
func (c *Checker) Date(d ironstar.Date) {
	if d.Year < 0 || d.Year > 9999 || d != ironstar.DateOf(d.In(time.UTC)) {
		c.report(problem("range", nil, "There is no such day.", fmt.Sprintf("is not a day (is %s)", d)))
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
		p := tooFew("min_runes", has, n, "character")
		if has == 0 && n == 1 {
			p.Detail = "must not be empty"
		}
		c.report(p)
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
		c.report(tooMany("max_runes", has, n, "character"))
	}
}

// Pattern is a regular expression that is compiled at its first use.
type Pattern struct {
	text string
	once func() *regexp.Regexp
}

// NewPattern returns an RE2 expression that the generator has already compiled
// without error.
func NewPattern(expr string) Pattern {
	return Pattern{expr, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })}
}

// Match checks that the pattern matches somewhere in a string.
//
//go:noinline
func (c *Checker) Match(s string, p Pattern) {
	if !p.once().MatchString(s) {
		c.report(problem("match", params{"pattern": p.text}, "This does not have the expected form.", "must match "+p.text+isNow(s)))
	}
}

// NotMatch checks that the pattern matches nowhere in a string.
func (c *Checker) NotMatch(s string, p Pattern) {
	if p.once().MatchString(s) {
		c.report(problem("not_match", params{"pattern": p.text}, "This does not have the expected form.", "must not match "+p.text+isNow(s)))
	}
}

// HasPrefix checks how a string begins.
//
//go:noinline
func (c *Checker) HasPrefix(s, prefix string) {
	if !strings.HasPrefix(s, prefix) {
		c.report(problem("prefix", params{"text": prefix}, "Please begin with "+strconv.Quote(prefix)+".", "must begin with "+strconv.Quote(prefix)+isNow(s)))
	}
}

// HasSuffix checks how a string ends.
func (c *Checker) HasSuffix(s, suffix string) {
	if !strings.HasSuffix(s, suffix) {
		c.report(problem("suffix", params{"text": suffix}, "Please end with "+strconv.Quote(suffix)+".", "must end with "+strconv.Quote(suffix)+isNow(s)))
	}
}

// Contains checks that a string contains another.
func (c *Checker) Contains(s, part string) {
	if !strings.Contains(s, part) {
		c.report(problem("contains", params{"text": part}, "This must contain "+strconv.Quote(part)+".", "must contain "+strconv.Quote(part)+isNow(s)))
	}
}

// TimeFormat checks that a string is a time in a layout of package time.
func (c *Checker) TimeFormat(s, layout string) {
	if _, err := time.Parse(layout, s); err != nil {
		c.report(problem("time_format", params{"layout": layout}, "Please write this like "+layout+".", "must look like "+layout+isNow(s)))
	}
}

// MinItems checks the length of a list.
//
//go:noinline
func (c *Checker) MinItems(has, n int) {
	if has < n {
		c.report(tooFew("min_items", has, n, "item"))
	}
}

// MaxItems checks the length of a list.
//
//go:noinline
func (c *Checker) MaxItems(has, n int) {
	if has > n {
		c.report(tooMany("max_items", has, n, "item"))
	}
}

// MinFields checks the number of a map's entries.
//
//go:noinline
func (c *Checker) MinFields(has, n int) {
	if has < n {
		c.report(tooFew("min_fields", has, n, "entry"))
	}
}

// MaxFields checks the number of a map's entries.
//
//go:noinline
func (c *Checker) MaxFields(has, n int) {
	if has > n {
		c.report(tooMany("max_fields", has, n, "entry"))
	}
}

// NotString checks s != not.
//
//go:noinline
func (c *Checker) NotString(s, not string) {
	if s == not {
		p := problem("not", params{"value": not}, fmt.Sprintf("This cannot be %q.", not), fmt.Sprintf("must not be %q", not))
		if not == "" {
			p.Message = problemMissing().Message
		}
		c.report(p)
	}
}

// NotBool checks b != not.
//
//go:noinline
func (c *Checker) NotBool(b, not bool) {
	if b == not {
		words := "Please tick this."
		if not {
			words = "Please leave this unticked."
		}
		c.report(problem("not", params{"value": not}, words, fmt.Sprintf("must not be %v", not)))
	}
}

// NilSum reports a required sum that is nil, which only Go code can produce.
//
//go:noinline
func (c *Checker) NilSum() { c.report(problemMissing()) }

// number is a type that has bounds.
type number interface{ ~int64 | ~float64 }

// AtLeast checks v >= bound.
//
//go:noinline
func AtLeast[T number](c *Checker, v, bound T) {
	if v < bound {
		c.report(outOfBounds("min", "min", "at least", bound, v))
	}
}

// AtMost checks v <= bound.
//
//go:noinline
func AtMost[T number](c *Checker, v, bound T) {
	if v > bound {
		c.report(outOfBounds("max", "max", "at most", bound, v))
	}
}

// Above checks v > bound.
//
//go:noinline
func Above[T number](c *Checker, v, bound T) {
	if v <= bound {
		c.report(outOfBounds("above", "min", "more than", bound, v))
	}
}

// Below checks v < bound.
//
//go:noinline
func Below[T number](c *Checker, v, bound T) {
	if v >= bound {
		c.report(outOfBounds("below", "max", "less than", bound, v))
	}
}

// NotNumber checks v != not.
//
//go:noinline
func NotNumber[T number](c *Checker, v, not T) {
	if v == not {
		c.report(problem("not", params{"value": not}, fmt.Sprintf("This cannot be %v.", not), fmt.Sprintf("must not be %v", not)))
	}
}

// MultipleOf checks that v is a multiple of step.
//
//go:noinline
func MultipleOf(c *Checker, v, step int64) {
	if v%step != 0 {
		c.report(notMultiple(step, v))
	}
}

// NumberMultipleOf checks that v, with the digits of its JSON, is a multiple of
// the decimal step.
func NumberMultipleOf(c *Checker, v float64, step string) {
	value, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64))
	by, _ := new(big.Rat).SetString(step)
	if ok && !value.Quo(value, by).IsInt() {
		c.report(notMultiple(step, v))
	}
}

// OneOf checks that an enum has a known value, since Go code can assign others.
//
//go:noinline
func OneOf[T comparable](c *Checker, v T, known []T) {
	if !slices.Contains(known, v) {
		c.report(problemEnum(known, oneOf(known)+" (is "+shorten(fmt.Sprint(v))+")"))
	}
}

// Unique checks that no two elements have equal JSON.
func Unique[T any](c *Checker, items []T, elem func([]byte, T) []byte) {
	if len(items) < 2 {
		return
	}
	seen := make(map[string]int, len(items))
	var b []byte // of one item, reused
	for i, item := range items {
		b = elem(b[:0], item)
		if first, twice := seen[string(b)]; twice {
			c.report(problem("unique", params{"first": first, "second": i}, fmt.Sprintf("Items %d and %d are the same.", first+1, i+1),
				fmt.Sprintf("no item twice (%d and %d are the same)", first, i)))
			return
		}
		seen[string(b)] = i
	}
}
