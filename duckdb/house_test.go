package duckdb_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev"
	"ironstar.dev/duckdb"
	"ironstar.dev/engine"
	"ironstar.dev/gen/auction"
	"ironstar.dev/internal/auctionoracle"
	"ironstar.dev/query"
	"ironstar.dev/query/sqlitetables"
	"ironstar.dev/sqlite"
	"ironstar.dev/wire/cell"
)

// house asks what people ask about the auction house.
type house struct {
	engine *engine.Engine // has the readers
	head   ironstar.Position
}

// askHouse asks a query about everything there is.
func askHouse[R, P any](t *testing.T, h house, q ironstar.Query[R, P], p P) []R {
	t.Helper()
	var reader *query.Reader[R, P]
	if err := query.Find(h.engine, q.Name, &reader); err != nil {
		t.Fatal(err)
	}
	a, err := reader.Ask(t.Context(), p, h.head)
	if err != nil || a.Position != h.head || a.More != (q.Name == auction.AllBidsName) {
		t.Fatalf("%s: up to %d of %d, more %v: %v", q.Name, a.Position, h.head, a.More, err)
	}
	return a.Rows
}

// opened lets engines answer the questions until the test ends.
func opened(t *testing.T, s *sqlite.Store, engines ...query.Engine) house {
	t.Helper()
	e := engine.New(s, engine.Options{})
	query.Register(e, patient(auction.NewBidsPerMinute()))
	query.Register(e, patient(auction.NewHotLots()))
	query.Register(e, patient(auction.NewConversion()))
	query.Register(e, patient(auction.NewBusyBidders()))
	query.Register(e, patient(auction.NewValueByHour()))
	query.Register(e, patient(auction.NewAllBids()))
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	runner := query.New(query.Options{Store: s, Engine: e, Dir: t.TempDir(), Engines: engines})
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); runner.Run(ctx) }()
	t.Cleanup(func() { end(); <-ended })
	return house{e, head}
}

// patient gives a query all the time that a slow machine needs.
func patient[R, P any](q ironstar.Query[R, P]) ironstar.Query[R, P] {
	q.Within = time.Hour
	return q
}

// TestHouseInBothEngines asks everything about the auction house in DuckDB, in SQLite and
// in plain Go, for windows in which much happens, little, and nothing.
func TestHouseInBothEngines(t *testing.T) {
	s := season(t)
	duck := opened(t, s, engineWith(t, duckdb.Options{}))
	lite := opened(t, s, sqlitetables.Engine{})
	want, err := auctionoracle.Conversion(t.Context(), s)
	same(t, duck, lite, auction.NewConversion(), ironstar.None{}, want, err)
	for _, span := range auction.SpanValues() {
		for _, back := range []time.Duration{0, 5*24*time.Hour + 90*time.Minute, 7*time.Hour + time.Microsecond, 100_000 * time.Hour} {
			until := seasonEnds.Add(-back)
			t.Run(fmt.Sprint(span, " until ", until.Format(time.RFC3339Nano)), func(t *testing.T) {
				compare(t, s, duck, lite, span, until)
			})
		}
	}
}

// compare asks what has a window.
func compare(t *testing.T, log auctionoracle.Log, duck, lite house, span auction.Span, until time.Time) {
	ctx, length := t.Context(), cell.Span(span)
	w := ironstar.Window{Span: length, From: until.Add(-length), Until: until}
	bids, err := auctionoracle.BidsPerMinute(ctx, log, w)
	same(t, duck, lite, auction.NewBidsPerMinute(), auction.BidsPerMinuteParams{Until: &until}.WithSpan(span), bids, err)
	for _, most := range []int64{1, 5, 20} {
		hot, err := auctionoracle.HotLots(ctx, log, w, int(most))
		same(t, duck, lite, auction.NewHotLots(), auction.HotLotsParams{Until: &until}.WithSpan(span).WithMost(most), hot, err)
	}
	bidders, err := auctionoracle.BusyBidders(ctx, log, w)
	same(t, duck, lite, auction.NewBusyBidders(), auction.BusyBiddersParams{Until: &until}.WithSpan(span), bidders, err)
	value, err := auctionoracle.ValueByHour(ctx, log, w)
	same(t, duck, lite, auction.NewValueByHour(), auction.ValueByHourParams{Until: &until}.WithSpan(span), value, err)
	if span == auction.SpanPT8760H && len(bids)*len(bidders)*len(value) == 0 && until.Year() == seasonEnds.Year() {
		t.Errorf("in a year the season has %d steps with bids, %d bidders and %d hours with sales: there is nothing to compare", len(bids), len(bidders), len(value))
	}
}

// same compares the answers of two engines with what the log says.
func same[R, P any](t *testing.T, duck, lite house, q ironstar.Query[R, P], p P, want []R, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for name, h := range map[string]house{"DuckDB": duck, "SQLite": lite} {
		have := askHouse(t, h, q, p)
		if len(want) == 0 && len(have) == 0 {
			continue
		}
		if d := cmp.Diff(want, have, sameDecimal); d != "" {
			t.Errorf("%s: the log has -, %s has +\n%s", q.Name, name, d)
		}
	}
}

var sameDecimal = cmp.Comparer(func(a, b ironstar.Decimal) bool { return a.Cmp(b) == 0 })
