package delta

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"sync"
)

// step copies literals from the new text, then length bytes from distance back.
type step struct {
	literals int
	length   int // of the copy; 0 only in the last step
	distance int // from the target of the copy back to its source
}

const (
	anchor   = 8 // bytes that are hashed to find a match; the shortest copy
	spacing  = 4 // every fourth position of the old text is indexed
	maxTable = 1 << 16
)

// scratch is the memory of one call, reused by the next.
type scratch struct {
	table []int32 // by hash of an anchor: its position in the old text, plus 1
	steps []step
	out   []byte
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// index fills the table with positions of the old text.
func (s *scratch) index(old []byte) (shift uint) {
	size := 1 << 8
	for size < len(old)/2 && size < maxTable {
		size *= 2
	}
	if cap(s.table) < size {
		s.table = make([]int32, size)
	}
	s.table = s.table[:size]
	clear(s.table)
	shift = uint(64 - bits.TrailingZeros(uint(size)))
	for at := 0; at+anchor <= len(old); at += spacing {
		s.table[hash(load(old, at), shift)] = int32(at + 1)
	}
	return shift
}

func load(b []byte, at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }

func hash(v uint64, shift uint) uint64 { return v * 0x9e3779b97f4a7c15 >> shift }

const (
	near  = 128 // how far to search for the continuation of old
	long  = 64  // a copy of this length is taken without comparing it with others
	few   = 24  // steps that are made without an index
	short = 12  // a shorter copy from another position is not worth a step and does not move the alignment
)

// match sets s.steps so that they make text of old, with copies from at most
// reach bytes back.
//
// Pages change in few positions. So match first tries the position in old that
// follows the last copy, also shifted by the length of what was replaced, and
// shortly after it. Only then it tries other positions: lines of a list look
// alike, and a copy of another line would soon end.
//
// Other positions need an index of old, which is most of the work. So match first
// works without one. If that makes many steps, or a long part has no long copy,
// it begins again with an index.
func (s *scratch) match(old, text []byte, reach int) {
	if len(text) <= near || !s.matchNear(old, text, reach) {
		s.matchAll(old, text, reach)
	}
}

// matchNear does without an index. It returns false if it has given up.
func (s *scratch) matchNear(old, text []byte, reach int) bool {
	s.steps = s.steps[:0]
	done, sure := 0, 0 // text[:done] is in steps; the last long copy ended at sure
	var a alignment
	for at := 0; at+anchor <= len(text); {
		if at-sure > near || len(s.steps) > few {
			return false
		}
		nearest := max(len(old)+at-reach, 0)
		from, length := a.find(old, text, at, nearest)
		if length == 0 {
			at++
			continue
		}
		goesOn := length > short
		at = s.copy(old, text, at, from, length, done, nearest)
		done = at
		if goesOn {
			a = alignment{from + length, at}
		}
		if length >= long {
			sure = done
		}
	}
	s.steps = append(s.steps, step{literals: len(text) - done})
	return true
}

// matchAll also searches the index.
func (s *scratch) matchAll(old, text []byte, reach int) {
	s.steps = s.steps[:0]
	shift := s.index(old)
	done := 0 // text[:done] is in steps
	var a alignment
	for at := 0; at+anchor <= len(text); {
		nearest := max(len(old)+at-reach, 0) // positions before it are out of reach
		from, length := a.find(old, text, at, nearest)
		goesOn := length > short
		if p := int(s.table[hash(load(text, at), shift)]) - 1; p >= nearest && length < long {
			if n := common(old[p:], text[at:]); n > length && n >= short {
				from, length = p, n
				goesOn = n >= long
			}
		}
		if length == 0 {
			at++
			continue
		}
		at = s.copy(old, text, at, from, length, done, nearest)
		done = at
		if goesOn {
			a = alignment{from + length, at}
		}
	}
	s.steps = append(s.steps, step{literals: len(text) - done})
}

// copy adds a copy of old[from:] at text[at:], and lengthens it to the left, into
// text[done:]. It returns where the copy ends.
func (s *scratch) copy(old, text []byte, at, from, length, done, nearest int) (end int) {
	end = at + length
	for at > done && from > nearest && old[from-1] == text[at-1] {
		at, from, length = at-1, from-1, length+1
	}
	s.steps = append(s.steps, step{at - done, length, len(old) - from + at})
	return end
}

// alignment is a position in both texts up to which they have been compared.
type alignment struct{ old, text int }

// find searches old for text[at:], first where it is if nothing was inserted or
// removed after the alignment, then shortly after that.
func (a alignment) find(old, text []byte, at, nearest int) (from, length int) {
	beside := a.old + at - a.text
	if nearest <= beside && beside+anchor <= len(old) && load(old, beside) == load(text, at) {
		from, length = beside, common(old[beside:], text[at:])
	}
	start, end := max(a.old, nearest), min(beside+near, len(old))
	if length >= long || at-a.text > near || start >= end {
		return from, length
	}
	if p := bytes.Index(old[start:end], text[at:at+anchor]); p >= 0 {
		if n := common(old[start+p:], text[at:]); n > length {
			from, length = start+p, n
		}
	}
	return from, length
}

// common returns the length of the common prefix.
func common(a, b []byte) int {
	n := min(len(a), len(b))
	at := 0
	for ; at+8 <= n; at += 8 {
		if diff := load(a, at) ^ load(b, at); diff != 0 {
			return at + bits.TrailingZeros64(diff)/8
		}
	}
	for at < n && a[at] == b[at] {
		at++
	}
	return at
}
