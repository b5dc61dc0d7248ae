package year_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"ironstar.dev"
	gen "ironstar.dev/gen/auction"
	"ironstar.dev/internal/app/auction"
	"ironstar.dev/sqlite"
)

// past is what happened in the auction house before the story begins. The code of the
// first release decides all of it; nobody asks a server.
type past struct {
	ctx     context.Context
	store   *sqlite.Store
	lots    ironstar.Aggregate[gen.LotState, gen.LotCommand, gen.LotEvent]
	random  *rand.Rand
	version map[string]ironstar.Version // of the stream of each bidder
	batch   []ironstar.Append
	stored  int
}

// What the past has besides lots that are over.
const (
	pastBidders = 1000
	pastDrafts  = 40 // some have the title of another one
	perBatch    = 256
)

// writePast fills a database with exactly so many events.
func writePast(ctx context.Context, file string, events int) (err error) {
	store, err := sqlite.Open(ctx, file, sqlite.Options{Shapes: append(append(gen.LotShapes, gen.BidderShapes...), gen.InvoiceShapes...)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	p := &past{ctx: ctx, store: store, lots: gen.NewLot(auction.Lot{}), random: rand.New(rand.NewPCG(1, 2)), version: map[string]ironstar.Version{}}
	for n := range pastBidders {
		if err := p.bidder(n, gen.BidderRegistered{Handle: pastHandle(n)}); err != nil {
			return err
		}
	}
	for n := range pastDrafts {
		if err := p.draft(n); err != nil {
			return err
		}
	}
	for n := 0; p.stored < events-100; n++ {
		if err := p.lot(n); err != nil {
			return err
		}
	}
	for n := 0; p.stored < events; n++ {
		if err := p.bidder(n, gen.BidderRenamed{Handle: fmt.Sprint("renamed-", n)}); err != nil {
			return err
		}
	}
	return p.flush()
}

func pastSession(n int) string { return fmt.Sprintf("%032x", n+1) }
func pastHandle(n int) string  { return fmt.Sprintf("bidder-%04d", n) }

// title repeats: a lot that is over gives its title up.
func title(n int) string {
	return []string{"A chair", "A table", "A lamp", "A clock", "A vase", "A mirror", "A carpet"}[n%7] + fmt.Sprintf(", number %d", n/7%50)
}

// draft describes a lot that nobody has opened. The last two have the titles of the first.
func (p *past) draft(n int) error {
	return p.happens(fmt.Sprintf("draft-%02d", n), gen.LotDraft{
		Seller: pastSession(n), Title: fmt.Sprintf("A chest of drawers, number %d", n%(pastDrafts-2)), Category: gen.CategoryFurniture, Start: ironstar.MustDecimal("5.00"), Step: ironstar.MustDecimal("1.00"), Grace: time.Minute,
	})
}

// lot is a lot that is over.
func (p *past) lot(n int) error {
	opens := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
	seller, id := pastSession(n%pastBidders), pastLot(n)
	what := []gen.LotCommand{
		gen.LotDraft{Seller: seller, Title: title(n), Category: gen.CategoryOther, Description: "It was sold long ago.", Start: ironstar.MustDecimal("1.00"), Step: ironstar.MustDecimal("1.00"), Grace: time.Minute},
		gen.LotOpen{By: seller, At: opens, Ends: opens.Add(time.Hour)},
	}
	if n%10 == 8 { // nobody bids so much
		what[0] = gen.LotDraft{Seller: seller, Title: title(n), Category: gen.CategoryOther, Start: ironstar.MustDecimal("1.00"), Step: ironstar.MustDecimal("1.00"), Reserve: new(ironstar.MustDecimal("500.00")), Grace: time.Minute}
	}
	if n%10 == 9 {
		return p.happens(id, append(what, gen.LotWithdraw{By: seller})...)
	}
	amount := 0
	for bid := range 24 {
		amount += 1 + p.random.IntN(3)
		bidder := pastSession((n + 1 + p.random.IntN(pastBidders-1)) % pastBidders)
		c := gen.LotBid{Bidder: bidder, At: opens.Add(time.Duration(bid) * 2 * time.Minute), Amount: ironstar.MustDecimal(fmt.Sprint(amount, ".00"))}
		if p.random.IntN(2) == 0 {
			c.Maximum = new(ironstar.MustDecimal(fmt.Sprint(amount+p.random.IntN(4), ".00")))
		}
		if bid == 23 {
			c.At = opens.Add(time.Hour - time.Second)
		}
		what = append(what, c)
	}
	return p.happens(id, append(what, gen.LotClose{At: opens.Add(2 * time.Hour)})...)
}

func pastLot(n int) string { return fmt.Sprintf("past-%05d", n) }

// happens gives commands to a lot, and stores what it decides. Some bids are refused.
func (p *past) happens(id string, commands ...gen.LotCommand) error {
	a := ironstar.Append{Stream: ironstar.Stream{Kind: gen.LotKind, ID: id}}
	state := p.lots.Initial()
	for _, c := range commands {
		events, err := p.lots.Decide(state, c, ironstar.States{gen.BidderStateRegistered{Handle: "somebody"}})
		if refused := ironstar.Refusal(nil); errors.As(err, &refused) {
			continue
		} else if err != nil {
			return err
		}
		for _, e := range events {
			state = p.lots.Evolve(state, e)
			proposed, err := gen.EncodeLotEvent(e)
			if err != nil {
				return err
			}
			a.Events = append(a.Events, proposed)
		}
	}
	if err := p.add(a); err != nil {
		return err
	}
	if sold, ok := state.(gen.LotStateSold); ok {
		return p.paid(id, sold)
	}
	return nil
}

// paid stores what the processes did about a lot that was sold.
func (p *past) paid(id string, s gen.LotStateSold) error {
	a := ironstar.Append{Stream: ironstar.Stream{Kind: gen.InvoiceKind, ID: id}}
	purchase := gen.Purchase{Winner: s.Winner, Handle: s.Handle, Title: s.Terms.Title, Price: s.Price}
	for _, e := range []gen.InvoiceEvent{gen.InvoiceIssued{Purchase: purchase}, gen.InvoicePaid{Reference: "R-" + id}} {
		proposed, err := gen.EncodeInvoiceEvent(e)
		if err != nil {
			return err
		}
		a.Events = append(a.Events, proposed)
	}
	var n int
	if _, err := fmt.Sscanf(s.Winner, "%x", &n); err != nil {
		return err
	}
	return errors.Join(p.add(a), p.bidder(n-1, gen.BidderLed{Lot: id}), p.bidder(n-1, gen.BidderReleased{Lot: id}))
}

// bidder stores an event of a bidder.
func (p *past) bidder(n int, e gen.BidderEvent) error {
	proposed, err := gen.EncodeBidderEvent(e)
	if err != nil {
		return err
	}
	id := pastSession(n)
	a := ironstar.Append{Stream: ironstar.Stream{Kind: gen.BidderKind, ID: id}, Expected: p.version[id], Events: []ironstar.Proposed{proposed}}
	p.version[id]++
	return p.add(a)
}

func (p *past) add(a ironstar.Append) error {
	p.stored += len(a.Events)
	if p.batch = append(p.batch, a); len(p.batch) < perBatch {
		return nil
	}
	return p.flush()
}

func (p *past) flush() error {
	for _, out := range p.store.Append(p.ctx, p.batch...) {
		if out.Err != nil {
			return out.Err
		}
	}
	p.batch = nil
	return nil
}
