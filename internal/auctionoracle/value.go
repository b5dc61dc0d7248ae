package auctionoracle

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// HourValue is a row of the answer to ValueByCategoryAndHour.
type HourValue struct {
	Category auction.Category
	Hour     int64 // of the day, UTC
	Lots     int64
	Value    ironstar.Decimal
}

// ValueByCategoryAndHour answers what was paid for lots of each category, by the hour of
// the day in which they ended. The event Sold does not say when it happened, and the time
// of storing is another one in a season that a machine made: the last end of a lot is the
// time at which the hammer falls.
func ValueByCategoryAndHour(ctx context.Context, log Log, w ironstar.Window) ([]HourValue, error) {
	type cell struct {
		category auction.Category
		hour     int
	}
	category, ends, cells := map[string]auction.Category{}, map[string]time.Time{}, map[cell]*HourValue{}
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
				cells[key] = &HourValue{Category: key.category, Hour: int64(key.hour)}
			}
			cells[key].Lots++
			cells[key].Value = cells[key].Value.Add(e.Price)
		}
	})
	var rows []HourValue
	for _, row := range cells {
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(a, b HourValue) int {
		return cmp.Or(cmp.Compare(a.Category, b.Category), cmp.Compare(a.Hour, b.Hour))
	})
	return rows, err
}
