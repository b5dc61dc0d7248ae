package bidders

import (
	"flag"
	"fmt"
	"sync"
	"testing"
	"time"
)

var moments = flag.Int("moments", 200, "how often two people bid the same amount at the same moment")

// TestG3_TwoBidsOfOneMoment: of two people who bid the same amount at the same moment one
// leads, and the other is told at the field what to bid at least.
func TestG3_TwoBidsOfOneMoment(t *testing.T) {
	s := newServer(t)
	all := people(t, s, 4)
	for i, p := range all {
		p.register(fmt.Sprintf("bidder-%d", i))
	}
	x := terms{title: "A chair", start: 1000, step: 100, grace: "PT1S"}
	all[3].sell("chair", x, time.Now().Add(time.Hour))
	room := all[3].enter("chair", newFrames(t))
	defer room.leave()
	leader, wins := 0, map[int]int{}
	for n := 0; n < *moments && !t.Failed(); n++ {
		amount := x.start + cents(n)*x.step
		two := []int{(leader + 1 + n%2) % 3, (leader + 2 - n%2) % 3} // of three people, those who do not lead
		leader = atOnce(t, all, two, amount, amount+x.step)
		wins[leader]++
		want := all[leader].handle
		room.await(want, func(f *frame) bool {
			return f.price == amount && len(f.bids) == n+1 && f.bids[0].handle == want && f.least == amount+x.step
		})
	}
	t.Logf("who led: %v", wins)
	s.stop()
	l := readLog(t, s.db)
	if bids := len(l.lots["chair"]) - 2; bids != *moments {
		t.Errorf("%d bids are stored, want %d", bids, *moments)
	}
}

// atOnce lets two people bid the same amount, and returns who leads.
func atOnce(t *testing.T, all []*person, two []int, amount, least cents) (leader int) {
	t.Helper()
	begin := make(chan struct{}) // closed, never sent to
	answers := make([]*refusal, len(two))
	var both sync.WaitGroup
	for i, who := range two {
		both.Go(func() {
			<-begin
			_, refused, err := all[who].request(bidding("chair"), bidForm(amount, 0), newID(), patience)
			if answers[i] = refused; err != nil {
				t.Error(err)
			}
		})
	}
	close(begin)
	both.Wait()
	leader = -1
	for i, a := range answers {
		switch {
		case a == nil && leader >= 0:
			t.Fatalf("both lead with %s", amount)
		case a == nil:
			leader = two[i]
		case a.Code != tooLow || len(a.Errors) != 1 || a.Errors[0].Field != amountField || centsOf(a.Refusal.Least) != least:
			t.Errorf("got %+v, want %s at the field %s with %s", a, tooLow, amountField, least)
		}
	}
	if leader < 0 {
		t.Fatalf("nobody leads with %s: %+v, %+v", amount, answers[0], answers[1])
	}
	return leader
}
