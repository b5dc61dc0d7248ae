package web_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
	"ironstar.dev/live"
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

// TestCatalogue: the page shows its rows, says what is chosen, and what there is not.
func TestCatalogue(t *testing.T) {
	row := auction.CatalogueRow{ID: "lot-1", TermsTitle: "<b>Chair</b>", TermsHandle: "ann", Is: auction.CatalogueRowIsOpen, Price: ironstar.MustDecimal("20.00"), Bids: 1, Ends: time.Unix(0, 0)}
	at := auctionhttp.CatalogueAt{Params: auction.CatalogueParams{PriceTo: new(ironstar.MustDecimal("30.5"))}.WithTermsTitle("cha").WithSort(auction.CatalogueParamsSortPriceDown)}
	rows := ironstar.Page[auction.CatalogueRow]{Rows: []auction.CatalogueRow{row}, Total: 3, Previous: "p", Next: "n"}
	page := render(t, web.Catalogue(auctionhttp.CataloguePage{Page: rows, At: at}, at))
	for _, want := range []string{
		"&lt;b&gt;Chair", "20.00", "1 bid<", `role="timer"`, "3 lots", `value="cha"`, `value="30.5"`, `<option value="-price" selected>`, "Show all",
		`?termsTitle=cha&amp;priceTo=30.5&amp;sort=-price&amp;after=n" rel="next"`, `&amp;before=p" rel="prev"`, "1970-01-01 00:00 UTC",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("there is no %s in %s", want, page)
		}
	}
	for want, at := range map[string]auctionhttp.CatalogueAt{"No lot is like that.": at, "There are no lots yet.": {}} {
		page := render(t, web.Catalogue(auctionhttp.CataloguePage{At: at}, at))
		if !strings.Contains(page, want) || strings.Contains(page, "rel=") {
			t.Errorf("an empty page says %s", page)
		}
	}
}

// TestStandings: each bidder is told how they stand, in a sentence that the style of
// their page shows. Nobody else sees whose it is.
func TestStandings(t *testing.T) {
	money := ironstar.MustDecimal
	bid := func(who, amount string, how auction.BidHow) auction.Bid {
		return auction.Bid{Bidder: "session-of-" + who, Handle: who, Amount: money(amount), How: how}
	}
	s := auction.LotStateOpen{
		Terms: auction.Terms{Title: "Chair", Start: money("10"), Step: money("5")}, Leader: &auction.Leader{Bidder: "session-of-bob", Handle: "bob", Amount: money("35")},
		Bids: []auction.Bid{bid("cem", "10", auction.BidHowBid), bid("bob", "15", auction.BidHowBid), bid("dora", "30", auction.BidHowTopped), bid("bob", "35", auction.BidHowRaised)},
	}
	room := render(t, web.Room(s, auctionhttp.RoomAt{ID: "chair"}))
	for who, want := range map[string]string{"bob": "You lead.", "dora": "Your bid of 30 was taken, and beaten at once", "cem": "You are outbid. Your last bid is 10."} {
		around := render(t, web.RoomDocument(auctionhttp.RoomDocument{Document: live.Document{Title: "Chair", Nonce: "n", Content: templ.NopComponent, Session: live.Session{ID: "session-of-" + who}}}))
		theirs := regexp.MustCompile(`<style nonce="n">\[(data-for="[0-9a-f]+")\]`).FindStringSubmatch(around)
		if theirs == nil {
			t.Fatalf("the page of %s has no style: %s", who, around)
		}
		if !regexp.MustCompile(theirs[1] + `>` + want).MatchString(room) {
			t.Errorf("%s is not told %q in %s", who, want, room)
		}
	}
}
