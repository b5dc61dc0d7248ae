package auctionoracle

import (
	"cmp"
	"context"
	"slices"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// mostBidders is how many bidders BusyBidders names at most.
const mostBidders = 15

// BusyBidders answers who bid most often.
func BusyBidders(ctx context.Context, log Log, w ironstar.Window) ([]auction.BusyBiddersRow, error) {
	type bidder struct {
		auction.BusyBiddersRow
		session string
		lots    map[string]bool
	}
	bidders := map[string]*bidder{}
	err := events(ctx, log, func(r *ironstar.Record, event any) {
		b, ok := bidOf(event)
		if !ok || !within(w, b.at) {
			return
		}
		who := bidders[b.bidder]
		if who == nil {
			who = &bidder{session: b.bidder, lots: map[string]bool{}}
			who.Best = b.amount
			bidders[b.bidder] = who
		}
		who.lots[r.Stream.ID] = true
		who.Handle, who.Bids, who.Lots, who.Best = b.handle, who.Bids+1, int64(len(who.lots)), who.Best.Max(b.amount)
	})
	var all []*bidder
	for _, b := range bidders {
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b *bidder) int {
		return cmp.Or(cmp.Compare(b.Bids, a.Bids), cmp.Compare(a.session, b.session))
	})
	var rows []auction.BusyBiddersRow
	for _, b := range all[:min(mostBidders, len(all))] {
		rows = append(rows, b.BusyBiddersRow)
	}
	return rows, err
}
