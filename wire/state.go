package wire

import "strings"

// NewStateDecoder returns a decoder of a state that was folded from events and
// written with Append functions; [FinishState] finishes it. It is as strict as
// [NewDecoder], except that it accepts values that Go's types can hold and the
// schema does not allow, such as an enum, a sum or a day that evolve has not
// set yet: evolve must get back the state that it returned. Constraints are not
// checked.
//
// Strings of the result share memory with src, which must never change
// afterwards.
func NewStateDecoder(src []byte) *Decoder {
	d := NewDecoder(src)
	d.isState = true
	return d
}

// FinishState finishes the reading of a state. The error is a *[SyntaxError] or an
// [ironstar.Invalid]. It also reports values that JSON could not hold: NaN,
// infinities and strings that were not UTF-8.
func FinishState(d *Decoder) error { return d.finish() }

// null reads a null if it comes next.
func (d *Decoder) null() bool {
	d.space()
	if !strings.HasPrefix(d.src[d.at:], "null") {
		return false
	}
	d.at += len("null")
	return true
}
