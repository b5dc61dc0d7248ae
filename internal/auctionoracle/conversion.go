package auctionoracle

import (
	"context"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// Conversion answers how many lots have come how far.
func Conversion(ctx context.Context, log Log) ([]auction.ConversionRow, error) {
	reached := map[auction.Milestone]map[string]bool{}
	for _, milestone := range auction.MilestoneValues() {
		reached[milestone] = map[string]bool{}
	}
	err := events(ctx, log, func(r *ironstar.Record, event any) {
		id := r.Stream.ID // an invoice has that of its lot
		switch event.(type) {
		case auction.LotDrafted:
			reached[auction.MilestoneDrafted][id] = true
		case auction.LotOpened:
			reached[auction.MilestoneOpened][id] = true
		case auction.LotBidPlaced, auction.LotBidTopped:
			reached[auction.MilestoneBid][id] = true
		case auction.LotSold:
			reached[auction.MilestoneSold][id] = true
		case auction.InvoicePaid:
			reached[auction.MilestonePaid][id] = true
		}
	})
	var rows []auction.ConversionRow
	for _, milestone := range auction.MilestoneValues() {
		rows = append(rows, auction.ConversionRow{Milestone: milestone, Lots: int64(len(reached[milestone]))})
	}
	return rows, err
}
