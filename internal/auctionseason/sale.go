package auctionseason

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"ironstar.dev"
)

// sale is what is planned for a lot. What becomes a part of the log is decided when its
// time has come.
type sale struct {
	id, title   string
	shelf       shelf
	seller      *person
	start, step float64
	reserve     *float64

	drafted, opens, ends time.Time
	fate                 fate

	demand float64 // how many people want it, compared with other lots
	bids   int     // that are planned
	pool   []*person
}

// fate is what a seller does with a lot.
type fate int

const (
	offered fate = iota
	forgotten
	withdrawn
	ignored // nobody bids
)

const (
	grace    = time.Minute
	overhang = 7 * 24 * time.Hour // so much later than the season the last lots end
	growth   = .6                 // so much busier is the end of the season than its beginning
)

// newSale draws a lot that ends at a time of the season.
func newSale(random *rand.Rand, n int, seller *person, from, until time.Time) *sale {
	l := &sale{shelf: anyShelf(random), seller: seller}
	l.title = l.shelf.title(random)
	l.id = fmt.Sprintf("%s-%06d", slug(l.title), n)
	last := until.Add(overhang)
	for l.ends.IsZero() || random.Float64()*(1+growth) > 1+growth*l.ends.Sub(from).Hours()/last.Sub(from).Hours() {
		l.ends = rhythmic(random, from.Add(time.Hour), last).Truncate(time.Minute)
	}
	length := []time.Duration{1, 3, 5, 7, 7, 10}[random.IntN(6)] * 24 * time.Hour
	l.opens = l.ends.Add(-length)
	if l.opens.Before(from) {
		l.opens = between(random, from, l.ends)
	}
	l.drafted = l.opens.Add(-time.Duration(random.ExpFloat64() * float64(3*time.Hour))).Truncate(time.Millisecond)
	switch n := random.IntN(100); {
	case n < 3:
		l.fate = forgotten
	case n < 7:
		l.fate = withdrawn
	case n < 15:
		l.fate = ignored
	default:
		l.demand = l.shelf.interest * math.Exp(1.05*random.NormFloat64())
	}
	return l
}

// share is which part of the bids come before a time, about.
func (l *sale) share(until time.Time) float64 {
	if !l.ends.After(until) {
		return 1
	}
	return max(0, .5*float64(until.Sub(l.opens))/float64(l.ends.Sub(l.opens)))
}

// price sets amounts such that so many bids lead to about what the lot is worth.
func (l *sale) price(random *rand.Rand, bids int) {
	value := l.shelf.value(random)
	l.bids = bids
	l.step = round(value / (1.7*float64(bids) + 1))
	l.start = max(l.step, round(value*(.1+.3*random.Float64())))
	if random.IntN(5) == 0 && bids > 0 {
		reserve := math.Round((l.start + 1.4*float64(bids)*l.step) * (.5 + .8*random.Float64()))
		l.reserve = &reserve
	}
}

// times are when people bid: some at once, some when they have time, and many shortly
// before the end. Sometimes people answer one another in the last minute.
func (l *sale) times(random *rand.Rand) (all []time.Time) {
	duel := 0
	if l.bids >= 4 && random.IntN(5) < 2 {
		duel = 1 + random.IntN(min(l.bids/2, 8))
	}
	for range l.bids - duel {
		at := rhythmic(random, l.opens, l.ends)
		switch kind := random.Float64(); {
		case kind < .2:
			at = soon(random, l.opens, 6*time.Hour)
		case kind > .6:
			at = soon(random, l.ends, 25*time.Minute)
			at = l.ends.Add(-at.Sub(l.ends))
		}
		if at.Before(l.opens) || !at.Before(l.ends) {
			at = between(random, l.opens, l.ends)
		}
		all = append(all, at)
	}
	slices.SortFunc(all, time.Time.Compare)
	at := l.ends.Add(-time.Minute)
	for range duel {
		at = at.Add(5*time.Second + time.Duration(random.Int64N(int64(45*time.Second)))).Truncate(time.Millisecond)
		all = append(all, at)
	}
	return all
}

// interested draws the people who want the lot.
func (l *sale) interested(random *rand.Rand, p *people) {
	for range 3 + l.bids/4 {
		l.pool = append(l.pool, p.somebody(random))
	}
}

// anyone draws somebody who wants the lot, or, if they cannot bid, somebody else.
func (l *sale) anyone(random *rand.Rand, p *people, try int) *person {
	if try < 6 && len(l.pool) > 0 {
		return l.pool[random.IntN(len(l.pool))]
	}
	return p.somebody(random)
}

func times(d ironstar.Decimal, n int) (sum ironstar.Decimal) {
	for range n {
		sum = sum.Add(d)
	}
	return sum
}
