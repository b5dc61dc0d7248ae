package auction

import (
	"embed"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// Mine is who sells and bids for what. Each session sees its own part.
type Mine struct{}

var _ auction.Mine = Mine{}

// Source returns this folder's code.
func (Mine) Source() embed.FS { return source }

// Initial is a house without bidders.
func (Mine) Initial(string) auction.MineState {
	return auction.MineState{Handles: map[string]string{}, Lots: map[string]auction.Interest{}}
}

// EvolveBidderRegistered remembers a name.
func (Mine) EvolveBidderRegistered(s auction.MineState, e auction.BidderRegistered, r *ironstar.Record) auction.MineState {
	s.Handles[r.Stream.ID] = e.Handle
	return s
}

// EvolveBidderRenamed remembers another one.
func (Mine) EvolveBidderRenamed(s auction.MineState, e auction.BidderRenamed, r *ironstar.Record) auction.MineState {
	s.Handles[r.Stream.ID] = e.Handle
	return s
}

// EvolveLotDrafted remembers the title.
func (Mine) EvolveLotDrafted(s auction.MineState, e auction.LotDrafted, r *ironstar.Record) auction.MineState {
	s.Lots[r.Stream.ID] = auction.Interest{Title: e.Title, Seller: e.Seller, Price: e.Start, Is: auction.StageDraft, Payment: auction.PaymentNone, Bids: map[string]ironstar.Decimal{}}
	return s
}

// EvolveLotOpened says that people can bid.
func (Mine) EvolveLotOpened(s auction.MineState, _ auction.LotOpened, r *ironstar.Record) auction.MineState {
	return interest(s, r, func(l *auction.Interest) { l.Is = auction.StageOpen })
}

// EvolveLotBidPlaced changes the leader.
func (Mine) EvolveLotBidPlaced(s auction.MineState, e auction.LotBidPlaced, r *ironstar.Record) auction.MineState {
	return interest(s, r, func(l *auction.Interest) { l.Leader, l.Price, l.Bids[e.Bidder] = e.Bidder, e.Amount, e.Amount })
}

// EvolveLotBidTopped remembers a bid.
func (Mine) EvolveLotBidTopped(s auction.MineState, e auction.LotBidTopped, r *ironstar.Record) auction.MineState {
	return interest(s, r, func(l *auction.Interest) { l.Bids[e.Bidder] = e.Amount })
}

// EvolveLotRaised changes the price.
func (Mine) EvolveLotRaised(s auction.MineState, e auction.LotRaised, r *ironstar.Record) auction.MineState {
	return interest(s, r, func(l *auction.Interest) { l.Price, l.Bids[e.Bidder] = e.Amount, e.Amount })
}

// EvolveLotWithdrawn ends the lot.
func (Mine) EvolveLotWithdrawn(s auction.MineState, _ auction.LotWithdrawn, r *ironstar.Record) auction.MineState {
	return interest(s, r, func(l *auction.Interest) { l.Is = auction.StageWithdrawn })
}

// EvolveLotSold ends the lot.
func (Mine) EvolveLotSold(s auction.MineState, _ auction.LotSold, r *ironstar.Record) auction.MineState {
	return interest(s, r, func(l *auction.Interest) { l.Is = auction.StageSold })
}

// EvolveLotUnsold ends the lot, and nobody has it.
func (Mine) EvolveLotUnsold(s auction.MineState, _ auction.LotUnsold, r *ironstar.Record) auction.MineState {
	return interest(s, r, func(l *auction.Interest) { l.Is, l.Leader = auction.StageUnsold, "" })
}

// EvolveInvoiceIssued says what the winner owes. The invoice has the id of the lot.
func (Mine) EvolveInvoiceIssued(s auction.MineState, _ auction.InvoiceIssued, r *ironstar.Record) auction.MineState {
	return interest(s, r, func(l *auction.Interest) { l.Payment = auction.PaymentDue })
}

// EvolveInvoicePaid says that the money has come.
func (Mine) EvolveInvoicePaid(s auction.MineState, _ auction.InvoicePaid, r *ironstar.Record) auction.MineState {
	return interest(s, r, func(l *auction.Interest) { l.Payment = auction.PaymentPaid })
}

// EvolveInvoiceFailed says that there is no money.
func (Mine) EvolveInvoiceFailed(s auction.MineState, _ auction.InvoiceFailed, r *ironstar.Record) auction.MineState {
	return interest(s, r, func(l *auction.Interest) { l.Payment = auction.PaymentFailed })
}

func interest(s auction.MineState, r *ironstar.Record, change func(*auction.Interest)) auction.MineState {
	l := s.Lots[r.Stream.ID]
	change(&l)
	s.Lots[r.Stream.ID] = l
	return s
}
