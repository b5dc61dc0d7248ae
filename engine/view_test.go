package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/ironstartest"
)

// checkView checks that the state of a key in a view is the fold of all events up to
// its position.
func checkView(ctx context.Context, store ironstar.Store, v ironstar.View[ledger], r *engine.Reader[ledger], key string) error {
	return r.Read(key, func(got ledger, changed, asOf ironstar.Position) error {
		want, wantChanged, err := ironstartest.FoldView(ctx, store, v, key, asOf)
		if err != nil {
			return err
		}
		if diff := cmp.Diff(want, got); diff != "" || changed != wantChanged {
			return fmt.Errorf("%s, key %q, as of %d: changed %d, want %d (-fold +view):\n%s", v.Name, key, asOf, changed, wantChanged, diff)
		}
		return nil
	})
}

// TestG8_ViewsAreTheFoldOfTheLog runs random commands while readers read views
// of every keying, with so little memory that states are evicted and followers
// fall behind the recent records all the time.
func TestG8_ViewsAreTheFoldOfTheLog(t *testing.T) {
	streams, regions := []string{"a", "b", "c", "d", "e"}, []string{"north", "south", "west"}
	views := []ironstar.View[ledger]{view("stream", ironstar.ByStream), view("all", ironstar.Global), view("region", ironstar.ByField)}
	keys := [][]string{streams, {ironstar.GlobalKey}, regions}
	run := func(rt *rapid.T) {
		store := openStore(t)
		write(t, store, "a", 0, entered{ID: "before", Region: "north"})
		e := engine.New(store, engine.Options{StateBytes: 3 << 10, ViewBytes: 3 << 10})
		h := engine.Run(e, aggregate())
		var readers []*engine.Reader[ledger]
		for _, v := range views {
			readers = append(readers, engine.Follow(e, v))
		}
		start(t, e)
		var wg sync.WaitGroup
		defer wg.Wait()
		failed := make(chan error, 64) // more than there are goroutines, each sends once
		work := func(n int, f func(i int) error) {
			wg.Go(func() {
				for i := range n {
					if err := f(i); err != nil {
						failed <- err
						return
					}
				}
			})
		}
		writers := rapid.IntRange(1, 4).Draw(rt, "writers")
		plan := rapid.SliceOfN(rapid.IntRange(0, 1<<16), 1, 24).Draw(rt, "plan")
		for w := range writers {
			work(len(plan), func(i int) error {
				n := plan[i] + w
				c := entry{ID: fmt.Sprint(n % 97), Region: regions[n%3], N: n%7 - 1}
				_, err := h.Do(t.Context(), streams[n/3%5], c)
				var no ironstar.Refusal
				if errors.As(err, &no) {
					return nil
				}
				return err
			})
		}
		for w := range 3 {
			work(2*len(plan), func(i int) error {
				n := plan[i%len(plan)]*7 + i + w
				v := n % 3
				return checkView(t.Context(), store, views[v], readers[v], keys[v][n/3%len(keys[v])])
			})
		}
		wg.Wait()
		if err := e.Wait(t.Context(), e.Head()); err != nil {
			rt.Fatal(err)
		}
		rebuilt := engine.New(store, engine.Options{})
		var again []*engine.Reader[ledger]
		for _, v := range views {
			again = append(again, engine.Follow(rebuilt, v))
		}
		start(t, rebuilt)
		for i, v := range views {
			for _, key := range keys[i] {
				if err := errors.Join(checkView(t.Context(), store, v, readers[i], key), checkView(t.Context(), store, v, again[i], key)); err != nil {
					rt.Fatal(err)
				}
			}
		}
		e.Close()
		rebuilt.Close()
		store.Close() // now, not when all runs have ended
		close(failed)
		for err := range failed {
			rt.Fatal(err)
		}
	}
	rapid.Check(t, run)
}

// TestHotAggregate has 64 clients give commands to one ledger, with a second
// writer in between, each command twice and under a command id.
func TestHotAggregate(t *testing.T) {
	const clients, each = 64, 8
	store := openStore(t)
	h := startLedgers(t, store, engine.Options{Retries: 100})
	receipts := make([][]ironstar.Receipt, clients)
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for i := range each {
				id := fmt.Sprintf("%d.%d", c, i)
				var got [2]ironstar.Receipt
				for try := range got {
					var err error
					if got[try], err = h.Handle(t.Context(), "l", withID(id, 1, entry{ID: id})); err != nil {
						t.Errorf("%s: %v", id, err)
						return
					}
				}
				if got[0] != got[1] || got[0].First == 0 {
					t.Errorf("%s: receipts %+v", id, got)
				}
				receipts[c] = append(receipts[c], got[0])
			}
		})
	}
	wg.Go(func() {
		for i := range 8 {
			meddle(t, store, fmt.Sprint("rival ", i))
		}
	})
	wg.Wait()
	if t.Failed() {
		return
	}
	ids := stored(t, store, "l")
	slices.Sort(ids)
	if len(ids) != clients*each+8 || len(slices.Compact(ids)) != clients*each+8 {
		t.Errorf("%d entries are stored, %d different ones; want %d", len(ids), len(slices.Compact(ids)), clients*each+8)
	}
	for c, got := range receipts {
		if !slices.IsSortedFunc(got, func(a, b ironstar.Receipt) int { return int(a.First - b.First) }) {
			t.Errorf("client %d: receipts do not grow: %v", c, got)
		}
	}
}

// meddle appends to the hot ledger as another writer would, until it succeeds.
func meddle(t *testing.T, store ironstar.Store, id string) {
	p, err := aggregate().Codec.Encode(entered{ID: id})
	if err != nil {
		t.Error(err)
	}
	a := ironstar.Append{Stream: ironstar.Stream{Kind: ledgerKind, ID: "l"}, Events: []ironstar.Proposed{p}}
	for {
		var conflict *ironstar.ConflictError
		switch err := store.Append(t.Context(), a)[0].Err; {
		case err == nil:
			return
		case errors.As(err, &conflict):
			a.Expected = conflict.Actual
		default:
			t.Error(err)
			return
		}
	}
}

// TestG10_AFailingKeyStopsAlone: evolve fails, panics, or a record cannot be
// decoded, for one key each. Other keys continue, and each failure is logged
// once.
func TestG10_AFailingKeyStopsAlone(t *testing.T) {
	store := openStore(t)
	log := &logged{}
	e := engine.New(store, engine.Options{Logger: slog.New(slog.NewTextHandler(log, nil))})
	byStream := engine.Follow(e, view("stream", ironstar.ByStream))
	regions := engine.Follow(e, view("region", ironstar.ByField))
	start(t, e)
	write(t, store, "good", 0, entered{ID: "1", Region: "north", N: 1})
	settle(t, e)
	watched, stop := watch(t, byStream, "good")
	defer stop()
	failing, stopFailing := watch(t, byStream, "poisoned")
	defer stopFailing()
	write(t, store, "poisoned", 0, entered{ID: "poison", Region: "south"}, entered{ID: "after", Region: "south"})
	write(t, store, "panics", 0, entered{ID: "boom", Region: "west"})
	write(t, store, "good", 1, entered{ID: "2", Region: "north", N: 1})
	settle(t, e)
	<-watched
	<-failing // blocks if no watcher is notified

	for key, want := range map[string]string{"poisoned": "cannot fold poison", "panics": "panic: boom"} {
		for range 2 {
			var failed *engine.ViewError
			err := byStream.Read(key, func(ledger, ironstar.Position, ironstar.Position) error { return nil })
			if !errors.As(err, &failed) || failed.View != "stream" || failed.Key != key || failed.Stream.ID != key || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v", key, err)
			}
		}
	}
	for reader, key := range map[*engine.Reader[ledger]]string{byStream: "good", regions: "north"} {
		err := reader.Read(key, func(s ledger, changed, _ ironstar.Position) error {
			if len(s.Order) != 2 || changed != 5 {
				return fmt.Errorf("%v, changed at %d", s.Order, changed)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s should not have stopped: %v", key, err)
		}
	}
	var stopped []string
	for _, failed := range e.Health() {
		stopped = append(stopped, fmt.Sprint(failed.View, " ", failed.Key, " ", failed.Position))
	}
	slices.Sort(stopped)
	if want := []string{"region south 2", "region west 4", "stream panics 4", "stream poisoned 2"}; !slices.Equal(stopped, want) {
		t.Errorf("health %q, want %q", stopped, want)
	}
	if n := strings.Count(log.String(), "stands still"); n != 4 {
		t.Errorf("logged %d times, want once for each of 4 keys:\n%s", n, log)
	}
}

func TestG10_ARecordThatDoesNotDecode(t *testing.T) {
	store := openStore(t)
	odd := ironstar.Append{
		Stream: ironstar.Stream{Kind: ledgerKind, ID: "odd"},
		Events: []ironstar.Proposed{{Type: "Unheard", SchemaVersion: 1, Shape: "x", Payload: []byte(`{}`)}},
	}
	if out := store.Append(t.Context(), odd); out[0].Err != nil {
		t.Fatal(out[0].Err)
	}
	write(t, store, "good", 0, entered{ID: "1"})
	e := engine.New(store, engine.Options{Logger: slog.New(slog.DiscardHandler)})
	h := engine.Run(e, aggregate())
	byStream, global := engine.Follow(e, view("stream", ironstar.ByStream)), engine.Follow(e, view("all", ironstar.Global))
	start(t, e)
	read := func(r *engine.Reader[ledger], key string) error {
		return r.Read(key, func(ledger, ironstar.Position, ironstar.Position) error { return nil })
	}
	var unknown *ironstar.UnknownEvent
	for key, r := range map[string]*engine.Reader[ledger]{"odd": byStream, ironstar.GlobalKey: global} {
		if err := read(r, key); !errors.As(err, &unknown) {
			t.Errorf("%s: want UnknownEvent, got %v", key, err)
		}
	}
	if err := read(byStream, "good"); err != nil {
		t.Error(err)
	}
	if _, err := h.Do(t.Context(), "odd", entry{ID: "1"}); !errors.As(err, &unknown) {
		t.Errorf("a command to it: want UnknownEvent, got %v", err)
	}
	if _, err := h.Do(t.Context(), "good", entry{ID: "2"}); err != nil {
		t.Error(err)
	}
}

// settle waits until views have everything that is stored, also by others.
func settle(t testing.TB, e *engine.Engine) {
	t.Helper()
	if err := e.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// logged is a log that can be read while it is written.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// watch returns a channel with one token whenever a key may have changed since
// the last token was received.
func watch[S any](t testing.TB, r *engine.Reader[S], key string) (changed <-chan struct{}, stop func()) {
	t.Helper()
	tokens := make(chan struct{}, 1)
	stop, err := r.Notify(key, func() {
		select {
		case tokens <- struct{}{}:
		default: // one is there already
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return tokens, stop
}
