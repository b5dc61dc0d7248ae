package auction

import (
	"time"

	"ironstar.dev/gen/auction"
)

// Catalogue adds to the rows of the list of lots.
type Catalogue struct{}

var _ auction.Catalogue = Catalogue{}

// never is the end of a lot that is over, so that it comes behind those that are open.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// More says what a lot costs, how often people bid, and when it ends.
func (Catalogue) More(_ string, s auction.LotState) auction.CatalogueMore {
	more := auction.CatalogueMore{Ends: never}
	var bids []auction.Bid
	switch s := s.(type) {
	case auction.LotStateOpen:
		more.Price, more.Ends, bids = s.Terms.Start, s.Ends, s.Bids
	case auction.LotStateSold:
		more.Price, bids = s.Price, s.Bids
	case auction.LotStateUnsold:
		more.Price, bids = s.Terms.Start, s.Bids
	}
	if n := len(bids); n > 0 {
		more.Price, more.Bids = bids[n-1].Amount, int64(n)
	}
	return more
}
