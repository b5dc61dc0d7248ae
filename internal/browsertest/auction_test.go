//go:build browser

package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"ironstar.dev/internal/payments"
)

// person is a browser at the auction house.
type person struct {
	*tab
	s    *server
	name string
}

// newPerson registers somebody.
func newPerson(t *testing.T, s *server, name string) *person {
	t.Helper()
	p := &person{newTab(t, s.URL("/auction/mine")), s, name}
	p.awaitLive()
	p.fill("#register", map[string]string{"handle": name})
	p.Await("the name", `document.querySelector("#me")?.textContent === `+quote(name))
	return p
}

// fill types into the fields of a form, and sends it.
func (p *person) fill(form string, fields map[string]string) {
	p.t.Helper()
	for name, value := range fields {
		field := form + ` [name="` + name + `"]`
		p.Await(field, `document.querySelector(`+quote(field)+`)`)
		p.Focus(field)
		p.run(`document.querySelector(` + quote(field) + `).select?.()`)
		p.Type(value)
	}
	p.Click(form + " button")
}

// send gives a command as a program does, with the cookie of the person.
func (p *person) send(path string, body any) {
	p.t.Helper()
	text := string(must(json.Marshal(body)))
	status := eval[int](p.tab, `fetch(`+quote(path)+`, {method: "POST", headers: {"Content-Type": "application/json"}, body: `+quote(text)+`}).then(r => r.status)`)
	if status != 202 {
		p.t.Fatalf("%s %s is answered with %d", path, text, status)
	}
}

// sell opens a lot for a while, and returns the address of its page.
func (p *person) sell(id, title string, open time.Duration) string {
	p.t.Helper()
	p.send("/auction/lot/"+id+"/draft", map[string]string{"title": title, "description": "It has four legs.\nIt stands.", "start": "10", "step": "5", "reserve": "20", "grace": "PT1S"})
	p.send("/auction/lot/"+id+"/open", map[string]any{"ends": time.Now().Add(open)})
	return "/auction/room/" + id
}

// enter opens the page of a lot.
func (p *person) enter(room string) {
	p.t.Helper()
	p.Go(p.s.URL(room))
	p.awaitLive()
}

// told waits for the error at a field of the bid.
func (p *person) told(field, text string) {
	p.t.Helper()
	p.Await("an error at "+field, `document.querySelector("#bid [name=`+field+`]").ariaInvalid === "true" && document.querySelector("#bid").innerText.includes(`+quote(text)+`)`)
}

func (p *person) awaitElement(selector, text string) {
	p.t.Helper()
	p.Await(selector+" is "+text, `document.querySelector(`+quote(selector)+`)?.textContent === `+quote(text))
}

// awaitPayment waits on the page of the winner's bids.
func (p *person) awaitPayment(room, is string) {
	p.t.Helper()
	p.Go(p.s.URL("/auction/mine"))
	p.awaitElement("#payment-"+path.Base(room), is)
}

// messages awaits that many files, and returns their texts.
func messages(t *testing.T, dir string, want int) string {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		files := must(filepath.Glob(filepath.Join(dir, "*.txt")))
		if len(files) >= want || time.Now().After(end) {
			var all strings.Builder
			for _, f := range files {
				all.Write(must(os.ReadFile(f)))
			}
			if len(files) != want {
				t.Errorf("%d messages, want %d: %s", len(files), want, &all)
			}
			return all.String()
		}
	}
}

// TestAuction: two people bid for one lot, the loser sees why, and the hammer falls
// without a page that shows the lot.
func TestAuction(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("AUCTION_MESSAGES", dir)
	s := newServer(t)
	ann, bob, cem := newPerson(t, s, "ann"), newPerson(t, s, "bob"), newPerson(t, s, "cem")
	room := ann.sell("chair", "A chair", 12*time.Second)
	bob.enter(room)
	cem.enter(room)
	bob.fill("#bid", map[string]string{"amount": "10"})
	cem.awaitElement("#leader", "bob")
	cem.fill("#bid", map[string]string{"amount": "10"}) // the same amount
	cem.told("amount", "Bid at least 15")
	cem.fill("#bid", map[string]string{"amount": "15", "maximum": "51.37"})
	bob.awaitElement("#leader", "cem")
	bob.awaitElement(".now .price", "20.00") // the reserve
	bob.fill("#bid", map[string]string{"amount": "30"})
	bob.Await("the house bids for cem", `document.querySelector(".now .price")?.textContent === "35.00" && document.querySelector(".history").innerText.includes("beaten at once")`)
	bob.Screen(1100)
	bob.run("scrollTo(0, 0)")
	bob.Shot("room")
	if shown := fetch(t, s.URL(room)); strings.Contains(shown, "51.37") {
		t.Errorf("the page has the secret maximum: %s", shown)
	}
	bob.Go(s.URL("/auction/mine"))
	bob.awaitElement("#bids .stage", "outbid")
	for _, p := range []*person{ann, cem} {
		p.Go("about:blank") // no page shows the lot
	}
	bob.awaitElement("#bids .stage", "lost")
	bob.Shot("mine")
	cem.enter(room)
	cem.awaitElement("#winner", "cem")
	cem.awaitPayment(room, "paid")
	if text := messages(t, dir, 2); !strings.Contains(text, `The lot "A chair" is yours for 35.00.`) || !strings.Contains(text, `Thank you: "A chair" is paid (R-0001).`) {
		t.Errorf("the messages are %s", text)
	}
	cem.Go(s.URL("/auction/house"))
	cem.Await("the turnover", `document.body.innerText.includes("35.00")`)
	cem.Shot("house")
}

// TestAuctionServerDown: the hammer falls after a start, if the server was killed before
// the end of the lot.
func TestAuctionServerDown(t *testing.T) {
	t.Setenv("AUCTION_MESSAGES", t.TempDir())
	s := newServer(t)
	ann, bob := newPerson(t, s, "ann"), newPerson(t, s, "bob")
	ends := time.Now().Add(4 * time.Second)
	room := ann.sell("chair", "A chair", time.Until(ends))
	bob.enter(room)
	bob.fill("#bid", map[string]string{"amount": "25"})
	bob.awaitElement("#leader", "bob")
	s.Kill()
	time.Sleep(time.Until(ends.Add(time.Second))) // the clock of the lot goes on
	s.Start()
	bob.awaitElement("#winner", "bob") // the page was open all the time
	bob.awaitPayment(room, "paid")
}

// TestAuctionPaysOnce: the server is killed while the provider has taken the money and
// does not answer. The next server asks again, and the money is taken once.
func TestAuctionPaysOnce(t *testing.T) {
	asked := make(chan int, 9) // more requests than there are
	provider := &payments.StandIn{Fault: func(request int) payments.Fault {
		asked <- request
		return map[int]payments.Fault{1: payments.Down, 2: payments.Lost, 3: payments.Down}[request]
	}}
	site := httptest.NewServer(provider)
	t.Cleanup(site.Close)
	t.Setenv("AUCTION_PAYMENTS", site.URL)
	t.Setenv("AUCTION_MESSAGES", t.TempDir())
	s := newServer(t)
	ann, bob := newPerson(t, s, "ann"), newPerson(t, s, "bob")
	room := ann.sell("chair", "A chair", 3*time.Second)
	bob.enter(room)
	bob.fill("#bid", map[string]string{"amount": "25"})
	for <-asked < 2 {
	}
	bob.awaitPayment(room, "due")
	s.Kill()
	s.Start()
	bob.awaitPayment(room, "paid")
	if requests, taken := provider.Taken(); requests != 4 || taken != 1 {
		t.Errorf("%d requests took money %d times", requests, taken)
	}
}

// TestAuctionBySeller goes through the pages of a seller, on a wide and a narrow screen.
func TestAuctionBySeller(t *testing.T) {
	s := newServer(t)
	ann := newPerson(t, s, "ann")
	ann.fill("#rename", map[string]string{"handle": "anna"})
	ann.awaitElement("#me", "anna")
	ann.Go(s.URL("/auction/catalogue"))
	ann.awaitLive()
	ann.Click(".sell summary")
	ann.fill("#draft", map[string]string{"title": "A table", "category": "furniture", "description": "Round.", "start": "100", "step": "10", "reserve": "0"})
	ann.Await("an error at the reserve", `document.querySelector("#draft [name=reserve]").ariaInvalid === "true"`)
	ann.Shot("draft")
	ann.fill("#draft", map[string]string{"reserve": "200"})
	ann.Await("the page of the lot", `location.pathname.startsWith("/auction/room/") && document.querySelector(".stage.draft")`)
	ann.Await("the category", `document.querySelector(".facts").innerText.includes("furniture")`)
	ann.Shot("draft-room")
	ann.Go(s.URL("/auction/mine"))
	ann.awaitLive()
	ends := time.Now().Add(time.Hour).Format("2006-01-02T15:04:05")
	ann.run(fmt.Sprintf(`document.querySelector("#sales [name=ends]").value = %q`, ends))
	ann.Click("#sales form button")
	ann.awaitElement("#sales .stage", "open")
	ann.Screen(360)
	ann.Shot("mine-narrow")
	ann.Go(s.URL("/auction/catalogue"))
	ann.Await("the lot", `document.querySelector("#lots").innerText.includes("A table")`)
	ann.Shot("catalogue-narrow")
	if small := (&list{tab: ann.tab}).controls(`r.height < 39`); small != "" {
		t.Errorf("smaller than a finger: %s", small)
	}
	if wide := eval[int](ann.tab, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
		t.Errorf("the page is %d pixels wider than the screen", wide)
	}
	for category, want := range map[string]string{"furniture": "A table", "books": "No lot is like that."} {
		ann.Go(s.URL("/auction/catalogue"))
		ann.Focus("#choose [name=termsCategory]")
		ann.Type(category)
		ann.Click("#choose button")
		ann.Await(want, `location.search.includes("termsCategory=`+category+`") && document.querySelector("main").innerText.includes("`+want+`")`)
	}
}

// TestAuctionWithoutScripts: bidding is a form, and a bid that is too low says why at its
// field, with what was typed.
func TestAuctionWithoutScripts(t *testing.T) {
	s := newServer(t)
	ann, bob := newPerson(t, s, "ann"), newPerson(t, s, "bob")
	room := ann.sell("chair", "A chair", time.Hour)
	bob.scripts(false)
	bob.Go(s.URL(room))
	bob.fill("#bid", map[string]string{"amount": "9"})
	bob.Await("the error", `document.querySelector("#bid [name=amount]").value === "9" && document.querySelector("#bid").innerText.includes("Bid at least 10")`)
	bob.Shot("refused")
	if wrong := eval[string](bob.tab, unlabelled); wrong != "" {
		t.Error(wrong)
	}
	bob.fill("#bid", map[string]string{"amount": "20"})
	bob.awaitElement("#leader", "bob")
	if at := bob.Location(); !strings.HasPrefix(at, s.URL(room)) {
		t.Errorf("the page has the address %s", at)
	}
	bob.dark()
	bob.Shot("dark")
}

// dark lets the page be dark.
func (p *tab) dark() {
	p.t.Helper()
	p.do("dark", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
		return err
	}))
}
