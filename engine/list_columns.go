package engine

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"strings"
	"unicode/utf8"

	"ironstar.dev"
)

// listColumns has a number for each value of each row, in memory that is read from one
// end to the other. Most rows that a filter leaves out are left out by these numbers, so
// a filter over 100 000 rows does not touch 100 000 places in memory.
//
// The rows are in chunks. A read that looks at many rows takes a snapshot, and needs no
// lock then; a chunk is copied before its next change.
type listColumns[R any] struct {
	words  map[int]bool // the values that have words
	chunks []*listChunk[R]
	size   int    // rows
	taken  uint64 // how many snapshots were taken
}

// chunkRows is how many rows a chunk has; only the last one has fewer.
const chunkRows = 256

// listChunk is a part of the rows. It is immutable if a snapshot was taken since it was
// made.
type listChunk[R any] struct {
	made    uint64 // listColumns.taken at that time
	rows    []*listRow[R]
	numbers [][]uint64 // by value, in the order of rows
}

// listSnapshot is all rows at one time.
type listSnapshot[R any] []*listChunk[R]

func (c *listColumns[R]) snapshot() listSnapshot[R] {
	c.taken++
	return slices.Clone(c.chunks)
}

// chunk returns a chunk that may be changed, and where a slot lies in it.
func (c *listColumns[R]) chunk(slot int) (*listChunk[R], int) {
	i := slot / chunkRows
	if i == len(c.chunks) {
		c.chunks = append(c.chunks, &listChunk[R]{made: c.taken, rows: make([]*listRow[R], 0, chunkRows)})
	}
	if old := c.chunks[i]; old.made != c.taken {
		c.chunks[i] = old.copy(c.taken)
	}
	return c.chunks[i], slot % chunkRows
}

func (k *listChunk[R]) copy(taken uint64) *listChunk[R] {
	other := &listChunk[R]{made: taken, rows: append(make([]*listRow[R], 0, chunkRows), k.rows...)}
	other.grow(len(k.numbers))
	for v, numbers := range k.numbers {
		copy(other.numbers[v], numbers)
	}
	return other
}

// grow makes room for the numbers of that many values.
func (k *listChunk[R]) grow(values int) {
	all := make([]uint64, values*chunkRows)
	for v := range values {
		k.numbers = append(k.numbers, all[v*chunkRows:(v+1)*chunkRows])
	}
}

// put adds a row, or puts it in the place of another one; either may be nil.
func (c *listColumns[R]) put(old, row *listRow[R]) {
	switch {
	case old == nil:
		row.slot = c.size
		c.size++
		k, _ := c.chunk(row.slot)
		k.rows = append(k.rows, row)
		if k.numbers == nil {
			k.grow(len(row.values))
		}
	case row != nil:
		row.slot = old.slot
	default:
		c.remove(old)
		return
	}
	k, at := c.chunk(row.slot)
	k.rows[at] = row
	for v, text := range row.values {
		k.numbers[v][at] = c.number(v, text)
	}
}

// remove puts the last row in the place of a row.
func (c *listColumns[R]) remove(row *listRow[R]) {
	c.size--
	from, end := c.chunk(c.size)
	to, at := c.chunk(row.slot)
	last := from.rows[end]
	to.rows[at], last.slot = last, row.slot
	for v := range to.numbers {
		to.numbers[v][at] = from.numbers[v][end]
	}
	from.rows[end] = nil
	if from.rows = from.rows[:end]; end == 0 {
		c.chunks = c.chunks[:len(c.chunks)-1]
	}
}

// number returns the number of a value: its beginning, or which words it may have.
func (c *listColumns[R]) number(v int, text string) uint64 {
	if c.words[v] {
		return wordBits(strings.Fields(text), false)
	}
	return beginning(text)
}

// beginning returns the first eight bytes of a text: a smaller text has no larger ones.
func beginning(text string) uint64 {
	var b [8]byte
	copy(b[:], text)
	return binary.BigEndian.Uint64(b[:])
}

var wordSeed = maphash.MakeSeed()

// wordBits returns bits for words and for their beginnings. A text that has the words
// has all their bits, and perhaps those of others. The last word may be a beginning.
func wordBits(words []string, lastIsBeginning bool) (bits uint64) {
	for i, word := range words {
		_, one := utf8.DecodeRuneInString(word)
		_, two := utf8.DecodeRuneInString(word[one:])
		bits |= bit(word[:one]) | bit(word[:one+two])
		if !lastIsBeginning || i < len(words)-1 {
			bits |= bit("=" + word)
		}
	}
	return bits
}

func bit(text string) uint64 { return 1 << (maphash.String(wordSeed, text) % 64) }

// asked is a selection, prepared for comparing.
type asked struct {
	ironstar.Selection
	equal    []uint64
	from, to []uint64
	bits     []uint64
	needles  [][]string // of words, with the blanks around them
}

func newAsked(s ironstar.Selection) *asked {
	a := &asked{Selection: s}
	for _, e := range s.Equal {
		a.equal = append(a.equal, beginning(e.Text))
	}
	for _, r := range s.Ranges {
		to := ^uint64(0)
		if r.To != "" {
			to = beginning(r.To)
		}
		a.from, a.to = append(a.from, beginning(r.From)), append(a.to, to)
	}
	for _, w := range s.Words {
		a.bits = append(a.bits, wordBits(w.Words, true))
		var needles []string
		for i, word := range w.Words {
			if word = " " + word; i < len(w.Words)-1 {
				word += " "
			}
			needles = append(needles, word)
		}
		a.needles = append(a.needles, needles)
	}
	return a
}

// sortedWithin returns the range of the value that rows are sorted by, or nil.
func (a *asked) sortedWithin(sorts []int) *ironstar.Between {
	for i := range a.Ranges {
		if a.Sort < len(sorts) && a.Ranges[i].Value == sorts[a.Sort] {
			return &a.Ranges[i]
		}
	}
	return nil
}

// isAll reports whether every row is asked for.
func (a *asked) isAll() bool { return len(a.Equal) == 0 && len(a.Ranges) == 0 && len(a.Words) == 0 }

// matches reports whether a row is asked for.
func (r *listRow[R]) matches(a *asked) bool {
	for i := range a.Equal {
		if r.values[a.Equal[i].Value] != a.Equal[i].Text {
			return false
		}
	}
	for i := range a.Ranges {
		v, b := r.values[a.Ranges[i].Value], &a.Ranges[i]
		if v == "" || v < b.From || b.To != "" && v > b.To {
			return false
		}
	}
	for i, needles := range a.needles {
		text := r.values[a.Words[i].Value]
		for _, needle := range needles {
			if !strings.Contains(text, needle) {
				return false
			}
		}
	}
	return true
}

// matching counts the rows that are asked for, and returns some of them, in no order.
func (s listSnapshot[R]) matching(a *asked, most int) (total int, some []*listRow[R]) {
	var room [chunkRows]uint8
	sure := len(a.equal) == 0 && len(a.bits) == 0
	for _, k := range s {
		for _, at := range k.candidates(a, room[:0]) {
			row := k.rows[at]
			if sure && k.surelyWithin(a, at) || row.matches(a) {
				if total++; total <= most {
					some = append(some, row)
				}
			}
		}
	}
	return total, some
}

// candidates returns the places of the rows that may be asked for, as far as their
// numbers tell: one filter after the other, each over one piece of memory.
func (k *listChunk[R]) candidates(a *asked, places []uint8) []uint8 {
	for at := range k.rows {
		places = append(places, uint8(at))
	}
	for i, want := range a.equal {
		numbers, left := k.numbers[a.Equal[i].Value], places[:0]
		for _, at := range places {
			if numbers[at] == want {
				left = append(left, at)
			}
		}
		places = left
	}
	for i, want := range a.bits {
		numbers, left := k.numbers[a.Words[i].Value], places[:0]
		for _, at := range places {
			if numbers[at]&want == want {
				left = append(left, at)
			}
		}
		places = left
	}
	for i, from := range a.from {
		numbers, to, left := k.numbers[a.Ranges[i].Value], a.to[i], places[:0]
		for _, at := range places {
			if n := numbers[at]; n >= from && n <= to {
				left = append(left, at)
			}
		}
		places = left
	}
	return places
}

// surelyWithin reports whether the numbers of a row alone tell that it is in all ranges.
func (k *listChunk[R]) surelyWithin(a *asked, at uint8) bool {
	for i, from := range a.from {
		if n := k.numbers[a.Ranges[i].Value][at]; n == from || n == a.to[i] {
			return false
		}
	}
	return true
}
