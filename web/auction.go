package web

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
)

// RoomTitle, CatalogueTitle, MineTitle and HouseTitle are the titles of the pages of the
// auction house.
func RoomTitle(s auction.LotState, _ auctionhttp.RoomAt) string {
	_, t := offer(s)
	return t.Title
}

func CatalogueTitle(auction.CatalogueState, auctionhttp.CatalogueAt) string { return "Catalogue" }
func MineTitle(auction.MineState, auctionhttp.MineAt) string                { return "My bids" }
func HouseTitle(auction.HouseState, auctionhttp.HouseAt) string             { return "The house" }

// offer returns the stage of a lot, and what its seller says.
func offer(s auction.LotState) (auction.Stage, auction.Terms) {
	switch s := s.(type) {
	case auction.LotStateDraft:
		return auction.StageDraft, s.Terms
	case auction.LotStateOpen:
		return auction.StageOpen, s.Terms
	case auction.LotStateSold:
		return auction.StageSold, s.Terms
	case auction.LotStateUnsold:
		return auction.StageUnsold, s.Terms
	case auction.LotStateWithdrawn:
		return auction.StageWithdrawn, s.Terms
	}
	return "", auction.Terms{}
}

// history returns the bids for a lot, the last one first.
func history(s auction.LotState) []auction.Bid {
	var bids []auction.Bid
	switch s := s.(type) {
	case auction.LotStateOpen:
		bids = s.Bids
	case auction.LotStateSold:
		bids = s.Bids
	case auction.LotStateUnsold:
		bids = s.Bids
	}
	bids = slices.Clone(bids)
	slices.Reverse(bids)
	return bids
}

// row is a line of the catalogue.
type row struct {
	ID string
	auction.Entry
}

// catalogued returns the lots that a page shows: those that end first, then by title.
func catalogued(s auction.CatalogueState, p auction.CatalogueParams) []row {
	var rows []row
	for id, e := range s.Lots {
		open := e.Is == auction.StageOpen
		if p.Show() == auction.CatalogueParamsShowOpen && !open || p.Show() == auction.CatalogueParamsShowOver && (open || e.Is == auction.StageDraft) ||
			!strings.Contains(strings.ToLower(e.Title), strings.ToLower(p.Find())) {
			continue
		}
		rows = append(rows, row{id, e})
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(ends(a).Compare(ends(b)), strings.Compare(a.Title, b.Title), strings.Compare(a.ID, b.ID))
	})
	return rows
}

// ends is when a lot ends: a draft ends after all others.
func ends(r row) time.Time {
	if r.Ends == nil {
		return time.Unix(1<<40, 0)
	}
	return *r.Ends
}

// stake is a lot that somebody sells or bids for.
type stake struct {
	ID string
	auction.Interest
}

// stakes returns the lots of one person, sorted by title.
func stakes(s auction.MineState, session string, selling bool) []stake {
	var all []stake
	for _, id := range slices.Sorted(maps.Keys(s.Lots)) {
		i := s.Lots[id]
		if _, bids := i.Bids[session]; selling && i.Seller == session || !selling && bids {
			all = append(all, stake{id, i})
		}
	}
	slices.SortStableFunc(all, func(a, b stake) int { return strings.Compare(a.Title, b.Title) })
	return all
}

// standing says how a bidder stands.
func standing(i auction.Interest, session string) string {
	leads := i.Leader == session
	switch {
	case i.Is == auction.StageSold && leads:
		return "won"
	case i.Is != auction.StageOpen:
		return "lost"
	case leads:
		return "leading"
	}
	return "outbid"
}
