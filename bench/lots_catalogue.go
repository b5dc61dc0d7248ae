package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/internal/modelling"
	"ironstar.dev/internal/modelling/gen/auction"
	"ironstar.dev/sqlite"
)

// catalogue is an engine with one list, that of lots.
type catalogue struct {
	lots
	store    *fedStore
	engine   *engine.Engine
	list     *engine.ListReader[auction.CatalogueRow, auction.CatalogueParams]
	rebuilt  time.Duration // how long the start took
	next     int           // the event that is fed next
	versions map[int]ironstar.Version
}

// fedStore is a store with more events than are stored: those who follow the log get
// them from memory, so that nothing but the engine's work is measured.
type fedStore struct {
	*sqlite.Store
	records chan *ironstar.Record
	took    chan time.Duration // of the follower, for each record
}

// Follow gives records as they are fed.
func (s *fedStore) Follow(ctx context.Context, _ ironstar.Position) iter.Seq2[*ironstar.Record, error] {
	return func(yield func(*ironstar.Record, error) bool) {
		for {
			select {
			case r := <-s.records:
				begun := time.Now()
				goOn := yield(r, nil)
				s.took <- time.Since(begun)
				if !goOn {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// openCatalogue starts an engine on a file that lots.write has made. The caller closes it.
func openCatalogue(ctx context.Context, path string, l lots, viewBytes int64) (*catalogue, error) {
	store, err := sqlite.Open(ctx, path, sqlite.Options{Shapes: auction.LotShapes})
	if err != nil {
		return nil, err
	}
	c := &catalogue{lots: l, store: &fedStore{store, make(chan *ironstar.Record), make(chan time.Duration, 1)}, versions: map[int]ironstar.Version{}}
	c.engine = engine.New(c.store, engine.Options{NoSnapshots: true, ViewBytes: viewBytes, Logger: slog.New(slog.DiscardHandler)})
	c.list = engine.FollowList(c.engine, auction.NewCatalogue(modelling.Lot{}, modelling.Catalogue{}))
	begun := time.Now()
	if err := c.engine.Start(ctx); err != nil {
		return nil, errors.Join(err, c.close())
	}
	c.rebuilt = time.Since(begun)
	if page := c.page(auction.CatalogueParams{}.WithSeller(l.seller(0))); page.Total != l.n/1000 {
		return nil, errors.Join(fmt.Errorf("a seller has %d lots, want %d", page.Total, l.n/1000), c.close())
	}
	return c, nil
}

func (c *catalogue) close() error { return errors.Join(c.engine.Close(), c.store.Close()) }

func (c *catalogue) page(q auction.CatalogueParams) (page ironstar.Page[auction.CatalogueRow]) {
	_ = c.list.At(q, "").Read("", func(p ironstar.Page[auction.CatalogueRow], _, _ ironstar.Position) error {
		page = p
		return nil
	})
	return page
}

// feed feeds events, a few every few milliseconds if there is a rate, and returns how
// long the engine took for each.
func (c *catalogue) feed(ctx context.Context, events, perSecond int) ([]time.Duration, error) {
	took := make([]time.Duration, 0, events)
	begun := time.Now()
	for n := range events {
		if perSecond > 0 && n%burst == 0 {
			time.Sleep(time.Until(begun.Add(time.Duration(n) * time.Second / time.Duration(perSecond))))
		}
		lot := c.bidOn(c.next)
		c.versions[lot]++
		r, err := c.bid(c.next, c.engine.Head()+1, 3+c.versions[lot])
		if err != nil {
			return nil, err
		}
		c.next++
		select {
		case c.store.records <- r:
			took = append(took, <-c.store.took)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return took, nil
}

// burst is how many events come at once, so that waking is not what is measured.
const burst = 5
