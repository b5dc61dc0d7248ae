package auctionoracle_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/gen/auction"
	"ironstar.dev/internal/auctionoracle"
	"ironstar.dev/query"
	"ironstar.dev/query/sqlitetables"
	"ironstar.dev/wire/cell"
)

// TestSQL compares the answers of the queries of the auction house in SQLite with those of
// the oracle, for windows in which much happens, little, and nothing.
func TestSQL(t *testing.T) {
	until := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	store := small(t, until)
	h := newHouse(t, store)
	for _, span := range auction.SpanValues() {
		for _, back := range []time.Duration{0, 5*24*time.Hour + 90*time.Minute, 7*time.Hour + time.Microsecond, 100_000 * time.Hour} {
			t.Run(fmt.Sprint(span, " until ", until.Add(-back).Format(time.RFC3339Nano)), func(t *testing.T) {
				h.compare(t, store, span, until.Add(-back))
			})
		}
	}
	t.Run("conversion", func(t *testing.T) {
		want, err := auctionoracle.Conversion(t.Context(), store)
		same(t, "Conversion", err, want, ask(t, h, h.conversion, ironstar.None{}))
		for _, row := range want {
			if row.Lots == 0 {
				t.Errorf("the season has no lot that is %s", row.Milestone)
			}
		}
	})
}

// house is the queries of the auction house, with their tables in SQLite.
type house struct {
	head       ironstar.Position
	bids       *query.Reader[auction.BidsPerMinuteRow, auction.BidsPerMinuteParams]
	hot        *query.Reader[auction.HotLotsRow, auction.HotLotsParams]
	conversion *query.Reader[auction.ConversionRow, ironstar.None]
	bidders    *query.Reader[auction.BusyBiddersRow, auction.BusyBiddersParams]
	value      *query.Reader[auction.ValueByHourRow, auction.ValueByHourParams]
}

// newHouse lays a log out, until the test ends.
func newHouse(t *testing.T, store ironstar.Store) *house {
	t.Helper()
	head, err := store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(store, engine.Options{})
	h := &house{
		head:       head,
		bids:       query.Register(e, patient(auction.NewBidsPerMinute())),
		hot:        query.Register(e, patient(auction.NewHotLots())),
		conversion: query.Register(e, patient(auction.NewConversion())),
		bidders:    query.Register(e, patient(auction.NewBusyBidders())),
		value:      query.Register(e, patient(auction.NewValueByHour())),
	}
	runner := query.New(query.Options{Store: store, Engine: e, Dir: filepath.Join(t.TempDir(), "app.queries"), Engines: []query.Engine{sqlitetables.Engine{}}})
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { runner.Run(ctx) })
	t.Cleanup(func() { cancel(); work.Wait() })
	return h
}

// patient gives a query all the time that a slow machine needs.
func patient[R, P any](q ironstar.Query[R, P]) ironstar.Query[R, P] {
	q.Within = time.Hour
	return q
}

// compare asks what has a window.
func (h *house) compare(t *testing.T, log auctionoracle.Log, span auction.Span, until time.Time) {
	ctx, length := t.Context(), cell.Span(span)
	w := ironstar.Window{Span: length, From: until.Add(-length), Until: until}
	bids, err := auctionoracle.BidsPerMinute(ctx, log, w)
	same(t, "BidsPerMinute", err, bids, ask(t, h, h.bids, auction.BidsPerMinuteParams{Until: &until}.WithSpan(span)))
	for _, most := range []int64{1, 5, 20} {
		hot, err := auctionoracle.HotLots(ctx, log, w, int(most))
		same(t, fmt.Sprint("HotLots, at most ", most), err, hot, ask(t, h, h.hot, auction.HotLotsParams{Until: &until}.WithSpan(span).WithMost(most)))
	}
	bidders, err := auctionoracle.BusyBidders(ctx, log, w)
	same(t, "BusyBidders", err, bidders, ask(t, h, h.bidders, auction.BusyBiddersParams{Until: &until}.WithSpan(span)))
	value, err := auctionoracle.ValueByHour(ctx, log, w)
	same(t, "ValueByHour", err, value, ask(t, h, h.value, auction.ValueByHourParams{Until: &until}.WithSpan(span)))
	if span == auction.SpanPT8760H && len(bids)*len(bidders)*len(value) == 0 && until.Year() == 2026 {
		t.Errorf("in a year the season has %d steps with bids, %d bidders and %d hours with sales: there is nothing to compare", len(bids), len(bidders), len(value))
	}
}

// ask returns the whole answer of a query about the whole log.
func ask[R, P any](t *testing.T, h *house, r *query.Reader[R, P], p P) []R {
	t.Helper()
	a, err := r.Ask(t.Context(), p, h.head)
	if err != nil {
		t.Fatalf("%s: %v", r.QueryName(), err)
	}
	if a.More || a.Position != h.head {
		t.Errorf("%s: the answer is at %d, with more rows: %v; the log ends at %d", r.QueryName(), a.Position, a.More, h.head)
	}
	return a.Rows
}

func same[R any](t *testing.T, name string, err error, want, have []R) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if len(want) == 0 && len(have) == 0 {
		return
	}
	if d := cmp.Diff(want, have, cmp.Comparer(func(a, b ironstar.Decimal) bool { return a.Cmp(b) == 0 })); d != "" {
		t.Errorf("%s: the oracle has -, the SQL has +\n%s", name, d)
	}
}
