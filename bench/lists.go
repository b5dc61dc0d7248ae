package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
	"ironstar.dev/internal/modelling/gen/auction"
)

// measureLists measures a list of many lots: its rebuild, its memory, reading it,
// changing it, and pages that are watched.
func measureLists(ctx context.Context, b *bench) error {
	dir, err := b.folder("lists")
	if err != nil {
		return err
	}
	l, path := lots{b.size(100_000, 10_000)}, filepath.Join(dir, "log.db")
	b.progress("  writing %d events of %d lots", l.count(), l.n)
	if err := l.write(ctx, path); err != nil {
		return err
	}
	for _, compare := range []func(context.Context, lots, string) error{b.compareListRebuild, b.compareListMemory, b.compareList, b.compareWatched} {
		if err := compare(ctx, l, path); err != nil {
			return err
		}
	}
	return nil
}

// compareList reads and changes a list.
func (b *bench) compareList(ctx context.Context, l lots, path string) (err error) {
	c, err := openCatalogue(ctx, path, l, 1<<30)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	table, err := openTable(l)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, table.conn.Close()) }()
	if err := b.compareListReads(ctx, c, table); err != nil {
		return err
	}
	return b.compareListUpdates(ctx, c, table)
}

func (b *bench) compareListRebuild(ctx context.Context, l lots, path string) error {
	name := fmt.Sprintf("rebuild a list of %dk rows, %dk events", l.n/1000, l.count()/1000)
	return b.compare(ctx, experiment{
		metrics: []metric{{name, perSecond, aim{}}}, within: time.Duration(b.size(40, 10)) * time.Second,
		ours: func(ctx context.Context, _ int) ([]float64, error) {
			c, err := openCatalogue(ctx, path, l, 1<<30)
			if err != nil {
				return nil, err
			}
			return []float64{float64(l.count()) / c.rebuilt.Seconds()}, c.close()
		},
		floor: func(context.Context, int) ([]float64, error) {
			took, err := rebuildByHand(path, l)
			return []float64{float64(l.count()) / took.Seconds()}, err
		},
	})
}

// compareListMemory has no room for states, so that only rows are in memory.
func (b *bench) compareListMemory(ctx context.Context, l lots, path string) error {
	name := "memory of a row of a list, bytes"
	return b.compare(ctx, experiment{
		metrics: []metric{{name + ", floor: SQLite in memory", times, aim{}}, {name + ", floor: a sorted slice", times, aim{}}},
		within:  time.Second, // once: memory does not vary
		ours: func(ctx context.Context, _ int) ([]float64, error) {
			before := liveBytes()
			c, err := openCatalogue(ctx, path, l, 1)
			if err != nil {
				return nil, err
			}
			row := (liveBytes() - before) / float64(l.n)
			return []float64{row, row}, c.close()
		},
		floor: func(context.Context, int) ([]float64, error) {
			table, err := openTable(l)
			if err != nil {
				return nil, err
			}
			bytes, err := table.bytes()
			before := liveBytes()
			slice := l.sorted()
			sorted := liveBytes() - before
			runtime.KeepAlive(slice)
			return []float64{bytes / float64(l.n), sorted / float64(l.n)}, errors.Join(err, table.conn.Close())
		},
	})
}

// liveBytes is the memory of what is reachable.
func liveBytes() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what the first one's finalizers freed
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// listRead is one kind of page, on both sides. k is which one.
type listRead struct {
	name        string
	params      func(k int) auction.CatalogueParams
	rows, count string // of SQLite
	bind        func(st *zs.Stmt, k int)
}

func listReads(l lots) []listRead {
	all := auction.CatalogueParams{}.WithSize(auction.CatalogueParamsSize25)
	zero, half, open := cents(0), cents(l.n/2), auction.CatalogueRowIsOpen
	where := func(k int) int { return k * 7919 % l.n }
	const inOrder = " ORDER BY closes, id"
	return []listRead{
		{"the first page", func(int) auction.CatalogueParams { return all }, "lots" + inOrder, "", nil},
		{"a page by a cursor", func(k int) auction.CatalogueParams { return all.WithAfter(l.cursor(where(k))) },
			"lots WHERE (closes, id) > (?1, ?2)" + inOrder, "",
			func(st *zs.Stmt, k int) {
				st.BindInt64(1, l.closes(where(k)).UnixMicro())
				st.BindText(2, l.id(where(k)).String())
			}},
		{"rows of one value, 1 of 1000", func(k int) auction.CatalogueParams { return all.WithSeller(l.seller(where(k))) },
			"lots WHERE seller = ?1" + inOrder, "lots WHERE seller = ?1", func(st *zs.Stmt, k int) { st.BindText(1, l.seller(where(k))) }},
		{"rows of one value, half of all", func(int) auction.CatalogueParams { p := all; p.Is = &open; return p },
			"lots WHERE sold = 0" + inOrder, "lots WHERE sold = 0", nil},
		{"a range with half of all", func(int) auction.CatalogueParams {
			p := all
			p.HighAmountFrom, p.HighAmountTo = &zero, &half
			return p
		}, "lots WHERE +high BETWEEN ?1 AND ?2" + inOrder, "lots WHERE high BETWEEN ?1 AND ?2",
			func(st *zs.Stmt, _ int) { st.BindInt64(1, 0); st.BindInt64(2, int64(l.n/2)) }},
		{"two words, 1 of 1600", func(k int) auction.CatalogueParams { return all.WithTitle(l.words(where(k))) },
			"words JOIN lots ON lots.n = words.rowid WHERE words MATCH ?1" + inOrder, "words WHERE words MATCH ?1",
			func(st *zs.Stmt, k int) { st.BindText(1, l.words(where(k))+"*") }},
	}
}

func (b *bench) compareListReads(ctx context.Context, c *catalogue, table *tableOfLots) error {
	during := time.Duration(b.size(200, 50)) * time.Millisecond
	sorted := c.sorted()
	for _, read := range listReads(c.lots) {
		q, err := table.query(read.rows, read.count, read.bind)
		if err != nil {
			return err
		}
		if err := sameRows(c, read, &q); err != nil {
			return err
		}
		name := "read of a list, " + read.name
		err = b.compareReads(ctx, name, during, func(k int) error { c.page(read.params(k)); return nil },
			func(k int) error { _, _, err := q.page(k); return err })
		if err == nil && read.count == "" {
			err = b.compareReads(ctx, name+", floor: a sorted slice", during, func(k int) error { c.page(read.params(k)); return nil },
				func(k int) error { sorted.page(c.closes(k * 7919 % c.n)); return nil })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) compareReads(ctx context.Context, name string, during time.Duration, ours, floor func(k int) error) error {
	side := func(read func(k int) error) func(context.Context, int) ([]float64, error) {
		return func(ctx context.Context, run int) ([]float64, error) {
			var took []time.Duration
			for k, begun := run<<10, time.Now(); time.Since(begun) < during; k++ {
				at := time.Now()
				if err := read(k); err != nil {
					return nil, err
				}
				took = append(took, time.Since(at))
			}
			observe(ctx, name, took)
			return []float64{seconds(took, 0.5), seconds(took, 0.999)}, nil
		}
	}
	return b.compare(ctx, experiment{
		metrics: []metric{{name + ", p50", duration, aim{}}, {name + ", p99.9", duration, aim{}}},
		ours:    side(ours), floor: side(floor),
	})
}

// sameRows makes sure that both sides read the same.
func sameRows(c *catalogue, read listRead, q *lotQuery) error {
	for k := range 20 {
		page := c.page(read.params(k))
		rows, total, err := q.page(k)
		if err != nil {
			return fmt.Errorf("%s: %w", read.name, err)
		}
		same := len(rows) == len(page.Rows) && min(total, ironstar.MaxTotal) == page.Total
		for i := range rows {
			same = same && rows[i].id == page.Rows[i].ID && rows[i].title == page.Rows[i].Title
		}
		if !same {
			return fmt.Errorf("%s: the list has %d rows of %d, and SQLite %d of %d, or others", read.name, len(page.Rows), page.Total, len(rows), total)
		}
	}
	return nil
}

// compareListUpdates changes rows, once alone and once while somebody reads the page that
// takes longest all the time.
func (b *bench) compareListUpdates(ctx context.Context, c *catalogue, table *tableOfLots) error {
	name, events := "update of a row of a list", b.size(5000, 1000)
	figures := func(ctx context.Context, name string, took []time.Duration, err error) ([]float64, error) {
		observe(ctx, name, took)
		return []float64{seconds(took, 0.5), seconds(took, 0.99), seconds(took, 0.999)}, err
	}
	err := b.compare(ctx, experiment{
		metrics: []metric{{name + ", p50", duration, aim{}}, {name + ", p99", duration, aim{}}, {name + ", p99.9", duration, aim{}}},
		ours: func(ctx context.Context, _ int) ([]float64, error) {
			took, err := c.feed(ctx, events, 0)
			return figures(ctx, name, took, err)
		},
		floor: func(ctx context.Context, _ int) ([]float64, error) {
			took, err := table.bids(events)
			return figures(ctx, name, took, err)
		},
	})
	if err != nil {
		return err
	}
	name += " while filtered pages are read, floor: while none is"
	half := listReads(c.lots)[4]
	return b.compare(ctx, experiment{
		metrics: []metric{{name + ", p50", duration, aim{}}, {name + ", p99", duration, aim{}}, {name + ", p99.9", duration, aim{}}},
		ours: func(ctx context.Context, _ int) ([]float64, error) {
			ended, done := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(done)
				for k := 0; ; k++ {
					select {
					case <-ended:
						return
					default:
						c.page(half.params(k))
					}
				}
			}()
			took, err := c.feed(ctx, events/5, 1000)
			close(ended)
			<-done
			return figures(ctx, name, took, err)
		},
		floor: func(ctx context.Context, _ int) ([]float64, error) {
			took, err := c.feed(ctx, events/5, 1000)
			return figures(ctx, name, took, err)
		},
	})
}
