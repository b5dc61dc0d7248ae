package wire

import (
	"fmt"
	"sync"
	"unicode/utf8"
	"unsafe"

	"ironstar.dev"
)

// MaxDepth is how deep objects and lists may be nested.
const MaxDepth = 100

// maxProblems bounds what is reported about one value.
const maxProblems = 20

// SyntaxError says where text stops being JSON.
type SyntaxError struct {
	Offset  int // bytes before the fault
	Message string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("not JSON at byte %d: %s", e.Offset, e.Message)
}

// Decoder reads one JSON value from front to back. After a syntax error it
// reads zero values until the end; wrong values are noted and skipped, so that
// all of them are reported at once. Use [Decode] or [NewDecoder].
type Decoder struct {
	src      string
	at       int
	first    bool // the object or list just entered has no member yet
	absent   bool // the object just left was not one
	folded   bool // it is a state: see NewStateDecoder
	name     string
	path     path
	problems ironstar.Invalid
	syntax   *SyntaxError
	scratch  []byte // for strings with escapes; kept from one use to the next
}

// Decode reads src, all of it, with read. Strings of the result alias one copy
// of src. The error is a *[SyntaxError] or an [ironstar.Invalid].
func Decode[T any](src []byte, read func(*Decoder) T) (T, error) {
	d := newDecoder(string(src))
	v := read(d)
	if err := d.finish(); err != nil {
		var zero T
		return zero, err
	}
	return v, nil
}

// NewDecoder begins to read src. What was read goes to [Stored] or [Request],
// which say whether it could be.
//
// Strings of the result alias src, which must never change from now on. A
// record's payload does not, so a stored event is read without a copy of it:
// this is the hot path of every load and rebuild.
func NewDecoder(src []byte) *Decoder {
	return newDecoder(unsafe.String(unsafe.SliceData(src), len(src)))
}

func newDecoder(src string) *Decoder {
	d := decoders.Get().(*Decoder)
	d.src = src
	return d
}

// invalidAt is where a string stops being UTF-8.
func invalidAt(s string) int {
	for i := 0; ; {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
}

// decoders are decoders at rest: calling read through a value makes each one
// escape to the heap, and they are larger than most of what they read.
var decoders = sync.Pool{New: func() any { return new(Decoder) }}

// finish looks at what is behind the value, puts the decoder to rest and
// returns what was wrong.
func (d *Decoder) finish() error {
	d.space()
	if d.syntax == nil && d.at < len(d.src) {
		d.broken("text after the value")
	}
	// Bytes that are no UTF-8 are a syntax error wherever they are, and explain
	// any other: the whole is rather something else than JSON.
	if d.syntax != nil && !utf8.ValidString(d.src) {
		d.syntax = &SyntaxError{Offset: invalidAt(d.src), Message: notUTF8}
	}
	err := d.err()
	d.src, d.at, d.name, d.first, d.absent, d.folded = "", 0, "", false, false, false
	d.problems, d.syntax = nil, nil
	d.path.count, d.path.more = 0, nil
	d.scratch = kept(d.scratch)
	decoders.Put(d)
	return err
}

// maxKept is the largest buffer that rests in a pool, in bytes.
const maxKept = 64 << 10

// kept is a buffer for the next use, unless a large value made it large.
func kept(b []byte) []byte {
	if cap(b) > maxKept {
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

// broken notes a syntax error. Nothing is read after it.
func (d *Decoder) broken(format string, args ...any) {
	if d.syntax == nil {
		d.syntax = &SyntaxError{Offset: d.at, Message: fmt.Sprintf(format, args...)}
	}
	d.at = len(d.src)
}

// Problem notes that the value just read, or about to be skipped, is wrong.
func (d *Decoder) Problem(code, message string) {
	if d.syntax == nil && len(d.problems) < maxProblems {
		d.problems = append(d.problems, ironstar.Problem{Path: d.path.String(), Code: code, Message: message})
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

// wrong notes that the next value is not what is wanted, and skips it.
func (d *Decoder) wrong(want string) {
	c := d.peek()
	start := d.at
	d.skip()
	if d.syntax != nil {
		return
	}
	switch {
	case c == 'n':
		d.Problem("null", "null is not allowed; leave the field out")
	default:
		d.Problem("type", fmt.Sprintf("%s is expected, not %s", want, shorten(d.src[start:d.at])))
	}
}

// Object enters an object whose keys are data; call [Decoder.Field] until it
// returns false. One whose keys are known is read with [Decoder.Struct].
//
//	for d.Object(); d.Field(); {
//		switch d.Name() { … }
//	}
func (d *Decoder) Object() { d.enter('{', "an object") }

// Array enters a list; call [Decoder.Next] until it returns false.
func (d *Decoder) Array() { d.enter('[', "a list") }

// enter leaves the decoder in front of the first member, or, if there is
// nothing to enter, in a state in which Field and Next return false.
func (d *Decoder) enter(open byte, want string) {
	if d.peek() != open {
		d.wrong(want)
		d.path.push(closed)
		return
	}
	if d.path.depth() >= MaxDepth {
		d.broken("nested deeper than %d", MaxDepth)
		d.path.push(closed)
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

// Field goes to the next field of the object and reads its name.
func (d *Decoder) Field() bool {
	if !d.more('}') {
		return false
	}
	if d.at == len(d.src) || d.src[d.at] != '"' && d.peek() != '"' {
		d.broken("a field name is expected")
		d.path.pop()
		return false
	}
	d.name = d.text()
	d.path.name(d.name)
	if d.at == len(d.src) || d.src[d.at] != ':' && d.peek() != ':' {
		d.broken("a colon is expected")
		d.path.pop()
		return false
	}
	d.at++
	return true
}

// Name is the field that [Decoder.Field] went to.
func (d *Decoder) Name() string { return d.name }

// Next goes to the next element of the list.
func (d *Decoder) Next() bool {
	if !d.more(']') {
		return false
	}
	d.path.next()
	return true
}

func (d *Decoder) more(end byte) bool {
	d.absent = d.path.isClosed()
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
	d.broken("a comma or %q is expected", end)
	d.path.pop()
	return false
}

// Tag looks ahead for a field of the object that comes next and returns its
// value, a string or another scalar's text, without reading anything. It is ""
// if there is none.
func (d *Decoder) Tag(name string) string {
	probe := Decoder{src: d.src, at: d.at}
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

// NoArm refuses a sum whose tag is none of the known ones, and skips it.
func (d *Decoder) NoArm(tag, value string, known []string) {
	isObject := d.peek() == '{'
	if !isObject {
		if !d.folded || !d.null() {
			d.wrong("an object")
		}
		return
	}
	d.skip()
	d.path.push(object)
	d.path.name(tag)
	if value == "" {
		d.Problem("missing", "is required: "+oneOf(known))
	} else {
		d.Problem("enum", oneOf(known)+" (is "+shorten(fmt.Sprintf("%q", value))+")")
	}
	d.path.pop()
}
