package auctionoracle

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// Price is a row of the answer to PriceOverTime.
type Price struct {
	Lot, Title string
	Bids       int64
	At         time.Time
	Price      ironstar.Decimal
}

// PriceOverTime answers how the prices of the lots went for which people bid most often,
// at most so many of them.
func PriceOverTime(ctx context.Context, log Log, w ironstar.Window, most int) ([]Price, error) {
	type lot struct {
		id, title string
		bids      int64
		prices    []Price
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
				l.prices = append(l.prices, Price{At: e.At, Price: e.Amount})
			}
		case auction.LotRaised:
			if within(w, e.At) {
				l.prices = append(l.prices, Price{At: e.At, Price: e.Amount})
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
	var rows []Price
	for _, l := range hot[:min(most, len(hot))] {
		for _, p := range l.prices {
			rows = append(rows, Price{l.id, l.title, l.bids, p.At, p.Price})
		}
	}
	return rows, err
}
