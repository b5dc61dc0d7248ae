package engine_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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
	LeastSum, MostSum int
}

func (q ledgerQuery) selection(string) ironstar.Selection {
	s := ironstar.Selection{Sort: slices.Index([]string{"count", "sum", "last"}, q.Sort), Down: q.Down, Size: q.Size, After: q.After, Before: q.Before}
	if q.Last != "" {
		s.Equal = []ironstar.EqualTo{{Value: 2, Text: q.Last}}
	}
	if q.LeastSum != 0 || q.MostSum != 0 {
		s.Ranges = []ironstar.Between{{Value: 1, From: number(q.LeastSum), To: number(q.MostSum)}}
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
			return []string{fmt.Sprintf("%012d", r.Count), fmt.Sprintf("%012d", r.Sum), r.Last, " " + strings.ReplaceAll(r.Last, "-", " ") + " "}
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
	if q.Last != "" && r.Last != q.Last || q.LeastSum != 0 && r.Sum < q.LeastSum || q.MostSum != 0 && r.Sum > q.MostSum {
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
	switch rapid.IntRange(0, 3).Draw(t, "filter") {
	case 0:
		q.Last = rapid.SampledFrom(lastIDs).Draw(t, "last")
	case 1:
		q.LeastSum, q.MostSum = rapid.IntRange(0, 9).Draw(t, "least"), rapid.IntRange(0, 20).Draw(t, "most")
	case 2:
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
	_ = list.At(q, fmt.Sprint(q), "").Read("", func(p ironstar.Page[ledgerRow], _, _ ironstar.Position) error {
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
			w.page = list.At(w.q, fmt.Sprint(w.q), "")
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

// TestG10_AStreamThatFailsHasNoRow: the others go on, and everybody who watches is told.
func TestG10_AStreamThatFailsHasNoRow(t *testing.T) {
	for _, bad := range []string{"evolve", "norow"} {
		t.Run(bad, func(t *testing.T) {
			store := openStore(t)
			e := engine.New(store, engine.Options{})
			list := engine.FollowList(e, ledgers())
			start(t, e)
			q := ledgerQuery{Sort: "count", Size: 10}
			woken := 0
			stop, err := list.At(q, "", "").Notify("", func() { woken++ })
			if err != nil {
				t.Fatal(err)
			}
			empty := &watching{q: ledgerQuery{Sort: "count", Size: 10, LeastSum: 1000}}
			empty.page = list.At(empty.q, "empty", "")
			stopEmpty, err := empty.page.Notify("", func() { empty.woken++ })
			if err != nil {
				t.Fatal(err)
			}
			defer stopEmpty()
			write(t, store, "a", 0, entered{ID: "x", Region: "north", N: 1})
			write(t, store, "b", 0, entered{ID: "x", Region: "north", N: 1})
			write(t, store, "a", 1, entered{ID: bad, Region: "north", N: 1})
			write(t, store, "a", 2, entered{ID: "later", Region: "north", N: 1})
			write(t, store, "b", 1, entered{ID: "y", Region: "north", N: 1})
			want := ironstar.Page[ledgerRow]{Rows: []ledgerRow{{ID: "b", Count: 2, Sum: 2, Last: "y"}}, Total: 1, Withheld: 1}
			check := func(e *engine.Engine, list *engine.ListReader[ledgerRow, ledgerQuery]) {
				t.Helper()
				if err := e.CatchUp(t.Context()); err != nil {
					t.Fatal(err)
				}
				if diff := gocmp.Diff(want, pageOf(list, q)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				health := e.Health()
				if len(health) != 1 || health[0].Key != "a" || health[0].View != "test.Ledgers" || health[0].Position < 3 {
					t.Errorf("health is %v", health)
				}
			}
			check(e, list)
			if shows, _ := empty.read(); empty.woken != 1 || !strings.Contains(shows, "Withheld:1") {
				t.Errorf("who watches a page without rows was woken %d times: %s", empty.woken, shows)
			}
			stop()
			if woken < 4 {
				t.Errorf("a watcher was woken %d times", woken)
			}
			rebuilt := engine.New(store, engine.Options{})
			again := engine.FollowList(rebuilt, ledgers())
			start(t, rebuilt)
			check(rebuilt, again)
		})
	}
}

// TestListsAreReadWhileTheyChange is for the race detector: a page is as of one
// position, so a row that moves is on it once.
func TestListsAreReadWhileTheyChange(t *testing.T) {
	store := openStore(t)
	e := engine.New(store, engine.Options{ViewBytes: 8 << 10})
	h, list := engine.Run(e, aggregate()), engine.FollowList(e, ledgers())
	start(t, e)
	var work sync.WaitGroup
	defer work.Wait()
	for w := range 4 {
		work.Go(func() {
			for i := range 40 {
				if _, err := h.Do(t.Context(), fmt.Sprint("s", (i*7+w)%12), entry{ID: fmt.Sprint(w, "-", i), Region: "north", N: i % 5}); err != nil {
					t.Error(err)
					return
				}
			}
		})
		work.Go(func() {
			q := ledgerQuery{Sort: "count", Size: 20, Down: w%2 == 0}
			for i := range 60 {
				if i%5 == 0 {
					stop, _ := list.At(q, fmt.Sprint(q, i%3), "").Notify("", func() {})
					defer stop()
				}
				seen := map[string]bool{}
				for _, row := range pageOf(list, q).Rows {
					if seen[row.ID] {
						t.Errorf("row %s is on the page twice", row.ID)
					}
					seen[row.ID] = true
				}
			}
		})
	}
}

// TestListCursors: cursors of others, and those that are none, lead to a page.
func TestListCursors(t *testing.T) {
	store := openStore(t)
	e := engine.New(store, engine.Options{})
	list := engine.FollowList(e, ledgers())
	for i := range 5 {
		write(t, store, fmt.Sprint("s", i), 0, entered{ID: "x", Region: "north", N: 1})
	}
	start(t, e)
	ids := func(q ledgerQuery) (ids string) {
		q.Sort, q.Size = "sum", 2
		for _, row := range pageOf(list, q).Rows {
			ids += row.ID
		}
		return ids
	}
	for _, test := range []struct {
		q    ledgerQuery
		want string
	}{
		{ledgerQuery{}, "s0s1"},
		{ledgerQuery{After: "no cursor"}, "s0s1"},
		{ledgerQuery{After: "%%.s1"}, "s0s1"},
		{ledgerQuery{After: ironstar.Cursor("000000000001", "s1")}, "s2s3"},
		{ledgerQuery{After: ironstar.Cursor("000000000001", "s1x")}, "s2s3"}, // a row that is gone
		{ledgerQuery{After: ironstar.Cursor("9", "")}, "s3s4"},               // behind the end: the last page
		{ledgerQuery{Before: ironstar.Cursor("000000000001", "s4")}, "s2s3"},
		{ledgerQuery{Before: ironstar.Cursor("000000000001", "s1")}, "s0s1"}, // too few in front: the first page
		{ledgerQuery{Before: ironstar.Cursor("", "")}, "s0s1"},
		{ledgerQuery{Down: true, After: ironstar.Cursor("000000000001", "s1")}, "s0"},
	} {
		if got := ids(test.q); got != test.want {
			t.Errorf("%+v shows %s, want %s", test.q, got, test.want)
		}
	}
}

// TestAPageIsToldOfItsNeighbours: a row that is not on a page decides whether there is a
// page before or behind it.
func TestAPageIsToldOfItsNeighbours(t *testing.T) {
	for name, test := range map[string]struct {
		id string // of the stream that leaves its place
		n  int    // what it enters
	}{
		"the only row before goes behind the page":      {"a", 88},
		"the only row behind goes in front of the page": {"d", -16},
	} {
		t.Run(name, func(t *testing.T) {
			store := openStore(t)
			e := engine.New(store, engine.Options{})
			list := engine.FollowList(e, ledgers())
			start(t, e)
			for i, id := range []string{"a", "b", "c", "d"} {
				write(t, store, id, 0, entered{ID: "x", Region: "north", N: 4 * (i + 2)})
			}
			if err := e.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			w := &watching{q: ledgerQuery{Sort: "sum", Size: 2, After: ironstar.Cursor("000000000008", "a")}}
			w.page = list.At(w.q, "", "")
			stop, err := w.page.Notify("", func() { w.woken++ })
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			was, _ := w.read()
			write(t, store, test.id, 1, entered{ID: "y", Region: "north", N: test.n})
			if err := e.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			if is, _ := w.read(); is == was || w.woken == 0 {
				t.Errorf("woken %d times:\n%s\n%s", w.woken, was, is)
			}
		})
	}
}

// brokenStreams is a store whose streams cannot be read for a while.
type brokenStreams struct {
	ironstar.Store
	fails atomic.Int32
}

func (b *brokenStreams) Stream(ctx context.Context, s ironstar.Stream, after ironstar.Version) iter.Seq2[*ironstar.Record, error] {
	if b.fails.Add(-1) >= 0 {
		return func(yield func(*ironstar.Record, error) bool) { yield(nil, errFault) }
	}
	return b.Store.Stream(ctx, s, after)
}

// TestAListReadsAgain: what the store cannot read for a while is not lost, and a start
// that cannot read says so.
func TestAListReadsAgain(t *testing.T) {
	store := &brokenStreams{Store: openStore(t)}
	o := engine.Options{ViewBytes: 1, NoSnapshots: true} // no state stays in memory
	e := engine.New(store, o)
	list := engine.FollowList(e, ledgers())
	start(t, e)
	store.fails.Store(1)
	write(t, store, "a", 0, entered{ID: "x", Region: "north", N: 1})
	write(t, store, "b", 0, entered{ID: "x", Region: "north", N: 1})
	if err := e.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rows := pageOf(list, ledgerQuery{Sort: "count", Size: 9}).Rows; len(rows) != 2 || len(e.Health()) > 0 {
		t.Errorf("there are %v and %v", rows, e.Health())
	}
	store.fails.Store(100)
	again := engine.New(store, o)
	engine.FollowList(again, ledgers())
	defer again.Close()
	if err := again.Start(t.Context()); !errors.Is(err, errFault) {
		t.Errorf("a start without the streams: %v", err)
	}
}
