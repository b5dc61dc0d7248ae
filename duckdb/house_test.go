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
	"ironstar.dev/query"
	"ironstar.dev/query/sqlitetables"
	"ironstar.dev/sqlite"
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
	query.Register(e, auction.NewBidsPerMinute())
	query.Register(e, auction.NewHotLots())
	query.Register(e, auction.NewConversion())
	query.Register(e, auction.NewBusyBidders())
	query.Register(e, auction.NewValueByHour())
	query.Register(e, auction.NewAllBids())
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

// TestHouseInBothEngines asks everything about the auction house in DuckDB and in SQLite,
// for windows in which much happens, little, and nothing.
func TestHouseInBothEngines(t *testing.T) {
	s := season(t)
	duck := opened(t, s, engineWith(t, duckdb.Options{}), sqlitetables.Engine{})
	lite := opened(t, s, sqlitetables.Engine{})
	same(t, duck, lite, auction.NewConversion(), ironstar.None{}, true)
	for _, span := range auction.SpanValues() {
		for _, back := range []time.Duration{0, 5*24*time.Hour + 90*time.Minute, 100_000 * time.Hour} {
			until := seasonEnds.Add(-back)
			t.Run(fmt.Sprint(span, " until ", until.Format(time.DateTime)), func(t *testing.T) {
				some := back < time.Hour && span != auction.SpanPT1H
				same(t, duck, lite, auction.NewBidsPerMinute(), auction.BidsPerMinuteParams{Until: &until}.WithSpan(span), some)
				same(t, duck, lite, auction.NewHotLots(), auction.HotLotsParams{Until: &until}.WithSpan(span), some)
				same(t, duck, lite, auction.NewHotLots(), auction.HotLotsParams{Until: &until}.WithSpan(span).WithMost(20), some)
				same(t, duck, lite, auction.NewBusyBidders(), auction.BusyBiddersParams{Until: &until}.WithSpan(span), some)
				same(t, duck, lite, auction.NewValueByHour(), auction.ValueByHourParams{Until: &until}.WithSpan(span), some)
			})
		}
	}
}

// same compares the answers of two engines.
func same[R, P any](t *testing.T, duck, lite house, q ironstar.Query[R, P], p P, some bool) []R {
	t.Helper()
	have, want := askHouse(t, duck, q, p), askHouse(t, lite, q, p)
	if d := cmp.Diff(want, have, sameDecimal); d != "" || some && len(have) == 0 {
		t.Errorf("%s: %d rows; SQLite has -, DuckDB has +\n%s", q.Name, len(have), d)
	}
	return have
}

var sameDecimal = cmp.Comparer(func(a, b ironstar.Decimal) bool { return a.Cmp(b) == 0 })
