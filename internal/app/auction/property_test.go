package auction_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/engine"
	gen "ironstar.dev/gen/auction"
	"ironstar.dev/internal/app/auction"
	"ironstar.dev/ironstartest"
	"ironstar.dev/sqlite"
)

// TestTheHighestMaximumLeads tries some bids, and compares who leads, and for how much,
// with the maxima of all bids that were taken.
func TestTheHighestMaximumLeads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := gen.NewLot(auction.Lot{})
		s := ironstartest.Fold(a, []gen.LotEvent{gen.LotDrafted{Seller: ann, Handle: "ann", Title: "A chair", Category: gen.CategoryFurniture, Start: money("1.00"), Step: money("1.00")}, gen.LotOpened{Ends: ends}}...)
		var first, second ironstar.Decimal // the two highest maxima
		leader := ""
		for range rapid.IntRange(1, 12).Draw(t, "bids") {
			who := rapid.SampledFrom([]string{bob, cem, "dora"}).Draw(t, "who")
			amount := rapid.IntRange(1, 20).Draw(t, "amount")
			maximum := money(strconv.Itoa(amount + rapid.IntRange(0, 9).Draw(t, "more")))
			events, err := a.Decide(s, gen.LotBid{Bidder: who, At: noon, Amount: money(strconv.Itoa(amount)), Maximum: &maximum}, ironstar.States{gen.BidderStateRegistered{Handle: "bidder"}})
			if err != nil {
				continue
			}
			for _, e := range events {
				s = a.Evolve(s, e)
			}
			switch {
			case who == leader:
				first = maximum
			case maximum.Cmp(first) > 0:
				first, second, leader = maximum, first, who
			case maximum.Cmp(second) > 0:
				second = maximum
			}
		}
		o := s.(gen.LotStateOpen)
		switch l := o.Leader; {
		case l == nil:
		case l.Bidder != leader || l.Maximum.Cmp(first) != 0:
			t.Fatalf("%s leads with %s, want %s with %s", l.Bidder, l.Maximum, leader, first)
		case l.Amount.Cmp(second) < 0 || l.Amount.Cmp(first) > 0:
			t.Fatalf("the price is %s, between %s and %s", l.Amount, second, first)
		}
		for i := 1; i < len(o.Bids); i++ {
			if o.Bids[i].Amount.Cmp(o.Bids[i-1].Amount) < 0 {
				t.Fatalf("a bid is lower than the one before: %v", o.Bids)
			}
		}
	})
}

// members are two bidders.
func members(e *engine.Engine) func(context.Context) error {
	bidders := engine.Run(e, gen.NewBidder(auction.Bidder{}))
	return func(ctx context.Context) error {
		_, first := bidders.Do(ctx, ann, gen.BidderRegister{Handle: "ann"})
		_, second := bidders.Do(ctx, bob, gen.BidderRegister{Handle: "bob"})
		return errors.Join(first, second)
	}
}

func someCommand(t *rapid.T) gen.LotCommand {
	who := rapid.SampledFrom([]string{ann, bob}).Draw(t, "who")
	amount := strconv.Itoa(rapid.IntRange(1, 99).Draw(t, "amount"))
	return rapid.SampledFrom([]gen.LotCommand{
		gen.LotDraft{Seller: who, Title: "A chair", Category: gen.CategoryFurniture, Start: money("1"), Step: money("1"), Grace: time.Minute},
		gen.LotOpen{By: ann, At: noon, Ends: ends}, gen.LotWithdraw{By: ann}, gen.LotClose{At: ends},
		bid(who, amount, ""), bid(who, amount, "100"),
	}).Draw(t, "command")
}

func TestG8_ViewsEqualARebuild(t *testing.T) {
	n := 0
	open := func() ironstar.Store {
		n++
		store, err := sqlite.Open(t.Context(), t.TempDir()+"/"+strconv.Itoa(n)+".db", sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return store
	}
	lots := gen.NewLot(auction.Lot{})
	t.Run("Room", func(t *testing.T) {
		ironstartest.Property(t, open, lots, gen.NewRoom(auction.Lot{}), someCommand, members)
	})
	t.Run("Mine", func(t *testing.T) {
		ironstartest.Property(t, open, lots, gen.NewMine(auction.Mine{}), someCommand, members)
	})
}
