package web

import (
	"maps"
	"slices"
	"strings"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
)

// RoomTitle, CatalogueTitle, MineTitle and HouseTitle are the titles of the pages of the
// auction house.
func RoomTitle(s auction.LotState, _ auctionhttp.RoomAt) string {
	_, t := offer(s)
	return t.Title
}

func CatalogueTitle(auctionhttp.CataloguePage, auctionhttp.CatalogueAt) string { return "Catalogue" }
func MineTitle(auction.MineState, auctionhttp.MineAt) string                   { return "My bids" }
func HouseTitle(auction.HouseState, auctionhttp.HouseAt) string                { return "The house" }

// offer returns the stage of a lot, and what its seller says.
func offer(s auction.LotState) (is auction.Stage, terms auction.Terms) {
	switch s.(type) {
	case auction.LotStateDraft:
		is = auction.StageDraft
	case auction.LotStateOpen:
		is = auction.StageOpen
	case auction.LotStateSold:
		is = auction.StageSold
	case auction.LotStateUnsold:
		is = auction.StageUnsold
	case auction.LotStateWithdrawn:
		is = auction.StageWithdrawn
	}
	terms, _ = auction.TermsOfLot(s)
	return is, terms
}

// history returns the bids for a lot, the last one first.
func history(s auction.LotState) []auction.Bid {
	bids, _ := auction.BidsOfLot(s)
	bids = slices.Clone(bids)
	slices.Reverse(bids)
	return bids
}

// latest returns the last bid of each bidder.
func latest(bids []auction.Bid) []auction.Bid {
	var all []auction.Bid
	for _, b := range slices.Backward(bids) {
		if !slices.ContainsFunc(all, func(have auction.Bid) bool { return have.Bidder == b.Bidder }) {
			all = append(all, b)
		}
	}
	return all
}

// standingOf says to a bidder how their last bid did.
func standingOf(b auction.Bid, leader string) string {
	switch {
	case b.Bidder == leader:
		return "You lead."
	case b.How == auction.BidHowTopped:
		return "Your bid of " + b.Amount.String() + " was taken, and beaten at once: the leader’s maximum is higher."
	}
	return "You are outbid. Your last bid is " + b.Amount.String() + "."
}

// least is what the next bidder has to bid.
func least(s auction.LotStateOpen) ironstar.Decimal {
	if s.Leader == nil {
		return s.Terms.Start
	}
	return s.Leader.Amount.Add(s.Terms.Step)
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
