package year_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// busy lets people register, sell and bid, until quiet.
func (h *house) busy(*testscript.TestScript, ...string) error {
	h.stop = make(chan struct{})
	for n := range 6 {
		h.workers.Go(func() {
			for turn := 0; ; turn++ {
				select {
				case <-h.stop:
					return
				default:
				}
				if err := h.act(fmt.Sprint(n, "-", turn)); err != nil {
					h.mu.Lock()
					h.failed = errors.Join(h.failed, err)
					h.mu.Unlock()
					return
				}
			}
		})
	}
	return nil
}

// quiet lets people stop.
func (h *house) quiet(*testscript.TestScript, ...string) error {
	close(h.stop)
	h.workers.Wait()
	h.figure("%d commands were acknowledged, refused were %v; the longest wait for an answer was %v", len(h.notes.taken), h.notes.refused, h.notes.longest.Round(time.Millisecond))
	for code := range h.notes.refused {
		if !slices.Contains([]string{"TooLow", "NotOpen", "OwnLot", "LeadingAlready", "MaximumTooLow", "TooManyLeads", "HasBids", "HandleTaken", "TitleTaken"}, code) {
			h.failed = errors.Join(h.failed, fmt.Errorf("somebody was refused with %s", code))
		}
	}
	return h.failed
}

// act does one thing.
func (h *house) act(id string) (err error) {
	who, what := h.choose()
	switch rand.IntN(20) {
	case 0:
		return h.newcomer()
	case 1, 2:
		return h.short(who, id)
	case 3:
		if !strings.HasPrefix(what.id, "short") {
			return nil // the story goes on about the others
		}
		_, err = what.seller.withdraw(what.id)
	case 4, 5, 6:
		_, err = who.bid(what.id, fmt.Sprint(100+rand.IntN(800)))
	default:
		_, err = who.bid(what.id, "")
	}
	return err
}

// choose returns somebody, and one of the lots of which many were opened lately.
func (h *house) choose() (*person, *lot) {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := h.lots
	if rand.IntN(2) == 0 {
		all = all[max(0, len(all)-20):]
	}
	return h.people[rand.IntN(len(h.people))], all[rand.IntN(len(all))]
}

// first returns the first visitor and the first lot that is open. It stays open.
func (h *house) first() (*person, *lot) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.people[0], h.lots[0]
}

// newcomer registers somebody. Others may have the name.
func (h *house) newcomer() error {
	p, err := newPerson(h.client.URL, &h.notes)
	if err != nil {
		return err
	}
	if refused, err := p.register(fmt.Sprint("visitor-", rand.IntN(200))); refused != "" || err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.people = append(h.people, p)
	return nil
}

// short sells a lot that ends within seconds. Others may have the title.
func (h *house) short(seller *person, id string) error {
	l := &lot{"short-" + id, seller}
	if refused, err := seller.draft(l.id, fmt.Sprint("A lamp of today, number ", rand.IntN(25)), "PT0.5S"); refused != "" || err != nil {
		return err
	}
	if refused, err := seller.open(l.id, time.Second+time.Duration(rand.IntN(8000))*time.Millisecond); refused != "" || err != nil {
		return errors.Join(err, errors.New(refused))
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lots = append(h.lots, l)
	return nil
}
