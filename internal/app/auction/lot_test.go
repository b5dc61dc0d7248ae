package auction_test

import (
	"errors"
	"testing"
	"time"

	"ironstar.dev"
	gen "ironstar.dev/gen/auction"
	"ironstar.dev/internal/app/auction"
	"ironstar.dev/ironstartest"
)

type spec = ironstartest.Spec[gen.LotState, gen.LotCommand, gen.LotEvent]

const (
	ann, bob, cem = "session-of-ann", "session-of-bob", "session-of-cem"
	chair         = "lot-1"
)

var (
	noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	ends = noon.Add(time.Hour)

	drafted = gen.LotDrafted{Seller: ann, Handle: "ann", Title: "A chair", Category: gen.CategoryFurniture, Start: money("10.00"), Step: money("5.00"), Reserve: reserve("30.00"), Grace: time.Minute}
)

// money has two digits, as amounts of commands have.
func money(s string) ironstar.Decimal {
	return ironstar.MustDecimal(s).Add(ironstar.MustDecimal("0.00"))
}

func reserve(s string) *ironstar.Decimal {
	d := money(s)
	return &d
}

// bidder is a member of the house.
func bidder(t *testing.T, handle string) ironstartest.Spec[gen.BidderState, gen.BidderCommand, gen.BidderEvent] {
	return ironstartest.For(t, gen.NewBidder(auction.Bidder{})).Given(gen.BidderRegistered{Handle: handle})
}

// lot knows three bidders and a stranger.
func lot(t *testing.T) spec {
	return ironstartest.For(t, gen.NewLot(auction.Lot{})).
		Reading(bidder(t, "ann").As(ann)).Reading(bidder(t, "bob").As(bob)).Reading(bidder(t, "cem").As(cem)).
		Reading(ironstartest.For(t, gen.NewBidder(auction.Bidder{})).As("stranger"))
}

// open is a lot with a reserve of 30 that is open for an hour.
func open(t *testing.T) spec { return lot(t).Given(drafted, gen.LotOpened{Ends: ends}) }

func bid(who, amount, maximum string) gen.LotBid {
	c := gen.LotBid{Bidder: who, At: noon, Amount: money(amount)}
	if maximum != "" {
		c.Maximum = reserve(maximum)
	}
	return c
}

func placed(who, handle, amount, maximum string) gen.LotBidPlaced {
	return gen.LotBidPlaced{Bidder: who, Handle: handle, Amount: money(amount), Maximum: money(maximum), At: noon}
}

func TestDraft(t *testing.T) {
	draft := gen.LotDraft{Seller: ann, Title: "A chair", Category: gen.CategoryFurniture, Start: money("10"), Step: money("5"), Reserve: reserve("30.00"), Grace: time.Minute}
	lot(t).When(draft).Then(drafted)
	lot(t).Given(drafted).When(gen.LotDraft{Seller: ann, Title: "A table", Category: gen.CategoryFurniture, Start: money("1"), Step: money("1")}).Refused(gen.LotDraftedAlready{})
	lot(t).When(gen.LotDraft{Seller: "stranger", Title: "A chair", Category: gen.CategoryFurniture, Start: money("1"), Step: money("1")}).Refused(gen.LotNotRegistered{})
}

func TestOpen(t *testing.T) {
	lot(t).Given(drafted).When(gen.LotOpen{By: ann, At: noon, Ends: ends}).Then(gen.LotOpened{Ends: ends})
	lot(t).Given(drafted).When(gen.LotOpen{By: bob, At: noon, Ends: ends}).Refused(gen.LotNotYours{})
	lot(t).Given(drafted).When(gen.LotOpen{By: ann, At: noon, Ends: noon}).Refused(gen.LotEndsTooSoon{})
	lot(t).When(gen.LotOpen{By: ann, At: noon, Ends: ends}).Refused(gen.LotNotADraft{})
}

func TestBid(t *testing.T) {
	open(t).When(bid(bob, "10", "")).Then(placed(bob, "bob", "10.00", "10.00"))
	open(t).When(bid(bob, "9.99", "")).Refused(gen.LotTooLow{Least: money("10.00")})
	open(t).When(bid("stranger", "10", "")).Refused(gen.LotNotRegistered{})
	open(t).When(bid(ann, "10", "")).Refused(gen.LotOwnLot{})
	open(t).When(bid(bob, "10", "9")).Refused(gen.LotMaximumTooLow{})
	lot(t).Given(drafted).When(bid(bob, "10", "")).Refused(gen.LotNotOpen{})

	late := bid(bob, "10", "")
	late.At = ends
	open(t).When(late).Refused(gen.LotNotOpen{})
}

// TestTheSameAmount: the second of two equal bids is refused.
func TestTheSameAmount(t *testing.T) {
	first := open(t).When(bid(bob, "20", "")).Then(placed(bob, "bob", "20.00", "20.00"))
	first.When(bid(cem, "20", "")).Refused(gen.LotTooLow{Least: money("25.00")})
	first.When(bid(bob, "20", "")).Nothing()
}

// TestMaximum: the house bids for the leader, by no more than is needed.
func TestMaximum(t *testing.T) {
	led := open(t).When(bid(bob, "10", "100")).Then(placed(bob, "bob", "30.00", "100.00")) // up to the reserve
	led.When(bid(cem, "40", "60")).Then(
		gen.LotBidTopped{Bidder: cem, Handle: "cem", Amount: money("60.00"), At: noon},
		gen.LotRaised{Bidder: bob, Amount: money("65.00"), At: noon})
	led.When(bid(cem, "100", "")).Then( // the earlier of two equal ones leads
		gen.LotBidTopped{Bidder: cem, Handle: "cem", Amount: money("100.00"), At: noon},
		gen.LotRaised{Bidder: bob, Amount: money("100.00"), At: noon})
	led.When(bid(cem, "40", "500")).Then(
		gen.LotRaised{Bidder: bob, Amount: money("100.00"), At: noon},
		placed(cem, "cem", "105.00", "500.00"))
	led.When(bid(cem, "34.99", "500")).Refused(gen.LotTooLow{Least: money("35.00")})

	led.When(bid(bob, "10", "100")).Nothing()
	led.When(bid(bob, "10", "99")).Refused(gen.LotLeadingAlready{})
	led.When(bid(bob, "120", "")).Then(gen.LotMaximumChanged{Bidder: bob, Maximum: money("120.00")})
}

func TestLastMinute(t *testing.T) {
	last := bid(bob, "10", "")
	last.At = ends.Add(-time.Second)
	taken := placed(bob, "bob", "10.00", "10.00")
	taken.At = last.At
	longer := open(t).When(last).Then(taken, gen.LotExtended{Ends: ends.Add(time.Minute)})
	longer.When(gen.LotClose{At: ends}).Refused(gen.LotTooEarly{})
}

func TestTooManyLeads(t *testing.T) {
	busy := bidder(t, "bob")
	for _, l := range []string{"a", "b", "c", "d", "e"} {
		busy = busy.When(gen.BidderLead{Lot: l}).Then(gen.BidderLed{Lot: l})
	}
	open(t).Reading(busy.As(bob)).When(bid(bob, "10", "")).Refused(gen.LotTooManyLeads{Max: auction.MaxLeads})
	free := busy.When(gen.BidderRelease{Lot: "c"}).Then(gen.BidderReleased{Lot: "c"})
	open(t).Reading(free.As(bob)).When(bid(bob, "10", "")).Then(placed(bob, "bob", "10.00", "10.00"))
}

func TestWithdraw(t *testing.T) {
	open(t).When(gen.LotWithdraw{By: ann}).Then(gen.LotWithdrawn{})
	lot(t).Given(drafted).When(gen.LotWithdraw{By: ann}).Then(gen.LotWithdrawn{})
	open(t).When(gen.LotWithdraw{By: bob}).Refused(gen.LotNotYours{})
	open(t).Given(placed(bob, "bob", "10.00", "10.00")).When(gen.LotWithdraw{By: ann}).Refused(gen.LotHasBids{})
}

func TestClose(t *testing.T) {
	open(t).When(gen.LotClose{At: ends}).Then(gen.LotUnsold{})
	open(t).Given(placed(bob, "bob", "10.00", "10.00")).When(gen.LotClose{At: ends}).Then(gen.LotUnsold{}) // below the reserve
	open(t).When(gen.LotClose{At: noon}).Refused(gen.LotTooEarly{})

	sold := open(t).Given(placed(bob, "bob", "30.00", "30.00")).When(gen.LotClose{At: ends}).
		Then(gen.LotSold{Winner: bob, Handle: "bob", Price: money("30.00"), Title: "A chair"})
	sold.When(gen.LotWithdraw{By: ann}).Refused(gen.LotNotOpen{})
	sold.When(bid(cem, "50", "")).Refused(gen.LotNotOpen{})
}

// TestAtTheField: a page shows why a bid was too low at its amount.
func TestAtTheField(t *testing.T) {
	_, err := auction.Lot{}.DecideBid(gen.LotStateOpen{Terms: gen.Terms(drafted), Ends: ends}, bid(bob, "1", ""), gen.BidderStateRegistered{Handle: "bob"})
	if at := (interface{ Field() string })(nil); !errors.As(err, &at) || at.Field() != gen.LotBidForm.Amount.Name {
		t.Errorf("the error is %v", err)
	}
}

// TestWithoutALeader: events about a leader can be folded if nobody leads. The test of
// golden samples folds them in any order.
func TestWithoutALeader(t *testing.T) {
	for _, e := range []gen.LotEvent{gen.LotRaised{Bidder: bob, Amount: money("10.00"), At: noon}, gen.LotMaximumChanged{Bidder: bob, Maximum: money("10.00")}} {
		s := ironstartest.Fold(gen.NewLot(auction.Lot{}), []gen.LotEvent{drafted, gen.LotOpened{Ends: ends}, e}...)
		if o, ok := s.(gen.LotStateOpen); !ok || o.Leader != nil || len(o.Bids) > 0 {
			t.Errorf("after %T the lot is %+v", e, s)
		}
	}
}
