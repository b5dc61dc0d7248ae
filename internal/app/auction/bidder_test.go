package auction_test

import (
	"testing"

	gen "ironstar.dev/gen/auction"
	"ironstar.dev/internal/app/auction"
	"ironstar.dev/ironstartest"
)

func TestBidder(t *testing.T) {
	stranger := ironstartest.For(t, gen.NewBidder(auction.Bidder{}))
	stranger.When(gen.BidderRename{Handle: "bob"}).Refused(gen.BidderStranger{})
	stranger.When(gen.BidderLead{Lot: chair}).Refused(gen.BidderStranger{})

	known := stranger.When(gen.BidderRegister{Handle: "bob"}).Then(gen.BidderRegistered{Handle: "bob"})
	known.When(gen.BidderRegister{Handle: "bert"}).Refused(gen.BidderRegisteredAlready{})
	known.When(gen.BidderRename{Handle: "bert"}).Then(gen.BidderRenamed{Handle: "bert"})
	known.When(gen.BidderRelease{Lot: chair}).Nothing()
}
