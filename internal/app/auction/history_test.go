package auction

import (
	"flag"
	"testing"

	"ironstar.dev/gen/auction"
	"ironstar.dev/ironstartest"
)

// go test ./internal/app/auction -update records the results of hand-written upcasters.
var update = flag.Bool("update", false, "record the results of hand-written upcasters for golden samples that have no record yet")

// TestBidderHistory decodes golden samples of each released version of each
// event of Bidder, as this build decodes stored events.
func TestBidderHistory(t *testing.T) {
	ironstartest.History(t, auction.NewBidder(Bidder{}), auction.BidderSteps(Bidder{}), ironstartest.Released{Schema: "../../../schema", Update: *update})
}

// TestInvoiceHistory decodes golden samples of each released version of each
// event of Invoice, as this build decodes stored events.
func TestInvoiceHistory(t *testing.T) {
	ironstartest.History(t, auction.NewInvoice(Invoice{}), auction.InvoiceSteps(Invoice{}), ironstartest.Released{Schema: "../../../schema", Update: *update})
}

// TestLotHistory decodes golden samples of each released version of each event
// of Lot, as this build decodes stored events.
func TestLotHistory(t *testing.T) {
	ironstartest.History(t, auction.NewLot(Lot{}), auction.LotSteps(Lot{}), ironstartest.Released{Schema: "../../../schema", Update: *update})
}
