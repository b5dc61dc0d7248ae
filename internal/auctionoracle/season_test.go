package auctionoracle_test

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

// small is a season with 2 000 bids.
func small(t *testing.T, until time.Time) ironstar.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "app.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	house := auctionhttp.Domain{
		Lot: code.Lot{}, Bidder: code.Bidder{}, Invoice: code.Invoice{}, Clerk: code.Clerk{}, Hammer: code.Hammer{},
		Cashier: code.Cashier{}, CashierEffects: silent{effects.Outside{Client: &http.Client{Transport: &payments.StandIn{Fault: func(int) payments.Fault { return payments.None }}}, Payments: "http://payments.invalid"}},
	}
	if _, err := auctionseason.Write(t.Context(), s, auctionseason.Options{House: house, Bids: 2000, Days: 30, Until: until, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	return s
}

// silent writes no messages.
type silent struct{ effects.Outside }

func (silent) Notify(context.Context, ironstar.Try, auction.CashierNotify) error { return nil }
