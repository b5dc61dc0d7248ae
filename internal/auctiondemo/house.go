package auctiondemo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
)

// handles are the names of the people who sell and bid.
var handles = []string{"ada", "bruno", "carla", "dario", "elif", "farid", "greta", "henri", "ines", "jonas", "kaya", "luca"}

// person is somebody with a session.
type person struct{ session, handle string }

// house gives the commands that fill a database.
type house struct {
	ctx    context.Context
	engine *engine.Engine
	parts  auctionhttp.Parts
	now    time.Time
	random *rand.Rand
	people []person
	lots   []lot
	fates  map[string]int
	bids   int
	todos  []todoList
}

func newHouse(ctx context.Context, e *engine.Engine, now time.Time) (*house, error) {
	parts, err := auctionhttp.PartsOf(e)
	if err != nil {
		return nil, err
	}
	h := &house{ctx: ctx, engine: e, parts: parts, now: now.Truncate(time.Second), random: rand.New(rand.NewPCG(1, 2)), fates: map[string]int{}, todos: todoLists}
	for _, handle := range handles {
		sum := sha256.Sum256([]byte("demonstration " + handle))
		h.people = append(h.people, person{hex.EncodeToString(sum[:16]), handle})
	}
	h.lots, err = lots()
	return h, err
}

// fill lets everything happen that a newcomer sees. Meanwhile no hammer falls by itself,
// because the ends of most lots lie in the past.
func (h *house) fill() error {
	if err := h.pauseHammer(true); err != nil {
		return err
	}
	for _, p := range h.people {
		if _, err := h.parts.Bidder.Do(h.ctx, p.session, auction.BidderRegister{Handle: p.handle}); err != nil {
			return fmt.Errorf("register %s: %w", p.handle, err)
		}
	}
	for i, l := range h.lots {
		if err := h.sell(i, l); err != nil {
			return fmt.Errorf("lot %s: %w", l.id, err)
		}
	}
	if err := h.writeTodos(); err != nil {
		return err
	}
	return h.pauseHammer(false)
}

func (h *house) pauseHammer(paused bool) error {
	return h.engine.ChangeProcess(h.ctx, auction.HammerName, func(step *ironstar.Step, _ ironstar.StoredProcess) error {
		step.Paused = &paused
		return nil
	})
}

// sell describes a lot, and does with it what its fate is.
func (h *house) sell(i int, l lot) error {
	seller := h.people[i%len(h.people)]
	h.fates[l.fate]++
	opens, ends := h.times(l.fate)
	err := h.do(l.id, auction.LotDraft{Seller: seller.session, Title: l.title, Category: l.category, Description: l.description, Start: l.start, Step: l.step, Reserve: l.reserve, Grace: time.Minute})
	if err != nil || l.fate == "draft" {
		return err
	}
	if err := h.do(l.id, auction.LotOpen{By: seller.session, At: opens, Ends: ends}); err != nil {
		return err
	}
	if l.fate == "withdrawn" {
		return h.do(l.id, auction.LotWithdraw{By: seller.session})
	}
	if err := h.compete(l, seller, opens, ends); err != nil || l.fate == "open" {
		return err
	}
	o, err := h.open(l.id)
	if err != nil {
		return err
	}
	return h.do(l.id, auction.LotClose{At: o.Ends})
}

// times says when a lot opens and ends. Of those that are open, each one ends later than
// the one before, and the distances grow.
func (h *house) times(fate string) (opens, ends time.Time) {
	n := h.fates[fate]
	if fate != "open" {
		ends = h.now.Add(-time.Duration(n)*7*time.Hour - time.Duration(h.random.IntN(3600))*time.Second)
		return ends.Add(-48 * time.Hour), ends
	}
	left := 3 * time.Minute
	for range n - 1 {
		left = left * 8 / 5
	}
	return h.now.Add(-26 * time.Hour), h.now.Add(left + time.Duration(h.random.IntN(60))*time.Second)
}

// do gives a command to a lot, and waits until the processes have done what it leads to.
func (h *house) do(id string, c auction.LotCommand) error {
	receipt, err := h.parts.Lot.Do(h.ctx, id, c)
	return errors.Join(err, h.engine.Wait(h.ctx, receipt.Last), h.engine.SettleProcesses(h.ctx))
}

// open returns a lot for which people bid.
func (h *house) open(id string) (o auction.LotStateOpen, err error) {
	err = h.parts.Room.Read(id, func(s auction.LotState, _, _ ironstar.Position) error {
		var ok bool
		if o, ok = s.(auction.LotStateOpen); !ok {
			return fmt.Errorf("it is not open but %T", s)
		}
		return nil
	})
	return o, err
}
