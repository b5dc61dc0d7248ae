package delta

import "math/bits"

// symbol is a number as it is coded: a code, and extra bits that select one of
// the numbers with this code.
type symbol struct{ code, extra, bits int }

// codes are ranges of numbers, each with its own code (RFC 8878,
// 3.1.1.3.2.1.1). The range of code i begins at from[i] and has 1<<bits[i]
// numbers.
type codes struct{ from, bits []int }

func (c codes) of(v int) symbol {
	low, high := 0, len(c.from)
	for high-low > 1 {
		if middle := (low + high) / 2; c.from[middle] <= v {
			low = middle
		} else {
			high = middle
		}
	}
	return symbol{low, v - c.from[low], c.bits[low]}
}

// newCodes makes codes for n single numbers and then for ranges.
func newCodes(first, n int, ranges ...int) codes {
	var c codes
	for range n {
		c.from, c.bits = append(c.from, first), append(c.bits, 0)
		first++
	}
	for _, b := range ranges {
		c.from, c.bits = append(c.from, first), append(c.bits, b)
		first += 1 << b
	}
	return c
}

var (
	literalCodes = newCodes(0, 16, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
	lengthCodes  = newCodes(3, 32, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
)

// offsetCode codes a distance. The values 1 to 3 would stand for recent
// distances.
func offsetCode(distance int) symbol {
	v := distance + 3
	code := bits.Len(uint(v)) - 1
	return symbol{code, v - 1<<code, code}
}

// table codes symbols by finite state entropy. A decoder's state stands for a
// symbol and gives a range of next states and the number of bits that select
// one. The encoder works backwards: it knows the next state.
type table struct {
	log    int
	states []state
	before [][]uint8 // by symbol and next state: the state before it
}

type state struct{ from, bits int }

// newTable makes a table from a distribution (RFC 8878, 4.1.1). -1 is a
// probability of less than one.
func newTable(log int, chances ...int) *table {
	size := 1 << log
	t := &table{log: log, states: make([]state, size)}
	symbols := make([]int, size)
	high := size
	for s, c := range chances {
		if c < 0 {
			high--
			symbols[high] = s
		}
	}
	at := 0
	for s, c := range chances {
		for range c {
			symbols[at] = s
			for at = (at + size/2 + size/8 + 3) % size; at >= high; {
				at = (at + size/2 + size/8 + 3) % size
			}
		}
	}
	next := make([]int, len(chances))
	for s, c := range chances {
		next[s] = max(c, 1)
		t.before = append(t.before, make([]uint8, size))
	}
	for i, s := range symbols {
		n := log + 1 - bits.Len(uint(next[s]))
		t.states[i] = state{next[s]<<n - size, n}
		next[s]++
		for k := range 1 << n {
			t.before[s][t.states[i].from+k] = uint8(i)
		}
	}
	return t
}

// any returns some state that stands for a symbol.
func (t *table) any(code int) int { return int(t.before[code][0]) }

// back returns the state that stands for a symbol and leads to the state next.
// It writes the bits that lead there.
func (t *table) back(w *bitWriter, code, next int) int {
	i := int(t.before[code][next])
	w.add(next-t.states[i].from, t.states[i].bits)
	return i
}

// The predefined distributions (RFC 8878, 3.1.1.3.2.2).
var (
	literalTable = newTable(6, 4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1)
	lengthTable  = newTable(6, 1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1)
	offsetTable  = newTable(5, 1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1)
)
