package engine_test

import (
	"errors"
	"fmt"
	"testing"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// TestG6_RepeatedLongAfterItsFirstTry repeats a stored command when the state has changed so
// that decide would refuse it, do nothing, panic, or do it again: while the
// command is remembered, when it is not any more, and in an engine that never
// had it.
func TestG6_RepeatedLongAfterItsFirstTry(t *testing.T) {
	again := map[string]entry{
		"done":    {ID: "other"},
		"nothing": {ID: "first"},
		"refused": {ID: "x", N: -1},
		"panics":  {ID: "panic"},
	}
	store := openStore(t)
	h := startLedgers(t, store, engine.Options{})
	other := engine.New(store, engine.Options{})
	unknowing := engine.Run(other, aggregate())
	start(t, other)

	receipts := map[string]ironstar.Receipt{}
	for name := range again {
		got, err := h.Handle(t.Context(), name, withID("id", 1, entry{ID: "first"}))
		if err != nil {
			t.Fatal(err)
		}
		receipts[name] = got
	}
	same := func(when string, h engine.Handler[entry]) {
		t.Helper()
		for name, c := range again {
			before := len(stored(t, store, name))
			if got, err := h.Handle(t.Context(), name, withID("id", 1, c)); err != nil || got != receipts[name] {
				t.Errorf("%s, %s: got %+v, %v, want %+v", when, name, got, err, receipts[name])
			}
			if _, err := h.Handle(t.Context(), name, withID("id", 2, c)); !errors.Is(err, ironstar.ErrCommandReused) {
				t.Errorf("%s, %s: another request got %v", when, name, err)
			}
			if after := len(stored(t, store, name)); after != before {
				t.Errorf("%s, %s: %d events became %d", when, name, before, after)
			}
		}
	}
	same("remembered", h)
	for name := range again {
		for n := range 20 {
			if _, err := h.Handle(t.Context(), name, withID(fmt.Sprint("later ", n), 1, entry{ID: fmt.Sprint("later ", n)})); err != nil {
				t.Fatal(err)
			}
		}
	}
	same("forgotten", h)
	same("never seen", unknowing)
	// Events that were decided a second time and not stored are in no state.
	if got, err := unknowing.Do(t.Context(), "done", entry{ID: "other"}); err != nil || got.First == 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}
