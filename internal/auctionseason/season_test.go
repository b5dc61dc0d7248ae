package auctionseason

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
	code "ironstar.dev/internal/app/auction"
	"ironstar.dev/internal/effects"
	"ironstar.dev/internal/payments"
	"ironstar.dev/live"
	"ironstar.dev/sqlite"
)

// end is later than the tests run, so that no timer of a lot is due.
var end = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

func options() Options {
	provider := &payments.StandIn{Fault: func(int) payments.Fault { return payments.None }}
	none := live.ViewOptions{NoPage: true}
	return Options{Bids: 2000, Days: 30, Until: end, Seed: 1, House: auctionhttp.Domain{
		Lot: code.Lot{}, Bidder: code.Bidder{}, Invoice: code.Invoice{}, Catalogue: code.Catalogue{}, Mine: code.Mine{}, House: code.House{},
		RoomOptions: none, CatalogueOptions: none, MineOptions: none, HouseOptions: none, DashboardOptions: none,
		Hammer: code.Hammer{}, Clerk: code.Clerk{}, Cashier: code.Cashier{},
		CashierEffects: silent{effects.Outside{Client: &http.Client{Transport: provider}, Payments: "http://payments.invalid"}},
	}}
}

// silent writes no messages.
type silent struct{ effects.Outside }

func (silent) Notify(context.Context, ironstar.Try, auction.CashierNotify) error { return nil }

func opened(t *testing.T) *sqlite.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "app.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// written is a whole season.
func written(t *testing.T, store *sqlite.Store, o Options) *Season {
	t.Helper()
	s, err := Write(t.Context(), store, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// eventsOf returns what is stored, but for the time of storing.
func eventsOf(t *testing.T, store *sqlite.Store) (all []string) {
	t.Helper()
	for r, err := range store.Log(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		m, err := r.Metadata()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%d %s %d %s.v%d %s %v %+v", r.Position, r.Stream, r.Sequence, r.Type, r.SchemaVersion, r.Payload, r.Final, m))
	}
	return all
}

// TestSeason: a season has all that happens in a house, about as many bids as were asked
// for, and the states that its code was asked with are those of the stored events.
func TestSeason(t *testing.T) {
	store := opened(t)
	s := written(t, store, options())
	if s.Taken < 1900 || s.Taken > 2100 || s.Found != 0 {
		t.Errorf("it has %d bids, and found %d events", s.Taken, s.Found)
	}
	seen := map[string]int{}
	lots := newAggregate(auction.NewLot(code.Lot{}))
	for r, err := range store.Log(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		seen[r.Type]++
		if r.Stream.Kind == auction.LotKind {
			one := lots.stream(r.Stream.ID)
			if one.state, err = ironstar.Load(&lots.of, one.state, r); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, want := range []string{"Registered", "Led", "Released", "Drafted", "Opened", "BidPlaced", "BidTopped", "Raised", "MaximumChanged", "Extended", "Sold", "Unsold", "Withdrawn", "Issued", "Paid"} {
		if seen[want] == 0 {
			t.Errorf("there is no %s", want)
		}
	}
	timers, _, err := store.Timers(t.Context(), auction.HammerName, end.AddDate(1, 0, 0), 1000)
	if err != nil {
		t.Fatal(err)
	}
	due := map[string]time.Time{}
	for _, timer := range timers {
		due[timer.Key] = timer.At
	}
	open := 0
	for id, stored := range lots.streams {
		o, is := stored.state.(auction.LotStateOpen)
		if !is {
			continue
		}
		open++
		have, _ := s.world.kinds[auction.LotKind].read(id)
		if a, b := lots.of.State.Append(nil, o), lots.of.State.Append(nil, have.(auction.LotState)); string(a) != string(b) {
			t.Errorf("%s is %s, and was decided as %s", id, a, b)
		}
		if !due[id].Equal(o.Ends) {
			t.Errorf("%s ends at %v, and the hammer falls at %v", id, o.Ends, due[id])
		}
	}
	if open == 0 || open != len(timers) {
		t.Errorf("%d lots are open, with %d timers", open, len(timers))
	}
}

// TestAgain: a season that was interrupted is continued, and then is the same as one that
// was not. Another season is not put behind it.
func TestAgain(t *testing.T) {
	whole, parts := opened(t), opened(t)
	written(t, whole, options())
	o := options()
	ctx, stop := context.WithCancel(t.Context())
	o.Progress = func(s *Season) {
		if s.Taken > 500 {
			stop()
		}
	}
	s, err := Write(ctx, parts, o)
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if head, err := parts.Head(t.Context()); err != nil || head != s.Head || s.Taken < 500 || s.Taken > 1900 {
		t.Errorf("it stopped after %d bids at %d of %d: %v", s.Taken, head, s.Head, err)
	}
	idle(t, parts, s.Head)
	if again := written(t, parts, options()); again.Found != s.Head {
		t.Errorf("it found %d events, and had stored %d", again.Found, s.Head)
	}
	want := eventsOf(t, whole)
	if !slices.Equal(want, eventsOf(t, parts)) {
		t.Error("a season that was interrupted has other events")
	}
	written(t, parts, options()) // nothing is left to do
	idle(t, parts, ironstar.Position(len(want)))

	o = options()
	o.Seed++
	other := (*OtherError)(nil)
	if _, err := Write(t.Context(), parts, o); !errors.As(err, &other) {
		t.Errorf("another season is put behind it: %v", err)
	}
	idle(t, parts, ironstar.Position(len(want)))
}

// TestServed: when a server starts on a season, the processes have nothing to do, and the
// house goes on.
func TestServed(t *testing.T) {
	store := opened(t)
	o := options()
	s := written(t, store, o)
	e := engine.New(store, engine.Options{})
	defer e.Close()
	_, err := o.House.Register(e)
	if err := errors.Join(err, e.Start(t.Context()), e.SettleProcesses(t.Context())); err != nil {
		t.Fatal(err)
	}
	idle(t, store, s.Head)
	parts, err := auctionhttp.PartsOf(e)
	if err != nil {
		t.Fatal(err)
	}
	timers, _, err := store.Timers(t.Context(), auction.HammerName, end.AddDate(1, 0, 0), 1)
	if err != nil {
		t.Fatal(err)
	}
	who, lot := "somebody-new", timers[0].Key
	if _, err := parts.Bidder.Do(t.Context(), who, auction.BidderRegister{Handle: "somebody-new"}); err != nil {
		t.Fatal(err)
	}
	if _, err := parts.Lot.Do(t.Context(), lot, auction.LotBid{Bidder: who, At: end, Amount: ironstar.MustDecimal("900000")}); err != nil {
		t.Fatal(err)
	}
	if err := e.SettleProcesses(t.Context()); err != nil {
		t.Fatal(err)
	}
	for r, err := range store.Stream(t.Context(), ironstar.Stream{Kind: auction.BidderKind, ID: who}, 1) {
		if err != nil || r.Type != "Led" {
			t.Errorf("after a bid there is %s: %v", r.Type, err)
		}
	}
	if _, err := parts.Bidder.Do(t.Context(), "another", auction.BidderRegister{Handle: "Ada-1"}); !errors.Is(err, auction.BidderHandleTaken{}) {
		t.Errorf("a name of the season is taken again: %v", err)
	}
}

// idle checks that the processes have reacted to everything, and have nothing to send.
func idle(t *testing.T, store *sqlite.Store, head ironstar.Position) {
	t.Helper()
	all, err := store.Processes(t.Context())
	if now, headErr := store.Head(t.Context()); err != nil || headErr != nil || now != head || len(all) != 3 {
		t.Errorf("the head is %d, want %d; processes %+v: %v", now, head, all, errors.Join(err, headErr))
	}
	for _, p := range all {
		if p.Position != head || p.Outgoing+p.Dead+p.Parked > 0 || p.Paused || p.Held || p.Timers > 0 != (p.Name == auction.HammerName) {
			t.Errorf("at %d there is %+v", head, p)
		}
	}
}
