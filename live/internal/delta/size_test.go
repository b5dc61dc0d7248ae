package delta_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ironstar.dev/live/internal/delta"
)

// lines is a page with lines that look alike.
func lines(from, to int) []byte {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, `<li id="%[1]d" class=""><input id="edit-%[1]d" class="edit" form="rename" name="text" aria-label="Edit" autocomplete="off" disabled><div class="view">`+
			`<input class="toggle" type="checkbox" name="id" value="%[1]d" autocomplete="off" aria-label="Toggle Todo" aria-describedby="title-%[1]d">`+
			`<label id="title-%[1]d" dir="auto">water the plants</label><button class="destroy" form="remove" name="id" value="%[1]d" aria-label="Delete"></button></div></li>`, 1000*i)
	}
	return []byte(b.String())
}

// TestSizes: a small change is a small difference, whether the index is needed or
// not.
func TestSizes(t *testing.T) {
	page := lines(0, 100)
	for name, c := range map[string]struct {
		text string
		most int // bytes
	}{
		"a word":           {strings.Replace(string(page), `class=""`, `class="completed"`, 1), 30},
		"a line at first":  {string(slices.Concat(lines(500, 501), page)), 90},
		"a line at last":   {string(slices.Concat(page, lines(500, 501))), 90},
		"a line less":      {string(slices.Concat(lines(0, 50), lines(51, 100))), 300},
		"a line elsewhere": {string(slices.Concat(lines(0, 20), lines(80, 81), lines(20, 80), lines(81, 100))), 650},
	} {
		if got := len(delta.AppendZstd(nil, page, []byte(c.text))); got > c.most {
			t.Errorf("%s: %d bytes, at most %d", name, got, c.most)
		}
	}
}
