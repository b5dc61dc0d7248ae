package engine_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// TestStatesAreBoundedByBytes: for any number of streams of any size, memory
// stays within its limit, and evicted states are folded again.
func TestStatesAreBoundedByBytes(t *testing.T) {
	for _, c := range []struct {
		name             string
		streams, entries int
		size             int // of an entry
		snapshots        bool
	}{
		{"many small ones", 300, 1, 10, false},
		{"large ones", 40, 4, 10_000, false},
		{"larger than the limit", 3, 10, 20_000, false},
		{"from snapshots", 40, 4, 10_000, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			const limit = 100 << 10
			o := engine.Options{
				StateBytes: limit, ViewBytes: limit, NoSnapshots: !c.snapshots, SnapshotStream: 2,
				Logger: slog.New(slog.DiscardHandler),
			}
			e := engine.New(openStore(t), o)
			h := engine.Run(e, aggregate())
			one, other := engine.Follow(e, view("one", ironstar.ByStream)), engine.Follow(e, view("other", ironstar.ByStream))
			start(t, e)
			within := func(when string) {
				t.Helper()
				m := e.Memory()
				if m.StateBytes > limit || m.ViewBytes > limit || m.StateLimit != limit || m.ViewLimit != limit {
					t.Fatalf("%s: it holds %+v", when, m)
				}
			}
			look := func(r *engine.Reader[ledger], id string, want int) {
				t.Helper()
				err := r.Read(id, func(s ledger, _, _ ironstar.Position) error {
					if len(s.Order) != want {
						return fmt.Errorf("%s has %d entries, want %d", id, len(s.Order), want)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			for n := range c.entries {
				for i := range c.streams {
					id := fmt.Sprint(i)
					if _, err := h.Do(t.Context(), id, entry{ID: fmt.Sprint(n, strings.Repeat("x", c.size))}); err != nil {
						t.Fatal(err)
					}
					if err := e.CatchUp(t.Context()); err != nil {
						t.Fatal(err)
					}
					look(one, id, n+1)
					look(other, id, n+1)
					within("while it is written")
				}
			}
			for i := range c.streams {
				look(one, fmt.Sprint(i), c.entries)
			}
			within("when all was read")
			if m := e.Memory(); c.size < limit/20 && (m.ViewStates < 2 || m.States < 2) {
				t.Errorf("it hardly keeps anything: %+v", m)
			}
		})
	}
}

// TestStatesInUseStay: watched states are not evicted, and are counted.
func TestStatesInUseStay(t *testing.T) {
	const limit = 50 << 10
	e := engine.New(openStore(t), engine.Options{ViewBytes: limit, NoSnapshots: true})
	h := engine.Run(e, aggregate())
	reader := engine.Follow(e, view("one", ironstar.ByStream))
	start(t, e)
	var stops []func()
	for i := range 10 {
		_, stop := watch(t, reader, fmt.Sprint(i))
		stops = append(stops, stop)
		if _, err := h.Do(t.Context(), fmt.Sprint(i), entry{ID: strings.Repeat("x", 10_000)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m := e.Memory(); m.ViewStates != 10 || m.ViewBytes < 200_000 {
		t.Errorf("while they are watched it holds %+v", m)
	}
	for _, stop := range stops {
		stop()
	}
	if m := e.Memory(); m.ViewBytes > limit || m.ViewStates == 0 {
		t.Errorf("afterwards it holds %+v", m)
	}
}
