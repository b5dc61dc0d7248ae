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
//	blank → draft → open → sold → paid, or payment failed
//	          ↓      ↓ ↘
//	       withdrawn    unsold
//
// A lot is withdrawn as long as nobody has bid. What is as wished already leads to no
// event. How bids compete is in bid.go.
type Lot struct{}

var _ auction.Lot = Lot{}

// Source returns this folder's code.
func (Lot) Source() embed.FS { return source }

// Initial is a lot that nobody has described.
func (Lot) Initial() auction.LotState { return auction.LotStateBlank{} }

// DecideDraft describes the lot.
func (Lot) DecideDraft(s auction.LotState, c auction.LotDraft, seller auction.BidderState) ([]auction.LotEvent, error) {
	who, registered := seller.(auction.BidderStateRegistered)
	switch {
	case !registered:
		return nil, auction.LotNotRegistered{}
	case !money(c.Start):
		return nil, ironstar.AtField("start", auction.LotNotMoney{})
	case !money(c.Step):
		return nil, ironstar.AtField("step", auction.LotNotMoney{})
	case c.Reserve != nil && !money(*c.Reserve):
		return nil, ironstar.AtField("reserve", auction.LotNotMoney{})
	}
	if t, drafted := termsOf(s); drafted && t.Seller == c.Seller && t.Title == c.Title {
		return nil, nil
	} else if drafted {
		return nil, auction.LotDraftedAlready{}
	}
	reserve := c.Reserve
	if reserve != nil {
		reserve = new(twoDigits(*reserve))
	}
	return []auction.LotEvent{auction.LotDrafted{
		Seller: c.Seller, Handle: who.Handle, Title: c.Title, Description: c.Description,
		Start: twoDigits(c.Start), Step: twoDigits(c.Step), Reserve: reserve, Grace: c.Grace,
	}}, nil
}

// DecideOpen lets people bid.
func (Lot) DecideOpen(s auction.LotState, c auction.LotOpen) ([]auction.LotEvent, error) {
	t, _ := termsOf(s)
	if o, open := s.(auction.LotStateOpen); open && o.Ends.Equal(c.Ends) && t.Seller == c.By {
		return nil, nil
	}
	_, draft := s.(auction.LotStateDraft)
	switch {
	case !draft:
		return nil, auction.LotNotADraft{}
	case t.Seller != c.By:
		return nil, auction.LotNotYours{}
	case !c.Ends.After(c.At):
		return nil, ironstar.AtField("ends", auction.LotEndsTooSoon{})
	}
	return []auction.LotEvent{auction.LotOpened{Ends: c.Ends}}, nil
}

// DecideWithdraw ends the lot before anybody has bid.
func (Lot) DecideWithdraw(s auction.LotState, c auction.LotWithdraw) ([]auction.LotEvent, error) {
	if t, _ := termsOf(s); t.Seller != c.By {
		return nil, auction.LotNotYours{}
	}
	switch s := s.(type) {
	case auction.LotStateWithdrawn:
		return nil, nil
	case auction.LotStateDraft:
	case auction.LotStateOpen:
		if s.Leader != nil {
			return nil, auction.LotHasBids{}
		}
	default:
		return nil, auction.LotNotOpen{}
	}
	return []auction.LotEvent{auction.LotWithdrawn{}}, nil
}

// DecideClose is the hammer. Below the reserve the lot is not sold.
func (Lot) DecideClose(s auction.LotState, c auction.LotClose) ([]auction.LotEvent, error) {
	o, open := s.(auction.LotStateOpen)
	switch {
	case !open:
		return nil, nil
	case c.At.Before(o.Ends):
		return nil, auction.LotTooEarly{}
	case o.Leader == nil, o.Terms.Reserve != nil && o.Leader.Amount.Cmp(*o.Terms.Reserve) < 0:
		return []auction.LotEvent{auction.LotUnsold{}}, nil
	}
	l := o.Leader
	return []auction.LotEvent{auction.LotSold{Winner: l.Bidder, Handle: l.Handle, Price: l.Amount, Title: o.Terms.Title}}, nil
}

// DecidePay says that the money has come, also if that had failed before.
func (Lot) DecidePay(s auction.LotState, c auction.LotPay) ([]auction.LotEvent, error) {
	sold, ok := s.(auction.LotStateSold)
	switch {
	case !ok:
		return nil, auction.LotNotSold{}
	case sold.Payment == auction.PaymentPaid:
		return nil, nil
	}
	return []auction.LotEvent{auction.LotPaid(c)}, nil
}

// DecideFailPayment says that there is no money.
func (Lot) DecideFailPayment(s auction.LotState, c auction.LotFailPayment) ([]auction.LotEvent, error) {
	sold, ok := s.(auction.LotStateSold)
	switch {
	case !ok:
		return nil, auction.LotNotSold{}
	case sold.Payment != auction.PaymentDue:
		return nil, nil
	}
	return []auction.LotEvent{auction.LotPaymentFailed(c)}, nil
}
