package auction_test

import (
	"testing"
	"time"

	gen "ironstar.dev/gen/auction"
	"ironstar.dev/internal/app/auction"
	"ironstar.dev/ironstartest"
)

var happened = ironstartest.StreamOf(gen.NewLot(auction.Lot{}), chair)

func TestHammer(t *testing.T) {
	hammer := ironstartest.ForProcess(t, gen.NewHammer(auction.Hammer{}))
	opened := hammer.When(happened(drafted, gen.LotOpened{Ends: ends})).Then(gen.HammerSetClosing{At: ends})
	opened.Until(ends.Add(-time.Second)).Nothing()
	fell := opened.Until(ends).Then(gen.HammerSendLotClose{To: chair})
	fell.Until(ends.Add(time.Hour)).Nothing()

	longer := opened.When(happened(gen.LotExtended{Ends: ends.Add(time.Minute)})).Then(gen.HammerSetClosing{At: ends.Add(time.Minute)})
	longer.Until(ends).Nothing()
	longer.Until(ends.Add(time.Minute)).Then(gen.HammerSendLotClose{To: chair})
	fell.Refused(chair, gen.HammerSendLotClose{To: chair}, gen.LotTooEarly{}).Nothing()

	opened.When(happened(gen.LotWithdrawn{})).Then(gen.HammerCancelClosing{}).Until(ends).Nothing()
}

func TestClerk(t *testing.T) {
	clerk := ironstartest.ForProcess(t, gen.NewClerk(auction.Clerk{}))
	lead := func(who string) gen.ClerkSendBidderLead {
		return gen.ClerkSendBidderLead{To: who, Command: gen.BidderLead{Lot: chair}}
	}
	release := func(who string) gen.ClerkSendBidderRelease {
		return gen.ClerkSendBidderRelease{To: who, Command: gen.BidderRelease{Lot: chair}}
	}
	led := clerk.When(happened(placed(bob, "bob", "10.00", "10.00"))).Then(lead(bob))
	outbid := led.When(happened(placed(cem, "cem", "15.00", "15.00"))).Then(release(bob), lead(cem))
	outbid.When(happened(gen.LotUnsold{})).Then(release(cem))
	outbid.When(happened(gen.LotSold{Winner: cem, Handle: "cem", Price: money("15.00"), Title: "A chair"})).Then(release(cem),
		gen.ClerkSendInvoiceIssue{To: chair, Command: gen.InvoiceIssue{Purchase: gen.Purchase{Winner: cem, Handle: "cem", Title: "A chair", Price: money("15.00")}}})
	clerk.When(happened(gen.LotUnsold{})).Nothing()
}

func TestCashier(t *testing.T) {
	happened := ironstartest.StreamOf(gen.NewInvoice(auction.Invoice{}), chair)
	cashier := ironstartest.ForProcess(t, gen.NewCashier(auction.Cashier{}, nil))
	issued := cashier.When(happened(gen.InvoiceIssued{Purchase: purchase})).Then(
		gen.CashierNotify{To: "bob", Text: `The lot "A chair" is yours for 30.00.`},
		gen.CashierCharge{Invoice: chair, Winner: bob, Amount: money("30.00")})
	issued.When(happened(gen.InvoicePaid{Reference: "7"})).Then(gen.CashierNotify{To: "bob", Text: `Thank you: "A chair" is paid (7).`})
	issued.When(happened(gen.InvoiceFailed{Reason: "the card is empty"})).
		Then(gen.CashierNotify{To: "bob", Text: `We could not take the money for "A chair": the card is empty.`})
}
