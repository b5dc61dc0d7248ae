package bidders

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
)

// This file knows the addresses, the fields and the pages of the auction house. The
// other files know what people see.

const minePage, housePage, cataloguePage = "/auction/mine", "/auction/house", "/auction/catalogue?show=all"

func rooms(lot string) string           { return auctionhttp.RoomURL(lot) }
func bidding(lot string) string         { return auctionhttp.LotBidURL(lot) }
func drafting(lot string) string        { return auctionhttp.LotDraftURL(lot) }
func opening(lot string) string         { return auctionhttp.LotOpenURL(lot) }
func registering(session string) string { return auctionhttp.BidderRegisterURL(session) }

const handleTaken, tooLow, notOpen, endsTooSoon, leadsAlready, handleField, amountField = "HandleTaken", "TooLow", "NotOpen", "EndsTooSoon", "LeadingAlready", "handle", "amount"

// cents is an amount of money.
type cents int64

func (c cents) String() string { return fmt.Sprintf("%d.%02d", int64(c)/100, int64(c)%100) }

// centsOf reads an amount.
func centsOf(text string) cents {
	whole, rest, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+(rest + "00")[:2], 10, 64)
	if err != nil {
		panic(fmt.Sprintf("%q is not an amount", text))
	}
	return cents(n)
}

// terms are those of the lots of these tests.
type terms struct {
	title       string
	start, step cents
	grace       string
}

func (x terms) form() url.Values {
	return url.Values{"title": {x.title}, "description": {"It stands."}, "start": {x.start.String()}, "step": {x.step.String()}, "grace": {x.grace}}
}

func bidForm(amount, maximum cents) url.Values {
	form := url.Values{amountField: {amount.String()}}
	if maximum > 0 {
		form.Set("maximum", maximum.String())
	}
	return form
}

var ownAddress = regexp.MustCompile(`action="[^"]*/bidder/([0-9a-f]+)/register"`)

// sessionOn finds the public id of a session on the page of its bids.
func sessionOn(page string) string {
	m := ownAddress.FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return m[1]
}

var feedAddress = regexp.MustCompile(`data-live-feed="([^"]*)"`)

// liveOn returns the live part of a page, and the address of its feed.
func liveOn(page string) (live, feed string) {
	_, rest, _ := strings.Cut(page, `<div id="live"`)
	inner, _, ok := strings.Cut(rest, `</div><p class="live-status"`)
	m := feedAddress.FindStringSubmatch(page)
	if !ok || m == nil {
		return "", ""
	}
	return `<div id="live"` + inner, strings.ReplaceAll(m[1], "&amp;", "&")
}

// shown is a line of the history of a lot, as everybody sees it.
type shown struct {
	amount cents
	handle string
	how    string
}

// seen is what a room shows.
type seen struct {
	stage, winner string
	price, least  cents
	bids          []shown // the last one first
	amounts       []cents // all amounts anywhere in the text, also in attributes
}

var places = map[string]*regexp.Regexp{
	"stage":  regexp.MustCompile(`class="stage ([a-z]+)"`),
	"price":  regexp.MustCompile(`class="price">([0-9.]+)<`),
	"least":  regexp.MustCompile(`id="least">([0-9.]+)<`),
	"winner": regexp.MustCompile(`id="winner">([^<]*)<`),
}

// lineOf is a line of the history: how, how much, who.
var lineOf = regexp.MustCompile(`<tr id="bid-[0-9]+" class="([a-z]+)"><td data-live-name>([0-9.]+)<.*?<td><span>([^<]*)<`)

// look reads the live part of a room.
func look(live string) seen {
	head, table, _ := strings.Cut(live, "<tbody")
	find := func(name string) string {
		if m := places[name].FindStringSubmatch(head); m != nil {
			return m[1]
		}
		return ""
	}
	s := seen{stage: find("stage"), winner: find("winner"), price: centsOf("0" + find("price")), least: centsOf("0" + find("least"))}
	for _, m := range lineOf.FindAllStringSubmatch(table, -1) {
		s.bids = append(s.bids, shown{amount: centsOf(m[2]), handle: m[3], how: m[1]})
	}
	s.amounts = amountsIn(live)
	return s
}

// amountsIn finds all numbers with two digits after the point that are no part of a time.
func amountsIn(text string) (all []cents) {
	isDigit := func(i int) bool { return i >= 0 && i < len(text) && '0' <= text[i] && text[i] <= '9' }
	for i := 0; i < len(text); i++ {
		if text[i] != '.' || !isDigit(i-1) || !isDigit(i+1) || !isDigit(i+2) || isDigit(i+3) {
			continue
		}
		from := i
		for isDigit(from - 1) {
			from--
		}
		if from > 0 && text[from-1] == ':' {
			continue
		}
		all = append(all, centsOf(text[from:i+3]))
	}
	return all
}

// standing is how somebody stands with a lot, on the page of their bids.
type standing struct {
	is   string // won, lost
	last cents
}

// standingOn reads the page of somebody's bids.
func standingOn(live, lot string) (s standing) {
	_, rest, ok := strings.Cut(live, `<li id="bid-`+lot+`">`)
	item, _, _ := strings.Cut(rest, "</li>")
	if !ok {
		return s
	}
	s.is = places["stage"].FindStringSubmatch(item)[1]
	_, last, _ := strings.Cut(item, "your bid: ")
	last, _, _ = strings.Cut(last, "<")
	s.last = centsOf(last)
	return s
}

// figureOn reads a figure on the page of the house.
func figureOn(live, name string) string {
	_, rest, _ := strings.Cut(live, "<dt>"+name+"</dt><dd>")
	text, _, _ := strings.Cut(rest, "</dd>")
	return text
}

// logged is what an event of a lot or of its invoice says.
type logged struct {
	is      string // "drafted", "opened", "bid", "topped", "raised", "maximum", "extended", "sold", "paid", "failed"; "" for others
	bidder  string
	handle  string
	amount  cents
	maximum cents
	at      int64 // in nanoseconds: of a bid; the end of the lot, if that is opened or extended
	grace   int64
	step    cents
	receipt string // of the provider
}

// loggedOf reads an event of a lot.
func loggedOf(e auction.LotEvent) logged {
	switch e := e.(type) {
	case auction.LotDrafted:
		return logged{is: "drafted", bidder: e.Seller, amount: centsOf(e.Start.String()), step: centsOf(e.Step.String()), grace: int64(e.Grace)}
	case auction.LotOpened:
		return logged{is: "opened", at: e.Ends.UnixNano()}
	case auction.LotBidPlaced:
		return logged{is: "bid", bidder: e.Bidder, handle: e.Handle, amount: centsOf(e.Amount.String()), maximum: centsOf(e.Maximum.String()), at: e.At.UnixNano()}
	case auction.LotBidTopped:
		return logged{is: "topped", bidder: e.Bidder, handle: e.Handle, amount: centsOf(e.Amount.String()), at: e.At.UnixNano()}
	case auction.LotRaised:
		return logged{is: "raised", bidder: e.Bidder, amount: centsOf(e.Amount.String()), at: e.At.UnixNano()}
	case auction.LotMaximumChanged:
		return logged{is: "maximum", bidder: e.Bidder, maximum: centsOf(e.Maximum.String())}
	case auction.LotExtended:
		return logged{is: "extended", at: e.Ends.UnixNano()}
	case auction.LotSold:
		return logged{is: "sold", bidder: e.Winner, handle: e.Handle, amount: centsOf(e.Price.String())}
	}
	return logged{}
}

// settlement reads an event of an invoice: whether the money came.
func settlement(e auction.InvoiceEvent) (l logged, ok bool) {
	switch e := e.(type) {
	case auction.InvoicePaid:
		return logged{is: "paid", receipt: e.Reference}, true
	case auction.InvoiceFailed:
		return logged{is: "failed"}, true
	}
	return l, false
}

// registered returns the name that an event of a bidder gives.
func registered(e auction.BidderEvent) (handle string, ok bool) {
	r, ok := e.(auction.BidderRegistered)
	return r.Handle, ok
}

// leadOf says whether an event of a bidder is about a lead.
func leadOf(e auction.BidderEvent) string {
	switch e.(type) {
	case auction.BidderLed:
		return "led"
	case auction.BidderReleased:
		return "released"
	}
	return ""
}
