package auction_test

import (
	"testing"
	"time"

	gen "ironstar.dev/gen/auction"
	"ironstar.dev/internal/app/auction"
)

// TestCatalogue: a row says what the next bidder has to beat, or what was paid, and lots
// that are over come behind those that are open.
func TestCatalogue(t *testing.T) {
	terms := gen.Terms{Title: "A chair", Handle: "ann", Start: money("10.00"), Step: money("5.00")}
	bids := []gen.Bid{{Handle: "bob", Amount: money("10.00")}, {Handle: "cem", Amount: money("15.00")}}
	list := gen.NewCatalogue(auction.Lot{}, auction.Catalogue{})
	var last time.Time
	for _, c := range []struct {
		state gen.LotState
		price string
		bids  int64
	}{
		{gen.LotStateOpen{Terms: terms, Ends: ends}, "10.00", 0},
		{gen.LotStateOpen{Terms: terms, Ends: ends, Bids: bids, Leader: &gen.Leader{Amount: money("15.00")}}, "15.00", 2},
		{gen.LotStateUnsold{Terms: terms}, "10.00", 0},
		{gen.LotStateUnsold{Terms: terms, Bids: bids}, "15.00", 2},
		{gen.LotStateSold{Terms: terms, Bids: bids, Price: money("15.00")}, "15.00", 2},
	} {
		row, ok := list.Row("lot-1", c.state)
		if !ok || row.Price.String() != c.price || row.Bids != c.bids || row.Ends.Before(last) || row.TermsTitle != "A chair" {
			t.Errorf("%+v has the row %+v", c.state, row)
		}
		last = row.Ends
	}
	for _, s := range []gen.LotState{gen.LotStateBlank{}, gen.LotStateDraft{Terms: terms}, gen.LotStateWithdrawn{Terms: terms}} {
		if _, ok := list.Row("lot-1", s); ok {
			t.Errorf("%T is in the catalogue", s)
		}
	}
}
