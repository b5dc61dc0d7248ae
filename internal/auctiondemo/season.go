package auctiondemo

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
	"ironstar.dev/internal/auctionseason"
	"ironstar.dev/ops"
	"ironstar.dev/sqlite"
)

// season makes a season of the auction house, or the rest of one.
func (s *Seed) season(c *ops.Call, house auctionhttp.Domain) (err error) {
	o, err := s.seasonOptions(house)
	if err != nil {
		return err
	}
	store, err := sqlite.Open(c.Context, s.DB, sqlite.Options{Shapes: shapes()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	began := time.Now()
	o.Progress = s.progress(c.Stderr, began, o)
	made, err := auctionseason.Write(c.Context, store, o)
	return s.told(c, o, made, time.Since(began), err)
}

// seasonOptions reads the flags.
func (s *Seed) seasonOptions(house auctionhttp.Domain) (o auctionseason.Options, err error) {
	until := time.Now().UTC().Truncate(time.Minute)
	if s.Until != "" {
		if until, err = time.Parse(time.RFC3339, s.Until); err != nil {
			return o, fmt.Errorf("--until %s: a time such as %s", s.Until, time.Now().UTC().Format(time.RFC3339))
		}
	}
	switch {
	case s.Season < auctionseason.MinBids || s.Season > auctionseason.MaxBids:
		return o, fmt.Errorf("--season %d: from %d to %d bids", s.Season, auctionseason.MinBids, auctionseason.MaxBids)
	case s.Days < 1 || s.Days > auctionseason.MaxDays:
		return o, fmt.Errorf("--days %d: from 1 to %d", s.Days, auctionseason.MaxDays)
	case until.Year() < 1900 || until.Year() > 9000:
		return o, fmt.Errorf("--until %s: of the years 1900 to 9000", s.Until)
	}
	return auctionseason.Options{House: house, Bids: s.Season, Days: s.Days, Until: until, Seed: s.Seed}, nil
}

func shapes() []ironstar.Shape {
	return slices.Concat(auction.LotShapes, auction.BidderShapes, auction.InvoiceShapes)
}

// progressEvery is how often people hear how far a season is.
const progressEvery = 2 * time.Second

// progress says from time to time how far the season is.
func (s *Seed) progress(out io.Writer, began time.Time, o auctionseason.Options) func(*auctionseason.Season) {
	next := began.Add(progressEvery)
	return func(made *auctionseason.Season) {
		now := time.Now()
		if now.Before(next) {
			return
		}
		next = now.Add(progressEvery)
		left := time.Duration(float64(now.Sub(began)) / float64(max(made.Taken, 1)) * float64(max(o.Bids-made.Taken, 0)))
		fmt.Fprintf(out, "%s: %d of %d bids, %d events, about %v left\n", made.Now().Format(time.DateOnly), made.Taken, o.Bids, made.Head, left.Round(time.Second))
	}
}

// told says what there is, or how to continue.
func (s *Seed) told(c *ops.Call, o auctionseason.Options, made *auctionseason.Season, took time.Duration, err error) error {
	again := fmt.Sprintf("%s seed --db %s --season %d --days %d --seed %d --until %s", c.App.Name, s.DB, o.Bids, o.Days, o.Seed, o.Until.Format(time.RFC3339))
	if other := (*auctionseason.OtherError)(nil); errors.As(err, &other) {
		return fmt.Errorf("%w: name another file with --db, or the --season, --days, --seed and --until with which this one was begun", err)
	}
	if c.Context.Err() != nil { // the caller says that it was interrupted
		fmt.Fprintf(c.Stderr, "%s can be served, and has the season up to %s (%d events)\ncontinue: %s\n", s.DB, made.Now().Format(time.RFC3339), made.Head, again)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Stdout, "%s has %d lots and %d bids now, in %d events (%d of them were there): %v\nserve it: %s -db %s, and open /auction/catalogue\nthe same again: %s\n",
		s.DB, made.Lots, made.Taken, made.Head, made.Found, took.Round(time.Second), c.App.Name, s.DB, again)
	return nil
}
