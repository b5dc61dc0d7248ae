// Package auction is the hand-written side of the auction house: what lots and bidders
// decide, and what happens by itself. It is pure; what the house does in the outside
// world is in internal/effects.
package auction

import (
	"embed"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// Lot decides about one thing on sale:
//
//	blank → draft → open → sold
//	          ↓      ↓ ↘
//	       withdrawn    unsold
//
// In which of these states a command is taken says the schema. How bids compete is in
// bid.go.
type Lot struct{}

var _ auction.Lot = Lot{}

// Source returns this folder's code.
func (Lot) Source() embed.FS { return source }

// Initial is a lot that nobody has described.
func (Lot) Initial() auction.LotState { return auction.LotStateBlank{} }

// DecideDraft describes the lot.
func (Lot) DecideDraft(_ auction.LotStateBlank, c auction.LotDraft, seller auction.BidderStateRegistered) ([]auction.LotEvent, error) {
	return []auction.LotEvent{auction.LotDrafted{
		Seller: c.Seller, Handle: seller.Handle, Title: c.Title, Category: c.Category, Description: c.Description,
		Start: c.Start, Step: c.Step, Reserve: c.Reserve, Grace: c.Grace,
	}}, nil
}

// DecideOpen lets people bid.
func (Lot) DecideOpen(s auction.LotStateDraft, c auction.LotOpen) ([]auction.LotEvent, error) {
	switch {
	case s.Terms.Seller != c.By:
		return nil, auction.LotNotYours{}
	case !c.Ends.After(c.At):
		return nil, ironstar.AtField("ends", auction.LotEndsTooSoon{})
	}
	return []auction.LotEvent{auction.LotOpened{Ends: c.Ends}}, nil
}

// DecideWithdraw ends the lot before anybody has bid.
func (Lot) DecideWithdraw(s auction.LotState, c auction.LotWithdraw) ([]auction.LotEvent, error) {
	terms, _ := auction.TermsOfLot(s)
	bids, _ := auction.BidsOfLot(s)
	switch {
	case terms.Seller != c.By:
		return nil, auction.LotNotYours{}
	case len(bids) > 0:
		return nil, auction.LotHasBids{}
	}
	return []auction.LotEvent{auction.LotWithdrawn{}}, nil
}

// DecideClose is the hammer. Below the reserve the lot is not sold.
func (Lot) DecideClose(s auction.LotStateOpen, c auction.LotClose) ([]auction.LotEvent, error) {
	l, reserve := s.Leader, s.Terms.Reserve
	switch {
	case c.At.Before(s.Ends):
		return nil, auction.LotTooEarly{}
	case l == nil, reserve != nil && l.Amount.Cmp(*reserve) < 0:
		return []auction.LotEvent{auction.LotUnsold{}}, nil
	}
	return []auction.LotEvent{auction.LotSold{Winner: l.Bidder, Handle: l.Handle, Price: l.Amount, Title: s.Terms.Title}}, nil
}

// EvolveDrafted remembers what is on sale.
func (Lot) EvolveDrafted(_ auction.LotStateBlank, e auction.LotDrafted) auction.LotState {
	return auction.LotStateDraft{Terms: auction.Terms(e)}
}
