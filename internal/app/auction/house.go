package auction

import (
	"embed"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// House counts, and adds up what was paid for lots.
type House struct{}

var _ auction.House = House{}

// Source returns this folder's code.
func (House) Source() embed.FS { return source }

// Initial is a house before its first day.
func (House) Initial(string) (s auction.HouseState) { return s }

// EvolveLotOpened counts a lot.
func (House) EvolveLotOpened(s auction.HouseState, _ auction.LotOpened, _ *ironstar.Record) auction.HouseState {
	s.Opened++
	return s
}

// EvolveLotBidPlaced counts a bid.
func (House) EvolveLotBidPlaced(s auction.HouseState, _ auction.LotBidPlaced, _ *ironstar.Record) auction.HouseState {
	s.Bids++
	return s
}

// EvolveLotBidTopped counts a bid.
func (House) EvolveLotBidTopped(s auction.HouseState, _ auction.LotBidTopped, _ *ironstar.Record) auction.HouseState {
	s.Bids++
	return s
}

// EvolveLotSold counts a lot, and adds its price to the turnover.
func (House) EvolveLotSold(s auction.HouseState, e auction.LotSold, _ *ironstar.Record) auction.HouseState {
	s.Sold, s.Turnover = s.Sold+1, s.Turnover.Add(e.Price)
	return s
}

// EvolveLotUnsold counts a lot.
func (House) EvolveLotUnsold(s auction.HouseState, _ auction.LotUnsold, _ *ironstar.Record) auction.HouseState {
	s.Unsold++
	return s
}

// EvolveInvoicePaid counts a payment, also one that had failed before.
func (House) EvolveInvoicePaid(s auction.HouseState, _ auction.InvoicePaid, _ *ironstar.Record) auction.HouseState {
	s.Paid++
	return s
}

// EvolveInvoiceFailed counts a payment that did not come.
func (House) EvolveInvoiceFailed(s auction.HouseState, _ auction.InvoiceFailed, _ *ironstar.Record) auction.HouseState {
	s.Failed++
	return s
}
