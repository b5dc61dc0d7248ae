package wire

import "strings"

// NewStateDecoder begins to read a state that was folded from events and
// written as it was; [Folded] ends it. It is as strict as [NewDecoder] but for
// values that Go's types can hold and the schema does not have, such as an enum,
// a sum or a day that evolve has not set yet: a state is no input, and those who
// folded it must find it as they left it. Its constraints are not looked at.
//
// Strings of the result alias src, which must never change from now on.
func NewStateDecoder(src []byte) *Decoder {
	d := NewDecoder(src)
	d.folded = true
	return d
}

// Folded ends the reading of a state. The error is a *[SyntaxError] or an
// [ironstar.Invalid]; it is one, too, for what JSON cannot hold: a number that is
// none, a string that is not UTF-8.
func Folded(d *Decoder) error { return d.finish() }

// null reads a null, if that is what comes next.
func (d *Decoder) null() bool {
	d.space()
	if !strings.HasPrefix(d.src[d.at:], "null") {
		return false
	}
	d.at += len("null")
	return true
}
