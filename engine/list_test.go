package engine_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// ledgerRow is a row of a list of ledgers. A ledger whose sum leaves a rest of 3 has
// none, so rows come and go.
type ledgerRow struct {
	ID    string
	Count int
	Sum   int
	Last  string
}

func rowOf(id string, s ledger) (ledgerRow, bool) {
	row := ledgerRow{ID: id, Count: len(s.Order)}
	for _, n := range s.Sum {
		row.Sum += n
	}
	if row.Count > 0 {
		row.Last = s.Order[row.Count-1]
	}
	return row, row.Count > 0 && row.Sum%4 != 3
}

// ledgerQuery is what a test asks for. Empty texts and zero bounds filter nothing.
type ledgerQuery struct {
	Sort              string // "count", "sum", "last"
	Down              bool
	Size              int
	After, Before     string
	Last, Words       string
	LeastCount        int
	LeastSum, MostSum int
}

// Query names the query.
func (q ledgerQuery) Query() string { return fmt.Sprint(q) }

func (q ledgerQuery) selection(string) ironstar.Selection {
	s := ironstar.Selection{Sort: slices.Index([]string{"count", "sum", "last"}, q.Sort), Down: q.Down, Size: q.Size, After: q.After, Before: q.Before}
	if q.Last != "" {
		s.Equal = []ironstar.EqualTo{{Value: 2, Text: q.Last}}
	}
	if q.LeastSum != 0 || q.MostSum != 0 {
		s.Ranges = append(s.Ranges, ironstar.Between{Value: 1, From: number(q.LeastSum), To: number(q.MostSum)})
	}
	if q.LeastCount != 0 {
		s.Ranges = append(s.Ranges, ironstar.Between{Value: 0, From: fmt.Sprintf("%06d", q.LeastCount), To: "000100"})
	}
	if q.Words != "" {
		s.Words = []ironstar.HasWords{{Value: 3, Words: strings.Fields(q.Words)}}
	}
	return s
}

// number writes a number so that texts have the order of numbers; 0 is no bound.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%012d", n)
}

// ledgers is a list of ledgers.
func ledgers() ironstar.List[ledger, ledgerRow, ledgerQuery] {
	a := aggregate()
	return ironstar.List[ledger, ledgerRow, ledgerQuery]{
		Name: "test.Ledgers", Kind: a.Kind, Fingerprint: a.Fingerprint, State: a.State,
		Initial: a.Initial,
		Evolve:  func(s ledger, r *ironstar.Record) (ledger, error) { return ironstar.Load(&a, s, r) },
		Row: func(id string, s ledger) (ledgerRow, bool) {
			if slices.Contains(s.Order, "norow") {
				panic("no row")
			}
			return rowOf(id, s)
		},
		Append: func(b []byte, r ledgerRow) []byte { return fmt.Appendf(b, "%+v", r) },
		Values: func(r ledgerRow) []string {
			return []string{fmt.Sprintf("%06d", r.Count), fmt.Sprintf("%012d", r.Sum), r.Last, " " + strings.ReplaceAll(r.Last, "-", " ") + " "}
		},
		Sorts: []int{0, 1, 2}, Sets: []int{2}, Texts: []int{3},
		Select: ledgerQuery.selection,
	}
}

// naive returns the rows of a query as of a position, in their order, by folding each
// stream and sorting everything.
func naive(ctx context.Context, store ironstar.Store, q ledgerQuery, upTo ironstar.Position) (rows []ledgerRow, err error) {
	a, states := aggregate(), map[string]ledger{}
	for r, err := range store.Log(ctx, 0) {
		if err != nil {
			return nil, err
		}
		if r.Position > upTo {
			break
		}
		s, there := states[r.Stream.ID]
		if !there {
			s = newLedger()
		}
		if states[r.Stream.ID], err = ironstar.Load(&a, s, r); err != nil {
			return nil, err
		}
	}
	for id, s := range states {
		if row, ok := rowOf(id, s); ok && q.wants(row) {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, q.compare)
	return rows, nil
}

func (q ledgerQuery) wants(r ledgerRow) bool {
	if r.Count < q.LeastCount || q.Last != "" && r.Last != q.Last || q.LeastSum != 0 && r.Sum < q.LeastSum || q.MostSum != 0 && r.Sum > q.MostSum {
		return false
	}
	has := strings.Split(r.Last, "-")
	for i, w := range strings.Fields(q.Words) {
		last := i == len(strings.Fields(q.Words))-1
		if !slices.ContainsFunc(has, func(h string) bool { return h == w || last && strings.HasPrefix(h, w) }) {
			return false
		}
	}
	return true
}

func (q ledgerQuery) compare(a, b ledgerRow) int {
	c := map[string]int{"count": cmp.Compare(a.Count, b.Count), "sum": cmp.Compare(a.Sum, b.Sum), "last": cmp.Compare(a.Last, b.Last)}[q.Sort]
	if c = cmp.Or(c, cmp.Compare(a.ID, b.ID)); q.Down {
		return -c
	}
	return c
}

func drawQuery(t *rapid.T) ledgerQuery {
	q := ledgerQuery{
		Sort: rapid.SampledFrom([]string{"count", "sum", "last"}).Draw(t, "sort"),
		Down: rapid.Bool().Draw(t, "down"), Size: rapid.IntRange(1, 4).Draw(t, "size"),
	}
	switch rapid.IntRange(0, 4).Draw(t, "filter") {
	case 0:
		q.Last = rapid.SampledFrom(lastIDs).Draw(t, "last")
	case 1:
		q.LeastSum, q.MostSum = rapid.IntRange(0, 9).Draw(t, "least"), rapid.IntRange(0, 20).Draw(t, "most")
	case 2:
		q.LeastCount = rapid.IntRange(1, 4).Draw(t, "least count")
	case 3:
		q.Words = rapid.SampledFrom([]string{"a", "red bl", "blue", "blue re", "red red", "gr"}).Draw(t, "words")
	}
	return q
}

// lastIDs are ids of entries, made of words. Each ledger takes each of them once.
var lastIDs = []string{"red-blue", "blue-red", "green", "grey-blue", "red", "a-red-blue", "x", "y"}

// walkPages reads all pages of a query, forward and back, and compares them with the
// naive rows.
func walkPages(list *engine.ListReader[ledgerRow, ledgerQuery], q ledgerQuery, want []ledgerRow) error {
	var forward, back []ledgerRow
	last := q
	for pages := 0; ; pages++ {
		page := pageOf(list, last)
		forward = append(forward, page.Rows...)
		if page.Total != len(want) || page.MoreThan {
			return fmt.Errorf("%+v: the total is %d, want %d", last, page.Total, len(want))
		}
		if (page.Previous != "") != (pages > 0) {
			return fmt.Errorf("%+v: page %d has the previous page %q", last, pages, page.Previous)
		}
		if page.Next == "" {
			break
		}
		last.After = page.Next
	}
	if diff := gocmp.Diff(want, forward); diff != "" {
		return fmt.Errorf("%+v, forward (-naive +list):\n%s", q, diff)
	}
	page := pageOf(list, last)
	for last.After, back = "", page.Rows; page.Previous != ""; {
		last.Before = page.Previous
		n := len(back)
		if page = pageOf(list, last); page.Previous == "" { // it is the first page, and may overlap
			if diff := gocmp.Diff(want[:min(len(want), q.Size)], page.Rows); diff != "" {
				return fmt.Errorf("%+v, the first page from behind (-naive +list):\n%s", last, diff)
			}
			if n+q.Size < len(want) {
				return fmt.Errorf("%+v: %d rows are skipped", last, len(want)-n-q.Size)
			}
			return nil
		}
		back = append(slices.Clone(page.Rows), back...)
		if diff := gocmp.Diff(want[len(want)-len(back):], back); diff != "" {
			return fmt.Errorf("%+v, back (-naive +list):\n%s", last, diff)
		}
	}
	return nil
}

func pageOf(list *engine.ListReader[ledgerRow, ledgerQuery], q ledgerQuery) (page ironstar.Page[ledgerRow]) {
	_ = list.At(q, "").Read("", func(p ironstar.Page[ledgerRow], _, _ ironstar.Position) error {
		page = p
		return nil
	})
	return page
}

// watching is a page that a test watches.
type watching struct {
	q     ledgerQuery
	page  *engine.ListPage[ledgerRow]
	woken int
	shows string
	stamp ironstar.Position
}

// read returns what the page shows.
func (w *watching) read() (shows string, stamp ironstar.Position) {
	_ = w.page.Read("", func(p ironstar.Page[ledgerRow], at, _ ironstar.Position) error {
		shows, stamp = fmt.Sprintf("%+v", p), at
		return nil
	})
	return shows, stamp
}

// TestG8_ListsAreSortedAndFiltered compares a list with folding, filtering and sorting
// everything, under random events, with so little memory that states are folded again
// all the time. Watchers are woken whenever their page changes, and the page has
// another stamp exactly then. A list that is rebuilt shows the same.
func TestG8_ListsAreSortedAndFiltered(t *testing.T) {
	woken, changed := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		store := openStore(t)
		defer store.Close()
		o := engine.Options{ViewBytes: rapid.SampledFrom([]int64{1, 4 << 10, 1 << 20}).Draw(rt, "memory"), SnapshotStream: 3}
		e := engine.New(store, o)
		h, list := engine.Run(e, aggregate()), engine.FollowList(e, ledgers())
		start(t, e)
		defer e.Close()
		streams := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}
		give := func() {
			id := rapid.SampledFrom(streams).Draw(rt, "stream")
			c := entry{ID: rapid.SampledFrom(lastIDs).Draw(rt, "id"), Region: "north", N: rapid.IntRange(0, 5).Draw(rt, "n")}
			if _, err := h.Do(t.Context(), id, c); err != nil {
				rt.Fatal(err)
			}
			if err := e.CatchUp(t.Context()); err != nil {
				rt.Fatal(err)
			}
		}
		for range rapid.IntRange(0, 30).Draw(rt, "before") {
			give()
		}
		var watched []*watching
		for range rapid.IntRange(1, 6).Draw(rt, "watched") {
			w := &watching{q: drawQuery(rt)}
			if from := pageOf(list, w.q); from.Next != "" {
				w.q.After = from.Next
			}
			w.page = list.At(w.q, "")
			stop, err := w.page.Notify("", func() { w.woken++ })
			if err != nil {
				rt.Fatal(err)
			}
			defer stop()
			w.shows, w.stamp = w.read()
			watched = append(watched, w)
		}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			give()
			for _, w := range watched {
				hits := w.woken
				w.woken = 0
				shows, stamp := w.read()
				if shows != w.shows && hits == 0 {
					rt.Fatalf("%+v changed, and nobody was told:\n%s\n%s", w.q, w.shows, shows)
				}
				if (shows != w.shows) != (stamp != w.stamp) {
					rt.Fatalf("%+v: stamps %d and %d:\n%s\n%s", w.q, w.stamp, stamp, w.shows, shows)
				}
				if direct := fmt.Sprintf("%+v", pageOf(list, w.q)); direct != shows {
					rt.Fatalf("%+v: a watcher sees\n%s\nand a reader\n%s", w.q, shows, direct)
				}
				woken += min(hits, 1)
				if shows != w.shows {
					changed++
				}
				w.shows, w.stamp = shows, stamp
			}
		}
		rebuilt := engine.New(store, o)
		again := engine.FollowList(rebuilt, ledgers())
		start(t, rebuilt)
		defer rebuilt.Close()
		for range 5 {
			q := drawQuery(rt)
			want, err := naive(t.Context(), store, q, e.Head())
			if err != nil {
				rt.Fatal(err)
			}
			if err := errors.Join(walkPages(list, q, want), walkPages(again, q, want)); err != nil {
				rt.Fatal(err)
			}
		}
	})
	t.Logf("watchers were woken %d times, for %d changes", woken, changed)
	if changed == 0 || woken > 3*changed {
		t.Errorf("watchers were woken %d times, for %d changes", woken, changed)
	}
}
