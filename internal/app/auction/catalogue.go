package auction

import (
	"embed"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// Catalogue is a line for each lot.
type Catalogue struct{}

var _ auction.Catalogue = Catalogue{}

// Source returns this folder's code.
func (Catalogue) Source() embed.FS { return source }

// Initial is a house without lots.
func (Catalogue) Initial(string) auction.CatalogueState {
	return auction.CatalogueState{Lots: map[string]auction.Entry{}}
}

// EvolveLotDrafted adds a line.
func (Catalogue) EvolveLotDrafted(s auction.CatalogueState, e auction.LotDrafted, r *ironstar.Record) auction.CatalogueState {
	s.Lots[r.Stream.ID] = auction.Entry{Title: e.Title, Handle: e.Handle, Price: e.Start, Is: auction.StageDraft}
	return s
}

// EvolveLotOpened says until when people can bid.
func (Catalogue) EvolveLotOpened(s auction.CatalogueState, e auction.LotOpened, r *ironstar.Record) auction.CatalogueState {
	return entry(s, r, func(l *auction.Entry) { l.Is, l.Ends = auction.StageOpen, &e.Ends })
}

// EvolveLotExtended moves the end.
func (Catalogue) EvolveLotExtended(s auction.CatalogueState, e auction.LotExtended, r *ironstar.Record) auction.CatalogueState {
	return entry(s, r, func(l *auction.Entry) { l.Ends = &e.Ends })
}

// EvolveLotBidPlaced changes the price.
func (Catalogue) EvolveLotBidPlaced(s auction.CatalogueState, e auction.LotBidPlaced, r *ironstar.Record) auction.CatalogueState {
	return entry(s, r, func(l *auction.Entry) { l.Price, l.Bids = e.Amount, l.Bids+1 })
}

// EvolveLotRaised changes the price.
func (Catalogue) EvolveLotRaised(s auction.CatalogueState, e auction.LotRaised, r *ironstar.Record) auction.CatalogueState {
	return entry(s, r, func(l *auction.Entry) { l.Price, l.Bids = e.Amount, l.Bids+1 })
}

// EvolveLotWithdrawn ends the lot.
func (Catalogue) EvolveLotWithdrawn(s auction.CatalogueState, _ auction.LotWithdrawn, r *ironstar.Record) auction.CatalogueState {
	return entry(s, r, func(l *auction.Entry) { l.Is = auction.StageWithdrawn })
}

// EvolveLotSold ends the lot.
func (Catalogue) EvolveLotSold(s auction.CatalogueState, _ auction.LotSold, r *ironstar.Record) auction.CatalogueState {
	return entry(s, r, func(l *auction.Entry) { l.Is = auction.StageSold })
}

// EvolveLotUnsold ends the lot.
func (Catalogue) EvolveLotUnsold(s auction.CatalogueState, _ auction.LotUnsold, r *ironstar.Record) auction.CatalogueState {
	return entry(s, r, func(l *auction.Entry) { l.Is = auction.StageUnsold })
}

func entry(s auction.CatalogueState, r *ironstar.Record, change func(*auction.Entry)) auction.CatalogueState {
	l := s.Lots[r.Stream.ID]
	change(&l)
	s.Lots[r.Stream.ID] = l
	return s
}
