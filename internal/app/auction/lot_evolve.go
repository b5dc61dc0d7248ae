package auction

import "ironstar.dev/gen/auction"

// EvolveDrafted remembers what is on sale.
func (Lot) EvolveDrafted(_ auction.LotState, e auction.LotDrafted) auction.LotState {
	return auction.LotStateDraft{Terms: auction.Terms(e)}
}

// EvolveOpened lets people bid.
func (Lot) EvolveOpened(s auction.LotState, e auction.LotOpened) auction.LotState {
	t, _ := termsOf(s)
	return auction.LotStateOpen{Terms: t, Ends: e.Ends}
}

// EvolveBidPlaced changes the leader.
func (Lot) EvolveBidPlaced(s auction.LotState, e auction.LotBidPlaced) auction.LotState {
	return opened(s, func(o *auction.LotStateOpen) {
		o.Leader = &auction.Leader{Bidder: e.Bidder, Handle: e.Handle, Amount: e.Amount, Maximum: e.Maximum}
		o.Bids = append(o.Bids, auction.Bid{Bidder: e.Bidder, Handle: e.Handle, Amount: e.Amount, At: e.At, How: auction.BidHowBid})
	})
}

// EvolveBidTopped adds to the history.
func (Lot) EvolveBidTopped(s auction.LotState, e auction.LotBidTopped) auction.LotState {
	return opened(s, func(o *auction.LotStateOpen) {
		o.Bids = append(o.Bids, auction.Bid{Bidder: e.Bidder, Handle: e.Handle, Amount: e.Amount, At: e.At, How: auction.BidHowTopped})
	})
}

// EvolveRaised raises the price. The leader stays.
func (Lot) EvolveRaised(s auction.LotState, e auction.LotRaised) auction.LotState {
	return opened(s, func(o *auction.LotStateOpen) {
		leader := *o.Leader
		leader.Amount, o.Leader = e.Amount, &leader
		o.Bids = append(o.Bids, auction.Bid{Bidder: e.Bidder, Handle: leader.Handle, Amount: e.Amount, At: e.At, How: auction.BidHowRaised})
	})
}

// EvolveMaximumChanged changes how far the house goes.
func (Lot) EvolveMaximumChanged(s auction.LotState, e auction.LotMaximumChanged) auction.LotState {
	return opened(s, func(o *auction.LotStateOpen) {
		leader := *o.Leader
		leader.Maximum, o.Leader = e.Maximum, &leader
	})
}

// EvolveExtended moves the end.
func (Lot) EvolveExtended(s auction.LotState, e auction.LotExtended) auction.LotState {
	return opened(s, func(o *auction.LotStateOpen) { o.Ends = e.Ends })
}

// EvolveWithdrawn ends the lot.
func (Lot) EvolveWithdrawn(s auction.LotState, _ auction.LotWithdrawn) auction.LotState {
	t, _ := termsOf(s)
	return auction.LotStateWithdrawn{Terms: t}
}

// EvolveSold ends the bidding.
func (Lot) EvolveSold(s auction.LotState, e auction.LotSold) auction.LotState {
	o, _ := s.(auction.LotStateOpen)
	return auction.LotStateSold{Terms: o.Terms, Bids: o.Bids, Winner: e.Winner, Handle: e.Handle, Price: e.Price, Payment: auction.PaymentDue}
}

// EvolveUnsold ends the bidding.
func (Lot) EvolveUnsold(s auction.LotState, _ auction.LotUnsold) auction.LotState {
	o, _ := s.(auction.LotStateOpen)
	return auction.LotStateUnsold{Terms: o.Terms, Bids: o.Bids}
}

// EvolvePaid remembers the receipt.
func (Lot) EvolvePaid(s auction.LotState, e auction.LotPaid) auction.LotState {
	return settled(s, auction.PaymentPaid, e.Reference)
}

// EvolvePaymentFailed remembers the reason.
func (Lot) EvolvePaymentFailed(s auction.LotState, e auction.LotPaymentFailed) auction.LotState {
	return settled(s, auction.PaymentFailed, e.Reason)
}

// opened changes an open lot. A lot that is not open stays as it is.
func opened(s auction.LotState, change func(*auction.LotStateOpen)) auction.LotState {
	o, ok := s.(auction.LotStateOpen)
	if !ok {
		return s
	}
	change(&o)
	return o
}

func settled(s auction.LotState, how auction.Payment, note string) auction.LotState {
	if sold, ok := s.(auction.LotStateSold); ok {
		sold.Payment, sold.Note = how, note
		return sold
	}
	return s
}

// termsOf returns what the seller said, and whether anybody said it.
func termsOf(s auction.LotState) (auction.Terms, bool) {
	switch s := s.(type) {
	case auction.LotStateDraft:
		return s.Terms, true
	case auction.LotStateOpen:
		return s.Terms, true
	case auction.LotStateSold:
		return s.Terms, true
	case auction.LotStateUnsold:
		return s.Terms, true
	case auction.LotStateWithdrawn:
		return s.Terms, true
	}
	return auction.Terms{}, false
}
