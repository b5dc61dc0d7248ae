package auctionoracle

import (
	"context"
	"slices"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// steps are how long a step of BidsPerMinute is in windows up to a length.
var steps = []struct{ upto, step time.Duration }{
	{time.Hour, time.Minute},
	{24 * time.Hour, 10 * time.Minute},
	{7 * 24 * time.Hour, time.Hour},
	{30 * 24 * time.Hour, 6 * time.Hour},
}

func stepOf(w ironstar.Window) time.Duration {
	for _, s := range steps {
		if w.Until.Sub(w.From) <= s.upto {
			return s.step
		}
	}
	return 24 * time.Hour
}

// BidsPerMinute answers how often people bid in each step, and how often the house did.
func BidsPerMinute(ctx context.Context, log Log, w ironstar.Window) ([]auction.BidsPerMinuteRow, error) {
	step, rows := stepOf(w), map[time.Time]*auction.BidsPerMinuteRow{}
	add := func(at time.Time, amount ironstar.Decimal, bids, raised int64) {
		if !within(w, at) {
			return
		}
		start := at.UTC().Truncate(step)
		row := rows[start]
		if row == nil {
			row = &auction.BidsPerMinuteRow{Start: start, Best: amount}
			rows[start] = row
		}
		row.Bids, row.Raised, row.Best = row.Bids+bids, row.Raised+raised, row.Best.Max(amount)
		row.PerMinute = float64(row.Bids) / step.Minutes()
	}
	err := events(ctx, log, func(_ *ironstar.Record, event any) {
		if b, ok := bidOf(event); ok {
			add(b.at, b.amount, 1, 0)
		}
		if e, ok := event.(auction.LotRaised); ok {
			add(e.At, e.Amount, 0, 1)
		}
	})
	var all []auction.BidsPerMinuteRow
	for _, row := range rows {
		all = append(all, *row)
	}
	slices.SortFunc(all, func(a, b auction.BidsPerMinuteRow) int { return a.Start.Compare(b.Start) })
	return all, err
}
