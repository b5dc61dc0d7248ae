package bidders

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var (
	bidders  = flag.Int("bidders", 40, "how many people bid")
	bidFor   = flag.Duration("bid-for", 12*time.Second, "how long people bid for the first lot")
	pause    = flag.Duration("pause", 500*time.Millisecond, "how long a person waits between two bids, on average")
	bidKills = flag.Int("bid-kills", 2, "how many servers are killed while people bid")
	replaced = flag.Int("replaced", 1, "how many servers are replaced while people bid")
)

// evening is an auction: its people, and what they saw.
type evening struct {
	*server
	*frames
	provider *provider
	seller   *person
	people   []*person
	rooms    map[string][]*feed
	own      []*feed // some people have the page of their bids open
}

// TestG21_ManyBidders lets many people bid for a lot while its server is killed and
// replaced, and for another one whose end passes while no server runs. No bid is lost
// or taken twice, each lot is sold and paid once, and everybody sees the same.
func TestG21_ManyBidders(t *testing.T) {
	money := newProvider(t)
	s := newServer(t, "AUCTION_PAYMENTS="+money.site)
	e := &evening{server: s, frames: newFrames(t), provider: money, rooms: map[string][]*feed{}}
	e.seller = people(t, s, 1)[0]
	e.seller.register("seller")
	e.people = people(t, s, *bidders)
	each(e.people, func(i int, p *person) { p.register(fmt.Sprintf("bidder-%d", i)) })
	for _, p := range e.people[:min(8, len(e.people))] {
		e.own = append(e.own, p.open(p.session, minePage, e.frames))
	}

	e.open("chair", *bidFor)
	e.bid("chair", *bidFor+500*time.Millisecond, e.disturb)
	e.sold("chair", true)

	lots := []string{"chair"}
	for passed := false; !passed; {
		lot := fmt.Sprint("table-", len(lots))
		lots = append(lots, lot)
		passed = e.downAtTheEnd(lot, max(*bidFor/6, 3*time.Second))
		e.sold(lot, false)
	}

	s.command("verify")
	before := e.pages()
	for _, f := range e.own {
		f.await("what its page shows", func(x *frame) bool { return x.live == before[f.session] })
		f.leave()
	}
	e.takeOver(false)
	e.compare(before, "the next server")
	s.stop()
	checkProcesses(t, s.db)
	e.check(lots...)
	s.start()
	e.compare(before, "a newly started server")
}

// downAtTheEnd lets people bid for a lot, and kills the server shortly before its end. It
// returns false if the machine was so slow that the hammer fell before.
func (e *evening) downAtTheEnd(lot string, open time.Duration) (passed bool) {
	e.server.t.Helper()
	e.open(lot, open)
	e.bid(lot, open, func(end time.Time) {
		time.Sleep(time.Until(end.Add(-200 * time.Millisecond)))
		e.kill()
		passed = e.passes(lot)
		e.start()
	})
	return passed
}

// open opens a lot for a while, and everybody enters its room.
func (e *evening) open(lot string, open time.Duration) {
	e.server.t.Helper()
	e.seller.sell(lot, terms{title: "A " + lot, start: 100, step: 1, grace: "PT1S"}, time.Now().Add(open))
	e.rooms[lot] = make([]*feed, len(e.people))
	each(e.people, func(i int, p *person) { e.rooms[lot][i] = p.enter(lot, e.frames) })
}

// bid lets everybody bid for a lot for a while, and disturbs them.
func (e *evening) bid(lot string, open time.Duration, disturb func(end time.Time)) {
	e.server.t.Helper()
	end := time.Now().Add(open)
	done := make(chan struct{}) // closed at the end
	go func() {
		defer close(done)
		each(e.people, func(i int, p *person) {
			for {
				time.Sleep(time.Duration(rand.Int64N(int64(2 * *pause))))
				if time.Now().After(end) {
					return
				}
				f := e.rooms[lot][i].latest.Load()
				amount := f.least + cents(rand.IntN(3))
				if f.least == 0 { // the lot is over
					amount = f.price + 10
				}
				maximum := cents(0)
				if rand.IntN(3) == 0 {
					maximum = amount + cents(rand.IntN(20))
				}
				p.bid(lot, amount, maximum)
			}
		})
	}()
	disturb(end)
	<-done
}

// disturb kills servers, and replaces some, until the end.
func (e *evening) disturb(end time.Time) {
	todo := make([]string, 0, *bidKills+*replaced)
	for i := range *replaced {
		todo = append(todo, []string{"replace", "replace and kill"}[i%2])
	}
	for len(todo) < *bidKills+(*replaced+1)/2 { // every second replaced one is killed
		todo = append(todo, "kill")
	}
	rand.Shuffle(len(todo), func(i, j int) { todo[i], todo[j] = todo[j], todo[i] })
	for i, do := range todo {
		every := time.Until(end) / time.Duration(len(todo)-i+1)
		time.Sleep(every/2 + time.Duration(rand.Int64N(int64(max(every, 1)))))
		switch do {
		case "kill":
			e.kill()
			time.Sleep(time.Duration(rand.IntN(500)) * time.Millisecond)
			e.start()
		default:
			e.takeOver(do != "replace")
		}
	}
}

// passes waits until the end of a lot is over, as the file says. No server runs.
func (e *evening) passes(lot string) bool {
	e.server.t.Helper()
	ends := int64(0)
	for _, g := range readLog(e.server.t, e.db).lots[lot] {
		for _, event := range g.events {
			switch event.is {
			case "opened", "extended":
				ends = event.at
			case "sold":
				return false
			}
		}
	}
	time.Sleep(time.Until(time.Unix(0, ends).Add(300 * time.Millisecond)))
	return true
}

// sold waits until everybody sees that a lot was sold and paid, and bids once more. If
// killed, the server is killed while the money is on its way.
func (e *evening) sold(lot string, killed bool) {
	e.server.t.Helper()
	all := e.rooms[lot]
	all[0].await("who has it", func(f *frame) bool { return f.winner != "" })
	if killed {
		e.kill()
		e.start()
	}
	for _, f := range all {
		f.await("who has it", func(f *frame) bool { return f.winner != "" })
	}
	e.server.awaitPayment(lot)
	each(e.people[:min(20, len(e.people))], func(i int, p *person) {
		if _, refused := p.bid(lot, all[i].latest.Load().price+100, 0); refused == nil || refused.Code != notOpen {
			e.server.t.Errorf("a bid after the end is answered with %+v", refused)
		}
	})
	for _, f := range all {
		f.leave()
		if live, _ := liveOn(f.load(rooms(lot))); live != f.latest.Load().live {
			e.server.t.Errorf("the page of %s has %q, and its feed %q", f.handle, live, f.latest.Load().live)
		}
	}
}

// pages returns the live parts of all pages.
func (e *evening) pages() map[string]string {
	all := map[string]string{}
	for lot := range e.rooms {
		all[lot], _ = liveOn(e.seller.load(rooms(lot)))
	}
	for _, path := range []string{housePage, cataloguePage} {
		all[path], _ = liveOn(e.seller.load(path))
	}
	for _, p := range e.people {
		all[p.session], _ = liveOn(p.load(minePage))
	}
	return all
}

func (e *evening) compare(before map[string]string, who string) {
	e.server.t.Helper()
	for name, now := range e.pages() {
		if now == "" || now != before[name] {
			e.server.t.Errorf("%s shows %q in %s, and before it was %q", who, now, name, before[name])
		}
	}
}

// check compares everything with the log.
func (e *evening) check(lots ...string) {
	t := e.server.t
	t.Helper()
	l := readLog(t, e.db)
	pages := map[string]string{} // whole
	e.start()
	for _, p := range e.people {
		pages[p.handle] = p.load(minePage)
	}
	others := []string{housePage, cataloguePage}
	for _, lot := range lots {
		others = append(others, rooms(lot))
	}
	for _, path := range others {
		pages[path] = e.seller.load(path)
	}
	house, _ := liveOn(pages[housePage])
	e.stop()
	turnover, frames, bids := cents(0), 0, 0
	var messages []string
	var all []*ruled
	for _, lot := range lots {
		r := rule(t, l, lot, e.people)
		all = append(all, r)
		for _, f := range e.all[lot] {
			r.checkFrame(f)
			frames++
		}
		for _, p := range e.people {
			want := standing{last: r.last[p.session]}
			if want.last > 0 {
				want.is = "lost"
			}
			if p.session == r.leader {
				want.is = "won"
			}
			live, _ := liveOn(pages[p.handle])
			if got := standingOn(live, lot); got != want {
				t.Errorf("the page of %s says %+v about %s, want %+v", p.handle, got, lot, want)
			}
		}
		if last := e.rooms[lot][0].latest.Load(); last.winner != r.handle || last.price != r.price || last.stage != "sold" || len(last.bids) == 0 {
			t.Errorf("the room of %s shows %+v", lot, last.seen)
		}
		turnover, bids = turnover+r.price, bids+len(r.stored)
		messages = append(messages, fmt.Sprintf("To: %s\n\nThe lot \"A %s\" is yours for %s.\n", r.handle, lot, r.price), fmt.Sprintf("Thank you: \"A %s\" is paid", lot))
	}
	for _, f := range e.own {
		for _, x := range e.all[f.session] {
			checkAmounts(t, f.handle, x, all)
			frames++
		}
	}
	checkSecrets(t, pages, all)
	if got := figureOn(house, "Turnover"); got != turnover.String() {
		t.Errorf("the turnover is %s, want %s", got, turnover)
	}
	e.checkMessages(messages)
	e.provider.check(t, len(lots))
	e.report(bids, frames)
}

// checkMessages checks that each message is one file.
func (e *evening) checkMessages(want []string) {
	e.server.t.Helper()
	got := e.messages()
	if len(got) != len(want) {
		e.server.t.Errorf("%d messages, want %d: %q", len(got), len(want), got)
	}
	for _, w := range want {
		n := 0
		for _, text := range got {
			if strings.Contains(text, w) {
				n++
			}
		}
		if n != 1 {
			e.server.t.Errorf("the message %q was written %d times", w, n)
		}
	}
}

// report says how much was done, and whether that is enough.
func (e *evening) report(stored, frames int) {
	t := e.server.t
	t.Helper()
	given, acknowledged, refused := 0, 0, map[string]int{}
	var tries atomic.Int64
	for _, p := range e.people {
		tries.Add(p.tries.Load())
		for _, c := range p.given {
			if given++; c.refused != "" {
				refused[c.refused]++
			} else {
				acknowledged++
			}
		}
	}
	requests, _ := e.provider.Taken()
	t.Logf("%d people gave %d bids in %d tries; %d were acknowledged, %d stored, refused %v; %d servers were killed and %d replaced; people received %d frames of which %d were different; %d requests for money",
		len(e.people), given, tries.Load(), acknowledged, stored, refused, e.kills, e.takeovers, e.received.Load(), frames, requests)
	if acknowledged < len(e.people)/2 || frames < len(e.people)/2 || e.kills < *bidKills {
		t.Error("too little was done: the test is not effective")
	}
}
