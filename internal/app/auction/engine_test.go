package auction_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"ironstar.dev/engine"
	gen "ironstar.dev/gen/auction"
	"ironstar.dev/internal/app/auction"
	"ironstar.dev/sqlite"
)

// house is an engine with lots, bidders, and the process that connects them.
type house struct {
	*engine.Engine
	lots    engine.Handler[gen.LotCommand]
	bidders engine.Handler[gen.BidderCommand]
}

func newHouse(t *testing.T) house {
	t.Helper()
	store, err := sqlite.Open(t.Context(), t.TempDir()+"/app.db", sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	e := engine.New(store, engine.Options{})
	t.Cleanup(func() { e.Close() })
	h := house{Engine: e, lots: engine.Run(e, gen.NewLot(auction.Lot{})), bidders: engine.Run(e, gen.NewBidder(auction.Bidder{}))}
	engine.Run(e, gen.NewInvoice(auction.Invoice{}))
	engine.RunProcess(e, gen.NewClerk(auction.Clerk{}))
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, handle := range []string{"ann", "bob", "cem"} {
		if _, err := h.bidders.Do(t.Context(), "session-of-"+handle, gen.BidderRegister{Handle: handle}); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// open opens a lot of ann's.
func (h house) open(t *testing.T, id string) {
	t.Helper()
	for _, c := range []gen.LotCommand{
		gen.LotDraft{Seller: ann, Title: "A chair", Category: gen.CategoryFurniture, Start: money("10"), Step: money("5"), Grace: time.Minute},
		gen.LotOpen{By: ann, At: noon, Ends: ends},
	} {
		if _, err := h.lots.Do(t.Context(), id, c); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTwoBidsAtOnce: of two people who bid the same at the same time, one leads, and the
// other one is told how much more to bid.
func TestTwoBidsAtOnce(t *testing.T) {
	h := newHouse(t)
	for i := range 20 {
		id := fmt.Sprint("lot-", i)
		h.open(t, id)
		var answers [2]error
		var both sync.WaitGroup
		for n, who := range []string{bob, cem} {
			both.Go(func() {
				_, answers[n] = h.lots.Do(t.Context(), id, bid(who, "20", ""))
			})
		}
		both.Wait()
		low, taken := 0, 0
		for _, err := range answers {
			switch refusal := (gen.LotTooLow{}); {
			case err == nil:
				taken++
			case errors.As(err, &refusal) && refusal.Least.Cmp(money("25")) == 0:
				low++
			default:
				t.Error(err)
			}
		}
		if taken != 1 || low != 1 {
			t.Errorf("%d bids were taken, and %d too low", taken, low)
		}
		if _, err := h.lots.Do(t.Context(), id, gen.LotClose{At: ends}); err != nil {
			t.Fatal(err)
		}
		if err := h.SettleProcesses(t.Context()); err != nil { // the winner leads on no lot again
			t.Fatal(err)
		}
	}
}

// TestHandleTaken: a name is compared as user names are.
func TestHandleTaken(t *testing.T) {
	h := newHouse(t)
	if _, err := h.bidders.Do(t.Context(), "session-of-dora", gen.BidderRegister{Handle: "BOB"}); !errors.As(err, new(gen.BidderHandleTaken)) {
		t.Errorf("got %v", err)
	}
}

// TestMaxLeads: the clerk tells a bidder about each lead, so one too many is refused.
func TestMaxLeads(t *testing.T) {
	h := newHouse(t)
	for i := range auction.MaxLeads + 1 {
		id := fmt.Sprint("lot-", i)
		h.open(t, id)
		_, err := h.lots.Do(t.Context(), id, bid(bob, "20", ""))
		if refused := errors.As(err, new(gen.LotTooManyLeads)); refused != (i == auction.MaxLeads) {
			t.Errorf("lot %d: %v", i+1, err)
		}
		if err := h.SettleProcesses(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
