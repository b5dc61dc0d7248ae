package auction

import (
	"embed"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// Clerk tells bidders on which lots they lead, so that each bid can be compared with how
// many these are, and sends the winner an invoice. It comes a moment after the bid:
// somebody who bids for two lots in that moment may lead on one too many.
type Clerk struct{}

var _ auction.Clerk = Clerk{}

// Source returns this folder's code.
func (Clerk) Source() embed.FS { return source }

// Initial is a lot without a leader.
func (Clerk) Initial(string) (s auction.ClerkState) { return s }

// ReactLotBidPlaced tells the leader, and the one before.
func (c Clerk) ReactLotBidPlaced(s auction.ClerkState, e auction.LotBidPlaced, r *ironstar.Record) (auction.ClerkState, []auction.ClerkAction) {
	lead := auction.ClerkSendBidderLead{To: e.Bidder, Command: auction.BidderLead{Lot: r.Stream.ID}}
	s, actions := c.release(s, r)
	s.Leader = &e.Bidder
	return s, append(actions, lead)
}

// ReactLotSold releases the winner, who gets an invoice.
func (c Clerk) ReactLotSold(s auction.ClerkState, e auction.LotSold, r *ironstar.Record) (auction.ClerkState, []auction.ClerkAction) {
	s, actions := c.release(s, r)
	purchase := auction.Purchase{Winner: e.Winner, Handle: e.Handle, Title: e.Title, Price: e.Price}
	return s, append(actions, auction.ClerkSendInvoiceIssue{To: r.Stream.ID, Command: auction.InvoiceIssue{Purchase: purchase}})
}

// ReactLotUnsold releases the leader, whose bid was below the reserve.
func (c Clerk) ReactLotUnsold(s auction.ClerkState, _ auction.LotUnsold, r *ironstar.Record) (auction.ClerkState, []auction.ClerkAction) {
	return c.release(s, r)
}

func (Clerk) release(s auction.ClerkState, r *ironstar.Record) (auction.ClerkState, []auction.ClerkAction) {
	if s.Leader == nil {
		return s, nil
	}
	release := auction.ClerkSendBidderRelease{To: *s.Leader, Command: auction.BidderRelease{Lot: r.Stream.ID}}
	return auction.ClerkState{}, []auction.ClerkAction{release}
}
