package delta

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"sync"
)

// step says: take literals from the new text, then copy bytes that came before.
type step struct {
	literals int
	length   int // of the copy; 0 only in the last step
	distance int // back from where the copy goes
}

const (
	anchor   = 8 // bytes by which places are found again; the shortest copy
	spacing  = 4 // only every fourth place of the old text is remembered
	maxTable = 1 << 16
)

// scratch is what one call needs, kept for the next.
type scratch struct {
	table []int32 // by hash of an anchor: its place in the old text, plus 1
	steps []step
	out   []byte
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// index remembers the places of a text.
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
	near  = 128 // how far to look for where old goes on
	long  = 64  // a copy that is so long needs no comparison with other places
	short = 12  // a copy from elsewhere that is shorter is not worth a step, and says nothing about what follows
)

// match leaves in s.steps how new is made of old, with copies from at most
// reach bytes back.
//
// Pages change in few places. So old is tried where it goes on after the last
// copy, give or take what was replaced, and shortly behind that, before any other
// place: lines of a list look alike, and another one's copy would soon end.
func (s *scratch) match(old, text []byte, reach int) {
	s.steps = s.steps[:0]
	shift := s.index(old)
	done := 0 // text up to here is in steps
	var a alignment
	for at := 0; at+anchor <= len(text); {
		nearest := max(len(old)+at-reach, 0) // what lies before it is out of reach
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
		for at > done && from > nearest && old[from-1] == text[at-1] {
			at, from, length = at-1, from-1, length+1
		}
		s.steps = append(s.steps, step{at - done, length, len(old) - from + at})
		at += length
		done = at
		if goesOn {
			a = alignment{from + length, at}
		}
	}
	s.steps = append(s.steps, step{literals: len(text) - done})
}

// alignment is a place in both texts up to which they have been compared.
type alignment struct{ old, text int }

// find looks for text[at:] where nothing was put in or taken out since then, and
// shortly behind.
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

// common is how many bytes both begin with.
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
