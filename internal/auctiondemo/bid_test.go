package auctiondemo

import (
	"bytes"
	"context"
	"errors"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ironstar.dev/engine"
	"ironstar.dev/gen/auction/auctionhttp"
	auctioncode "ironstar.dev/internal/app/auction"
	"ironstar.dev/live"
	"ironstar.dev/ops"
	"ironstar.dev/sqlite"
	"ironstar.dev/web"
)

// TestBid: visitors register, also if their names are taken, and bid until they are
// stopped. They say what the server tells them.
func TestBid(t *testing.T) {
	site := served(t)
	for range 2 { // the second time the names are taken
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		out := &until{stop: stop, lines: 12}
		if err := (&Bid{URL: site, Bidders: 3, Pause: time.Millisecond}).Run(&ops.Call{Context: ctx, Stdout: out}); err != nil {
			t.Fatal(err)
		}
		stop()
		for _, want := range []string{"mara", "lot-1: bids ", "The house says: "} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("nobody says %s in\n%s", want, out)
			}
		}
	}
	for says, b := range map[string]*Bid{
		"from 1 to 10":     {URL: site, Bidders: 11, Pause: time.Second},
		"more than":        {URL: site, Bidders: 1},
		"an address such":  {URL: "here", Bidders: 1, Pause: time.Second},
		"is answered with": {URL: site + "/nowhere", Bidders: 1, Pause: time.Second},
		"refused":          {URL: "http://127.0.0.1:1", Bidders: 1, Pause: time.Second},
	} {
		if err := b.Run(&ops.Call{Context: t.Context(), Stdout: &bytes.Buffer{}}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v, want %s", b, err, says)
		}
	}
}

// until stops when so many lines were written, and somebody was refused.
type until struct {
	bytes.Buffer
	lines int
	stop  func()
}

func (u *until) Write(b []byte) (int, error) {
	n, err := u.Buffer.Write(b)
	if u.lines--; u.lines <= 0 && strings.Contains(u.String(), "The house says") {
		u.stop()
	}
	return n, err
}

// served is an auction house with one lot.
func served(t *testing.T) (url string) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "app.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	e := engine.New(store, engine.Options{})
	t.Cleanup(func() { e.Close() })
	routes, err := auctionhttp.Domain{
		Lot: auctioncode.Lot{}, Bidder: auctioncode.Bidder{}, Invoice: auctioncode.Invoice{}, Catalogue: auctioncode.Catalogue{}, Mine: auctioncode.Mine{}, House: auctioncode.House{},
		RoomPage: web.Room, RoomDocument: web.RoomDocument, CataloguePage: web.Catalogue, CatalogueDocument: web.CatalogueDocument,
		MinePage: web.Mine, MineDocument: web.MineDocument, HouseOptions: live.ViewOptions{NoPage: true}, DashboardOptions: live.ViewOptions{NoPage: true},
		Hammer: auctioncode.Hammer{}, Clerk: auctioncode.Clerk{}, Cashier: auctioncode.Cashier{}, CashierEffects: pretended(),
	}.Register(e)
	if err := errors.Join(err, e.Start(t.Context())); err != nil {
		t.Fatal(err)
	}
	server, err := live.New(live.Options{Engine: e, LogID: store.LogID(), Insecure: true})
	if err != nil {
		t.Fatal(err)
	}
	routes(server)
	site := httptest.NewServer(server)
	t.Cleanup(site.Close)
	ann, err := newVisitor(t.Context(), site.URL)
	if err == nil {
		_, err = ann.register(t.Context(), "ann")
	}
	for _, c := range []struct {
		path   string
		fields map[string]string
	}{
		{"/auction/lot/lot-1/draft", map[string]string{"title": "A chair", "description": "", "start": "10", "step": "1"}},
		{"/auction/lot/lot-1/open", map[string]string{"ends": time.Now().Add(time.Hour).Format(time.RFC3339)}},
	} {
		refusal, said, sent := ann.command(t.Context(), c.path, c.fields)
		if err = errors.Join(err, sent); err != nil || refusal != "" {
			t.Fatal(err, refusal, said)
		}
	}
	return site.URL
}
