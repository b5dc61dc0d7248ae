package engine

import (
	"encoding/binary"
	"hash/maphash"
	"strings"
	"unicode/utf8"

	"ironstar.dev"
)

// listColumns has a number for each value of each row, in memory that is read from one
// end to the other. Most rows that a filter leaves out are left out by these numbers, so
// a filter over 100 000 rows does not touch 100 000 places in memory.
type listColumns[R any] struct {
	words  map[int]bool // the values that have words
	rows   []*listRow[R]
	values [][]uint64 // by value, in the order of rows
	slots  []int32    // for candidates
}

// put adds a row, or puts it in the place of another one; either may be nil.
func (c *listColumns[R]) put(old, row *listRow[R]) {
	switch {
	case old == nil:
		row.slot = len(c.rows)
		c.rows = append(c.rows, row)
		for len(c.values) < len(row.values) {
			c.values = append(c.values, nil)
		}
		for v := range row.values {
			c.values[v] = append(c.values[v], 0)
		}
	case row != nil:
		row.slot = old.slot
		c.rows[row.slot] = row
	default:
		c.remove(old)
		return
	}
	for v, text := range row.values {
		c.values[v][row.slot] = c.number(v, text)
	}
}

// remove puts the last row in the place of a row.
func (c *listColumns[R]) remove(row *listRow[R]) {
	end := len(c.rows) - 1
	last := c.rows[end]
	c.rows[row.slot], last.slot = last, row.slot
	c.rows[end] = nil
	c.rows = c.rows[:end]
	for v := range c.values {
		c.values[v][row.slot] = c.values[v][end]
		c.values[v] = c.values[v][:end]
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
func (c *listColumns[R]) matching(a *asked, most int) (total int, some []*listRow[R]) {
	sure := len(a.equal) == 0 && len(a.bits) == 0
	for _, slot := range c.candidates(a) {
		row := c.rows[slot]
		if sure && c.surelyWithin(a, slot) || row.matches(a) {
			if total++; total <= most {
				some = append(some, row)
			}
		}
	}
	return total, some
}

// candidates returns the places of the rows that may be asked for, as far as their
// numbers tell: one filter after the other, each over one piece of memory.
func (c *listColumns[R]) candidates(a *asked) []int32 {
	slots := c.slots[:0]
	for slot := range c.rows {
		slots = append(slots, int32(slot))
	}
	c.slots = slots
	for i, want := range a.equal {
		numbers, left := c.values[a.Equal[i].Value], slots[:0]
		for _, slot := range slots {
			if numbers[slot] == want {
				left = append(left, slot)
			}
		}
		slots = left
	}
	for i, want := range a.bits {
		numbers, left := c.values[a.Words[i].Value], slots[:0]
		for _, slot := range slots {
			if numbers[slot]&want == want {
				left = append(left, slot)
			}
		}
		slots = left
	}
	for i, from := range a.from {
		numbers, to, left := c.values[a.Ranges[i].Value], a.to[i], slots[:0]
		for _, slot := range slots {
			if n := numbers[slot]; n >= from && n <= to {
				left = append(left, slot)
			}
		}
		slots = left
	}
	return slots
}

// surelyWithin reports whether the numbers of a row alone tell that it is in all ranges.
func (c *listColumns[R]) surelyWithin(a *asked, slot int32) bool {
	for i, from := range a.from {
		if n := c.values[a.Ranges[i].Value][slot]; n == from || n == a.to[i] {
			return false
		}
	}
	return true
}
