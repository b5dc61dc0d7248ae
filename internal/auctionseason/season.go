package auctionseason

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
)

// Options say what a season is like. Equal options make equal events.
type Options struct {
	House auctionhttp.Domain // its code decides; its effects happen
	Bids  int                // how many, about
	Days  int                // how long the season is
	Until time.Time          // when it ends
	Seed  uint64             // of all that is drawn

	Progress func(*Season) // called now and then; nil: nobody wants to know
}

// Season is a season while it is made, and what it has then.
type Season struct {
	Options
	Taken, Refused int // bids that were taken, and others
	Lots           int
	Head           ironstar.Position // of the last event
	Found          ironstar.Position // up to here the events were stored already

	world  *world
	people *people
	random *rand.Rand
	from   time.Time
}

// Bounds of a season.
const (
	MinBids = 100
	MaxBids = 50_000_000
	MaxDays = 3660
)

const (
	perLot    = 36 // bids, on average
	perPerson = 60 // bids, on average
)

// Write makes a season in a store that nobody else uses, and that is empty or has the
// beginning of the same season: then the rest is added. If ctx ends, what has happened by
// then is stored, and the error is that of ctx. After any of these a server can use the
// store: what is to be done later waits there, and nothing is done twice.
func Write(ctx context.Context, store ironstar.Store, o Options) (s *Season, err error) {
	s = &Season{Options: o, random: rand.New(rand.NewPCG(o.Seed, 1)), from: o.Until.Add(-time.Duration(o.Days) * 24 * time.Hour)}
	s.people = newPeople(o.Seed, 24+o.Bids/perPerson)
	bidders := auction.NewBidder(o.House.Bidder)
	if _, err := store.DeclareClaims(ctx, rules(bidders)...); err != nil { // events that are refused without them
		return s, err
	}
	safe := context.WithoutCancel(ctx) // what has begun is stored
	l, err := newLedger(safe, store)
	if err != nil {
		return s, err
	}
	s.Found = l.head
	s.world = &world{ctx: safe, ledger: l, now: s.from, kinds: map[string]taker{
		auction.LotKind: newAggregate(auction.NewLot(o.House.Lot)), auction.BidderKind: newAggregate(bidders), auction.InvoiceKind: newAggregate(auction.NewInvoice(o.House.Invoice)),
	}, processes: []reactor{
		newProcess(auction.NewClerk(o.House.Clerk)), newProcess(auction.NewHammer(o.House.Hammer)), newProcess(auction.NewCashier(o.House.Cashier, o.House.CashierEffects)),
	}}
	s.plan()
	err = s.live(ctx)
	err = errors.Join(err, l.close())
	if s.Head = l.next - 1; s.Head >= l.head && (err == nil || errors.Is(err, ctx.Err())) {
		err = errors.Join(err, s.leave(safe, store))
	}
	return s, err
}

// plan draws all lots.
func (s *Season) plan() {
	var all []*sale
	demand := 0.0
	for n := range max(24, s.Bids/perLot) {
		seller := &s.people.all[s.random.IntN(len(s.people.all)/3+1)]
		l := newSale(s.random, n+1, seller, s.from, s.Until)
		demand += l.demand * l.share(s.Until)
		all = append(all, l)
	}
	for _, l := range all {
		l.price(s.random, int(float64(s.Bids)*l.demand/demand+.5))
		s.world.agenda.add(l.drafted, func() error { return s.sell(l) })
	}
}

// live lets everything happen until the season is over, or ctx ends.
func (s *Season) live(ctx context.Context) error {
	for n := 0; ; n++ {
		next, ok := s.world.agenda.next(s.Until)
		if !ok {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		s.world.now = next.at
		if err := next.do(); err != nil {
			return fmt.Errorf("at %v: %w", next.at, err)
		}
		if s.Head = s.world.ledger.next - 1; n%1000 == 0 && s.Progress != nil {
			s.Progress(s)
		}
	}
}

// Now is the time in the season.
func (s *Season) Now() time.Time { return s.world.now }

// sell describes a lot, and opens it later.
func (s *Season) sell(l *sale) error {
	if err := l.seller.known(s.world); err != nil {
		return err
	}
	s.Lots++
	c := auction.LotDraft{
		Seller: l.seller.session, Title: l.title, Category: l.shelf.category, Start: money(l.start), Step: money(l.step), Grace: grace,
		Description: "One of many lots of a season that was made by a machine.",
	}
	if l.reserve != nil {
		c.Reserve = new(money(*l.reserve))
	}
	if l.fate != forgotten {
		s.world.agenda.add(l.opens, func() error { return s.open(l) })
	}
	return s.world.do(auction.LotKind, l.id, c)
}

// open opens a lot, and plans what happens to it.
func (s *Season) open(l *sale) error {
	if l.fate == withdrawn {
		s.world.agenda.add(between(s.random, l.opens, l.ends), func() error {
			return s.world.do(auction.LotKind, l.id, auction.LotWithdraw{By: l.seller.session})
		})
	}
	l.interested(s.random, s.people)
	for _, at := range l.times(s.random) {
		s.world.agenda.add(at, func() error { return s.bid(l) })
	}
	return s.world.do(auction.LotKind, l.id, auction.LotOpen{By: l.seller.session, At: s.world.now, Ends: l.ends})
}

func (s *Season) state(l *sale) any {
	state, _ := s.world.kinds[auction.LotKind].read(l.id)
	return state
}
