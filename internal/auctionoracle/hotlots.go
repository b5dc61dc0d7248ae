package auctionoracle

import (
	"cmp"
	"context"
	"slices"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// HotLots answers how the prices of the lots went for which people bid most often, at most
// so many lots.
func HotLots(ctx context.Context, log Log, w ironstar.Window, most int) ([]auction.HotLotsRow, error) {
	type lot struct {
		id, title string
		bids      int64
		prices    []auction.HotLotsRow
	}
	lots := map[string]*lot{}
	err := events(ctx, log, func(r *ironstar.Record, event any) {
		l := lots[r.Stream.ID]
		if e, ok := event.(auction.LotDrafted); ok {
			lots[r.Stream.ID] = &lot{id: r.Stream.ID, title: e.Title}
		}
		if b, ok := bidOf(event); ok && within(w, b.at) {
			l.bids++
		}
		switch e := event.(type) {
		case auction.LotBidPlaced:
			if within(w, e.At) {
				l.prices = append(l.prices, auction.HotLotsRow{At: e.At, Price: e.Amount})
			}
		case auction.LotRaised:
			if within(w, e.At) {
				l.prices = append(l.prices, auction.HotLotsRow{At: e.At, Price: e.Amount})
			}
		}
	})
	var hot []*lot
	for _, l := range lots {
		if l.bids > 0 {
			hot = append(hot, l)
		}
	}
	slices.SortFunc(hot, func(a, b *lot) int { return cmp.Or(cmp.Compare(b.bids, a.bids), cmp.Compare(a.id, b.id)) })
	var rows []auction.HotLotsRow
	for _, l := range hot[:min(most, len(hot))] {
		for _, p := range l.prices {
			rows = append(rows, auction.HotLotsRow{Lot: l.id, Title: l.title, Bids: l.bids, At: p.At, Price: p.Price})
		}
	}
	return rows, err
}
