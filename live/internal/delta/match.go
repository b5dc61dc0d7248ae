package delta

import (
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

// match leaves in s.steps how new is made of old, with copies from at most
// reach bytes back.
//
// Pages change in few places. So the place in old that goes on where the last
// copy ended, give or take what was replaced, is tried before any other.
func (s *scratch) match(old, text []byte, reach int) {
	s.steps = s.steps[:0]
	shift := s.index(old)
	done, beside := 0, 0 // text up to done is in steps; text[i] was last found at old[i+beside]
	for at := 0; at+anchor <= len(text); {
		want := load(text, at)
		nearest := max(len(old)+at-reach, 0) // what lies before it is out of reach
		from, length := -1, 0
		if p := at + beside; p >= nearest && p+anchor <= len(old) && load(old, p) == want {
			from, length = p, common(old[p:], text[at:])
		}
		if p := int(s.table[hash(want, shift)]) - 1; p >= nearest && p != from && load(old, p) == want {
			if n := common(old[p:], text[at:]); n > length {
				from, length = p, n
			}
		}
		if length == 0 {
			at++
			continue
		}
		for at > done && from > 0 && old[from-1] == text[at-1] {
			at, from, length = at-1, from-1, length+1
		}
		s.steps = append(s.steps, step{at - done, length, len(old) - from + at})
		beside = from - at
		at += length
		done = at
	}
	s.steps = append(s.steps, step{literals: len(text) - done})
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
