package engine_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

// unprepared is a store that does not call prepare, so records are decoded
// during the fold.
type unprepared struct{ ironstar.Store }

func (s unprepared) Log(ctx context.Context, after ironstar.Position, _ ...func(*ironstar.Record)) iter.Seq2[*ironstar.Record, error] {
	return s.Store.Log(ctx, after)
}

// fragile is decode, with a way to panic.
func fragile(r *ironstar.Record) ([]entered, error) {
	if strings.Contains(string(r.Payload), "shatter") {
		panic("decode panics")
	}
	return decode(r)
}

// brittle views have a decode function that can panic. The result for a record
// is stored, so that the rest of the view does not decode it again.
func brittle(v ironstar.View[ledger], kinds ...string) ironstar.View[ledger] {
	evolve, keys := v.Evolve, v.Keys
	v.Kinds = kinds
	v.Evolve = func(key string, s ledger, r *ironstar.Record) (ledger, bool, error) {
		if _, err := ironstar.Decoded(r, fragile); err != nil {
			return s, false, err
		}
		return evolve(key, s, r)
	}
	if keys != nil {
		v.Keys = func(r *ironstar.Record) ([]string, error) {
			if _, err := ironstar.Decoded(r, fragile); err != nil {
				return nil, err
			}
			return keys(r)
		}
	}
	return v
}

const (
	otherKind = "test.Other" // runs, as ledgers do
	looseKind = "test.Loose" // is in views only
)

// randomLog fills a store with entries of several kinds and streams, with so
// many of them that they are read ahead, and some that cannot be folded.
func randomLog(t rapid.TB, store ironstar.Store, rt *rapid.T) {
	n := rapid.IntRange(1, 1500).Draw(rt, "events")
	poisoned := rapid.IntRange(0, 6).Draw(rt, "poisoned")
	at := rand.New(rand.NewPCG(1, rapid.Uint64().Draw(rt, "seed")))
	poison := map[int]int{}
	for range poisoned {
		poison[at.IntN(n)] = at.IntN(5)
	}
	versions := map[ironstar.Stream]ironstar.Version{}
	var batch []ironstar.Append
	for i := range n {
		kind := []string{ledgerKind, ledgerKind, otherKind, looseKind}[at.IntN(4)]
		s := ironstar.Stream{Kind: kind, ID: string(rune('a' + at.IntN(6)))}
		e := entered{ID: fmt.Sprint(i), Region: []string{"north", "south", "west"}[at.IntN(3)], N: at.IntN(9)}
		p := ironstar.Proposed{Type: "Entered", SchemaVersion: 1, Shape: "entered"}
		sort, poisonous := poison[i]
		if poisonous && sort < 3 {
			e.ID = []string{"poison", "boom", "shatter"}[sort]
		}
		encoded, err := aggregate().Codec.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		p.Payload = encoded.Payload
		switch {
		case poisonous && sort == 3:
			p.Type, p.Shape = "Unheard", "unheard"
		case poisonous && sort == 4:
			p.Payload = []byte(`{"ID":7}`)
		}
		batch = append(batch, ironstar.Append{Stream: s, Expected: versions[s], Events: []ironstar.Proposed{p}})
		versions[s]++
	}
	for _, out := range store.Append(context.Background(), batch...) {
		if out.Err != nil {
			t.Fatal(out.Err)
		}
	}
}

// rebuilt is what an engine on a store shows of views of every keying: states
// and where they changed, and errors.
func rebuilt(t rapid.TB, store ironstar.Store) (shown []string) {
	e := engine.New(store, engine.Options{Logger: slog.New(slog.DiscardHandler)})
	defer e.Close()
	for _, kind := range []string{ledgerKind, otherKind} {
		a := aggregate()
		a.Kind, a.Codec.Decode = kind, fragile
		engine.Run(e, a)
	}
	all := []string{ledgerKind, otherKind, looseKind}
	var readers []*engine.Reader[ledger]
	for _, v := range []ironstar.View[ledger]{
		brittle(view("everything", ironstar.Global), all...), brittle(view("ledgers", ironstar.Global), ledgerKind),
		brittle(view("regions", ironstar.ByField), ledgerKind, otherKind), brittle(view("loose", ironstar.ByField), looseKind),
		brittle(view("streams", ironstar.ByStream), all...), brittle(view("stream", ironstar.ByStream), otherKind),
	} {
		readers = append(readers, engine.Follow(e, v))
	}
	if err := e.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	for i, r := range readers {
		for _, key := range []string{ironstar.GlobalKey, "north", "south", "west", "a", "b", "c", "d", "e", "f"} {
			err := r.Read(key, func(s ledger, changed, asOf ironstar.Position) error {
				shown = append(shown, fmt.Sprint(i, key, s.Order, s.Sum, changed, asOf))
				return nil
			})
			if err != nil {
				shown = append(shown, fmt.Sprint(i, key, err))
			}
		}
	}
	var health []string
	for _, err := range e.Health() {
		health = append(health, err.Error())
	}
	slices.Sort(health) // the order at one position is not defined
	return append(shown, health...)
}

// TestG8_ReadAheadIsTheSame rebuilds views from a log that is read ahead on
// several processors, and from one that is not. States, errors, their
// positions, and what continues are equal (G10).
func TestG8_ReadAheadIsTheSame(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	dir, runs := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		store, err := sqlite.Open(context.Background(), filepath.Join(dir, fmt.Sprint(runs, ".db")), sqlite.Options{})
		if err != nil {
			rt.Fatal(err)
		}
		defer store.Close()
		randomLog(rt, store, rt)
		runtime.GOMAXPROCS(1)
		want := rebuilt(rt, unprepared{store})
		runtime.GOMAXPROCS(4)
		if diff := cmp.Diff(want, rebuilt(rt, store)); diff != "" {
			rt.Fatalf("-one by one +read ahead:\n%s", diff)
		}
	})
}

// TestRebuildStops: a context ends while views are rebuilt. Start returns an
// error, and no goroutine is left.
func TestRebuildStops(t *testing.T) {
	store := openStore(t)
	var entries []entered
	for i := range 3000 {
		entries = append(entries, entered{ID: fmt.Sprint(i)})
	}
	write(t, store, "l", 0, entries...)
	goroutines := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	e := engine.New(store, engine.Options{})
	engine.Run(e, aggregate())
	v := view("all", ironstar.Global)
	evolve, folded := v.Evolve, 0
	v.Evolve = func(key string, s ledger, r *ironstar.Record) (ledger, bool, error) {
		if folded++; folded == 600 {
			cancel()
		}
		return evolve(key, s, r)
	}
	engine.Follow(e, v)
	if err := e.Start(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("start ended with %v", err)
	}
	if folded < 600 || folded > 2500 {
		t.Errorf("%d of 3000 events were folded, and the context ended at 600", folded)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	for end := time.Now().Add(time.Minute); runtime.NumGoroutine() > goroutines+1; time.Sleep(time.Millisecond) { // a context that ends may still be telling
		if time.Now().After(end) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), goroutines)
		}
	}
}

// brokenLog is a store whose log cannot be read beyond a position.
type brokenLog struct{ ironstar.Store }

var errDisk = errors.New("the disk is gone")

func (s brokenLog) Log(ctx context.Context, after ironstar.Position, prepare ...func(*ironstar.Record)) iter.Seq2[*ironstar.Record, error] {
	return func(yield func(*ironstar.Record, error) bool) {
		for r, err := range s.Store.Log(ctx, after, prepare...) {
			if err == nil && r.Position == 2 {
				r, err = nil, errDisk
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

func TestRebuildOfALogThatCannotBeRead(t *testing.T) {
	store := openStore(t)
	write(t, store, "l", 0, entered{ID: "1"}, entered{ID: "2"})
	e := engine.New(brokenLog{store}, engine.Options{})
	defer e.Close()
	engine.Follow(e, view("all", ironstar.Global))
	if err := e.Start(t.Context()); !errors.Is(err, errDisk) {
		t.Errorf("start ended with %v", err)
	}
}
