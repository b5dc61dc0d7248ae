package modelling_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/internal/modelling"
	"ironstar.dev/internal/modelling/gen/auction"
	"ironstar.dev/internal/modelling/gen/auction/auctionhttp"
	"ironstar.dev/ironstartest"
	"ironstar.dev/live"
	"ironstar.dev/ops"
	"ironstar.dev/sqlite"
)

func TestLot(t *testing.T) {
	lot := ironstartest.For(t, auction.NewLot(modelling.Lot{}))
	price := ironstar.MustDecimal
	lot.When(auction.LotBid{Amount: price("5"), By: "bob"}).Refused(auction.LotNotOpen{})
	offered := auction.LotOffered{Title: "Lamp", Seller: "ada", Closes: noon}
	open := lot.When(auction.LotOffer(offered)).Then(offered)
	open.When(auction.LotOffer(offered)).Nothing()
	open.When(auction.LotBid{Amount: price("5"), By: "ada"}).Refused(auction.LotNotYours{})
	open.When(auction.LotClose{}).Then(auction.LotWithdrawn{}).When(auction.LotOffer(offered)).Refused(auction.LotNotOpen{})
	bid := open.When(auction.LotBid{Amount: price("5.50"), By: "bob"}).Then(auction.LotBidPlaced{Amount: price("5.50"), By: "bob"})
	bid.When(auction.LotBid{Amount: price("5.5"), By: "bob"}).Nothing()
	bid.When(auction.LotBid{Amount: price("5.50"), By: "eve"}).Refused(auction.LotTooLow{High: price("5.50")})
	dear := auction.LotOffered{Title: "Lamp", Seller: "ada", Closes: noon, Reserve: new(price("5.51"))}
	lot.When(auction.LotOffer(dear)).Then(dear).When(auction.LotBid{Amount: price("5.50"), By: "bob"}).Then(auction.LotBidPlaced{Amount: price("5.50"), By: "bob"}).
		When(auction.LotClose{}).Then(auction.LotWithdrawn{})
	bid.When(auction.LotClose{}).Then(auction.LotSold{}).When(auction.LotClose{}).Nothing()
}

// house is an auction house that serves on a store.
type house struct {
	t     *testing.T
	parts auctionhttp.Parts
	e     *engine.Engine
	site  *httptest.Server
	close func()
}

// openHouse starts a house. The header Actor names the user.
func openHouse(t *testing.T, file string) *house {
	t.Helper()
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	must(t, err)
	e := engine.New(store, engine.Options{})
	routes, err := auctionhttp.Domain{
		Lot: modelling.Lot{}, Catalogue: modelling.Catalogue{}, CataloguePage: cataloguePage, MinePage: minePage, RoomPage: roomPage,
	}.Register(e)
	must(t, err)
	must(t, e.Start(t.Context()))
	server, err := live.New(live.Options{Engine: e, LogID: store.LogID(), Build: "1", Insecure: true,
		Zone:  time.FixedZone("", 3600),
		Actor: func(r *http.Request) string { return r.Header.Get("Actor") }})
	must(t, err)
	routes(server)
	h := &house{t: t, e: e, site: httptest.NewServer(server)}
	h.parts, err = auctionhttp.PartsOf(e)
	must(t, err)
	h.close = func() {
		server.CloseFeeds()
		h.site.Close()
		e.Close()
		must(t, store.Close())
	}
	return h
}

// cataloguePage is the live part. In an application it is a templ component.
func cataloguePage(p auctionhttp.CataloguePage, _ auctionhttp.CatalogueAt) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		fmt.Fprintf(&b, "<p>%d lots</p>", p.Total)
		for _, row := range p.Rows {
			high := "no bid"
			if row.HighAmount != nil {
				high = row.HighAmount.String()
			}
			fmt.Fprintf(&b, "<li>%s %s %s %v</li>", templ.EscapeString(row.Title), row.Is, high, row.Wanted)
		}
		fmt.Fprintf(&b, `<a rel="next" href="%s">next</a><a rel="prev" href="%s">before</a>`, templ.EscapeString(p.NextURL()), templ.EscapeString(p.PreviousURL()))
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// roomPage shows all that it gets.
func roomPage(s auction.LotState, _ auctionhttp.RoomAt) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		text, err := json.Marshal(s)
		fmt.Fprintf(w, "<li>%s</li>", templ.EscapeString(string(text)))
		return err
	})
}

func minePage(p auctionhttp.MinePage, _ auctionhttp.MineAt) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		for _, row := range p.Rows {
			if _, err := fmt.Fprintf(w, "<li>%s</li>", templ.EscapeString(row.Title)); err != nil {
				return err
			}
		}
		return nil
	})
}

// offer puts a lot on sale. It closes hour hours after noon.
func (h *house) offer(n byte, title, seller string, hour int) {
	h.t.Helper()
	r, err := h.parts.Lot.Do(h.t.Context(), ironstar.UUID{n}.String(), auction.LotOffer{Title: title, Seller: seller, Closes: noon.Add(time.Duration(hour) * time.Hour)})
	must(h.t, err)
	must(h.t, h.e.Wait(h.t.Context(), r.Last))
}

func (h *house) bid(n byte, amount, by string) {
	h.t.Helper()
	r, err := h.parts.Lot.Do(h.t.Context(), ironstar.UUID{n}.String(), auction.LotBid{Amount: ironstar.MustDecimal(amount), By: by})
	must(h.t, err)
	must(h.t, h.e.Wait(h.t.Context(), r.Last))
}

func (h *house) get(address, actor string, header ...string) *http.Response {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), time.Minute)
	h.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", h.site.URL+address, nil)
	must(h.t, err)
	r.Header.Set("Actor", actor)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	must(h.t, err)
	h.t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// shows returns the live part of a page, without its markup.
func (h *house) shows(address, actor string) (rows, next, prev string) {
	h.t.Helper()
	resp := h.get(address, actor)
	body, err := io.ReadAll(resp.Body)
	must(h.t, err)
	if resp.StatusCode != http.StatusOK {
		h.t.Fatalf("%s: %d %s", address, resp.StatusCode, body)
	}
	rows, next, prev = textOf(string(body))
	return rows, next, prev
}

var part = regexp.MustCompile(`<p>(\d+ lots)</p>|<li>(.*?)</li>|<a rel="(next|prev)" href="(.*?)">`)

func textOf(html string) (rows, next, prev string) {
	var all []string
	for _, m := range part.FindAllStringSubmatch(html, -1) {
		address := strings.ReplaceAll(m[4], "&amp;", "&")
		switch {
		case m[3] == "next":
			next = address
		case m[3] == "prev":
			prev = address
		default:
			all = append(all, m[1]+m[2])
		}
	}
	return strings.Join(all, "; "), next, prev
}

// TestACatalogueIsFilteredSortedAndPaged: what a reader chooses is in the address.
func TestACatalogueIsFilteredSortedAndPaged(t *testing.T) {
	h := openHouse(t, filepath.Join(t.TempDir(), "log.db"))
	defer h.close()
	for i, title := range []string{"Lamp", "Old Lamp", "Ölbild", "Chair", "Table", "Lampshade"} {
		h.offer(byte(i+1), title, []string{"ada", "bob"}[i%2], 10-i)
	}
	h.bid(2, "10.50", "eve")
	h.bid(4, "9", "eve")
	h.bid(4, "9.5", "ada")
	h.bid(4, "11", "eve")
	for _, n := range []byte{2, 5} { // 5 is withdrawn
		_, err := h.parts.Lot.Do(t.Context(), ironstar.UUID{n}.String(), auction.LotClose{})
		must(t, err)
	}
	must(t, h.e.CatchUp(t.Context()))

	all := auction.CatalogueParams{}
	rows, next, prev := h.shows(auctionhttp.CatalogueURL(all), "")
	if want := "5 lots; Lampshade open no bid false; Chair open 11 true; Ölbild open no bid false"; rows != want || prev != "" {
		t.Errorf("the first page shows %s\nwant %s, before %s", rows, want, prev)
	}
	rows, last, prev := h.shows(next, "")
	if want := "5 lots; Old Lamp sold 10.50 false; Lamp open no bid false"; rows != want || last != "" {
		t.Errorf("the next page shows %s\nwant %s, next %s", rows, want, last)
	}
	if rows, _, prev := h.shows(prev, ""); !strings.Contains(rows, "Lampshade") || prev != "" {
		t.Errorf("back there is %s", rows)
	}
	sold, ten := auction.CatalogueRowIsSold, ironstar.MustDecimal("10.5")
	for address, want := range map[string]string{
		auctionhttp.CatalogueURL(all.WithSort(auction.CatalogueParamsSortTitle)):          "5 lots; Chair open 11 true; Lamp open no bid false; Lampshade open no bid false",
		auctionhttp.CatalogueURL(all.WithSort(auction.CatalogueParamsSortTitleDown)):      "5 lots; Old Lamp sold 10.50 false; Ölbild open no bid false; Lampshade open no bid false",
		auctionhttp.CatalogueURL(all.WithSort(auction.CatalogueParamsSortHighAmountDown)): "5 lots; Chair open 11 true; Old Lamp sold 10.50 false; Lampshade open no bid false",
		auctionhttp.CatalogueURL(all.WithTitle("LAMP")):                                   "3 lots; Lampshade open no bid false; Old Lamp sold 10.50 false; Lamp open no bid false",
		auctionhttp.CatalogueURL(all.WithTitle("lamp old")):                               "1 lots; Old Lamp sold 10.50 false",
		auctionhttp.CatalogueURL(all.WithTitle("olb")):                                    "1 lots; Ölbild open no bid false",
		auctionhttp.CatalogueURL(auction.CatalogueParams{Is: &sold}):                      "1 lots; Old Lamp sold 10.50 false",
		auctionhttp.CatalogueURL(all.WithSeller("ada")):                                   "2 lots; Ölbild open no bid false; Lamp open no bid false",
		auctionhttp.CatalogueURL(auction.CatalogueParams{HighAmountFrom: &ten}):           "2 lots; Chair open 11 true; Old Lamp sold 10.50 false",
		auctionhttp.CatalogueURL(auction.CatalogueParams{HighAmountTo: &ten}):             "1 lots; Old Lamp sold 10.50 false",
		"/auction/catalogue?closesTo=2026-01-31T19:30":                                    "1 lots; Lampshade open no bid false", // in the zone of the server
		"/auction/catalogue?seller=&highAmountFrom=&is=&title=&size=25&sort=title":        "5 lots; Chair open 11 true; Lamp open no bid false; Lampshade open no bid false; Ölbild open no bid false; Old Lamp sold 10.50 false",
	} {
		if rows, _, _ := h.shows(address, ""); rows != want {
			t.Errorf("%s shows %s\nwant %s", address, rows, want)
		}
	}
	for _, address := range []string{"/auction/catalogue?sort=seller", "/auction/catalogue?size=7", "/auction/catalogue?highAmountFrom=much", "/auction/catalogue?after=" + strings.Repeat("x", 3000)} {
		if resp := h.get(address, ""); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%.60s is answered with %d", address, resp.StatusCode)
		}
	}
}

// TestG14_AListOfMineIsOnlyMine: the user is not in the address.
func TestG14_AListOfMineIsOnlyMine(t *testing.T) {
	h := openHouse(t, filepath.Join(t.TempDir(), "log.db"))
	defer h.close()
	h.offer(1, "Lamp", "ada", 1)
	h.offer(2, "Chair", "bob", 1)
	h.offer(3, "Ghost", "", 1) // nobody's
	for actor, want := range map[string]string{"ada": "Lamp", "bob": "Chair", "eve": "", "": ""} {
		if rows, _, _ := h.shows(auctionhttp.MineURL(auction.MineParams{}), actor); rows != want {
			t.Errorf("%q sees %q, want %q", actor, rows, want)
		}
	}
}

// watching is an open feed.
type watching struct {
	t     *testing.T
	lines *bufio.Scanner
	id    string
	end   context.CancelFunc
}

func (h *house) watch(address, id string) *watching {
	h.t.Helper()
	header := []string{"Datastar-Request", "true"}
	if id != "" {
		header = append(header, "Last-Event-Id", id)
	}
	resp := h.get(address, "", header...)
	if resp.StatusCode != http.StatusOK {
		h.t.Fatalf("%s: %d", address, resp.StatusCode)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	return &watching{t: h.t, lines: lines, id: id, end: func() { resp.Body.Close() }}
}

// next returns the rows of the next patch.
func (w *watching) next() string {
	w.t.Helper()
	var html strings.Builder
	for w.lines.Scan() {
		line := w.lines.Text()
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			w.id = id
		}
		if data, ok := strings.CutPrefix(line, "data: elements "); ok {
			html.WriteString(data)
		}
		if line == "" && html.Len() > 0 {
			rows, _, _ := textOf(html.String())
			return rows
		}
	}
	w.t.Fatal("the feed ended")
	return ""
}

// TestG11_AListSendsOnlyWhatItsPageShows: a feed says nothing of rows on other pages, and
// nothing when it is opened again with the id of what the page shows, also by a server
// that has started again.
func TestG11_AListSendsOnlyWhatItsPageShows(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	h := openHouse(t, file)
	for n := range byte(6) {
		h.offer(n+1, fmt.Sprint("Lot ", n+1), "ada", int(n))
	}
	feed := h.watch(auctionhttp.CatalogueFeedURL(auction.CatalogueParams{}), "")
	if rows := feed.next(); !strings.HasPrefix(rows, "6 lots; Lot 1 open no bid") {
		t.Errorf("at first it shows %s", rows)
	}
	h.bid(6, "5", "bob") // on the next page
	h.bid(1, "7", "bob")
	if rows := feed.next(); !strings.HasPrefix(rows, "6 lots; Lot 1 open 7 false") {
		t.Errorf("after a bid it shows %s", rows)
	}
	h.offer(7, "Lot 7", "ada", 9) // on another page, and the total is another one
	if rows := feed.next(); !strings.HasPrefix(rows, "7 lots; Lot 1 open 7 false") {
		t.Errorf("after an offer it shows %s", rows)
	}
	_, err := h.parts.Lot.Do(t.Context(), ironstar.UUID{2}.String(), auction.LotClose{}) // a row leaves
	must(t, err)
	if rows := feed.next(); rows != "6 lots; Lot 1 open 7 false; Lot 3 open no bid false; Lot 4 open no bid false" {
		t.Errorf("after a lot was withdrawn it shows %s", rows)
	}
	feed.end()

	id, amount := feed.id, 8
	again := func(h *house) {
		t.Helper()
		h.bid(6, fmt.Sprint(amount), "eve") // on another page, while nobody watches
		feed := h.watch(auctionhttp.CatalogueFeedURL(auction.CatalogueParams{}), id)
		h.bid(6, fmt.Sprint(amount+1), "bob") // and while somebody does
		h.bid(1, fmt.Sprint(amount), "eve")
		if rows := feed.next(); !strings.HasPrefix(rows, fmt.Sprintf("6 lots; Lot 1 open %d ", amount)) {
			t.Errorf("the first that an opened feed sends is %s, want the bid of %d", rows, amount)
		}
		feed.end()
		id, amount = feed.id, amount+2
	}
	again(h)
	again(h)
	h.close()
	h = openHouse(t, file)
	again(h)
	again(h)

	// What changed meanwhile is sent at once.
	h.bid(3, "1", "bob")
	feed = h.watch(auctionhttp.CatalogueFeedURL(auction.CatalogueParams{}), id)
	if rows := feed.next(); !strings.Contains(rows, "Lot 3 open 1 ") {
		t.Errorf("after a change an opened feed sends %s", rows)
	}
	feed.end()
	h.close()
}

// TestAPageAndItsFeed: the feed of a page that was just sent has nothing to send.
func TestAPageAndItsFeed(t *testing.T) {
	h := openHouse(t, filepath.Join(t.TempDir(), "log.db"))
	defer h.close()
	h.offer(1, "Lamp", "ada", 1)
	h.offer(2, "Chair", "ada", 2)
	body, err := io.ReadAll(h.get(auctionhttp.CatalogueURL(auction.CatalogueParams{}), "").Body)
	must(t, err)
	m := regexp.MustCompile(`/auction/catalogue/feed\?[^"']*`).FindString(string(body))
	if m == "" {
		t.Fatalf("the document has no feed: %s", body)
	}
	feed := h.watch(strings.ReplaceAll(m, "&amp;", "&"), "")
	defer feed.end()
	h.bid(1, "5", "bob")
	if rows := feed.next(); !strings.Contains(rows, "Lamp open 5 ") {
		t.Errorf("the feed of a page begins with %s", rows)
	}
}

// TestTheReaderOfAList: code of the application reads pages too.
func TestTheReaderOfAList(t *testing.T) {
	h := openHouse(t, filepath.Join(t.TempDir(), "log.db"))
	defer h.close()
	h.offer(1, "Lamp", "ada", 1)
	p := auction.CatalogueParams{}
	failed := errors.New("no")
	err := h.parts.Catalogue.At(p, "").Read("", func(page ironstar.Page[auction.CatalogueRow], _, asOf ironstar.Position) error {
		if len(page.Rows) != 1 || page.Rows[0].Title != "Lamp" || asOf != 1 {
			t.Errorf("as of %d: %+v", asOf, page)
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
}

// TestPreflightFoldsLists: a tool that has no running engine folds what a list is made of.
func TestPreflightFoldsLists(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	h := openHouse(t, file)
	h.offer(1, "Lamp", "ada", 1)
	h.bid(1, "5", "bob")
	h.close()
	app := ops.App{Name: "house", About: "An auction house.", Domains: []ops.Domain{auctionhttp.Domain{
		Lot: modelling.Lot{}, Catalogue: modelling.Catalogue{}, CataloguePage: cataloguePage, MinePage: minePage, RoomPage: roomPage,
	}}}
	var out strings.Builder
	if code := app.Run(t.Context(), []string{"preflight", "--db", file}, &out, &out); code != 0 || !strings.Contains(out.String(), "auction.Catalogue") {
		t.Errorf("preflight ended with %d:\n%s", code, out.String())
	}
}
