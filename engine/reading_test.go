package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// readers makes ledgers whose entries read other ledgers: together they may not fall
// below zero.
func readers() ironstar.Aggregate[ledger, entry, entered] {
	a := aggregate()
	a.Reads = func(c entry) (all []ironstar.Reading) {
		for _, id := range c.reads {
			all = append(all, ironstar.Reading{Field: "reads", Stream: ironstar.Stream{Kind: ledgerKind, ID: id}})
		}
		return all
	}
	a.Decide = func(s ledger, c entry, others ironstar.States) ([]entered, error) {
		together := s.Sum["all"]
		for _, o := range others {
			together += o.(ledger).Sum["all"]
		}
		if together+c.N < 0 {
			return nil, refused(fmt.Sprintf("%d are left", together))
		}
		return []entered{{ID: c.ID, Region: "all", N: c.N}}, nil
	}
	return a
}

// spending is an entry that takes one from a ledger, if it and another one have it.
func spending(id string, others ...string) entry {
	return entry{ID: id, Region: "all", N: -1, reads: others}
}

func startReaders(t *testing.T, store ironstar.Store, o engine.Options) engine.Handler[entry] {
	t.Helper()
	e := engine.New(store, o)
	h := engine.Run(e, readers())
	start(t, e)
	return h
}

// TestG3_RulesOverTwoStreamsHold: two ledgers together have 40, and each of 80
// commands takes one from either of them, if the other one lets it. Each reads the
// other.
func TestG3_RulesOverTwoStreamsHold(t *testing.T) {
	for name, o := range map[string]engine.Options{
		"in memory":        {Retries: 1000},
		"with little room": {Retries: 1000, StateBytes: 1 << 10, SnapshotStream: 3},
	} {
		t.Run(name, func(t *testing.T) {
			store := openStore(t)
			write(t, store, "a", 0, entered{ID: "begin", Region: "all", N: 25})
			write(t, store, "b", 0, entered{ID: "begin", Region: "all", N: 15})
			h := startReaders(t, store, o)
			pair := []string{"a", "b"}
			var all sync.WaitGroup
			var mu sync.Mutex
			taken, refusals := 0, 0
			for w := range 8 {
				all.Go(func() {
					for n := range 10 {
						_, err := h.Do(t.Context(), pair[w%2], spending(fmt.Sprint(w, ".", n), pair[1-w%2]))
						mu.Lock()
						switch {
						case err == nil:
							taken++
						case errors.As(err, new(refused)):
							refusals++
						default:
							t.Error(err)
						}
						mu.Unlock()
					}
				})
			}
			all.Wait()
			if taken != 40 || refusals != 40 {
				t.Errorf("%d were taken and %d refused of 40 that there are", taken, refusals)
			}
		})
	}
}

// TestReadStates: what decide gets is stored, complete and in the order of Reads,
// also right after a command to that stream.
func TestReadStates(t *testing.T) {
	store := openStore(t)
	a := aggregate()
	a.Reads = readers().Reads
	var got []string
	a.Decide = func(s ledger, c entry, others ironstar.States) ([]entered, error) {
		got = nil
		for _, o := range others {
			got = append(got, strings.Join(o.(ledger).Order, ""))
		}
		return []entered{{ID: c.ID, Region: "all"}}, nil
	}
	e := engine.New(store, engine.Options{})
	h := engine.Run(e, a)
	start(t, e)
	want := map[string]string{"b": "", "c": ""}
	for i := range 30 {
		other := []string{"b", "c"}[i%2]
		id := fmt.Sprintf("%d,", i)
		do := func(stream string, c entry) {
			t.Helper()
			if _, err := h.Do(t.Context(), stream, c); err != nil {
				t.Fatal(err)
			}
		}
		do(other, entry{ID: id})
		want[other] += id
		do("a", entry{ID: "x", reads: []string{"c", "b", "c", "none"}})
		if w := []string{want["c"], want["b"], want["c"], ""}; !slices.Equal(got, w) {
			t.Fatalf("decide got %q, want %q", got, w)
		}
	}
	if ids := stored(t, store, "none"); len(ids) != 0 {
		t.Errorf("reading wrote %q", ids)
	}
}

// TestReadsThatFail: a wrong id is an error of the field, and what cannot be folded
// is an error of the command that reads it.
func TestReadsThatFail(t *testing.T) {
	store := openStore(t)
	h := startReaders(t, store, engine.Options{})
	for _, id := range []string{"", "a\nb", strings.Repeat("x", 1000)} {
		_, err := h.Do(t.Context(), "a", spending("1", id))
		var invalid ironstar.Invalid
		if !errors.As(err, &invalid) || invalid[0].Path != "reads" {
			t.Errorf("id %.20q: %v, want an error of the field", id, err)
		}
	}
	write(t, store, "bad", 0, entered{ID: "evolve"})
	if _, err := h.Do(t.Context(), "a", spending("1", "bad")); err == nil || errors.As(err, new(refused)) {
		t.Errorf("evolve panics in what a command reads: %v", err)
	}
	if _, err := h.Do(t.Context(), "a", entry{ID: "2", Region: "all", N: 1, reads: []string{"b"}}); err != nil {
		t.Errorf("after that: %v", err)
	}
}

// TestReadsOfAnAggregateThatDoesNotRun names it.
func TestReadsOfAnAggregateThatDoesNotRun(t *testing.T) {
	a := aggregate()
	a.Reads = func(entry) []ironstar.Reading {
		return []ironstar.Reading{{Field: "by", Stream: ironstar.Stream{Kind: "test.Nobody", ID: "x"}}}
	}
	e := engine.New(openStore(t), engine.Options{})
	h := engine.Run(e, a)
	start(t, e)
	if _, err := h.Do(t.Context(), "a", entry{ID: "1"}); err == nil || !strings.Contains(err.Error(), "no aggregate test.Nobody") {
		t.Errorf("got %v", err)
	}
}

// TestReadersDoNotWaitForEachOther: commands that read the same streams in different
// orders all end.
func TestReadersDoNotWaitForEachOther(t *testing.T) {
	store := openStore(t)
	h := startReaders(t, store, engine.Options{})
	streams := []string{"a", "b", "c"}
	var all sync.WaitGroup
	for w := range 6 {
		all.Go(func() {
			for n := range 50 {
				c := entry{ID: fmt.Sprint(n), N: 1, reads: slices.Clone(streams)}
				if w%2 == 0 {
					slices.Reverse(c.reads)
				}
				if _, err := h.Do(t.Context(), fmt.Sprint("reader", w), c); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
