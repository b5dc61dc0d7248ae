package wire

import (
	"fmt"
	"sync"
	"unicode/utf8"
	"unsafe"

	"ironstar.dev"
)

// MaxDepth is the greatest depth of nested objects and lists in input and in
// events.
const MaxDepth = 100

// maxProblems is the greatest number of errors that are reported for one value.
const maxProblems = 20

// SyntaxError says where a text is not valid JSON.
type SyntaxError struct {
	Offset  int // bytes before the error
	Message string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("not JSON at byte %d: %s", e.Offset, e.Message)
}

// Decoder reads one JSON value from front to back. After a syntax error it
// returns zero values until the end. It skips wrong values and reports all of
// them at the end. Use [Decode] or [NewDecoder].
type Decoder struct {
	src       string
	at        int
	first     bool // the object or list just entered has no member yet
	absent    bool // the value just left was not an object or list
	isState   bool // the value is a state: see NewStateDecoder
	isRequest bool // the value is a command: see NewRequestDecoder
	name      string
	path      path
	problems  ironstar.Invalid
	syntax    *SyntaxError
	scratch   []byte // for strings with escapes; reused
}

// Decode reads all of src with read. Strings of the result share one copy of
// src. The error is a *[SyntaxError] or an [ironstar.Invalid].
func Decode[T any](src []byte, read func(*Decoder) T) (T, error) {
	d := newDecoder(string(src))
	v := read(d)
	if err := d.finish(); err != nil {
		var zero T
		return zero, err
	}
	return v, nil
}

// NewDecoder returns a decoder of src. [FinishEvent] or [FinishRequest] finish it and
// return its errors.
//
// Strings of the result share memory with src, which must never change
// afterwards. A record's payload does not change, so stored events are read
// without a copy: every load and rebuild does that.
func NewDecoder(src []byte) *Decoder {
	return newDecoder(unsafe.String(unsafe.SliceData(src), len(src)))
}

// NewRequestDecoder returns a decoder of a command from outside. Its decimals get
// the number of digits that the schema says.
func NewRequestDecoder(src []byte) *Decoder {
	d := NewDecoder(src)
	d.isRequest = true
	return d
}

func newDecoder(src string) *Decoder {
	d := decoders.Get().(*Decoder)
	d.src = src
	return d
}

// invalidAt returns the position of the first byte that is not UTF-8.
func invalidAt(s string) int {
	for i := 0; ; {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
}

// decoders holds decoders for reuse. A decoder escapes to the heap because read
// is a function value, and it is larger than most values that it reads.
var decoders = sync.Pool{New: func() any { return new(Decoder) }}

// finish checks that nothing follows the value, returns the decoder to the pool
// and returns the errors.
func (d *Decoder) finish() error {
	d.space()
	if d.syntax == nil && d.at < len(d.src) {
		d.syntaxError("text after the value")
	}
	// Invalid UTF-8 is a syntax error wherever it is, and replaces other
	// errors: the text is probably not JSON at all.
	if d.syntax != nil && !utf8.ValidString(d.src) {
		d.syntax = &SyntaxError{Offset: invalidAt(d.src), Message: notUTF8}
	}
	err := d.err()
	d.src, d.at, d.name, d.first, d.absent, d.isState, d.isRequest = "", 0, "", false, false, false, false
	d.problems, d.syntax = nil, nil
	d.path.count, d.path.more = 0, nil
	d.scratch = reusable(d.scratch)
	decoders.Put(d)
	return err
}

// maxReused is the capacity of the largest buffer that is reused, in bytes.
const maxReused = 64 << 10

// reusable returns b for reuse, or nil if it is too large.
func reusable(b []byte) []byte {
	if cap(b) > maxReused {
		return nil
	}
	return b[:0]
}

func (d *Decoder) err() error {
	if d.syntax != nil {
		return d.syntax
	}
	if d.problems != nil {
		return d.problems
	}
	return nil
}

// syntaxError reports a syntax error. Nothing is read after it.
func (d *Decoder) syntaxError(format string, args ...any) {
	if d.syntax == nil {
		d.syntax = &SyntaxError{Offset: d.at, Message: fmt.Sprintf(format, args...)}
	}
	d.at = len(d.src)
}

// Problem reports an error in the value that was just read or will be skipped.
// message is for people.
func (d *Decoder) Problem(code, message string) {
	d.report(ironstar.Problem{Code: code, Message: message})
}

func (d *Decoder) report(p ironstar.Problem) {
	if d.syntax == nil && len(d.problems) < maxProblems {
		p.Path = d.path.String()
		d.problems = append(d.problems, p)
	}
}

func (d *Decoder) space() {
	for d.at < len(d.src) {
		switch d.src[d.at] {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return
		}
	}
}

// peek returns the first byte of the next token, 0 at the end.
func (d *Decoder) peek() byte {
	d.space()
	if d.at == len(d.src) {
		return 0
	}
	return d.src[d.at]
}

// wrongType reports that the next value has another type than wanted, and skips it.
func (d *Decoder) wrongType(want expectation) {
	c := d.peek()
	start := d.at
	d.skip()
	if d.syntax != nil {
		return
	}
	switch {
	case c == 'n':
		d.report(problem("null", nil, "Please fill this in.", "null is not allowed; leave the field out"))
	default:
		d.report(want.not("type", d.src[start:d.at]))
	}
}

// Object enters an object whose keys are data. Call [Decoder.Field] until it
// returns false. Use [Decoder.Struct] for an object with declared fields.
//
//	for d.Object(); d.Field(); {
//		switch d.Name() { … }
//	}
func (d *Decoder) Object() { d.enter('{', expectObject) }

// Array enters a list. Call [Decoder.Next] until it returns false.
func (d *Decoder) Array() { d.enter('[', expectList) }

// enter moves to the first member. If the next value is not an object or list,
// Field and Next return false.
func (d *Decoder) enter(open byte, want expectation) {
	if d.peek() != open {
		d.wrongType(want)
		d.path.push(mismatched)
		return
	}
	if d.path.depth() >= d.maxDepth() {
		d.syntaxError("nested deeper than %d", d.maxDepth())
		d.path.push(mismatched)
		return
	}
	d.at++
	d.first = true
	if open == '{' {
		d.path.push(object)
	} else {
		d.path.push(list)
	}
}

// Field moves to the next field of the object and reads its name.
func (d *Decoder) Field() bool {
	if !d.more('}') {
		return false
	}
	if d.at == len(d.src) || d.src[d.at] != '"' && d.peek() != '"' {
		d.syntaxError("a field name is expected")
		d.path.pop()
		return false
	}
	d.name = d.text()
	d.path.name(d.name)
	if d.at == len(d.src) || d.src[d.at] != ':' && d.peek() != ':' {
		d.syntaxError("a colon is expected")
		d.path.pop()
		return false
	}
	d.at++
	return true
}

// Name returns the name of the current field.
func (d *Decoder) Name() string { return d.name }

// Next moves to the next element of the list.
func (d *Decoder) Next() bool {
	if !d.more(']') {
		return false
	}
	d.path.next()
	return true
}

func (d *Decoder) more(end byte) bool {
	d.absent = d.path.isMismatched()
	if d.absent || d.syntax != nil {
		d.path.pop()
		return false
	}
	c := d.peek()
	switch {
	case c == end:
		d.at++
		d.first = false
		d.path.pop()
		return false
	case d.first:
		d.first = false
		return true
	case c == ',':
		d.at++
		return true
	}
	d.syntaxError("a comma or %q is expected", end)
	d.path.pop()
	return false
}

// Tag returns the value of a field of the next object, a string or the text of
// another scalar, without consuming anything. It returns "" if there is no such
// field.
func (d *Decoder) Tag(name string) string {
	probe := Decoder{src: d.src, at: d.at, isState: d.isState}
	if probe.peek() != '{' {
		return ""
	}
	for probe.Object(); probe.Field(); {
		if probe.name != name {
			probe.skip()
			continue
		}
		if probe.peek() == '"' {
			return probe.text()
		}
		start := probe.at
		probe.skip()
		return probe.src[start:probe.at]
	}
	return ""
}

// NoArm reports a sum with an unknown tag and skips it.
func (d *Decoder) NoArm(tag, value string, known []string) {
	isObject := d.peek() == '{'
	if !isObject {
		if !d.isState || !d.null() {
			d.wrongType(expectObject)
		}
		return
	}
	d.skip()
	d.path.push(object)
	d.path.name(tag)
	if value == "" {
		d.report(problem("missing", params{"values": known}, expectOneOf(known).words, "is required: "+oneOf(known)))
	} else {
		d.report(problemEnum(known, oneOf(known)+" (is "+shorten(fmt.Sprintf("%q", value))+")"))
	}
	d.path.pop()
}
