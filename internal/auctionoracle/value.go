package auctionoracle

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// ValueByHour answers what was paid for lots of each category, by the hour of
// the day in which they ended. The event Sold does not say when it happened, and the time
// of storing is another one in a season that a machine made: the last end of a lot is the
// time at which the hammer falls.
func ValueByHour(ctx context.Context, log Log, w ironstar.Window) ([]auction.ValueByHourRow, error) {
	type cell struct {
		category auction.Category
		hour     int
	}
	category, ends, cells := map[string]auction.Category{}, map[string]time.Time{}, map[cell]*auction.ValueByHourRow{}
	err := events(ctx, log, func(r *ironstar.Record, event any) {
		id := r.Stream.ID
		switch e := event.(type) {
		case auction.LotDrafted:
			category[id] = e.Category
		case auction.LotOpened:
			ends[id] = e.Ends.UTC()
		case auction.LotExtended:
			ends[id] = e.Ends.UTC()
		case auction.LotSold:
			if !within(w, ends[id]) {
				return
			}
			key := cell{category[id], ends[id].Hour()}
			if cells[key] == nil {
				cells[key] = &auction.ValueByHourRow{Category: key.category, Hour: int64(key.hour)}
			}
			cells[key].Lots++
			cells[key].Value = cells[key].Value.Add(e.Price)
		}
	})
	var rows []auction.ValueByHourRow
	for _, row := range cells {
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(a, b auction.ValueByHourRow) int {
		return cmp.Or(cmp.Compare(a.Hour, b.Hour), cmp.Compare(a.Category, b.Category))
	})
	return rows, err
}
