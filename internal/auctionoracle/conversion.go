package auctionoracle

import (
	"context"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// Milestone is a row of the answer to Conversion.
type Milestone struct {
	Milestone string
	Lots      int64
}

// Conversion answers how many lots of a category, or of all, have come how far.
func Conversion(ctx context.Context, log Log, category *auction.Category) ([]Milestone, error) {
	is := map[string]auction.Category{}
	reached := map[string]map[string]bool{"drafted": {}, "opened": {}, "bid": {}, "sold": {}, "paid": {}}
	err := events(ctx, log, func(r *ironstar.Record, event any) {
		id := r.Stream.ID // an invoice has that of its lot
		switch e := event.(type) {
		case auction.LotDrafted:
			is[id] = e.Category
			reached["drafted"][id] = true
		case auction.LotOpened:
			reached["opened"][id] = true
		case auction.LotBidPlaced, auction.LotBidTopped:
			reached["bid"][id] = true
		case auction.LotSold:
			reached["sold"][id] = true
		case auction.InvoicePaid:
			reached["paid"][id] = true
		}
	})
	var rows []Milestone
	for _, milestone := range []string{"drafted", "opened", "bid", "sold", "paid"} {
		row := Milestone{Milestone: milestone}
		for id := range reached[milestone] {
			if category == nil || is[id] == *category {
				row.Lots++
			}
		}
		rows = append(rows, row)
	}
	return rows, err
}
