package web_test

import (
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
	"ironstar.dev/web"
)

// TestRoomHasNoSecrets: the page of a lot shows neither a maximum nor a reserve, and text
// of people is text.
func TestRoomHasNoSecrets(t *testing.T) {
	money := ironstar.MustDecimal
	terms := auction.Terms{Seller: "session-of-ann", Handle: "ann", Title: "<b>chair</b>", Start: money("10.00"), Step: money("5.00"), Reserve: new(money("71.37"))}
	leader := &auction.Leader{Bidder: "session-of-bob", Handle: "bob", Amount: money("20.00"), Maximum: money("61.37")}
	bids := []auction.Bid{{Bidder: "session-of-bob", Handle: "bob", Amount: money("20.00"), How: auction.BidHowBid}}
	for _, s := range []auction.LotState{
		auction.LotStateDraft{Terms: terms},
		auction.LotStateOpen{Terms: terms, Ends: time.Unix(0, 0), Leader: leader, Bids: bids},
		auction.LotStateSold{Terms: terms, Bids: bids, Winner: "session-of-bob", Handle: "bob", Price: money("20.00")},
		auction.LotStateUnsold{Terms: terms, Bids: bids},
		auction.LotStateWithdrawn{Terms: terms},
	} {
		page := render(t, web.Room(s, auctionhttp.RoomAt{ID: "chair"}))
		for _, secret := range []string{"1.37", "session-of", "<b>chair"} {
			if strings.Contains(page, secret) {
				t.Errorf("%T shows %s: %s", s, secret, page)
			}
		}
		if title := web.RoomTitle(s, auctionhttp.RoomAt{}); title != terms.Title {
			t.Errorf("%T has the title %q", s, title)
		}
	}
}

// TestCatalogueFilters: the lots that end first come first.
func TestCatalogueFilters(t *testing.T) {
	early, late := time.Unix(0, 0), time.Unix(9, 0)
	s := auction.CatalogueState{Lots: map[string]auction.Entry{
		"a": {Title: "Chair", Is: auction.StageOpen, Ends: &late}, "b": {Title: "Table", Is: auction.StageOpen, Ends: &early},
		"c": {Title: "Lamp", Is: auction.StageSold}, "d": {Title: "Bed", Is: auction.StageDraft},
	}}
	for want, p := range map[string]auction.CatalogueParams{
		"Table Chair":   {},
		"Lamp":          auction.CatalogueParams{}.WithShow(auction.CatalogueParamsShowOver),
		"Chair":         auction.CatalogueParams{}.WithFind("cHA"),
		"Bed Lamp":      auction.CatalogueParams{}.WithShow(auction.CatalogueParamsShowAll).WithFind("b").WithFind(""),
		"No lots here.": auction.CatalogueParams{}.WithFind("x"),
	} {
		page := render(t, web.Catalogue(s, auctionhttp.CatalogueAt{Params: p}))
		rest := page
		for title := range strings.FieldsSeq(want) {
			_, after, found := strings.Cut(rest, title)
			if !found {
				t.Errorf("want %s in %s", want, page)
			}
			rest = after
		}
	}
}
