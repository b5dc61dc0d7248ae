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
	terms, _ := auction.TermsOfLot(s)
	bids, _ := auction.BidsOfLot(s)
	more := auction.CatalogueMore{Price: terms.Start, Bids: int64(len(bids)), Ends: never}
	if len(bids) > 0 {
		more.Price = bids[len(bids)-1].Amount
	}
	if open, ok := s.(auction.LotStateOpen); ok {
		more.Ends = open.Ends
	}
	return more
}
