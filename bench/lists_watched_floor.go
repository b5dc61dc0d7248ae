package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"ironstar.dev"
	"ironstar.dev/internal/modelling/gen/auction"
)

// watchedFloor is the argument that makes this command the server below.
const watchedFloor = "floor-lists"

// bareLots does the least that watched pages of lots need. It knows what these pages are
// and that only bids come, so it knows of each row on which pages it is; only pages of
// ranges have rows that come and go. It has no states, orders, other filters, ids,
// resuming, limits or deadlines. It counts how many pages each event changes.
type bareLots struct {
	lots
	mu       sync.Mutex // guards what follows
	next     int        // the event that comes next
	high     []int      // by lot
	wanted   []bool
	pages    []*barePageOfLots
	showing  map[int][]*barePageOfLots // by lot, without those of ranges
	changed  int
	rendered atomic.Int64
}

// barePageOfLots is a page, with the lots that match.
type barePageOfLots struct {
	from, to int   // of a range, in cents; to is 0 if it is none
	matching []int // lots, in order; without a range no more than the page shows
	total    int
	change   chan struct{} // capacity 1; further tokens are dropped
}

// serveWatchedFloor serves until it is killed.
func serveWatchedFloor(rows, pages string) error {
	n, err := strconv.Atoi(rows)
	if err != nil {
		return err
	}
	watched, err := strconv.Atoi(pages)
	if err != nil {
		return err
	}
	s := newBareLots(lots{n}, watched)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feed/{page}", s.feed)
	mux.HandleFunc("POST /run/{events}", func(w http.ResponseWriter, r *http.Request) { sayRun(w, r, s.run) })
	return listenAndPrint(mux)
}

// newBareLots finds out which lots each page shows.
func newBareLots(l lots, watched int) *bareLots {
	n := l.n
	s := &bareLots{lots: l, high: make([]int, n), wanted: make([]bool, n), showing: map[int][]*barePageOfLots{}}
	bySeller := map[string][]int{}
	for i := range n {
		s.high[i] = s.lots.high(i)
		bySeller[s.seller(i)] = append(bySeller[s.seller(i)], i)
	}
	for i := range watched {
		p := &barePageOfLots{change: make(chan struct{}, 1)}
		switch from := s.watchedFrom(i, watched); i % 4 {
		case 0:
			for j := from + 1; j < min(from+26, n); j++ {
				p.matching = append(p.matching, j)
			}
			p.total = min(n, ironstar.MaxTotal)
		case 1:
			p.matching = s.withWordsOf(i)
		case 2:
			p.from, p.to = from, from+watchedRange
			p.matching = s.inRange(p)
		case 3:
			p.matching = bySeller["seller "+strconv.Itoa(i)]
		}
		s.add(p)
	}
	return s
}

// withWordsOf finds the lots with both words of a lot's title, in any order.
func (s *bareLots) withWordsOf(lot int) (all []int) {
	one, two := lot%40, lot/40%40
	for i := range s.n {
		if a, b := i%40, i/40%40; (a == one || b == one) && (a == two || b == two) {
			all = append(all, i)
		}
	}
	return all
}

func (s *bareLots) add(p *barePageOfLots) {
	p.total = cmp.Or(p.total, len(p.matching))
	if p.to == 0 {
		p.matching = p.matching[:min(len(p.matching), 25)]
		for _, i := range p.matching {
			s.showing[i] = append(s.showing[i], p)
		}
	}
	s.pages = append(s.pages, p)
}

func (s *bareLots) inRange(p *barePageOfLots) (all []int) {
	for i, high := range s.high {
		if high >= p.from && high <= p.to {
			all = append(all, i)
		}
	}
	slices.SortFunc(all, s.compareHigh)
	return all
}

func (s *bareLots) compareHigh(a, b int) int {
	return cmp.Or(cmp.Compare(s.high[a], s.high[b]), cmp.Compare(a, b))
}

// run applies events as they come.
func (s *bareLots) run(events int) (watchedRun, error) {
	before, changed := s.rendered.Load(), s.changed
	var took []time.Duration
	for begun, n := time.Now(), 0; n < events; n++ {
		if n%burst == 0 {
			time.Sleep(time.Until(begun.Add(time.Duration(n) * time.Second / watchedEvents)))
		}
		at := time.Now()
		s.bid(s.bidOn(s.next), s.bidCents(s.next))
		s.next++
		took = append(took, time.Since(at))
	}
	return watchedRun{took, int(settled(&s.rendered) - before), s.changed - changed}, nil
}

// bid changes the price of a lot.
func (s *bareLots) bid(lot, cents int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.high[lot]
	if before == cents && s.wanted[lot] {
		return
	}
	for _, p := range s.pages {
		if p.to == 0 || (before < p.from || before > p.to) && (cents < p.from || cents > p.to) {
			continue
		}
		s.move(p, lot, before, cents)
	}
	s.high[lot], s.wanted[lot] = cents, true
	for _, p := range s.showing[lot] {
		s.wake(p)
	}
}

// move takes a lot to its place on a page of a range.
func (s *bareLots) move(p *barePageOfLots, lot, before, cents int) {
	shown, total := slices.Clone(p.matching[:min(len(p.matching), 25)]), len(p.matching)
	if before >= p.from && before <= p.to {
		at, _ := slices.BinarySearchFunc(p.matching, lot, s.compareHigh)
		p.matching = slices.Delete(p.matching, at, at+1)
	}
	if cents >= p.from && cents <= p.to {
		s.high[lot] = cents
		at, _ := slices.BinarySearchFunc(p.matching, lot, s.compareHigh)
		p.matching = slices.Insert(p.matching, at, lot)
		s.high[lot] = before
	}
	p.total = len(p.matching)
	now := p.matching[:min(len(p.matching), 25)]
	if p.total != total || !slices.Equal(now, shown) || slices.Contains(now, lot) {
		s.wake(p)
	}
}

// wake says that a page shows something else. s.mu is held.
func (s *bareLots) wake(p *barePageOfLots) {
	s.changed++
	select {
	case p.change <- struct{}{}:
	default:
	}
}

func (s *bareLots) feed(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("page"))
	if err != nil || n < 0 || n >= len(s.pages) {
		http.Error(w, fmt.Sprintf("there is no page %q", r.PathValue("page")), http.StatusNotFound)
		return
	}
	p := s.pages[n]
	select {
	case p.change <- struct{}{}:
	default:
	}
	w.Header().Set("Content-Type", "text/event-stream")
	var buf bytes.Buffer
	for c := http.NewResponseController(w); c.Flush() == nil; {
		select {
		case <-p.change:
		case <-r.Context().Done():
			return
		}
		if s.render(&buf, p) != nil {
			return
		}
		if _, err := w.Write(buf.Bytes()); err != nil {
			return
		}
	}
}

// render makes an event of a page.
func (s *bareLots) render(buf *bytes.Buffer, p *barePageOfLots) error {
	s.rendered.Add(1)
	s.mu.Lock()
	rows := make([]auction.CatalogueRow, 0, 25)
	for _, i := range p.matching[:min(len(p.matching), 25)] {
		row := s.row(i)
		high := cents(s.high[i])
		row.HighAmount, row.Wanted = &high, s.wanted[i]
		rows = append(rows, row)
	}
	total := p.total
	s.mu.Unlock()
	buf.Reset()
	_, _ = io.WriteString(buf, "event: datastar-patch-elements\ndata: elements <div id=\"live\">") // a buffer takes all
	if err := renderLots(buf, total, rows); err != nil {
		return err
	}
	_, err := io.WriteString(buf, "</div>\n\n")
	return err
}
