package auctionoracle

import (
	"context"
	"slices"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// Minute is a row of the answer to BidsPerMinute.
type Minute struct {
	Minute       time.Time
	Bids, Raised int64
	Best         ironstar.Decimal
}

// BidsPerMinute answers how often people bid in each minute, and how often the house did.
func BidsPerMinute(ctx context.Context, log Log, w ironstar.Window) ([]Minute, error) {
	minutes := map[time.Time]*Minute{}
	add := func(at time.Time, amount ironstar.Decimal, bids, raised int64) {
		if !within(w, at) {
			return
		}
		key := at.UTC().Truncate(time.Minute)
		m := minutes[key]
		if m == nil {
			m = &Minute{Minute: key, Best: amount}
			minutes[key] = m
		}
		m.Bids, m.Raised, m.Best = m.Bids+bids, m.Raised+raised, m.Best.Max(amount)
	}
	err := events(ctx, log, func(_ *ironstar.Record, event any) {
		if b, ok := bidOf(event); ok {
			add(b.at, b.amount, 1, 0)
		}
		if e, ok := event.(auction.LotRaised); ok {
			add(e.At, e.Amount, 0, 1)
		}
	})
	var rows []Minute
	for _, m := range minutes {
		rows = append(rows, *m)
	}
	slices.SortFunc(rows, func(a, b Minute) int { return a.Minute.Compare(b.Minute) })
	return rows, err
}
