package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// TestRivalOfTheSameLength: another writer takes the place of the first command
// of a batch, with as many events. The later commands fit by their version, but
// were decided on a state that was not stored.
func TestRivalOfTheSameLength(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := openStore(t)
		rival := &busyBody{store, func(a ironstar.Append) {
			if a.Expected == 1 { // the append after blocker's
				write(t, store, "l", 1, entered{ID: "a"})
			}
		}}
		b := block(t, startLedgers(t, rival, engine.Options{}))
		b.add(t.Context(), entry{ID: "a"})
		b.add(t.Context(), entry{ID: "b"})
		b.add(t.Context(), entry{ID: "no", N: -1})
		got := b.all()
		want := []string{"blocker", "a", "b"}
		if ids := stored(t, store, "l"); !slices.Equal(ids, want) {
			t.Errorf("stored %v, want %v", ids, want)
		}
		if got[1].err != nil || got[1].Receipt != (ironstar.Receipt{Last: 2, Version: 2}) {
			t.Errorf("a is there already: got %+v", got[1])
		}
		if got[2].err != nil || got[2].Receipt != (ironstar.Receipt{First: 3, Last: 3, Version: 3}) {
			t.Errorf("b: got %+v", got[2])
		}
		if fmt.Sprint(got[3].err) != "-1 is below zero, after 3 entries" {
			t.Errorf("refused on another state: %v", got[3].err)
		}
	})
}
