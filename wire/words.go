package wire

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"ironstar.dev"
)

// params are the values in a message, by name.
type params = map[string]any

// problem is an error with words for people and a detail for developers.
func problem(code string, with params, words, detail string) ironstar.Problem {
	return ironstar.Problem{Code: code, Message: words, Params: with, Detail: detail}
}

func problemMissing() ironstar.Problem {
	return problem("missing", nil, "Please fill this in.", "is required")
}

func problemTwice() ironstar.Problem {
	return problem("duplicate", nil, "Please enter this only once.", "occurs twice")
}

func problemUTF8() ironstar.Problem {
	return problem("utf8", nil, "This text has characters that cannot be read.", "is not valid UTF-8")
}

// problemUnknown is about a name that no field has. If one of known differs in
// letter case only, it is named.
func problemUnknown(name string, known []string) ironstar.Problem {
	for _, k := range known {
		if strings.EqualFold(k, name) {
			detail := fmt.Sprintf("unknown field; did you mean %q?", k)
			return problem("unknown", params{"meant": k}, fmt.Sprintf("There is no such field; did you mean %q?", k), detail)
		}
	}
	return problem("unknown", nil, "There is no such field.", "unknown field")
}

// expectation says what the decoder expects: for developers, and in a sentence
// for people.
type expectation struct{ what, words string }

var (
	expectString   = expectation{"a string", "Please enter text."}
	expectBool     = expectation{"true or false", "Please choose yes or no."}
	expectInt      = expectation{"an integer", "Please enter a whole number."}
	expectNumber   = expectation{"a number", "Please enter a number."}
	expectDecimal  = expectation{`a decimal in a string like "12.50"`, "Please enter a number like 12.50."}
	expectDate     = expectation{"a day like 2006-01-02", "Please enter a day like 2026-01-31."}
	expectTime     = expectation{"a time like 2006-01-02T15:04:05Z", "Please enter a day and a time like 2026-01-31T15:04."}
	expectUUID     = expectation{"a lower-case UUID", "This is not a valid id."}
	expectDuration = expectation{"a length of time like PT1H30M", "Please enter a length of time like PT1H30M."}
	expectBytes    = expectation{"base64", "These data cannot be read."}
	expectObject   = expectation{"an object", "This should consist of several fields."}
	expectList     = expectation{"a list", "This should be a list."}
)

// not returns the problem of a value that is not what is expected.
func (x expectation) not(code, got string) ironstar.Problem {
	return problem(code, params{"expected": x.what}, x.words, x.what+" is expected, not "+shorten(got))
}

// maxNamed is how many values of an enum a message names.
const maxNamed = 12

func texts[T any](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = fmt.Sprint(v)
	}
	return out
}

func oneOf[T any](known []T) string { return "one of " + strings.Join(texts(known), ", ") }

// expectOneOf expects a value of an enum.
func expectOneOf[T any](known []T) expectation {
	names := strings.Join(texts(known), ", ")
	if len(known) > maxNamed || utf8.RuneCountInString(names) > 200 {
		return expectation{oneOf(known), "Please choose one of the values on offer."}
	}
	return expectation{oneOf(known), "Please choose one of these: " + names + "."}
}

// problemEnum is about a value that is not one of an enum's.
func problemEnum[T any](known []T, detail string) ironstar.Problem {
	return problem("enum", params{"values": texts(known)}, expectOneOf(known).words, detail)
}

// count returns a number of things: "1 character", "2 characters".
func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case noun == "entry":
		return fmt.Sprint(n, " entries")
	}
	return fmt.Sprint(n, " ", noun, "s")
}

// tooFew is about a size below a bound.
func tooFew(code string, has, least int, noun string) ironstar.Problem {
	detail := fmt.Sprintf("at least %s (has %d)", count(least, noun), has)
	p := problem(code, params{"min": least, "has": has}, "At least "+count(least, noun)+" ("+thereAre(has)+").", detail)
	if has == 0 && least == 1 {
		p.Message = problemMissing().Message
	}
	return p
}

// tooMany is about a size above a bound.
func tooMany(code string, has, most int, noun string) ironstar.Problem {
	detail := fmt.Sprintf("at most %s (has %d)", count(most, noun), has)
	return problem(code, params{"max": most, "has": has}, "At most "+count(most, noun)+" ("+thereAre(has)+").", detail)
}

// outOfBounds is about a number beyond a bound; param is "min" or "max".
func outOfBounds[T number](code, param, words string, bound, has T) ironstar.Problem {
	return problem(code, params{param: bound, "has": has}, fmt.Sprintf("%s %v, not %v.", strings.ToUpper(words[:1])+words[1:], bound, has),
		fmt.Sprintf("%s %v (is %v)", words, bound, has))
}

func notMultiple(step, has any) ironstar.Problem {
	return problem("multiple_of", params{"step": step, "has": has}, fmt.Sprintf("Please enter a multiple of %v.", step),
		fmt.Sprintf("a multiple of %v (is %v)", step, has))
}

// isNow shows in a detail what a text is.
func isNow(s string) string { return " (is " + shorten(strconv.Quote(s)) + ")" }

func thereAre(n int) string {
	switch n {
	case 0:
		return "there are none"
	case 1:
		return "there is 1"
	}
	return fmt.Sprintf("there are %d", n)
}
