package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// TestG8_OneKeyOfTwoStreams: a view keyed by stream reads two kinds of
// aggregates, whose events alternate.
func TestG8_OneKeyOfTwoStreams(t *testing.T) {
	const other = "test.Other"
	v := view("both", ironstar.ByStream)
	v.Kinds = []string{ledgerKind, other}
	store := openStore(t)
	add := func(kind string, n int) {
		p, err := aggregate().Codec.Encode(entered{ID: fmt.Sprint(kind, n)})
		if err != nil {
			t.Error(err)
		}
		a := ironstar.Append{Stream: ironstar.Stream{Kind: kind, ID: "k"}, Expected: ironstar.Version(n), Events: []ironstar.Proposed{p}}
		if out := store.Append(context.WithoutCancel(t.Context()), a); out[0].Err != nil {
			t.Error(out[0].Err)
		}
	}
	add(other, 0)
	add(ledgerKind, 0)
	add(other, 1)
	e := engine.New(store, engine.Options{ViewBytes: 2 << 10})
	reader := engine.Follow(e, v)
	start(t, e)
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := range 30 {
			add(ledgerKind, n+1)
			add(other, n+2)
		}
	})
	for range 30 {
		for _, key := range []string{"k", "another", "third"} { // so that it is evicted
			if err := checkView(t.Context(), store, v, reader, key); err != nil {
				t.Error(err)
			}
		}
	}
	wg.Wait()
	settle(t, e)
	if err := checkView(t.Context(), store, v, reader, "k"); err != nil {
		t.Error(err)
	}
}

func TestG10_InitialPanics(t *testing.T) {
	for name, by := range map[string]ironstar.Keying{"stream": ironstar.ByStream, "all": ironstar.Global, "region": ironstar.ByField} {
		v := view(name, by)
		v.Initial = func(string) ledger { panic("no beginning") }
		store := openStore(t)
		e := engine.New(store, engine.Options{Logger: slog.New(slog.DiscardHandler)})
		reader := engine.Follow(e, v)
		sound := engine.Follow(e, view("sound", ironstar.Global))
		start(t, e)
		write(t, store, "l", 0, entered{ID: "1", Region: "l"})
		settle(t, e)
		key := map[string]string{"all": ironstar.GlobalKey}[name]
		if key == "" {
			key = "l"
		}
		for range 2 {
			if err := reader.Read(key, func(ledger, ironstar.Position, ironstar.Position) error { return nil }); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		if err := checkView(t.Context(), store, view("sound", ironstar.Global), sound, ironstar.GlobalKey); err != nil {
			t.Error(err)
		}
	}
}

func TestWatchersAndWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := openStore(t)
		e := engine.New(store, engine.Options{ViewBytes: 2 << 10})
		h := engine.Run(e, aggregate())
		reader := engine.Follow(e, view("stream", ironstar.ByStream))
		start(t, e)
		if err := e.Wait(t.Context(), 99); err != nil {
			t.Errorf("a position of another log: %v", err)
		}
		watched, stop := watch(t, reader, "l")
		quiet, stopQuiet := watch(t, reader, "another")
		defer stopQuiet()
		var last ironstar.Receipt
		for _, id := range []string{"a", "b", "c"} {
			var err error
			if last, err = h.Do(t.Context(), "l", entry{ID: id}); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Wait(t.Context(), last.Last); err != nil || e.Applied() != 3 || e.Head() != 3 {
			t.Errorf("applied %d of %d, %v", e.Applied(), e.Head(), err)
		}
		for _, key := range []string{"x", "y", "z"} { // must not evict watched states
			if err := checkView(t.Context(), store, view("stream", ironstar.ByStream), reader, key); err != nil {
				t.Error(err)
			}
		}
		<-watched
		synctest.Wait()
		select {
		case <-watched:
			t.Error("three changes and one look are more than one token")
		case <-quiet:
			t.Error("another key's watcher was woken")
		default:
		}
		stop()
		if _, err := h.Do(t.Context(), "l", entry{ID: "d"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		select {
		case <-watched:
			t.Error("woken after it stopped watching")
		default:
		}
	})
}

func TestRebuildReportsProgress(t *testing.T) {
	store := openStore(t)
	write(t, store, "l", 0, entered{ID: "a"}, entered{ID: "b"})
	var told []engine.Progress
	e := engine.New(store, engine.Options{Progress: func(p engine.Progress) { told = append(told, p) }})
	engine.Follow(e, view("all", ironstar.Global))
	start(t, e)
	if len(told) == 0 {
		t.Fatal("nothing was told")
	}
	if last := told[len(told)-1]; !last.Done || last.At != 2 || last.Head != 2 || last.PerSecond <= 0 || last.Left != 0 {
		t.Errorf("told %+v", last)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	stopped := engine.New(store, engine.Options{})
	defer stopped.Close()
	engine.Follow(stopped, view("all", ironstar.Global))
	if err := stopped.Start(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("start with a context that has ended: %v", err)
	}
}
