//go:build browser

package browsertest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// reported keeps what the policy of a page forbids, for violations.
const reported = `addEventListener("securitypolicyviolation", e => { const all = JSON.parse(sessionStorage.violations ?? "[]"); all.push(e.violatedDirective + " " + e.blockedURI + " " + e.sample); sessionStorage.violations = JSON.stringify(all) })`

// violations fails the test if the policy of a page forbade something since [reported] runs.
func (p *tab) violations() {
	p.t.Helper()
	if all := eval[string](p, `sessionStorage.violations ?? ""`); all != "" {
		p.t.Errorf("the policy forbade: %s", all)
	}
}

// TestAuctionAccessible: axe-core finds nothing on any page of the auction house, in any
// state, and the policy of the pages forbids nothing that they do.
func TestAuctionAccessible(t *testing.T) {
	s := seededServer(t)
	p := &person{newTab(t, s.URL("/auction/mine")), s, "zoe"}
	p.BeforeScripts(reported)
	for _, page := range []string{"mine", "house", "catalogue", "catalogue?size=48&sort=-price", "catalogue?termsTitle=nothing+like+it", "room/cello", "room/piano", "room/gramophone", "room/ladder", "room/none"} {
		p.Go(s.URL("/auction/" + page))
		p.Await("the page", `document.querySelector("main")`)
		p.axe(page)
	}
	p.Go(s.URL("/auction/catalogue"))
	p.awaitLive()
	p.Click(".sell summary")
	p.axe("the form for a lot")
	p.Go(s.URL("/auction/mine"))
	p.awaitLive()
	p.fill("#register", map[string]string{"handle": "zoe"})
	p.awaitElement("#me", "zoe")
	p.sell("stool", "A stool", time.Hour)
	p.send("/auction/lot/bench/draft", map[string]string{"title": "A bench", "description": "", "start": "10", "step": "5", "grace": "PT1S"})
	p.enter("/auction/room/rowing-boat")
	p.fill("#bid", map[string]string{"amount": "1"})
	p.told("amount", "Bid at least ")
	p.axe("a refused bid")
	p.fill("#bid", map[string]string{"amount": "900"})
	p.Await("the lead", `document.querySelector(".told").innerText === "You lead."`)
	p.axe("a lead")
	p.Go(s.URL("/auction/mine"))
	p.awaitElement("#bids .stage", "leading")
	p.Await("a draft", `document.querySelector("#sales form")`)
	p.axe("a bid, a lot and a draft")
	p.violations()
}

// TestAuctionPolicyIsSeen: the test above sees what the policy forbids.
func TestAuctionPolicyIsSeen(t *testing.T) {
	p := newTab(t, newServer(t).URL("/auction/house"))
	p.BeforeScripts(reported)
	p.Reload()
	p.awaitLive()
	p.run(`document.body.append(Object.assign(document.createElement("style"), {textContent: "p {color: red}"}))`)
	p.Await("a violation", `sessionStorage.violations?.includes("style-src")`)
}

// TestAuctionSmallScreens: no page of the auction house is wider than its screen, and a
// finger hits every control.
func TestAuctionSmallScreens(t *testing.T) {
	s := seededServer(t)
	p := newPerson(t, s, "zoe")
	p.sell("long", strings.Repeat("W", 80), time.Hour)
	for _, page := range []string{"catalogue", "catalogue?termsTitle=lens", "room/long", "room/microscope", "mine", "house"} {
		p.Go(s.URL("/auction/" + page))
		p.awaitLive()
		for _, width := range []int64{320, 780, 1280} {
			p.Screen(width)
			if wide := eval[int](p.tab, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
				t.Errorf("%s is %d pixels wider than a screen of %d", page, wide, width)
			}
			if small := eval[string](p.tab, `[...document.querySelectorAll("nav a, button, input:not([type=hidden]), select, summary, .name")].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 39).map(e => e.outerHTML).join("\n")`); small != "" {
				t.Errorf("%s, %d pixels wide: smaller than a finger:\n%s", page, width, small)
			}
		}
	}
}

// TestAuctionByKeyboard: with a keyboard only, one person registers, describes a lot and
// opens it, and another one bids for it in a second browser.
func TestAuctionByKeyboard(t *testing.T) {
	s := newServer(t)
	ann, bob := &person{newTab(t, s.URL("/auction/mine")), s, "ann"}, &person{newTab(t, s.URL("/auction/mine")), s, "bob"}
	for _, p := range []*person{ann, bob} {
		p.awaitLive()
		p.tabTo(`#register [name="handle"]`)
		p.Type(p.name + kb.Enter)
		p.awaitElement("#me", p.name)
	}
	ann.follow("nav a", "Catalogue")
	ann.awaitLive()
	ann.tabTo("summary")
	ann.Type(" ")
	for name, value := range map[string]string{"title": "A stool", "start": "10", "reserve": "20"} {
		ann.tabTo(`#draft [name="` + name + `"]`)
		ann.Type(value)
	}
	ann.tabTo("#draft button")
	ann.Type(kb.Enter)
	ann.Await("the page of the lot", `location.pathname.startsWith("/auction/room/") && document.querySelector(".stage.draft")`)
	room := ann.Location()
	ann.follow("nav a", "My bids")
	ann.awaitLive()
	ann.tabTo(`#sales [name=ends]`)
	ann.Type(time.Now().AddDate(0, 0, 2).Format("01022006") + kb.Tab + "011500AM")
	ann.tabTo("#sales form button")
	ann.Type(kb.Enter)
	ann.awaitElement("#sales .stage", "open")

	bob.follow("nav a", "Catalogue")
	bob.follow("#lots a", "A stool")
	bob.Await("the page of the lot", `location.href === `+quote(room))
	bob.awaitLive()
	bob.tabTo(`#bid [name="amount"]`)
	bob.Type("9" + kb.Enter)
	bob.told("amount", "Bid at least 10")
	bob.Await("the focus at the wrong field", `document.activeElement.name === "amount"`)
	bob.key("a", "KeyA", 65, 2)
	bob.Type("25" + kb.Enter)
	bob.awaitElement("#leader", "bob")
}

// tabTo presses Tab until an element has the focus.
func (p *tab) tabTo(selector string) {
	p.t.Helper()
	p.Await(selector, `document.querySelector(`+quote(selector)+`)`)
	for range 200 {
		if eval[bool](p, `document.activeElement.matches(`+quote(selector)+`)`) {
			return
		}
		p.Type(kb.Tab)
	}
	p.t.Fatalf("Tab does not lead to %s", selector)
}

// follow presses Enter on a link with a text.
func (p *tab) follow(selector, text string) {
	p.t.Helper()
	p.Await("the link "+text, `[...document.querySelectorAll(`+quote(selector)+`)].some(a => a.textContent === `+quote(text)+`)`)
	from := p.Location()
	for range 200 {
		if eval[bool](p, `document.activeElement.matches(`+quote(selector)+`) && document.activeElement.textContent === `+quote(text)) {
			p.Type(kb.Enter)
			p.Await("another page", `location.href !== `+quote(from))
			return
		}
		p.Type(kb.Tab)
	}
	p.t.Fatalf("Tab does not lead to the link %s", text)
}

// key presses a key with modifiers, such as 2 for Control.
func (p *tab) key(key, code string, number int64, modifiers int64) {
	p.t.Helper()
	p.do("press "+key, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		for _, kind := range []input.DispatchKeyEventType{"rawKeyDown", "keyUp"} {
			if _, err := cdp.Call(ctx, target, input.DispatchKeyEvent, input.DispatchKeyEventParams{
				Type: kind, Key: key, Code: code, WindowsVirtualKeyCode: number, Modifiers: modifiers, Commands: map[bool][]string{true: {"selectAll"}}[kind == "rawKeyDown"],
			}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// TestAuctionSameMoment: of two people who bid the same amount in the same moment one
// leads, and the other one is told why not, at the field, with what was typed.
func TestAuctionSameMoment(t *testing.T) {
	s := newServer(t)
	ann, bob, cem := newPerson(t, s, "ann"), newPerson(t, s, "bob"), newPerson(t, s, "cem")
	both := []*person{bob, cem}
	for round := range 3 {
		room := ann.sell(fmt.Sprint("chair-", round), "A chair", time.Hour)
		var ready, sent sync.WaitGroup
		start := make(chan bool)
		for _, p := range both {
			p.enter(room)
			p.Focus(`#bid [name="amount"]`)
			p.Type("10")
		}
		for _, p := range both {
			ready.Add(1)
			sent.Go(func() {
				ready.Done()
				<-start
				p.Type(kb.Enter)
			})
		}
		ready.Wait()
		close(start)
		sent.Wait()
		told := 0
		for _, p := range both {
			p.Await("an answer", `document.querySelector("#leader") && !document.querySelector("[aria-busy=true]") && (document.querySelector("#bid [name=amount]").value === "" || document.querySelector("#bid [name=amount]").ariaInvalid === "true")`)
			if eval[string](p.tab, `document.querySelector("#leader").textContent`) == p.name {
				continue
			}
			told++
			p.told("amount", "Bid at least 15")
			p.Await("what was typed", `document.querySelector("#bid [name=amount]").value === "10"`)
		}
		if told != 1 {
			t.Errorf("round %d: %d were told that their bid is too low", round, told)
		}
	}
}

// TestAuctionBeatenAtOnce: a bid that was taken, and that a maximum beat at once, is not
// like one that leads: the bidder is told, and sees which lines are theirs. Nobody else does.
func TestAuctionBeatenAtOnce(t *testing.T) {
	s := newServer(t)
	ann, bob, cem := newPerson(t, s, "ann"), newPerson(t, s, "bob"), newPerson(t, s, "cem")
	room := ann.sell("chair", "A chair", time.Hour)
	bob.enter(room)
	cem.enter(room)
	bob.fill("#bid", map[string]string{"amount": "20", "maximum": "50"})
	bob.Await("the lead", `document.querySelector(".told").innerText === "You lead."`)
	cem.awaitElement("#leader", "bob")
	cem.fill("#bid", map[string]string{"amount": "30"})
	cem.Await("why it does not lead", `document.querySelector(".told").innerText === "Your bid of 30.00 was taken, and beaten at once: the leader’s maximum is higher."`)
	const mine = `[...document.querySelectorAll(".history tr")].filter(r => r.querySelector(".you")?.checkVisibility()).map(r => r.innerText.replace(/\s+/g, " ").trim().split(/ you| Dec| Jan/)[0]).join(", ")`
	if own := eval[string](cem.tab, mine); own != "30.00 cem" && !strings.HasPrefix(own, "30.00 by cem cem") {
		t.Errorf("cem is shown as theirs: %s", own)
	}
	bob.Await("the house bids for bob", `document.querySelector(".now .price").textContent === "35.00" && document.querySelector(".told").innerText === "You lead."`)
	ann.enter(room)
	if said := eval[string](ann.tab, `document.querySelector(".told").innerText + [...document.querySelectorAll(".you")].filter(e => e.checkVisibility()).length`); said != "0" {
		t.Errorf("the seller is told %s", said)
	}
}

// TestAuctionCatalogue: filters, orders and pages are in the address, with the client and
// without a script, and Back leads to the choice before.
func TestAuctionCatalogue(t *testing.T) {
	s := seededServer(t)
	p := newTab(t, s.URL("/auction/catalogue"))
	p.awaitLive()
	for _, scripted := range []bool{true, false} {
		p.scripts(scripted)
		p.Go(s.URL("/auction/catalogue"))
		says := func(what, condition string) {
			t.Helper()
			p.Await(what, condition+` && (document.documentElement.dataset.live !== undefined) === `+fmt.Sprint(scripted))
		}
		says("all lots", `document.querySelector(".total").textContent === "34 lots" && document.querySelectorAll("#lots > li").length === 24`)
		if notice := eval[bool](p, `!!document.querySelector(".not-live")?.checkVisibility()`); notice == scripted {
			t.Errorf("scripts %v: the page says that it is not live: %v", scripted, notice)
		}
		p.Click("[rel=next]")
		says("the second page", `document.querySelectorAll("#lots > li").length === 10 && location.search.includes("after=")`)
		p.Click("[rel=prev]")
		says("the first page", `document.querySelectorAll("#lots > li").length === 24`)
		p.Focus("[name=termsTitle]")
		p.Type("clock sta")
		p.run(`document.querySelector("#choose [name=is]").value = "sold"`)
		p.Click("#choose button")
		says("the clock", `document.querySelector(".total").textContent === "1 lot" && document.querySelector("#lots a").textContent.startsWith("Station clock")`)
		p.Click("#choose a")
		says("all again", `document.querySelector(".total").textContent === "34 lots" && document.querySelector("[name=termsTitle]").value === ""`)
		p.Focus("[name=priceFrom]")
		p.Type("1000")
		p.run(`document.querySelector("#choose [name=sort]").value = "-price"`)
		p.Click("#choose button")
		says("dear lots, the dearest first", `document.querySelector(".total").textContent === "2 lots" && document.querySelector("#lots a").textContent.startsWith("Carpet") && location.search.includes("sort=-price")`)
		if !scripted {
			break // what is left to say is the browser's own
		}
		p.run("history.back()") // within the document, which is not loaded again
		says("all once more", `document.querySelector(".total").textContent === "34 lots" && document.querySelector("[name=priceFrom]").value === ""`)
	}
}
