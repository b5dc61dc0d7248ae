package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

// build is one build of an application of ledgers: its fingerprint, and how
// many times its code counts an entry.
type build struct {
	fingerprint string
	times       int
	folds       atomic.Int64 // of views and aggregates
}

// app is a build that runs.
type app struct {
	*engine.Engine
	store   *sqlite.Store
	views   map[string]ironstar.View[ledger]
	readers map[string]*engine.Reader[ledger]
	ledgers engine.Handler[entry]
	log     *logged
}

var keyings = map[string]ironstar.Keying{"stream": ironstar.ByStream, "all": ironstar.Global, "region": ironstar.ByField}

// eager lets snapshots be written at nearly every event.
var eager = engine.Options{SnapshotEvery: 1, SnapshotStream: 1, StateBytes: 3 << 10, ViewBytes: 3 << 10}

// start opens a file and runs a build on it.
func (b *build) start(t testing.TB, file string, o engine.Options) *app {
	t.Helper()
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	a := &app{store: store, views: map[string]ironstar.View[ledger]{}, readers: map[string]*engine.Reader[ledger]{}, log: &logged{}}
	o.Logger = slog.New(slog.NewTextHandler(a.log, nil))
	a.Engine = engine.New(store, o)
	b.parts(a)
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

// parts adds all that the build has to an engine.
func (b *build) parts(a *app) {
	for name, by := range keyings {
		v := view(name, by)
		v.Fingerprint = b.fingerprint
		evolve := v.Evolve
		v.Evolve = func(key string, s ledger, r *ironstar.Record) (_ ledger, touched bool, err error) {
			b.folds.Add(1)
			for range b.times {
				if s, touched, err = evolve(key, s, r); err != nil {
					return s, touched, err
				}
			}
			return s, touched, nil
		}
		a.views[name] = v
		a.readers[name] = engine.Follow(a.Engine, v)
	}
	ledgers := aggregate()
	ledgers.Fingerprint = b.fingerprint
	evolve := ledgers.Evolve
	ledgers.Evolve = func(s ledger, e entered) ledger {
		b.folds.Add(1)
		for range b.times {
			s = evolve(s, e)
		}
		return s
	}
	a.ledgers = engine.Run(a.Engine, ledgers)
}

// verify makes a build verify the snapshots of a file that a server has open.
func (b *build) verify(t testing.TB, file string) engine.Verified {
	t.Helper()
	a, from := b.newBeside(t, file)
	found, err := a.Verify(t.Context(), from, func(ironstar.Position, ironstar.Position) {})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// newBeside returns a build that does not run, and a reader of a file for it.
func (b *build) newBeside(t testing.TB, file string) (*app, *sqlite.Reader) {
	t.Helper()
	from, err := sqlite.OpenReader(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { from.Close() })
	a := &app{Engine: engine.New(nil, engine.Options{}), views: map[string]ironstar.View[ledger]{}, readers: map[string]*engine.Reader[ledger]{}}
	b.parts(a)
	return a, from
}

// enter gives a command to each of some streams.
func (a *app) enter(t testing.TB, prefix string, streams ...string) {
	t.Helper()
	for i, id := range streams {
		if _, err := a.ledgers.Do(t.Context(), id, entry{ID: fmt.Sprint(prefix, i), Region: "r" + id, N: i + 1}); err != nil {
			t.Fatal(err)
		}
	}
	a.settled(t)
}

func (a *app) settled(t testing.TB) {
	t.Helper()
	if err := a.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// stop ends it well, with all in snapshots.
func (a *app) stop(t testing.TB) {
	t.Helper()
	a.settled(t)
	a.Close()
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}
}

// crash ends it without a word.
func (a *app) crash(t testing.TB) {
	t.Helper()
	a.Abandon()
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}
}

// same checks that every key of every view is what its events fold to (G8), and
// so is every aggregate.
func (a *app) same(ctx context.Context) error {
	keys := map[string]map[string]bool{"stream": {}, "all": {ironstar.GlobalKey: true}, "region": {}}
	counts := map[string]int{}
	for r, err := range a.store.Log(ctx, 0) {
		if err != nil {
			return err
		}
		events, err := decode(r)
		if err != nil {
			return err
		}
		keys["stream"][r.Stream.ID], keys["region"][events[0].Region] = true, true
		counts[r.Stream.ID]++
	}
	for name, v := range a.views {
		for key := range keys[name] {
			if err := checkView(ctx, a.store, v, a.readers[name], key); err != nil {
				return err
			}
		}
	}
	for id, n := range counts {
		_, err := a.ledgers.Do(ctx, id, entry{ID: "probe", N: -1})
		if want := fmt.Sprintf("-1 is below zero, after %d entries", n*a.times()); err == nil || err.Error() != want {
			return fmt.Errorf("ledger %s says %v, want %s", id, err, want)
		}
	}
	return nil
}

// times is how often the build counts an entry.
func (a *app) times() int {
	s := newLedger()
	s, _, _ = a.views["all"].Evolve(ironstar.GlobalKey, s, &ironstar.Record{Type: "Entered", Payload: []byte(`{"ID":"one"}`)})
	return len(s.Order)
}

func (a *app) mustBeSame(t testing.TB) {
	t.Helper()
	if err := a.same(t.Context()); err != nil {
		t.Error(err)
	}
	if log := a.log.String(); log != "" {
		t.Errorf("it says %s", log)
	}
}

// TestStartWithSnapshots: events that a snapshot includes are not folded again.
func TestStartWithSnapshots(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	b := &build{fingerprint: "1", times: 1}
	a := b.start(t, file, engine.Options{SnapshotStream: 3})
	a.enter(t, "x", slices.Repeat([]string{"a", "b", "c"}, 10)...)
	a.mustBeSame(t)
	a.stop(t)

	b.folds.Store(0)
	a = b.start(t, file, engine.Options{SnapshotStream: 3})
	if n := b.folds.Load(); n != 0 {
		t.Errorf("%d events were folded at a start with nothing new", n)
	}
	a.mustBeSame(t)
	a.enter(t, "y", "a", "d")
	a.mustBeSame(t)
	a.crash(t)

	b.folds.Store(0)
	a = b.start(t, file, engine.Options{})
	if n := b.folds.Load(); n != 4 { // two events, two views
		t.Errorf("%d events were folded at a start, want two for each of two views", n)
	}
	if _, err := a.ledgers.Do(t.Context(), "a", entry{ID: "z", N: -1}); err == nil {
		t.Error("it should have said no")
	}
	if n := b.folds.Load(); n > 4+3 {
		t.Errorf("%d events were folded to load a stream of 11 with a snapshot each 3", n-4)
	}
	a.mustBeSame(t)
	a.stop(t)
}

// TestG9_AnotherFingerprintIsNotUsed: the code has changed. Going back, that of
// the old code is there still.
func TestG9_AnotherFingerprintIsNotUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	old, new := &build{fingerprint: "1", times: 1}, &build{fingerprint: "2", times: 2}
	a := old.start(t, file, eager)
	a.enter(t, "x", "a", "b", "a", "c", "a")
	a.stop(t)

	a = new.start(t, file, engine.Options{})
	a.mustBeSame(t)
	a.crash(t) // it has neither saved nor removed snapshots
	old.folds.Store(0)
	a = old.start(t, file, engine.Options{})
	if n := old.folds.Load(); n != 0 {
		t.Errorf("%d events were folded by the old code", n)
	}
	a.mustBeSame(t)
	a.crash(t)

	a = new.start(t, file, eager)
	a.enter(t, "y", "a", "d")
	a.mustBeSame(t)
	a.stop(t)
	a = old.start(t, file, eager)
	a.mustBeSame(t)
	a.stop(t)
	if kept := names(t, file); !slices.Equal(kept, []string{"all 1", "region 1", "stream 1", "test.Ledger 1"}) {
		t.Errorf("the file keeps %q", kept)
	}
}

// names lists the names and fingerprints under which a file has snapshots.
func names(t *testing.T, file string) []string {
	t.Helper()
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	found := map[string]bool{}
	err = store.ForgetSnapshots(t.Context(), func(name, fingerprint string) bool { found[name+" "+fingerprint] = true; return true })
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(found))
}

// TestG10_AFailedKeyFailsAfterARestart: its failure is not hidden by a snapshot.
func TestG10_AFailedKeyFailsAfterARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	b := &build{fingerprint: "1", times: 1}
	a := b.start(t, file, eager)
	a.enter(t, "x", "a", "b", "a")
	a.stop(t)
	a = b.start(t, file, eager)
	if _, err := a.ledgers.Do(t.Context(), "a", entry{ID: "poison", Region: "south"}); err != nil {
		t.Fatal(err)
	}
	a.enter(t, "y", "a", "b", "c")
	for range 2 {
		a.settled(t)
		var stands []string
		for _, failed := range a.Health() {
			stands = append(stands, fmt.Sprint(failed.View, " ", failed.Key, " ", failed.Position))
		}
		for name, key := range map[string]string{"stream": "a", "all": ironstar.GlobalKey, "region": "south"} {
			var failed *engine.ViewError
			err := a.readers[name].Read(key, func(ledger, ironstar.Position, ironstar.Position) error { return nil })
			if !errors.As(err, &failed) || failed.Position != 4 {
				t.Errorf("view %s, key %s: %v", name, key, err)
			}
		}
		slices.Sort(stands)
		if !slices.Contains(stands, "all global 4") || !slices.Contains(stands, "region south 4") {
			t.Errorf("what stands still: %q", stands)
		}
		if err := checkView(t.Context(), a.store, a.views["region"], a.readers["region"], "rb"); err != nil {
			t.Error(err)
		}
		a.stop(t)
		a = b.start(t, file, eager)
	}
	a.stop(t)
}

// TestStatesWithoutSnapshots: states without snapshots are folded each time,
// which is logged once.
func TestStatesWithoutSnapshots(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	start := func() (*engine.Engine, *sqlite.Store, *logged) {
		store, err := sqlite.Open(t.Context(), file, sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		log := &logged{}
		e := engine.New(store, engine.Options{SnapshotEvery: 1, SnapshotStream: 1, Logger: slog.New(slog.NewTextHandler(log, nil))})
		for name, by := range keyings {
			v := view(name, by)
			v.State.Append = func(b []byte, s ledger) []byte { return append(ledgerCodec.Append(b, s), `{"more"`...) }
			engine.Follow(e, v)
		}
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		return e, store, log
	}
	e, store, log := start()
	write(t, store, "a", 0, entered{ID: "1", Region: "north"}, entered{ID: "2", Region: "south"})
	settle(t, e)
	e.Close()
	if n := strings.Count(log.String(), "cannot be kept"); n != 2 {
		t.Errorf("told %d times, want once for each of two views:\n%s", n, log)
	}
	store.Close()
	if kept := names(t, file); len(kept) != 0 {
		t.Errorf("the file keeps %q", kept)
	}
}

// TestSnapshotsOfViewsOfTwoKinds: a key with two streams has no snapshot, and
// its state is right.
func TestSnapshotsOfViewsOfTwoKinds(t *testing.T) {
	store := openStore(t)
	v := view("both", ironstar.ByStream)
	v.Kinds = []string{ledgerKind, "test.Other"}
	for range 2 {
		e := engine.New(store, eager)
		r := engine.Follow(e, v)
		start(t, e)
		write(t, store, "a", ironstar.Version(len(stored(t, store, "a"))), entered{ID: "1", Region: "north"})
		settle(t, e)
		if err := checkView(t.Context(), store, v, r, "a"); err != nil {
			t.Error(err)
		}
		e.Close()
	}
	_, there, err := store.Snapshot(t.Context(), "both", "1", "a")
	if there || err != nil {
		t.Errorf("a snapshot: %v, %v", there, err)
	}
}

// TestSameNameTwice: two views of one name have no snapshots, because they
// could not be distinguished.
func TestSameNameTwice(t *testing.T) {
	store := openStore(t)
	write(t, store, "a", 0, entered{ID: "1", Region: "north", N: 1})
	for range 2 {
		e := engine.New(store, eager)
		all := engine.Follow(e, view("twin", ironstar.Global))
		regions := engine.Follow(e, view("twin", ironstar.ByField))
		start(t, e)
		for r, key := range map[*engine.Reader[ledger]]string{all: ironstar.GlobalKey, regions: "north"} {
			err := r.Read(key, func(s ledger, _, _ ironstar.Position) error {
				if diff := cmp.Diff(map[string]int{"north": 1}, s.Sum); diff != "" {
					return errors.New(diff)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
		e.Close()
	}
	if _, there, err := store.Checkpoint(t.Context(), "twin", "1"); there || err != nil {
		t.Errorf("a checkpoint: %v, %v", there, err)
	}
}

// TestVerify: other code under the same fingerprint folds to something else, and
// each snapshot is named. A start that verifies does without them.
func TestVerify(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	b, other := &build{fingerprint: "1", times: 1}, &build{fingerprint: "1", times: 2}
	a := b.start(t, file, engine.Options{SnapshotStream: 1})
	a.enter(t, "x", "a", "b", "a", "c")
	a.mustBeSame(t)
	if found := b.verify(t, file); len(found.Differences) > 0 { // while a server runs
		t.Errorf("found %v", found.Differences)
	}
	a.stop(t)
	if found := b.verify(t, file); found.Snapshots != 1+3+3+3 || len(found.Differences) > 0 {
		t.Errorf("found %+v", found)
	}
	var named []string
	for _, d := range other.verify(t, file).Differences {
		named = append(named, d.Of+" "+d.Key)
	}
	slices.Sort(named)
	want := []string{
		"all global", "region ra", "region rb", "region rc", "stream a", "stream b", "stream c",
		"test.Ledger a", "test.Ledger b", "test.Ledger c",
	}
	if diff := cmp.Diff(want, named); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}

	stale := ironstar.Snapshot{ // right as of its position, which the checkpoint has passed
		Name: "region", Fingerprint: "1", Key: "ra", Position: 1, Changed: 1, State: []byte(`{"Order":["x0"],"Sum":{"ra":1}}`),
	}
	alter(t, file, `DELETE FROM snapshots WHERE key = 'ra'`)
	save(t, file, stale)
	if found := b.verify(t, file); len(found.Differences) != 1 || found.Differences[0].Of != "region" || found.Differences[0].Position != 3 {
		t.Errorf("of a stale snapshot it finds %v", found.Differences)
	}

	a = other.start(t, file, engine.Options{VerifySnapshots: true, SnapshotStream: 1})
	if err := a.same(t.Context()); err != nil {
		t.Error(err)
	}
	if log := a.log.String(); strings.Count(log, "level=ERROR") != len(want) || !strings.Contains(log, "number=10 wrong=10") {
		t.Errorf("it says %s", log)
	}
	a.stop(t)
	a = other.start(t, file, engine.Options{})
	a.mustBeSame(t)
	a.stop(t)
}
