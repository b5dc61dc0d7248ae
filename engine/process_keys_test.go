package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// oddKeys are keys that are not known of events "odd". fail says how.
func oddKeys(fail func() error) func(*ironstar.Record) ([]string, error) {
	return func(r *ironstar.Record) ([]string, error) {
		events, err := decodeOrdered(r)
		if err == nil && events[0].Is == "odd" {
			err = fail()
		}
		return []string{r.Stream.ID[:1]}, err
	}
}

// reactToOdd ships what is placed, and sets a timer and asks how many there were before
// when something is odd. "paid" cancels the timer.
func reactToOdd(s order, e ordered, r *ironstar.Record) []ironstar.Action {
	switch e.Is {
	case "odd":
		e.After = time.Hour
		return append(on("odd", setExpire)(s, e, r), command(r.Stream.ID, fmt.Sprint("saw", s.done["placed"])))
	case "paid":
		return []ironstar.Action{cancelExpire}
	}
	return on("placed", command("", "ship"))(s, e, r)
}

// TestG21_KeysThatAreNotKnown: an event whose keys are not known is parked, loudly, and the
// process goes on with all others. A build that knows its keys reacts to it once, with the
// state of that moment; a timer that a later event canceled is not set.
func TestG21_KeysThatAreNotKnown(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.New("not yet known") },
		"panic": func() error { panic("not yet known") },
	} {
		t.Run(name, func(t *testing.T) {
			store := openStore(t)
			broken := seller{by: ironstar.ByField, keys: oddKeys(fail), react: reactToOdd}
			s := newShop(t, store, broken)
			s.do("a", "placed")
			s.awaitEvents("a", "placed", "ship")
			s.do("a", "odd")
			s.do("b", "odd")
			s.do("a", "placed")
			s.awaitEvents("a", "placed", "ship", "odd", "placed", "ship")
			s.do("a", "paid")
			s.settled()
			wantUnkeyed(t, store, s.name, 3, 4)
			s.Close()

			s = newShop(t, store, broken) // still
			s.do("c", "placed")
			s.awaitEvents("c", "placed", "ship")
			s.settled()
			wantUnkeyed(t, store, s.name, 3, 4)
			s.Close()

			for range 2 {
				s = newShop(t, store, seller{by: ironstar.ByField, react: reactToOdd})
				s.awaitEvents("a", "placed", "ship", "odd", "placed", "ship", "paid", "saw1")
				s.awaitEvents("b", "odd", "saw0")
				s.settled()
				wantUnkeyed(t, store, s.name)
				timers, _, err := store.Timers(t.Context(), s.name, time.Now().Add(2*time.Hour), 10)
				if err != nil || len(timers) != 1 || timers[0].Key != "b" {
					t.Errorf("timers are %+v, %v; want the one of b", timers, err)
				}
				s.Close()
			}
		})
	}
}

// TestG21_ABuildThatForgetsKeys: a build that no longer knows the keys of an event to which
// the process has reacted goes on, says so, and does not react to it again.
func TestG21_ABuildThatForgetsKeys(t *testing.T) {
	store := openStore(t)
	var charged atomic.Int64
	whole := seller{by: ironstar.ByField, react: on("odd", charge, command("", "ship")), perform: func(context.Context, ironstar.Try, []byte) (ironstar.Action, error) {
		charged.Add(1)
		return ironstar.Action{}, nil
	}}
	forgetful := whole
	forgetful.keys = oddKeys(func() error { return errors.New("forgotten") })
	forgetful.react = on("placed", command("", "ship"))
	run := func(d seller, id, is string, parked ...ironstar.Position) {
		t.Helper()
		s := newShop(t, store, d)
		s.do(id, is)
		s.awaitEvents(id, is, "ship")
		s.settled()
		wantUnkeyed(t, store, s.name, parked...)
		s.Close()
	}
	run(whole, "a", "odd")
	run(forgetful, "b", "placed", 1)
	run(whole, "c", "odd")
	if n := charged.Load(); n != 2 {
		t.Errorf("charged %d times, want once for each odd event", n)
	}
}

// TestG21_LateEventsInTheirOrder: a build that knows the keys of several events reacts to
// them in their order.
func TestG21_LateEventsInTheirOrder(t *testing.T) {
	store := openStore(t)
	s := newShop(t, store, seller{by: ironstar.ByField, keys: oddKeys(func() error { return errors.New("not yet known") }), react: reactToOdd})
	var first, late []string
	for i := range 6 {
		s.do("a", "odd")
		s.do("a", "placed")
		first, late = append(first, "odd", "placed", "ship"), append(late, fmt.Sprint("saw", i))
		s.awaitEvents("a", first...)
	}
	s.settled()
	s.Close()
	s = newShop(t, store, seller{by: ironstar.ByField, react: reactToOdd})
	s.awaitEvents("a", append(first, late...)...)
}

// TestDryRunOfKeysThatAreNotKnown: a dry run names the event, and goes on with the others.
func TestDryRunOfKeysThatAreNotKnown(t *testing.T) {
	store := openStore(t)
	s := newShop(t, store, seller{by: ironstar.ByField, keys: oddKeys(func() error { return errors.New("not yet known") }), react: reactToOdd})
	s.do("a", "odd")
	s.do("b", "placed")
	s.awaitEvents("b", "placed", "ship")
	var found []string
	got, err := s.DryRun(t.Context(), store, s.name, 0, func(d engine.DryAction) { found = append(found, d.String()) })
	if err != nil || len(got.Failed) != 1 || !strings.Contains(got.Failed[0].Error(), "test.Order/a at 1 concerns: not yet known") || len(found) != 1 {
		t.Errorf("%+v, %v, found %q", got, err, found)
	}
}

// wantUnkeyed expects events that are parked because their keys are not known, and nothing else.
func wantUnkeyed(t *testing.T, store ironstar.Store, process string, want ...ironstar.Position) {
	t.Helper()
	parked, err := store.Parked(t.Context(), process)
	if err != nil {
		t.Fatal(err)
	}
	var got []ironstar.Position
	for _, k := range parked {
		at, unkeyed := k.Unkeyed()
		if !unkeyed || !strings.Contains(k.Reason, "it is not known which keys test.Order/") {
			t.Errorf("parked %+v", k)
		}
		got = append(got, at)
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("the events %v are parked, want %v", got, want)
	}
}
