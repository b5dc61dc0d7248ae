package auctionseason

import (
	"ironstar.dev/gen/auction"
)

// tries is how many people want to bid at a moment, until one is not refused: the others
// lead already, or lead on too many lots.
const tries = 16

// bid lets somebody bid for a lot.
func (s *Season) bid(l *sale) error {
	for try := range tries {
		open, ok := s.state(l).(auction.LotStateOpen)
		if !ok {
			return nil
		}
		who := l.anyone(s.random, s.people, try)
		if who == l.seller {
			continue
		}
		if leads := open.Leader != nil && open.Leader.Bidder == who.session; leads {
			if err := s.goFurther(l, who, open); err != nil {
				return err
			}
			continue
		}
		if err := who.known(s.world); err != nil {
			return err
		}
		err := s.world.do(auction.LotKind, l.id, s.offer(l, who, open))
		if refused(err) {
			s.Refused++
			continue
		}
		if err == nil {
			s.Taken++
		}
		return err
	}
	return nil
}

// offer is a little more than what is asked for, every third one with a maximum.
func (s *Season) offer(l *sale, who *person, open auction.LotStateOpen) auction.LotBid {
	c := auction.LotBid{Bidder: who.session, At: s.world.now, Amount: open.Terms.Start}
	if open.Leader != nil {
		c.Amount = open.Leader.Amount.Add(open.Terms.Step)
	}
	if s.random.IntN(4) == 0 {
		c.Amount = c.Amount.Add(open.Terms.Step)
	}
	if s.random.IntN(3) == 0 {
		c.Maximum = new(c.Amount.Add(times(open.Terms.Step, 1+s.random.IntN(5))))
	}
	return c
}

// goFurther lets somebody who leads raise their maximum, now and then.
func (s *Season) goFurther(l *sale, who *person, open auction.LotStateOpen) error {
	if s.random.IntN(12) > 0 {
		return nil
	}
	most := open.Leader.Maximum.Add(times(open.Terms.Step, 1+s.random.IntN(3)))
	err := s.world.do(auction.LotKind, l.id, auction.LotBid{Bidder: who.session, At: s.world.now, Amount: most, Maximum: &most})
	if refused(err) {
		return nil
	}
	return err
}
