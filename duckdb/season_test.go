package duckdb_test

import (
	"context"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
	code "ironstar.dev/internal/app/auction"
	"ironstar.dev/internal/auctionseason"
	"ironstar.dev/internal/effects"
	"ironstar.dev/internal/payments"
	"ironstar.dev/sqlite"
)

// seasonEnds is when the season of the tests ends.
var seasonEnds = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// silent writes no messages.
type silent struct{ effects.Outside }

func (silent) Notify(context.Context, ironstar.Try, auction.CashierNotify) error { return nil }

// season is a database with a small season of the auction house: about 1 500 bids.
func season(t *testing.T) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "app.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	paid := &http.Client{Transport: &payments.StandIn{Fault: func(int) payments.Fault { return payments.None }}}
	house := auctionhttp.Domain{
		Lot: code.Lot{}, Bidder: code.Bidder{}, Invoice: code.Invoice{}, Clerk: code.Clerk{}, Hammer: code.Hammer{},
		Cashier: code.Cashier{}, CashierEffects: silent{effects.Outside{Client: paid, Payments: "http://payments.invalid"}},
	}
	if _, err := auctionseason.Write(t.Context(), s, auctionseason.Options{House: house, Bids: 1500, Days: 30, Until: seasonEnds, Seed: 3}); err != nil {
		t.Fatal(err)
	}
	return s
}
