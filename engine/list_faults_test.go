package engine_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// TestG10_AStreamThatFailsHasNoRow: the others go on, and everybody who watches is told.
func TestG10_AStreamThatFailsHasNoRow(t *testing.T) {
	for _, bad := range []string{"evolve", "norow"} {
		t.Run(bad, func(t *testing.T) {
			store, quiet := openStore(t), engine.Options{Logger: slog.New(slog.DiscardHandler)}
			e := engine.New(store, quiet)
			list := engine.FollowList(e, ledgers())
			start(t, e)
			q := ledgerQuery{Sort: "count", Size: 10}
			woken := 0
			stop, err := list.At(q, "").Notify("", func() { woken++ })
			if err != nil {
				t.Fatal(err)
			}
			empty := &watching{q: ledgerQuery{Sort: "count", Size: 10, LeastSum: 1000}}
			empty.page = list.At(empty.q, "")
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
			rebuilt := engine.New(store, quiet)
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
					stop, _ := list.At(q, fmt.Sprint(i%3)).Notify("", func() {})
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
			w.page = list.At(w.q, "")
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
	o := engine.Options{ViewBytes: 1, NoSnapshots: true, Logger: slog.New(slog.DiscardHandler)} // no state stays in memory
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

// TestTotalsAreCountedUpToABound: above it a page says that there are more, and does not
// hear of every row that comes.
func TestTotalsAreCountedUpToABound(t *testing.T) {
	store := openStore(t)
	add := func(from, to int) {
		t.Helper()
		for from < to {
			var batch []ironstar.Append
			for ; from < to && len(batch) < 512; from++ {
				p, err := aggregate().Codec.Encode(entered{ID: "x", Region: "north", N: 4})
				if err != nil {
					t.Fatal(err)
				}
				batch = append(batch, ironstar.Append{Stream: ironstar.Stream{Kind: ledgerKind, ID: fmt.Sprintf("s%06d", from)}, Events: []ironstar.Proposed{p}})
			}
			for _, out := range store.Append(t.Context(), batch...) {
				if out.Err != nil {
					t.Fatal(out.Err)
				}
			}
		}
	}
	add(0, ironstar.MaxTotal)
	e := engine.New(store, engine.Options{})
	list := engine.FollowList(e, ledgers())
	start(t, e)
	for _, q := range []ledgerQuery{{Sort: "count", Size: 3}, {Sort: "count", Size: 3, Last: "x"}, {Sort: "count", Size: 3, LeastSum: 1}, {Sort: "count", Size: 3, Words: "x"}} {
		if page := pageOf(list, q); page.Total != ironstar.MaxTotal || page.MoreThan {
			t.Errorf("%+v: there are %d, and more: %v", q, page.Total, page.MoreThan)
		}
	}
	w := &watching{q: ledgerQuery{Sort: "count", Size: 3}}
	w.page = list.At(w.q, "")
	stop, err := w.page.Notify("", func() { w.woken++ })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for _, more := range []int{1, 2, 3} {
		add(ironstar.MaxTotal+more-1, ironstar.MaxTotal+more)
		if err := e.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if shows, _ := w.read(); w.woken != 1 || !strings.Contains(shows, fmt.Sprintf("Total:%d MoreThan:true", ironstar.MaxTotal)) {
			t.Errorf("with %d more it was woken %d times: %s", more, w.woken, shows)
		}
	}
}

// TestG8_ALongListIsSortedAndFiltered: with more rows, those that match are found in other
// ways.
func TestG8_ALongListIsSortedAndFiltered(t *testing.T) {
	store := openStore(t)
	var lasts []string
	for i := range 60 {
		lasts = append(lasts, fmt.Sprintf("%s-%d", []string{"red", "blue", "green"}[i%3], i))
	}
	for i := range 400 {
		var all []entered
		for n := range 1 + i%4 {
			all = append(all, entered{ID: lasts[(i*7+n*11)%len(lasts)], Region: "north", N: i * 13 % 50})
		}
		write(t, store, fmt.Sprint("s", i), 0, all...)
	}
	e := engine.New(store, engine.Options{})
	list := engine.FollowList(e, ledgers())
	start(t, e)
	rapid.Check(t, func(rt *rapid.T) {
		q := drawQuery(rt)
		q.Size = rapid.SampledFrom([]int{1, 7, 100, 1000}).Draw(rt, "rows")
		if q.Last != "" {
			q.Last = rapid.SampledFrom(lasts).Draw(rt, "one of many")
			q.LeastCount = rapid.IntRange(0, 3).Draw(rt, "and")
		}
		want, err := naive(t.Context(), store, q, e.Head())
		if err == nil {
			err = walkPages(list, q, want)
		}
		if err != nil {
			rt.Fatal(err)
		}
	})
}
