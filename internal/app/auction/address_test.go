package auction_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	gen "ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
	"ironstar.dev/internal/app/auction"
	"ironstar.dev/internal/effects"
	"ironstar.dev/internal/payments"
	"ironstar.dev/live"
	"ironstar.dev/sqlite"
)

// TestOnlyProcesses: nobody can close or pay a lot over HTTP, or say on which lots a
// bidder leads. The processes do.
func TestOnlyProcesses(t *testing.T) {
	e, store, p, site := served(t)
	for who, handle := range map[string]string{ann: "ann", bob: "bob"} {
		_, err := p.Bidder.Do(t.Context(), who, gen.BidderRegister{Handle: handle})
		must(t, err)
	}
	now := time.Now()
	offer := bid(bob, "30", "")
	offer.At = now
	for lot, ends := range map[string]time.Time{chair: now.Add(time.Second), "lot-2": now.Add(time.Hour)} {
		for _, c := range []gen.LotCommand{
			gen.LotDraft{Seller: ann, Title: "A chair", Category: gen.CategoryFurniture, Start: money("10"), Step: money("5"), Grace: time.Millisecond}, gen.LotOpen{By: ann, At: now, Ends: ends}, offer,
		} {
			_, err := p.Lot.Do(t.Context(), lot, c)
			must(t, err)
		}
	}
	for paid := false; !paid; time.Sleep(10 * time.Millisecond) { // go test has a timeout
		must(t, p.House.Read(ironstar.GlobalKey, func(s gen.HouseState, _, _ ironstar.Position) error {
			paid = s.Paid == 1
			return nil
		}))
	}
	must(t, e.SettleProcesses(t.Context()))

	before, err := store.Head(t.Context())
	must(t, err)
	for _, path := range []string{"lot/lot-2/close", "invoice/lot-2/issue", "invoice/" + chair + "/pay", "invoice/" + chair + "/fail", "bidder/" + bob + "/lead", "bidder/" + bob + "/release"} {
		for kind, body := range map[string]string{
			"application/json":                  `{"reference":"R-1","reason":"none","lot":"lot-2"}`,
			"application/x-www-form-urlencoded": url.Values{"reference": {"R-1"}, "reason": {"none"}, "lot": {"lot-2"}}.Encode(),
		} {
			resp, err := http.Post(site+"/auction/"+path, kind, strings.NewReader(body))
			must(t, err)
			resp.Body.Close()
			if resp.StatusCode != http.StatusNotFound {
				t.Errorf("POST %s as %s is answered with %d", path, kind, resp.StatusCode)
			}
		}
	}
	if after, err := store.Head(t.Context()); err != nil || after != before {
		t.Errorf("%d events were stored: %v", after-before, err)
	}
}

// served is the auction house on a port.
func served(t *testing.T) (*engine.Engine, *sqlite.Store, auctionhttp.Parts, string) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), t.TempDir()+"/app.db", sqlite.Options{})
	must(t, err)
	t.Cleanup(func() { store.Close() })
	e := engine.New(store, engine.Options{})
	t.Cleanup(func() { e.Close() })
	noPage := live.ViewOptions{NoPage: true}
	routes, err := auctionhttp.Domain{
		Lot: auction.Lot{}, Bidder: auction.Bidder{}, Invoice: auction.Invoice{}, Catalogue: auction.Catalogue{}, Mine: auction.Mine{}, House: auction.House{},
		RoomOptions: noPage, CatalogueOptions: noPage, MineOptions: noPage, HouseOptions: noPage, DashboardOptions: noPage,
		Hammer: auction.Hammer{}, Clerk: auction.Clerk{}, Cashier: auction.Cashier{},
		CashierEffects: effects.Outside{Client: &http.Client{Transport: &payments.StandIn{}}, Payments: "http://payments.invalid", Messages: t.TempDir()},
	}.Register(e)
	must(t, err)
	must(t, e.Start(t.Context()))
	server, err := live.New(live.Options{Engine: e, LogID: store.LogID()})
	must(t, err)
	routes(server)
	site := httptest.NewServer(server)
	t.Cleanup(site.Close)
	p, err := auctionhttp.PartsOf(e)
	must(t, err)
	return e, store, p, site.URL
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
