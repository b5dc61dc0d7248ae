package auctiondemo

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
	"ironstar.dev/gen/todo/todohttp"
	auctioncode "ironstar.dev/internal/app/auction"
	todocode "ironstar.dev/internal/app/todo"
	"ironstar.dev/live"
	"ironstar.dev/sqlite"
)

// filled fills a database, calls f, and returns the events of each lot.
func filled(t *testing.T, now time.Time, f func(*house)) map[string][]string {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "app.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	e := engine.New(store, engine.Options{})
	defer e.Close()
	none := live.ViewOptions{NoPage: true}
	_, err = auctionhttp.Domain{
		Lot: auctioncode.Lot{}, Bidder: auctioncode.Bidder{}, Invoice: auctioncode.Invoice{}, Catalogue: auctioncode.Catalogue{}, Mine: auctioncode.Mine{}, House: auctioncode.House{},
		RoomOptions: none, CatalogueOptions: none, MineOptions: none, HouseOptions: none, DashboardOptions: none,
		Hammer: auctioncode.Hammer{}, Clerk: auctioncode.Clerk{}, Cashier: auctioncode.Cashier{}, CashierEffects: pretended(),
	}.Register(e)
	_, todos := todohttp.Domain{List: todocode.List{}, Tally: todocode.Tally{}, BoardOptions: none, TallyOptions: none}.Register(e)
	if err := errors.Join(err, todos, e.Start(t.Context()), e.SettleProcesses(t.Context())); err != nil {
		t.Fatal(err)
	}
	h, err := newHouse(t.Context(), e, now)
	if err == nil {
		err = errors.Join(h.fill(), e.SettleProcesses(t.Context()))
	}
	if err != nil {
		t.Fatal(err)
	}
	f(h)
	events := map[string][]string{}
	for r, err := range store.Log(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Stream.Kind == auction.LotKind || r.Stream.Kind == auction.InvoiceKind { // an invoice has the id of its lot
			events[r.Stream.ID] = append(events[r.Stream.ID], fmt.Sprintf("%s %s", r.Type, r.Payload))
		}
	}
	return events
}

// TestSeed: the house has everything that a newcomer can see, and a second run at the
// same time makes the same events.
func TestSeed(t *testing.T) {
	now := time.Now()
	var state struct {
		House auction.HouseState
		Rooms map[string]auction.LotState
	}
	state.Rooms = map[string]auction.LotState{}
	first := filled(t, now, func(h *house) {
		read := func(s auction.HouseState, _, _ ironstar.Position) error { state.House = s; return nil }
		if err := h.parts.House.Read(ironstar.GlobalKey, read); err != nil {
			t.Error(err)
		}
		for _, l := range h.lots {
			if err := h.parts.Room.Read(l.id, func(s auction.LotState, _, _ ironstar.Position) error { state.Rooms[l.id] = s; return nil }); err != nil {
				t.Error(err)
			}
		}
		if h.String() != "12 bidders, 40 lots (16 open, 14 sold, 4 unsold, 4 draft, 2 withdrawn), 163 bids and 3 todo lists" {
			t.Errorf("it says %s", h)
		}
	})
	if s := state.House; s.Sold != 14 || s.Unsold != 4 || s.Paid != 12 || s.Failed != 2 || s.Bids < 100 {
		t.Errorf("the house has %+v", s)
	}
	seen := map[string]int{}
	for id, s := range state.Rooms {
		seen[fmt.Sprintf("%T", s)]++
		if o, open := s.(auction.LotStateOpen); open && !o.Ends.After(now) {
			t.Errorf("%s is open, and ended at %v", id, o.Ends)
		}
		for _, e := range first[id] {
			kind, _, _ := strings.Cut(e, " ")
			seen[kind]++
		}
	}
	for _, want := range []string{
		"auction.LotStateDraft", "auction.LotStateOpen", "auction.LotStateSold", "auction.LotStateUnsold", "auction.LotStateWithdrawn",
		"BidPlaced", "BidTopped", "Raised", "MaximumChanged", "Extended", "Withdrawn", "Sold", "Unsold", "Paid", "Failed",
	} {
		if seen[want] == 0 {
			t.Errorf("there is no %s", want)
		}
	}
	second := filled(t, now, func(*house) {})
	for id, events := range first {
		if !slices.Equal(events, second[id]) {
			t.Errorf("%s differs in a second run:\n%s\n%s", id, events, second[id])
		}
	}
}
