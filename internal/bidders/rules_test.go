package bidders

import (
	"slices"
	"testing"
)

// ruled is a lot as the rules of the house want it, folded from what people sent.
type ruled struct {
	t     *testing.T
	lot   string
	given map[string]*command // by key and session

	step, start cents
	grace, ends int64
	leader      string
	handle      string
	price, most cents // of the leader
	bids        []shown
	at          []int64          // positions of the bids
	public      map[cents]int64  // the first position at which everybody may see an amount
	last        map[string]cents // the last bid of each bidder
	sold, paid  int
	stored      map[string]bool // commands
	closed      bool
}

// rule folds the log of a lot, and compares it with the commands.
func rule(t *testing.T, l *log, lot string, all []*person) *ruled {
	t.Helper()
	r := &ruled{t: t, lot: lot, given: map[string]*command{}, public: map[cents]int64{}, last: map[string]cents{}, stored: map[string]bool{}}
	for _, p := range all {
		for _, c := range p.given {
			if c.lot == lot {
				r.given[c.key+" "+p.session] = c
			}
		}
	}
	for _, g := range l.lots[lot] {
		r.group(g, l.handles)
	}
	for key, c := range r.given {
		switch {
		case !c.done:
			t.Errorf("%s: the bid %s was not answered", lot, key)
		case c.refused != "" && r.stored[key]:
			t.Errorf("%s: the bid %s was refused with %s, and is stored", lot, key, c.refused)
		case c.refused == "" && c.receipt.First > 0 && !r.stored[key]:
			t.Errorf("%s: the bid %s was acknowledged at %d, and is lost", lot, key, c.receipt.First)
		}
	}
	if r.sold != 1 || r.paid != 1 {
		t.Errorf("%s was sold %d times and paid %d times", lot, r.sold, r.paid)
	}
	return r
}

// group folds what one command led to.
func (r *ruled) group(g *group, handles map[string]string) {
	r.t.Helper()
	e := g.events[0]
	switch e.is {
	case "drafted":
		r.start, r.step, r.grace = e.amount, e.step, e.grace
		r.publish(g.first, e.amount, e.step)
		return
	case "opened":
		r.ends = e.at
		return
	case "sold":
		if r.sold++; r.closed || e.bidder != r.leader || e.handle != r.handle || e.amount != r.price {
			r.t.Errorf("%s at %d: sold to %s for %s, want %s, %s", r.lot, g.first, e.handle, e.amount, r.handle, r.price)
		}
		r.closed = true
		return
	case "paid", "failed":
		r.paid++
		return
	}
	id := g.key + " " + g.session
	c := r.given[id]
	r.stored[id] = true
	if c == nil || r.closed {
		r.t.Errorf("%s at %d: nobody gave the command %s, or it comes after the end: %+v", r.lot, g.first, id, g.events)
		return
	}
	if c.refused == "" && c.receipt.First > 0 && c.receipt != (receipt{g.first, g.last, g.version}) {
		r.t.Errorf("%s at %d: %s is stored at %d to %d, and the receipt is %+v", r.lot, g.first, id, g.first, g.last, c.receipt)
	}
	r.bid(g, c, handles)
}

// bid compares what a bid led to with the rules.
func (r *ruled) bid(g *group, c *command, handles map[string]string) {
	most := max(c.amount, c.maximum)
	if r.leader == g.session {
		if len(g.events) != 1 || g.events[0].is != "maximum" || g.events[0].maximum != most || most <= r.most {
			r.t.Errorf("%s at %d: the leader with %s gave %+v, and it led to %+v", r.lot, g.first, r.most, c, g.events)
		}
		r.most = most
		return
	}
	least := r.least()
	if c.amount < least {
		r.t.Errorf("%s at %d: %s was taken, the least was %s", r.lot, g.first, c.amount, least)
	}
	leader, handle, price, high := r.leader, r.handle, min(r.most, most+r.step), r.most
	if r.leader == "" || most > r.most {
		leader, handle, high = g.session, handles[g.session], most
		if price = c.amount; r.leader != "" {
			price = max(c.amount, min(most, r.most+r.step))
		}
	}
	before := r.price
	r.fold(g)
	if r.leader != leader || r.price != price || r.handle != handle || before > 0 && price < before+r.step {
		r.t.Errorf("%s at %d: after %+v %s leads with %s, want %s with %s; before it was %s", r.lot, g.first, c, r.handle, r.price, handle, price, before)
	}
	r.leader, r.handle, r.price, r.most = leader, handle, price, high
	r.publish(g.first, price+r.step)
}

// fold folds the events of a bid.
func (r *ruled) fold(g *group) {
	at, moved := int64(0), false
	for i, e := range g.events {
		position := g.first + int64(i)
		switch e.is {
		case "bid":
			r.leader, r.handle, at = e.bidder, e.handle, e.at
			r.change(position, e.bidder, shown{e.amount, e.handle, "bid"})
		case "topped":
			at = e.at
			r.bids = append(r.bids, shown{e.amount, e.handle, "topped"})
			r.at, r.last[e.bidder] = append(r.at, position), e.amount
			r.publish(position, e.amount)
		case "raised":
			if e.bidder != r.leader {
				r.t.Errorf("%s at %d: the house bids for somebody who does not lead", r.lot, position)
			}
			r.change(position, e.bidder, shown{e.amount, r.handle, "raised"})
		case "extended":
			if moved = true; e.at != r.ends+r.grace {
				r.t.Errorf("%s at %d: the end is moved to %d, want %d", r.lot, position, e.at, r.ends+r.grace)
			}
		default:
			r.t.Errorf("%s at %d: a bid led to %+v", r.lot, position, e)
		}
	}
	if at >= r.ends || moved != (r.ends-at < r.grace) {
		r.t.Errorf("%s at %d: a bid %d ns before the end moved it: %t", r.lot, g.first, r.ends-at, moved)
	}
	if moved {
		r.ends += r.grace
	}
}

// change changes the price, which never falls.
func (r *ruled) change(position int64, bidder string, b shown) {
	if b.amount < r.price {
		r.t.Errorf("%s at %d: the price falls from %s to %s", r.lot, position, r.price, b.amount)
	}
	r.price, r.last[bidder] = b.amount, b.amount
	r.bids, r.at = append(r.bids, b), append(r.at, position)
	r.publish(position, b.amount, b.amount+r.step)
}

func (r *ruled) publish(position int64, amounts ...cents) {
	for _, a := range amounts {
		if r.public[a] == 0 {
			r.public[a] = position
		}
	}
}

func (r *ruled) least() cents {
	if r.leader == "" {
		return r.start
	}
	return r.price + r.step
}

// checkFrame compares what a room showed at a position with the log, and looks for
// amounts that nobody may have seen then.
func (r *ruled) checkFrame(f *frame) {
	r.t.Helper()
	checkAmounts(r.t, r.lot, f, []*ruled{r})
	n, _ := slices.BinarySearch(r.at, f.at+1) // bids up to there
	for i, b := range f.bids {
		if i >= n || r.bids[n-1-i] != b {
			r.t.Errorf("%s at %d: line %d of %d bids is %+v", r.lot, f.at, i, n, b)
			return
		}
	}
	if n > 0 && len(f.bids) == 0 {
		r.t.Errorf("%s shows no bids at %d, where there are %d", r.lot, f.at, n)
	}
}

// checkAmounts looks for amounts on a page that nobody may have seen at its position.
func checkAmounts(t *testing.T, page string, f *frame, lots []*ruled) {
	t.Helper()
	for _, a := range f.amounts {
		isPublic := slices.ContainsFunc(lots, func(r *ruled) bool {
			first, ok := r.public[a]
			return ok && first <= f.at
		})
		if !isPublic {
			t.Errorf("the page %s shows %s at %d, which is secret", page, a, f.at)
			return
		}
	}
}

// checkSecrets looks for maxima that nobody has reached on whole pages, also on those of
// the winners.
func checkSecrets(t *testing.T, pages map[string]string, lots []*ruled) {
	t.Helper()
	for _, r := range lots {
		known := func(x *ruled) bool { return x.public[r.most] > 0 }
		if slices.ContainsFunc(lots, known) {
			continue
		}
		for name, page := range pages {
			if slices.Contains(amountsIn(page), r.most) {
				t.Errorf("the page %s has the maximum of the winner of %s, %s: %s", name, r.lot, r.most, page)
			}
		}
	}
}
