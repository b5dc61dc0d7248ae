package auctiondemo

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev/engine"
	"ironstar.dev/gen/auction/auctionhttp"
	auctioncode "ironstar.dev/internal/app/auction"
	"ironstar.dev/live"
	"ironstar.dev/ops"
	"ironstar.dev/sqlite"
	"ironstar.dev/web"
)

// domain is the auction house with its catalogue.
func domain() auctionhttp.Domain {
	none := live.ViewOptions{NoPage: true}
	return auctionhttp.Domain{
		Lot: auctioncode.Lot{}, Bidder: auctioncode.Bidder{}, Invoice: auctioncode.Invoice{}, Catalogue: auctioncode.Catalogue{}, Mine: auctioncode.Mine{}, House: auctioncode.House{},
		RoomOptions: none, MineOptions: none, HouseOptions: none, DashboardOptions: none, CataloguePage: web.Catalogue, CatalogueDocument: web.CatalogueDocument,
		Hammer: auctioncode.Hammer{}, Clerk: auctioncode.Clerk{}, Cashier: auctioncode.Cashier{}, CashierEffects: pretended(),
	}
}

// TestSeasonCommand: what app seed --season writes passes verify and preflight, and can be
// served.
func TestSeasonCommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.db")
	app := ops.App{Name: "app", About: "It is a test.", Domains: []ops.Domain{domain()}, Commands: Commands()}
	run := func(ctx context.Context, want int, says string, args ...string) {
		t.Helper()
		var out strings.Builder
		if code := app.Run(ctx, args, &out, &out); code != want || !strings.Contains(out.String(), says) {
			t.Errorf("%s: exit code %d, want %d, and %q in\n%s", args, code, want, says, &out)
		}
	}
	season := []string{"seed", "--db", file, "--season", "2000", "--days", "30", "--until", "2100-01-01T00:00:00Z"}
	ended, end := context.WithCancel(t.Context())
	end()
	run(ended, 130, "interrupted", season...)
	run(t.Context(), 0, "the same again: app "+strings.Join(season[:7], " ")+" --seed 1 --until 2100-01-01T00:00:00Z", season...)
	run(t.Context(), 0, " of them were there", season...)
	run(t.Context(), 2, "name another file with --db", append(season, "--seed", "2")...)
	run(t.Context(), 0, "0 damaged", "verify", "--db", file)
	run(t.Context(), 0, "A server of this build can start and read all events.", "preflight", "--db", file)
	run(t.Context(), 0, "ok", "processes", "--db", file)
	for says, flags := range map[string][]string{
		"--season 1: from 100":         {"--season", "1"},
		"--season -5: from 100":        {"--season=-5"},
		"--season 900000000: from 100": {"--season", "900000000"},
		"--days 0: from 1":             {"--season", "2000", "--days", "0"},
		"--days 99999: from 1":         {"--season", "2000", "--days", "99999"},
		"--until soon: a time such as": {"--season", "2000", "--until", "soon"},
		"--until 0001-01-01T00:00:00Z": {"--season", "2000", "--until", "0001-01-01T00:00:00Z"},
		"many":                         {"--season", "many"},
	} {
		run(t.Context(), 2, says, append([]string{"seed", "--db", filepath.Join(t.TempDir(), "wrong.db")}, flags...)...)
	}
	catalogue(t, file)
}

// catalogue looks at lots of a season, also of one category only.
func catalogue(t *testing.T, file string) {
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	e := engine.New(store, engine.Options{})
	defer e.Close()
	routes, err := domain().Register(e)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	server, err := live.New(live.Options{Engine: e, LogID: store.LogID(), Insecure: true})
	if err != nil {
		t.Fatal(err)
	}
	routes(server)
	site := httptest.NewServer(server)
	defer site.Close()
	for query, want := range map[string][]string{"": {"48 lots", ">sold<"}, "?termsCategory=science": {"lots", "<span>science</span>"}} {
		resp, err := http.Get(site.URL + "/auction/catalogue" + query)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatal(resp.Status, err)
		}
		for _, part := range want {
			if !strings.Contains(string(page), part) {
				t.Errorf("the catalogue %s has no %q:\n%s", query, part, page)
			}
		}
		if query != "" && strings.Contains(string(page), "<span>books</span>") {
			t.Error("there are books in the category science")
		}
	}
}
