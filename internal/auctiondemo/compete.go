package auctiondemo

import (
	"errors"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// compete lets people bid for a lot between two times. Below a high reserve one person
// bids once, and for some lots nobody does.
func (h *house) compete(l lot, seller person, from, to time.Time) error {
	bids := 2 + h.random.IntN(7)
	if l.fate == "unsold" {
		bids = 0
		if l.reserve != nil {
			bids = 1
		}
	}
	if l.fate == "open" {
		to = h.now
	}
	at := from
	for n := range bids {
		at = at.Add(to.Sub(at) / time.Duration(bids-n+1)).Truncate(time.Second)
		if n == bids-1 && l.fate == "sold" && h.random.IntN(3) == 0 {
			at = to.Add(-20 * time.Second) // in the last minute, which moves the end
		}
		if err := h.bid(l, seller, at); err != nil {
			return err
		}
	}
	if l.fate != "sold" || l.reserve == nil {
		return nil
	}
	return h.meet(l, seller, at.Add(time.Second))
}

// bid lets somebody bid a little more than is needed, every third one with a maximum.
func (h *house) bid(l lot, seller person, at time.Time) error {
	who := h.somebody(seller)
	o, err := h.open(l.id)
	if err != nil {
		return err
	}
	c := auction.LotBid{Bidder: who.session, At: at, Amount: o.Terms.Start}
	if o.Leader != nil {
		c.Amount = o.Leader.Amount.Add(times(l.step, 1+h.random.IntN(2)))
	}
	if l.fate != "unsold" && h.random.IntN(3) == 0 {
		c.Maximum = new(c.Amount.Add(times(l.step, 2+h.random.IntN(6))))
	}
	return h.offer(l.id, c)
}

// meet lets somebody bid the reserve, if nobody has.
func (h *house) meet(l lot, seller person, at time.Time) error {
	o, err := h.open(l.id)
	if err != nil || o.Leader != nil && o.Leader.Amount.Cmp(*l.reserve) >= 0 {
		return err
	}
	who := h.somebody(seller)
	for o.Leader != nil && o.Leader.Bidder == who.session {
		who = h.somebody(seller)
	}
	return h.offer(l.id, auction.LotBid{Bidder: who.session, At: at, Amount: l.reserve.Add(l.step)})
}

// offer gives a bid. People also bid what is refused: they lead already, or on too many lots.
func (h *house) offer(id string, c auction.LotBid) error {
	err := h.do(id, c)
	if refused := ironstar.Refusal(nil); errors.As(err, &refused) {
		return nil
	}
	h.bids++
	return err
}

// somebody is anybody but the seller.
func (h *house) somebody(seller person) person {
	for {
		if p := h.people[h.random.IntN(len(h.people))]; p != seller {
			return p
		}
	}
}

func times(d ironstar.Decimal, n int) (sum ironstar.Decimal) {
	for range n {
		sum = sum.Add(d)
	}
	return sum
}
