package bidders

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"sync"
	"testing"
	"time"
)

var saleKills = flag.Int("sale-kills", 12, "how many servers are killed while lots are sold and paid")

// TestG21_KilledWhileLotsAreSold kills servers with -9 at any moment between a bid and
// the thanks for the money. Each lot with a bid is sold once, paid once and announced
// with two messages; each winner led once and was released once.
func TestG21_KilledWhileLotsAreSold(t *testing.T) {
	t.Parallel()
	money := newProvider(t)
	s := newServer(t, "AUCTION_PAYMENTS="+money.site)
	seller := people(t, s, 1)[0]
	seller.register("seller")
	var sales sync.WaitGroup
	var mu sync.Mutex
	sold := map[string]string{} // the winner's session by lot
	for n := range *saleKills {
		for i := range 2 {
			sales.Go(func() {
				name := fmt.Sprintf("lot-%d-%d", n, i)
				p := people(t, s, 1)[0]
				p.register(name)
				lot := p.buy(seller, name)
				mu.Lock()
				sold[lot] = p.session
				mu.Unlock()
			})
		}
		time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond)
		s.kill()
		s.start()
	}
	sales.Wait()
	l := s.awaitSales(sold)
	s.awaitProcesses()
	seller.awaitMessages(2 * len(sold))
	s.stop()
	checkProcesses(t, s.db)
	money.check(t, len(sold))
	receipts := map[string]string{} // the lot by the receipt of the provider
	for lot, session := range sold {
		if got := s.events(lot); got != paidEvents {
			t.Errorf("%s has %s, want %s", lot, got, paidEvents)
		}
		all := l.lots[lot]
		receipt := all[len(all)-1].events[0].receipt
		if receipts[receipt] != "" {
			t.Errorf("%s and %s are paid with %s", lot, receipts[receipt], receipt)
		}
		receipts[receipt] = lot
		if got := l.leads[session]; got != "led released" {
			t.Errorf("the winner of %s has %s", lot, got)
		}
	}
	requests, taken := money.Taken()
	t.Logf("%d servers were killed while %d lots were sold; %d requests took money %d times", s.kills, len(sold), requests, taken)
}

// buy lets a seller open a lot for a moment, and bids for it; for another lot and longer,
// if the bid came too late. It returns the lot.
func (p *person) buy(seller *person, name string) string {
	for open, n := 300*time.Millisecond, 0; ; open, n = open*2, n+1 {
		lot := fmt.Sprint(name, "-", n)
		x := terms{title: "A " + lot, start: 1000, step: 100, grace: "PT0S"}
		if _, refused := seller.send(drafting(lot), x.form(), newID()); refused != nil {
			p.t.Errorf("%s: %+v", lot, refused)
			return lot
		}
		ends := time.Now().Add(open).UTC().Format(time.RFC3339Nano)
		_, refused := seller.send(opening(lot), url.Values{"ends": {ends}}, newID())
		if refused == nil {
			_, refused = p.send(bidding(lot), bidForm(1000, 0), newID())
		}
		switch {
		case refused == nil:
			return lot
		case refused.Code != notOpen && refused.Code != endsTooSoon:
			p.t.Errorf("%s: %+v", lot, refused)
			return lot
		}
	}
}

// awaitSales waits until all lots are paid and all winners released, and returns the log.
func (s *server) awaitSales(sold map[string]string) *log {
	s.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		l, left := readLog(s.t, s.db), 0
		for lot, session := range sold {
			last := l.lots[lot][len(l.lots[lot])-1]
			if last.events[len(last.events)-1].is != "paid" || l.leads[session] != "led released" {
				left++
			}
		}
		if left == 0 {
			return l
		}
		if time.Now().After(end) {
			s.t.Errorf("%d of %d lots are not paid, or their winners not released", left, len(sold))
			return l
		}
	}
}

// awaitPayment waits until the money for a lot has come.
func (s *server) awaitPayment(lot string) {
	s.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		all := readLog(s.t, s.db).lots[lot]
		if all[len(all)-1].events[0].is == "paid" {
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("%s is not paid", lot)
		}
	}
}
