package auction

import (
	"cmp"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// MaxLeads is on how many lots a bidder may lead at a time.
const MaxLeads = 5

// DecideBid takes a bid. The house bids for the leader up to the leader's maximum, by no
// more than it needs to. Of two equal maxima the earlier one leads.
func (Lot) DecideBid(s auction.LotStateOpen, c auction.LotBid, bidder auction.BidderStateRegistered) ([]auction.LotEvent, error) {
	maximum := *cmp.Or(c.Maximum, &c.Amount)
	switch {
	case !c.At.Before(s.Ends):
		return nil, auction.LotNotOpen{}
	case s.Terms.Seller == c.Bidder:
		return nil, auction.LotOwnLot{}
	case maximum.Cmp(c.Amount) < 0:
		return nil, ironstar.AtField("maximum", auction.LotMaximumTooLow{})
	case s.Leader != nil && s.Leader.Bidder == c.Bidder:
		return goFurther(s.Leader, maximum)
	case c.Amount.Cmp(least(s)) < 0:
		return nil, ironstar.AtField("amount", auction.LotTooLow{Least: least(s)})
	case len(bidder.Leads) >= MaxLeads:
		return nil, auction.LotTooManyLeads{Max: MaxLeads}
	}
	events := compete(s, auction.LotBidPlaced{Bidder: c.Bidder, Handle: bidder.Handle, Amount: c.Amount, Maximum: maximum, At: c.At})
	if s.Ends.Sub(c.At) < s.Terms.Grace {
		events = append(events, auction.LotExtended{Ends: s.Ends.Add(s.Terms.Grace)})
	}
	return events, nil
}

// compete says who leads after a bid, and at which price.
func compete(s auction.LotStateOpen, bid auction.LotBidPlaced) (events []auction.LotEvent) {
	if l := s.Leader; l != nil {
		raised := auction.LotRaised{Bidder: l.Bidder, Amount: l.Maximum.Min(bid.Maximum.Add(s.Terms.Step)), At: bid.At}
		if bid.Maximum.Cmp(l.Maximum) <= 0 {
			return []auction.LotEvent{auction.LotBidTopped{Bidder: bid.Bidder, Handle: bid.Handle, Amount: bid.Maximum, At: bid.At}, raised}
		}
		if l.Maximum.Cmp(l.Amount) > 0 {
			raised.Amount = l.Maximum
			events = append(events, raised)
		}
		bid.Amount = bid.Amount.Max(bid.Maximum.Min(l.Maximum.Add(s.Terms.Step)))
	}
	if s.Terms.Reserve != nil {
		bid.Amount = bid.Amount.Max(bid.Maximum.Min(*s.Terms.Reserve))
	}
	return append(events, bid)
}

// goFurther changes the maximum of the leader. To bid the same again changes nothing.
func goFurther(l *auction.Leader, maximum ironstar.Decimal) ([]auction.LotEvent, error) {
	if how := maximum.Cmp(l.Maximum); how < 0 {
		return nil, auction.LotLeadingAlready{}
	} else if how == 0 {
		return nil, nil
	}
	return []auction.LotEvent{auction.LotMaximumChanged{Bidder: l.Bidder, Maximum: maximum}}, nil
}

// least is what the next bidder has to bid.
func least(s auction.LotStateOpen) ironstar.Decimal {
	if s.Leader == nil {
		return s.Terms.Start
	}
	return s.Leader.Amount.Add(s.Terms.Step)
}

// EvolveBidPlaced changes the leader.
func (Lot) EvolveBidPlaced(s auction.LotStateOpen, e auction.LotBidPlaced) auction.LotState {
	s.Leader = &auction.Leader{Bidder: e.Bidder, Handle: e.Handle, Amount: e.Amount, Maximum: e.Maximum}
	s.Bids = append(s.Bids, auction.Bid{Bidder: e.Bidder, Handle: e.Handle, Amount: e.Amount, At: e.At, How: auction.BidHowBid})
	return s
}

// EvolveBidTopped adds to the history.
func (Lot) EvolveBidTopped(s auction.LotStateOpen, e auction.LotBidTopped) auction.LotState {
	s.Bids = append(s.Bids, auction.Bid{Bidder: e.Bidder, Handle: e.Handle, Amount: e.Amount, At: e.At, How: auction.BidHowTopped})
	return s
}

// EvolveRaised raises the price. The leader stays.
func (Lot) EvolveRaised(s auction.LotStateOpen, e auction.LotRaised) auction.LotState {
	if s.Leader == nil {
		return s // golden samples come in any order
	}
	s.Leader.Amount = e.Amount
	s.Bids = append(s.Bids, auction.Bid{Bidder: e.Bidder, Handle: s.Leader.Handle, Amount: e.Amount, At: e.At, How: auction.BidHowRaised})
	return s
}

// EvolveMaximumChanged changes how far the house goes.
func (Lot) EvolveMaximumChanged(s auction.LotStateOpen, e auction.LotMaximumChanged) auction.LotState {
	if s.Leader != nil {
		s.Leader.Maximum = e.Maximum
	}
	return s
}
