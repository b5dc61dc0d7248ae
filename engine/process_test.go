package engine_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ironstar.dev"
)

var (
	setExpire    = ironstar.Action{Do: ironstar.Set, Name: "Expire"}
	cancelExpire = ironstar.Action{Do: ironstar.Cancel, Name: "Expire"}
	charge       = ironstar.Action{Do: ironstar.Perform, Name: "Charge", Data: []byte(`{"n":1}`)}
)

// TestG21_CommandsOfAProcess: an event leads to commands, each once, in order.
func TestG21_CommandsOfAProcess(t *testing.T) {
	for _, by := range []ironstar.Keying{ironstar.ByStream, ironstar.Global, ironstar.ByField} {
		t.Run(fmt.Sprint(by), func(t *testing.T) {
			store := openStore(t)
			s := newShop(t, store, seller{by: by, react: on("placed", command("", "pack"), command("", "ship"))})
			s.do("a", "placed")
			s.do("b", "looked")
			s.do("b", "placed")
			s.awaitEvents("a", "placed", "pack", "ship")
			s.awaitEvents("b", "looked", "placed", "pack", "ship")
			s.settled()
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = newShop(t, store, seller{by: by, react: on("placed", command("", "pack"), command("", "ship"))})
			s.do("c", "placed")
			s.settled()
			s.awaitEvents("a", "placed", "pack", "ship")
			s.awaitEvents("c", "placed", "pack", "ship")
		})
	}
}

// TestG21_StartsNow: what happened before the first start leads to nothing, but is
// folded; unless the process begins at the beginning.
func TestG21_StartsNow(t *testing.T) {
	for _, begin := range []bool{false, true} {
		t.Run(fmt.Sprint(begin), func(t *testing.T) {
			store := openStore(t)
			before := newShop(t, store, seller{name: "test.Other"})
			before.do("a", "placed")
			before.Close()
			seen := func(s order, e ordered, r *ironstar.Record) []ironstar.Action {
				if e.Is != "placed" && e.Is != "asked" {
					return nil
				}
				return []ironstar.Action{command(r.Stream.ID, fmt.Sprint("saw", s.done["placed"]))}
			}
			s := newShop(t, store, seller{begin: begin, react: seen})
			s.do("a", "asked")
			want := []string{"placed", "asked", "saw1"}
			if begin {
				want = []string{"placed", "asked", "saw1", "saw1"}
			}
			s.settled()
			got := s.events("a")
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// TestG21_Timers: a timer leads to a command when it is due, once, also when the
// server was down at that moment. It can be set again and canceled.
func TestG21_Timers(t *testing.T) {
	store := openStore(t)
	react := func(s order, e ordered, r *ironstar.Record) []ironstar.Action {
		switch e.Is {
		case "placed":
			return on("placed", setExpire)(s, e, r)
		case "paid":
			return []ironstar.Action{cancelExpire}
		}
		return nil
	}
	s := newShop(t, store, seller{react: react})
	s.append("soon", ordered{Is: "placed", After: 20 * time.Millisecond})
	s.append("later", ordered{Is: "placed", After: time.Hour})
	s.append("again", ordered{Is: "placed", After: time.Hour})
	s.append("again", ordered{Is: "placed", After: 10 * time.Millisecond})
	s.append("paid", ordered{Is: "placed", After: time.Hour})
	s.append("paid", ordered{Is: "paid"})
	s.append("past", ordered{Is: "placed", After: -time.Hour})
	s.awaitEvents("soon", "placed", "expire")
	s.awaitEvents("again", "placed", "placed", "expire")
	s.awaitEvents("past", "placed", "expire")
	s.pause(true)
	s.append("down", ordered{Is: "placed", After: time.Millisecond})
	s.awaitProcess("two timers", func(p ironstar.StoredProcess) bool { return p.Timers == 2 })
	s.closePaused()
	s = newShop(t, store, seller{react: react})
	s.awaitEvents("down", "placed", "expire")
	s.awaitEvents("paid", "placed", "paid")
	s.awaitEvents("later", "placed")
	s.awaitProcess("one timer", func(p ironstar.StoredProcess) bool { return p.Timers == 1 })
}

// TestG21_ADeadlineThatWasMoved: an event in the tail of the log, which the process has
// not seen, moves a deadline that passed while the server was down. It does not fall.
func TestG21_ADeadlineThatWasMoved(t *testing.T) {
	store := openStore(t)
	d := seller{react: on("placed", setExpire)}
	s := newShop(t, store, d)
	s.settled()
	s.pause(true)
	s.append("a", ordered{Is: "placed"})
	s.awaitProcess("a timer", func(p ironstar.StoredProcess) bool { return p.Timers == 1 })
	s.closePaused()
	for range 300 { // so that there is a tail to read
		s.append("b", ordered{Is: "looked"})
	}
	s.append("a", ordered{Is: "placed", After: time.Hour})
	s = newShop(t, store, d)
	s.settled()
	s.awaitEvents("a", "placed", "placed")
}

// TestG21_ThePresentOfATimer: the present of its command is not before it was due.
func TestG21_ThePresentOfATimer(t *testing.T) {
	s := newShop(t, openStore(t), seller{react: on("placed", setExpire)})
	s.append("a", ordered{Is: "placed", After: time.Millisecond})
	s.awaitEvents("a", "placed", "expire")
	var placed, expired time.Time
	for r, err := range s.store.Log(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Position == 1 {
			placed = r.RecordedAt
		} else {
			events, _ := decodeOrdered(r)
			expired = events[0].Now
		}
	}
	if expired.Before(placed.Add(time.Millisecond)) {
		t.Errorf("it was due a millisecond after %v, and was given at %v", placed, expired)
	}
}

// TestG21_Effects: an effect is tried until it works, and its answer is a command. It
// has the same key each time.
func TestG21_Effects(t *testing.T) {
	var tries atomic.Int64
	keys := make(chan string, 100)
	s := newShop(t, openStore(t), seller{react: on("placed", charge), perform: func(_ context.Context, try ironstar.Try, data []byte) (ironstar.Action, error) {
		keys <- try.Key + " " + string(data)
		if int(tries.Add(1)) != try.Number {
			t.Errorf("try %d is the %d.", try.Number, tries.Load())
		}
		if try.Number < 3 {
			return ironstar.Action{}, errors.New("not now")
		}
		return command("a", "paid"), nil
	}})
	s.do("a", "placed")
	s.awaitEvents("a", "placed", "paid")
	s.settled()
	first := <-keys
	for range 2 {
		if next := <-keys; next != first {
			t.Errorf("keys %s and %s", first, next)
		}
	}
	if len(keys) > 0 {
		t.Error("it was done again")
	}
}

// TestG21_SlowEffectHoldsUpItsKeyOnly: others go on meanwhile, and the key goes on
// afterwards, in order.
func TestG21_SlowEffectHoldsUpItsKeyOnly(t *testing.T) {
	hold := make(chan struct{}) // closed, never sent to
	s := newShop(t, openStore(t), seller{react: on("placed", charge, command("", "ship")), perform: func(ctx context.Context, try ironstar.Try, _ []byte) (ironstar.Action, error) {
		select {
		case <-hold:
		case <-ctx.Done():
		}
		return ironstar.Action{}, ctx.Err()
	}})
	s.do("slow", "placed")
	s.awaitProcess("the slow one", func(p ironstar.StoredProcess) bool { return p.Outgoing == 2 })
	s.do("other", "placed")
	s.awaitProcess("the other", func(p ironstar.StoredProcess) bool { return p.Outgoing == 4 })
	s.do("free", "looked")
	if got := s.events("slow"); len(got) != 1 {
		t.Errorf("what comes after the slow effect was done: %v", got)
	}
	close(hold)
	s.awaitEvents("slow", "placed", "ship")
	s.awaitEvents("other", "placed", "ship")
}

// TestG21_DeadLetters: what cannot be done waits for a person, and what comes after it
// goes on.
func TestG21_DeadLetters(t *testing.T) {
	for what, want := range map[string]string{"refuse": "refused after", "panic": "panic", "unreadable": "unknown command"} {
		t.Run(what, func(t *testing.T) {
			store := openStore(t)
			s := newShop(t, store, seller{react: on("placed", command("", what), command("", "ship"))})
			s.do("a", "placed")
			s.awaitEvents("a", "placed", "ship")
			s.settled()
			dead, err := store.Outgoing(t.Context(), s.name, true, 0, 0, 10)
			if err != nil || len(dead) != 1 || !strings.Contains(dead[0].Reason, want) || dead[0].Name != what {
				t.Errorf("dead letters %+v, %v, want %q", dead, err, want)
			}
			s.Close()
			s = newShop(t, store, seller{react: on("placed", command("", what), command("", "ship"))})
			s.do("b", "looked")
			s.settled()
			s.awaitEvents("a", "placed", "ship")
		})
	}
}

// TestG21_Refused: the process reacts to the refusal of a command.
func TestG21_Refused(t *testing.T) {
	s := newShop(t, openStore(t), seller{
		react: on("placed", command("", "refuse"), command("", "refusefine"), command("", "ship")),
		refused: func(s order, o *ironstar.Outgoing) ([]ironstar.Action, bool) {
			if o.Name == "refuse" {
				return []ironstar.Action{command("a", fmt.Sprint("sorry", s.n))}, true
			}
			return nil, true
		},
	})
	s.do("a", "placed")
	s.settled()
	got := strings.Join(s.events("a"), " ")
	if got != "placed ship sorry1" && got != "placed sorry1 ship" {
		t.Errorf("got %s", got)
	}
	s.awaitProcess("no dead letter", func(p ironstar.StoredProcess) bool { return p.Dead == 0 })
}

// TestG21_ParkedKey: a key whose code fails stands still, loudly, and all others go
// on. A build that can react to its events reacts to all that waited.
func TestG21_ParkedKey(t *testing.T) {
	for _, by := range []ironstar.Keying{ironstar.ByStream, ironstar.ByField} {
		t.Run(fmt.Sprint(by), func(t *testing.T) {
			store := openStore(t)
			broken := seller{by: by, react: func(s order, e ordered, r *ironstar.Record) []ironstar.Action {
				if e.Is == "odd" {
					panic("not yet known")
				}
				return on("placed", command("", "ship"))(s, e, r)
			}}
			s := newShop(t, store, broken)
			s.do("a", "odd")
			s.do("a", "placed")
			s.do("b", "placed")
			s.awaitEvents("b", "placed", "ship")
			s.settled()
			s.awaitEvents("a", "odd", "placed")
			parked, err := store.Parked(t.Context(), s.name)
			if err != nil || len(parked) != 1 || parked[0].Key != "a" || parked[0].Position != 1 || !strings.Contains(parked[0].Reason, "not yet known") {
				t.Errorf("parked %+v, %v", parked, err)
			}
			s.Close()
			s = newShop(t, store, broken) // still
			s.do("a", "placed")
			s.settled()
			s.awaitEvents("a", "odd", "placed", "placed")
			s.Close()
			s = newShop(t, store, seller{by: by, react: on("placed", command("", "ship"))})
			s.awaitEvents("a", "odd", "placed", "placed", "ship", "ship")
			s.awaitProcess("no parked key", func(p ironstar.StoredProcess) bool { return p.Parked == 0 })
		})
	}
}

// TestG21_ALoopEnds: commands that lead to one another without end are stopped.
func TestG21_ALoopEnds(t *testing.T) {
	store := openStore(t)
	s := newShop(t, store, seller{react: on("placed", command("", "placed"))})
	s.do("a", "placed")
	s.awaitProcess("a parked key", func(p ironstar.StoredProcess) bool { return p.Parked == 1 })
	if n := len(s.events("a")); n != 33 {
		t.Errorf("%d events", n)
	}
}

// TestG21_TheSameEventHasTheSameKey: after a restore, an effect has the key that it had
// before, so a provider recognises it.
func TestG21_TheSameEventHasTheSameKey(t *testing.T) {
	var keys []string
	file := filepath.Join(t.TempDir(), "log.db")
	store := openAt(t, file)
	(&shop{t: t, store: store}).append("a", ordered{Is: "placed"}) // no process has run with the file, so a copy is not on hold
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		one := filepath.Join(t.TempDir(), "log.db")
		copied(t, file, one)
		done := make(chan string, 10)
		s := newShop(t, openAt(t, one), seller{begin: true, react: on("placed", charge), perform: func(_ context.Context, try ironstar.Try, _ []byte) (ironstar.Action, error) {
			done <- try.Key
			return ironstar.Action{}, nil
		}})
		keys = append(keys, <-done)
		s.settled()
	}
	if keys[0] != keys[1] {
		t.Errorf("the keys are %q", keys)
	}
}

// TestG21_ARenamedProcess carries on what waits.
func TestG21_ARenamedProcess(t *testing.T) {
	store := openStore(t)
	s := newShop(t, store, seller{react: on("placed", setExpire)})
	s.settled()
	s.pause(true)
	s.append("a", ordered{Is: "placed"})
	s.awaitProcess("a timer", func(p ironstar.StoredProcess) bool { return p.Timers == 1 })
	s.closePaused()
	s = newShop(t, store, seller{name: "test.Vendor", was: []string{"test.Dealer", "test.Seller"}, react: on("placed", setExpire)})
	s.awaitEvents("a", "placed", "expire")
	if _, there, err := store.Process(t.Context(), "test.Seller"); there || err != nil {
		t.Errorf("the old one is there: %v", err)
	}
}
