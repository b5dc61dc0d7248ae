package main

import (
	"bufio"
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestBareLotsCountsChanges: the floor of watched lists, to which our renderings are
// compared, shows what a search through all lots finds, and counts each page that changes.
func TestBareLotsCountsChanges(t *testing.T) {
	const pages = 40
	s := newBareLots(lots{400}, pages)
	type shows struct {
		total int
		rows  string
	}
	find := func(page int) (now shows) {
		var all []int
		for i := range s.n {
			if s.isOn(page, pages, i) {
				all = append(all, i)
			}
		}
		if page%4 == 2 {
			slices.SortFunc(all, func(a, b int) int { return cmp.Or(cmp.Compare(s.high[a], s.high[b]), cmp.Compare(a, b)) })
		}
		now.total = len(all)
		for _, i := range all[:min(len(all), 25)] {
			now.rows += s.id(i).String() + cents(s.high[i]).String()
			if s.wanted[i] {
				now.rows += "wanted"
			}
		}
		return now
	}
	var before [pages]shows
	for page := range pages {
		before[page] = find(page)
	}
	want := 0
	for event := range 300 {
		s.bid(s.bidOn(event), s.bidCents(event))
		for page := range pages {
			now := find(page)
			if now != before[page] {
				want++
			}
			before[page] = now
		}
		if s.changed != want {
			t.Fatalf("after event %d %d changes are counted, want %d", event, s.changed, want)
		}
	}
	if want == 0 {
		t.Error("no page changed")
	}
}

// isOn reports whether a lot matches what the page asks for; a page behind a cursor shows
// the 25 lots behind it.
func (s *bareLots) isOn(page, pages, lot int) bool {
	from := s.watchedFrom(page, pages)
	switch page % 4 {
	case 0:
		return lot > from && lot <= from+25
	case 1:
		title := " " + s.title(lot) + " "
		for word := range strings.FieldsSeq(s.words(page)) {
			if !strings.Contains(title, " "+word+" ") {
				return false
			}
		}
		return true
	case 2:
		return s.high[lot] >= from && s.high[lot] <= from+watchedRange
	}
	return s.seller(lot) == "seller "+strconv.Itoa(page)
}

func TestReadPosition(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	in := bufio.NewReader(strings.NewReader(":\n\nevent: a\nid: 12.abc\ndata: " + long + "\n\n:\n\ndata: id: 3.x\nid: 13.abd\n\ndata: no id\n\n"))
	for _, want := range []int64{12, 13} {
		if got, err := readPosition(in); err != nil || got != want {
			t.Errorf("got %d, %v, want %d", got, err, want)
		}
	}
	if _, err := readPosition(in); err != errNoPosition {
		t.Errorf("without an id: %v", err)
	}
	if _, err := readPosition(in); err != io.EOF {
		t.Errorf("at the end: %v, want io.EOF", err)
	}
}
