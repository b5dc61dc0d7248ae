package modelling

import (
	"embed"

	"ironstar.dev/internal/modelling/gen/auction"
)

// Lot decides for one lot: new, then open, then sold or withdrawn.
type Lot struct{}

var _ auction.Lot = Lot{}

// Source returns this folder's code.
func (Lot) Source() embed.FS { return source }

// Initial is a lot that nobody has offered.
func (Lot) Initial() auction.LotState { return auction.LotStateNew{} }

// DecideOffer puts a lot on sale, once.
func (Lot) DecideOffer(s auction.LotState, c auction.LotOffer) ([]auction.LotEvent, error) {
	switch s.(type) {
	case auction.LotStateNew:
		return []auction.LotEvent{auction.LotOffered(c)}, nil
	case auction.LotStateOpen:
		return nil, nil
	}
	return nil, auction.LotNotOpen{}
}

// DecideBid takes an offer that is higher than the one before.
func (Lot) DecideBid(open auction.LotStateOpen, c auction.LotBid) ([]auction.LotEvent, error) {
	switch {
	case open.Seller == c.By:
		return nil, auction.LotNotYours{}
	case open.High != nil && open.High.By == c.By && open.High.Amount.Cmp(c.Amount) == 0:
		return nil, nil
	case open.High != nil && open.High.Amount.Cmp(c.Amount) >= 0:
		return nil, auction.LotTooLow{High: open.High.Amount}
	}
	return []auction.LotEvent{auction.LotBidPlaced(c)}, nil
}

// DecideClose sells the lot, or withdraws it if nobody bid as much as the reserve.
func (Lot) DecideClose(s auction.LotState, _ auction.LotClose) ([]auction.LotEvent, error) {
	switch s := s.(type) {
	case auction.LotStateNew:
		return nil, auction.LotNotOpen{}
	case auction.LotStateOpen:
		if s.High == nil || s.Reserve != nil && s.High.Amount.Cmp(*s.Reserve) < 0 {
			return []auction.LotEvent{auction.LotWithdrawn{}}, nil
		}
		return []auction.LotEvent{auction.LotSold{}}, nil
	}
	return nil, nil
}

// EvolveOffered opens the lot.
func (Lot) EvolveOffered(_ auction.LotState, e auction.LotOffered) auction.LotState {
	return auction.LotStateOpen{Title: e.Title, Seller: e.Seller, Closes: e.Closes, Reserve: e.Reserve}
}

// EvolveBidPlaced keeps the highest bid.
func (Lot) EvolveBidPlaced(open auction.LotStateOpen, e auction.LotBidPlaced) auction.LotState {
	bid := auction.Bid(e)
	open.High = &bid
	open.Bids++
	return open
}

// EvolveSold ends the sale.
func (Lot) EvolveSold(open auction.LotStateOpen, _ auction.LotSold) auction.LotState {
	if open.High == nil {
		return open
	}
	return auction.LotStateSold{Title: open.Title, Seller: open.Seller, Closes: open.Closes, Bids: open.Bids, High: *open.High}
}

// EvolveWithdrawn ends it without a buyer.
func (Lot) EvolveWithdrawn(auction.LotState, auction.LotWithdrawn) auction.LotState {
	return auction.LotStateWithdrawn{}
}
