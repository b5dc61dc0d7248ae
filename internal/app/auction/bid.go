package auction

import (
	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// MaxLeads is on how many lots a bidder may lead at a time.
const MaxLeads = 5

// DecideBid takes a bid. The house bids for the leader up to the leader's maximum, by no
// more than it needs to. Of two equal maxima the earlier one leads.
func (Lot) DecideBid(s auction.LotState, c auction.LotBid, bidder auction.BidderState) ([]auction.LotEvent, error) {
	o, open := s.(auction.LotStateOpen)
	who, registered := bidder.(auction.BidderStateRegistered)
	maximum, field := c.Amount, "amount"
	if c.Maximum != nil {
		maximum, field = *c.Maximum, "maximum"
	}
	switch {
	case !registered:
		return nil, auction.LotNotRegistered{}
	case !open || !c.At.Before(o.Ends):
		return nil, auction.LotNotOpen{}
	case o.Terms.Seller == c.Bidder:
		return nil, auction.LotOwnLot{}
	case !money(c.Amount):
		return nil, ironstar.AtField("amount", auction.LotNotMoney{})
	case !money(maximum):
		return nil, ironstar.AtField("maximum", auction.LotNotMoney{})
	case maximum.Cmp(c.Amount) < 0:
		return nil, ironstar.AtField("maximum", auction.LotMaximumTooLow{})
	case o.Leader != nil && o.Leader.Bidder == c.Bidder:
		return changeMaximum(*o.Leader, twoDigits(maximum), field)
	case c.Amount.Cmp(least(o)) < 0:
		return nil, ironstar.AtField("amount", auction.LotTooLow{Least: least(o)})
	case len(who.Leads) >= MaxLeads:
		return nil, auction.LotTooManyLeads{Max: MaxLeads}
	}
	events := compete(o, auction.LotBidPlaced{
		Bidder: c.Bidder, Handle: who.Handle, Amount: twoDigits(c.Amount), Maximum: twoDigits(maximum), At: c.At,
	})
	if o.Ends.Sub(c.At) < o.Terms.Grace {
		events = append(events, auction.LotExtended{Ends: o.Ends.Add(o.Terms.Grace)})
	}
	return events, nil
}

// compete says who leads after a bid, and at which price.
func compete(o auction.LotStateOpen, bid auction.LotBidPlaced) []auction.LotEvent {
	var events []auction.LotEvent
	leader := o.Leader
	if leader != nil {
		raised := auction.LotRaised{Bidder: leader.Bidder, Amount: smaller(leader.Maximum, bid.Maximum.Add(o.Terms.Step)), At: bid.At}
		if bid.Maximum.Cmp(leader.Maximum) <= 0 {
			topped := auction.LotBidTopped{Bidder: bid.Bidder, Handle: bid.Handle, Amount: bid.Maximum, At: bid.At}
			return []auction.LotEvent{topped, raised}
		}
		if leader.Maximum.Cmp(leader.Amount) > 0 {
			raised.Amount = leader.Maximum
			events = append(events, raised)
		}
		bid.Amount = upTo(bid, leader.Maximum.Add(o.Terms.Step))
	}
	if o.Terms.Reserve != nil {
		bid.Amount = upTo(bid, *o.Terms.Reserve)
	}
	return append(events, bid)
}

// changeMaximum lets the leader go further. To bid the same again changes nothing.
func changeMaximum(leader auction.Leader, maximum ironstar.Decimal, field string) ([]auction.LotEvent, error) {
	switch maximum.Cmp(leader.Maximum) {
	case 0:
		return nil, nil
	case 1:
		return []auction.LotEvent{auction.LotMaximumChanged{Bidder: leader.Bidder, Maximum: maximum}}, nil
	}
	return nil, ironstar.AtField(field, auction.LotLeadingAlready{})
}

// least is what the next bidder has to bid.
func least(o auction.LotStateOpen) ironstar.Decimal {
	if o.Leader == nil {
		return o.Terms.Start
	}
	return o.Leader.Amount.Add(o.Terms.Step)
}

// upTo is the amount of a bid that the house raises to what is needed, within its maximum.
func upTo(bid auction.LotBidPlaced, needed ironstar.Decimal) ironstar.Decimal {
	if needed = smaller(needed, bid.Maximum); needed.Cmp(bid.Amount) > 0 {
		return needed
	}
	return bid.Amount
}

func smaller(a, b ironstar.Decimal) ironstar.Decimal {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

var (
	cent    = ironstar.MustDecimal("0.01")
	billion = ironstar.MustDecimal("1000000000")
)

// money reports whether an amount can be paid.
func money(d ironstar.Decimal) bool {
	return d.Scale() <= cent.Scale() && d.Cmp(cent) >= 0 && d.Cmp(billion) < 0
}

// twoDigits writes 5 as 5.00.
func twoDigits(d ironstar.Decimal) ironstar.Decimal { return d.Add(cent).Sub(cent) }
