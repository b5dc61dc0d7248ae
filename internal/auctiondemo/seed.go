package auctiondemo

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
	"ironstar.dev/internal/effects"
	"ironstar.dev/internal/payments"
	"ironstar.dev/ops"
)

// Seed is the command app seed.
type Seed struct {
	DB string `name:"db" default:"app.db" help:"The file of the database, which is made if it is not there. Its folder must exist."`

	Season int    `placeholder:"BIDS" help:"Instead make a season of the auction house with about so many bids."`
	Days   int    `default:"365" help:"How long the season is."`
	Seed   uint64 `default:"1" help:"Equal numbers make equal seasons."`
	Until  string `placeholder:"TIME" help:"When the season ends, such as 2026-12-31T00:00:00Z. Without it, that is now."`
}

// Help is what stands below the sentence of the table of commands.
func (*Seed) Help() string {
	return `Everything is decided by the code of the application: twelve people register, describe
and open lots, bid with and without maxima, in the last minute too, and the hammer
falls. Some lots end minutes from now, some in days. The same people do the same in
each run; only the times follow the clock. Payments are pretended, and no message is
sent. A database in which something has happened is refused.

With --season a machine makes months of lots and bids, for questions over everything
that happened: 2 million bids take some minutes. The code of the application decides
all of it, at a time of its own: bids and ends of lots have times of the season, and
only the time of storing is today's. Lots that end after the season are open. Ctrl-C
leaves a database that can be served, and says how to continue.`
}

// Run fills the database.
func (s *Seed) Run(c *ops.Call) error {
	var season auctionhttp.Domain
	c.App.Domains = slices.Clone(c.App.Domains)
	for i, d := range c.App.Domains {
		if house, ok := d.(auctionhttp.Domain); ok {
			house.CashierEffects = pretended()
			c.App.Domains[i], season = house, house
		}
	}
	if s.Season != 0 {
		return s.season(c, season)
	}
	var h *house
	err := c.Fill(s.DB, func(ctx context.Context, r ops.Running) (err error) {
		if h, err = newHouse(ctx, r.Engine, time.Now()); err == nil {
			err = h.fill()
		}
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Stdout, "%s has %s now.\nserve it: %s -db %s, and open /auction/catalogue\nlet visitors bid meanwhile: %[3]s bid\n", s.DB, h, c.App.Name, s.DB)
	return nil
}

// silent pretends to do what the auction house does in the outside world.
type silent struct{ effects.Outside }

// pretended takes money from a provider that is in this process and always there.
func pretended() auction.CashierEffects {
	provider := &payments.StandIn{Fault: func(int) payments.Fault { return payments.None }}
	return silent{effects.Outside{Client: &http.Client{Transport: provider}, Payments: "http://payments.invalid"}}
}

// Notify writes nothing.
func (silent) Notify(context.Context, ironstar.Try, auction.CashierNotify) error { return nil }

// String says what the house has.
func (h *house) String() string {
	var fates []string
	for _, fate := range []string{"open", "sold", "unsold", "draft", "withdrawn"} {
		fates = append(fates, fmt.Sprint(h.fates[fate], " ", fate))
	}
	return fmt.Sprintf("%d bidders, %d lots (%s), %d bids and %d todo lists", len(h.people), len(h.lots), strings.Join(fates, ", "), h.bids, len(h.todos))
}
