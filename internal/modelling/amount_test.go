package modelling_test

import (
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/internal/modelling/gen/auction"
	"ironstar.dev/internal/modelling/gen/auction/auctionhttp"
	"ironstar.dev/wire"
)

// amounts are what people type for an amount, what the command has then, and the
// code of the problem with what is refused.
var amounts = []struct{ typed, has, code string }{
	{"5", "5.00", ""},
	{"5.5", "5.50", ""},
	{" 5,50 ", "5.50", ""},
	{"+12.340000", "12.34", ""},
	{".5", "0.50", ""},
	{"999999999.99", "999999999.99", ""},
	{"0.01", "0.01", ""},
	{"0", "", "min"},
	{"-5", "", "min"},
	{"0.009", "", "min"},
	{"5.005", "", "digits"},
	{"1000000000", "", "max"},
	{"999999999.991", "", "max"},
	{"five", "", "format"},
}

// TestAmountsHaveTheirDigits: a command has the digits that the schema says, and what
// is outside of its bounds is refused at its field, with the message of the schema.
func TestAmountsHaveTheirDigits(t *testing.T) {
	const message = "Offer from 0.01 to 999999999.99, in whole cents."
	for _, a := range amounts {
		form, err := wire.Form(nil, map[string][]string{"amount": {a.typed}}, time.UTC, auction.LotInputs["bid"])
		must(t, err)
		c, err := auction.ParseLotCommand("bid", form.JSON, ironstar.Origin{Actor: "bob"})
		if a.code == "" {
			if bid, ok := c.(auction.LotBid); err != nil || !ok || bid.Amount.String() != a.has {
				t.Errorf("%q: %+v, %v, want %s", a.typed, c, err, a.has)
			}
			continue
		}
		var invalid ironstar.Invalid
		if !errors.As(err, &invalid) || len(invalid) != 1 || invalid[0].Path != "amount" || invalid[0].Code != a.code {
			t.Errorf("%q: %#v, want %s", a.typed, err, a.code)
		} else if a.code != "format" && invalid[0].Message != message {
			t.Errorf("%q: people read %q", a.typed, invalid[0].Message)
		}
	}
}

// TestAmountsInForms: browsers accept every spelling that the server does, and refuse
// letters, signs and cents that are not whole.
func TestAmountsInForms(t *testing.T) {
	f := auction.LotBidForm.Amount
	if f.Type != "text" || f.InputMode != "decimal" || f.Min != "" || f.Max != "" {
		t.Errorf("the control is %+v", f)
	}
	pattern := regexp.MustCompile("^(" + strings.ReplaceAll(f.Pattern, `\u{2212}`, `\x{2212}`) + ")$")
	for _, a := range amounts {
		matches, onlySize := pattern.MatchString(a.typed), !strings.HasPrefix(a.typed, "-") && (a.code == "min" || a.code == "max") && !strings.Contains(a.typed, ".")
		if matches != (a.code == "" || onlySize) {
			t.Errorf("%q matches: %v", a.typed, matches)
		}
	}
}

// TestEventsAreWithinTheBoundsOfDecimals: code of the application cannot store an event
// outside of them.
func TestEventsAreWithinTheBoundsOfDecimals(t *testing.T) {
	h := openHouse(t, filepath.Join(t.TempDir(), "log.db"))
	defer h.close()
	h.offer(1, "Lamp", "ada", 1)
	for _, test := range [][2]string{
		{"0", "amount: at least 0.01 (is 0)"}, {"5.50000", ""}, {"6.005", "amount: at most 2 digits after the point (is 6.005)"}, {"7", ""},
		{"1000000000", "amount: at most 999999999.99 (is 1000000000)"},
	} {
		_, err := h.parts.Lot.Do(t.Context(), ironstar.UUID{1}.String(), auction.LotBid{Amount: ironstar.MustDecimal(test[0]), By: "bob"})
		if (err != nil) != (test[1] != "") || err != nil && !strings.Contains(err.Error(), test[1]) {
			t.Errorf("%s: %v, want %q", test[0], err, test[1])
		}
	}
}

// TestG14_NobodySeesTheReserve: it is in no document and no feed of a room, although the
// page shows all that it gets.
func TestG14_NobodySeesTheReserve(t *testing.T) {
	h := openHouse(t, filepath.Join(t.TempDir(), "log.db"))
	defer h.close()
	id := ironstar.UUID{1}.String()
	r, err := h.parts.Lot.Do(t.Context(), id, auction.LotOffer{Title: "Lamp", Seller: "ada", Closes: noon, Reserve: new(ironstar.MustDecimal("987.65"))})
	must(t, err)
	must(t, h.e.Wait(t.Context(), r.Last))
	page, _, _ := h.shows(auctionhttp.RoomURL(id), "ada")
	feed := h.watch(auctionhttp.RoomFeedURL(id), "")
	first := feed.next()
	h.bid(1, "5", "bob")
	for _, text := range []string{page, first, feed.next()} {
		if !strings.Contains(text, "Lamp") || strings.Contains(text, "987") || strings.Contains(text, "reserve") {
			t.Errorf("the room shows %s", text)
		}
	}
}
