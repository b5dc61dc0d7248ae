package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"ironstar.dev"
	"ironstar.dev/engine"
)

func TestReceipts(t *testing.T) {
	store := openStore(t)
	h := startLedgers(t, store, engine.Options{})
	write(t, store, "other", 0, entered{ID: "first of the log"})
	for _, test := range []struct {
		command entry
		want    ironstar.Receipt
	}{
		{entry{ID: "a"}, ironstar.Receipt{First: 2, Last: 2, Version: 1}},
		{entry{ID: "b"}, ironstar.Receipt{First: 3, Last: 3, Version: 2}},
		{entry{ID: "a"}, ironstar.Receipt{First: 0, Last: 3, Version: 2}},
	} {
		if got, err := h.Do(t.Context(), "l", test.command); err != nil || got != test.want {
			t.Errorf("%v: got %+v, %v, want %+v", test.command, got, err, test.want)
		}
	}
	var no ironstar.Refusal
	if _, err := h.Do(t.Context(), "l", entry{ID: "c", N: -1}); !errors.As(err, &no) {
		t.Errorf("want a refusal, got %v", err)
	}
	if _, err := h.Do(t.Context(), "white space", entry{ID: "a"}); !errors.Is(err, ironstar.ErrStream) {
		t.Errorf("want ErrStream, got %v", err)
	}
}

// blocked is a queue behind a command that blocks in decide.
type blocked struct {
	t       *testing.T
	h       engine.Handler[entry]
	release chan struct{} // closed to let the first command continue
	answers []chan answer // of the commands, in order; each holds one
}

type answer struct {
	ironstar.Receipt
	err error // not embedded: fmt would ask nil for its text
}

func block(t *testing.T, h engine.Handler[entry]) *blocked {
	b := &blocked{t: t, h: h, release: make(chan struct{})}
	b.add(t.Context(), entry{ID: "blocker", during: func() { <-b.release }})
	return b
}

// add sends a command and returns when it waits for its turn, or is answered.
func (b *blocked) add(ctx context.Context, c entry) {
	b.send(func() (ironstar.Receipt, error) { return b.h.Do(ctx, "l", c) })
}

// handle is add for a command with an id.
func (b *blocked) handle(c ironstar.Command[entry]) {
	b.send(func() (ironstar.Receipt, error) { return b.h.Handle(b.t.Context(), "l", c) })
}

func (b *blocked) send(command func() (ironstar.Receipt, error)) {
	to := make(chan answer, 1)
	b.answers = append(b.answers, to)
	go func() {
		r, err := command()
		to <- answer{r, err}
	}()
	synctest.Wait()
}

// all lets everything continue and returns the answers.
func (b *blocked) all() []answer {
	close(b.release)
	var all []answer
	for _, a := range b.answers {
		all = append(all, <-a)
	}
	return all
}

// withID is a command under a command id.
func withID(id string, request byte, c entry) ironstar.Command[entry] {
	return ironstar.Command[entry]{Data: c, Metadata: ironstar.Metadata{CommandID: id}, Request: [32]byte{request}}
}

func TestG6_SameCommandIDWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := openStore(t)
		b := block(t, startLedgers(t, store, engine.Options{}))
		b.handle(withID("id", 1, entry{ID: "a"}))
		b.add(t.Context(), entry{ID: "b"})
		b.handle(withID("id", 1, entry{ID: "a"}))
		b.handle(withID("id", 2, entry{ID: "c"}))
		got := b.all()
		if got[1].err != nil || got[1].First == 0 || got[3] != got[1] {
			t.Errorf("the same command id has receipts %+v and %+v", got[1], got[3])
		}
		if !errors.Is(got[4].err, ironstar.ErrCommandReused) {
			t.Errorf("want ErrCommandReused, got %+v", got[4])
		}
		later, err := b.h.Handle(t.Context(), "l", withID("id", 1, entry{ID: "a"}))
		if err != nil || later != got[1].Receipt {
			t.Errorf("later: %+v, %v, want %+v", later, err, got[1])
		}
		if ids := stored(t, store, "l"); !slices.Equal(ids, []string{"blocker", "a", "b"}) {
			t.Errorf("stored %v", ids)
		}
	})
}

// counted counts how often command ids are looked up by themselves.
type counted struct {
	ironstar.Store
	lookups int
}

func (c *counted) Command(ctx context.Context, s ironstar.Stream, id string, request [32]byte) (ironstar.Receipt, bool, error) {
	c.lookups++
	return c.Store.Command(ctx, s, id, request)
}

// TestG6_SecondTryGetsTheFirstAnswer repeats a command after its first try has
// changed what decide would answer: alone, between two others and behind them.
// It gets the first receipt, and the others are stored as if it were not there.
func TestG6_SecondTryGetsTheFirstAnswer(t *testing.T) {
	for name, again := range map[string]entry{
		"nothing": {ID: "a"}, "events": {ID: "another"}, "a refusal": {ID: "b", N: -1}, "a panic": {ID: "panic"}, "a panic of evolve": {ID: "evolve"},
		"events that are final": {ID: "close"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &counted{Store: openStore(t)}
				h := startLedgers(t, store, engine.Options{})
				first, err := h.Handle(t.Context(), "l", withID("id", 1, entry{ID: "a"}))
				if err != nil || first.Version != 1 {
					t.Fatalf("the first try: %+v, %v", first, err)
				}
				if store.lookups != 0 {
					t.Errorf("a command that leads to an event is looked up %d times beside the append", store.lookups)
				}
				b := block(t, h)
				b.handle(withID("id 2", 1, entry{ID: "before"}))
				b.handle(withID("id", 1, again))
				b.handle(withID("id", 2, again))
				b.handle(withID("id 3", 1, entry{ID: "after"}))
				b.handle(withID("id", 1, again))
				got := b.all()
				alone, err := h.Handle(t.Context(), "l", withID("id", 1, again))
				for i, r := range []answer{got[2], got[5], {alone, err}} {
					if r.err != nil || r.Receipt != first {
						t.Errorf("try %d: got %+v, want %+v", i+2, r, first)
					}
				}
				_, err = h.Handle(t.Context(), "l", withID("id", 2, again))
				if !errors.Is(got[3].err, ironstar.ErrCommandReused) || !errors.Is(err, ironstar.ErrCommandReused) {
					t.Errorf("the same id for another request: got %+v, and alone %v", got[3], err)
				}
				if got[1].err != nil || got[4].err != nil || got[4].Version != 4 {
					t.Errorf("the others: got %+v and %+v", got[1], got[4])
				}
				if ids := stored(t, store, "l"); !slices.Equal(ids, []string{"a", "blocker", "before", "after"}) {
					t.Errorf("stored %v", ids)
				}
				if _, err := h.Do(t.Context(), "l", entry{ID: "no", N: -1}); fmt.Sprint(err) != "-1 is below zero, after 4 entries" {
					t.Errorf("the state afterwards is not what is stored: %v", err)
				}
			})
		})
	}
}

// TestG6_SecondTryInFrontOfOthers: another writer stores as many events as a
// repeated command would lead to if it were new. Commands behind it are stored
// once, decided on the stored state. The same holds long after the first try.
func TestG6_SecondTryInFrontOfOthers(t *testing.T) {
	for name, restarted := range map[string]bool{"at once": false, "after a restart": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rivals := 0
				store := &busyBody{openStore(t), nil}
				store.meddle = func(a ironstar.Append) {
					if rivals--; rivals == 0 {
						write(t, store.Store, "l", 2, entered{ID: "rival"})
					}
				}
				h := startLedgers(t, store, engine.Options{})
				first, err := h.Handle(t.Context(), "l", withID("id", 1, entry{ID: "a"}))
				if err != nil {
					t.Fatal(err)
				}
				if restarted {
					h = startLedgers(t, store, engine.Options{})
				}
				b := block(t, h)
				b.handle(withID("id", 1, entry{ID: "another"}))
				b.add(t.Context(), entry{ID: "rival"})
				b.add(t.Context(), entry{ID: "after"})
				rivals = 2 // after the blocker
				got := b.all()
				if got[1].err != nil || got[1].Receipt != first {
					t.Errorf("the second try: got %+v, want %+v", got[1], first)
				}
				if ids := stored(t, store, "l"); !slices.Equal(ids, []string{"a", "blocker", "rival", "after"}) {
					t.Errorf("stored %v", ids)
				}
			})
		})
	}
}

func TestQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := block(t, startLedgers(t, openStore(t), engine.Options{Queue: 2}))
		for _, id := range []string{"a", "b", "c"} {
			b.add(t.Context(), entry{ID: id})
		}
		if _, err := b.h.Do(t.Context(), "another", entry{ID: "a"}); err != nil {
			t.Errorf("another aggregate: %v", err)
		}
		got := b.all()
		if got[1].err != nil || got[2].err != nil || !errors.Is(got[3].err, engine.ErrBusy) {
			t.Errorf("got %v, want only the last to be ErrBusy", got)
		}
	})
}

func TestCommandOfAClientThatLeftIsNotDecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := openStore(t)
		b := block(t, startLedgers(t, store, engine.Options{}))
		ctx, cancel := context.WithCancel(t.Context())
		b.add(ctx, entry{ID: "gone", during: func() { t.Error("it was decided") }})
		b.add(t.Context(), entry{ID: "a"})
		cancel()
		got := b.all()
		if !errors.Is(got[1].err, context.Canceled) || got[2].err != nil {
			t.Errorf("got %v", got)
		}
		if ids := stored(t, store, "l"); !slices.Equal(ids, []string{"blocker", "a"}) {
			t.Errorf("stored %v", ids)
		}
	})
}

func TestFaultsAreOfTheirCommandOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := openStore(t)
		b := block(t, startLedgers(t, store, engine.Options{}))
		late, cancel := context.WithCancel(t.Context())
		b.add(t.Context(), entry{ID: "a"})
		b.add(t.Context(), entry{ID: "panic"})
		b.add(t.Context(), entry{ID: "b"})
		b.add(t.Context(), entry{ID: "evolve"})
		b.add(late, entry{ID: "late", during: cancel})
		b.add(t.Context(), entry{ID: "c"})
		b.add(t.Context(), entry{ID: "no", N: -1})
		got := b.all()
		for i, want := range []bool{true, true, false, true, false, false, true, false} {
			if (got[i].err == nil) != want {
				t.Errorf("command %d: got %+v", i, got[i])
			}
		}
		for _, i := range []int{2, 4} {
			var p *engine.PanicError
			if !errors.As(got[i].err, &p) || !strings.Contains(string(p.Stack), "ledger_test.go") {
				t.Errorf("command %d: want a panic with its stack, got %v", i, got[i].err)
			}
		}
		if !errors.Is(got[5].err, context.Canceled) {
			t.Errorf("want the end of its context, got %v", got[5].err)
		}
		if ids := stored(t, store, "l"); !slices.Equal(ids, []string{"blocker", "a", "b", "c"}) {
			t.Errorf("stored %v", ids)
		}
	})
}

// TestAnswersStandOnStoredState: another writer stores events where a batch of
// commands was decided to be. No answer may depend on the state that was not
// stored.
func TestAnswersStandOnStoredState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := openStore(t)
		h := startLedgers(t, store, engine.Options{})
		if _, err := h.Do(t.Context(), "l", entry{ID: "first"}); err != nil {
			t.Fatal(err)
		}
		b := block(t, h)
		b.add(t.Context(), entry{ID: "a"})
		b.add(t.Context(), entry{ID: "x"})
		b.add(t.Context(), entry{ID: "no", N: -1})
		write(t, store, "l", 1, entered{ID: "x"}, entered{ID: "y"})
		got := b.all()
		want := []string{"first", "x", "y", "blocker", "a"}
		if ids := stored(t, store, "l"); !slices.Equal(ids, want) {
			t.Fatalf("stored %v, want %v", ids, want)
		}
		if got[2].err != nil || got[2].Receipt != (ironstar.Receipt{Last: 5, Version: 5}) {
			t.Errorf("x is there already: got %+v", got[2])
		}
		if fmt.Sprint(got[3].err) != "-1 is below zero, after 5 entries" {
			t.Errorf("refused on another state: %v", got[3].err)
		}
	})
}

// TestRefusedAppendIsNotRemembered: after the store refuses a command's events,
// later commands are decided on the stored state.
func TestRefusedAppendIsNotRemembered(t *testing.T) {
	store := openStore(t)
	h := startLedgers(t, store, engine.Options{})
	for _, id := range []string{"a", "close"} {
		if _, err := h.Do(t.Context(), "l", entry{ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Do(t.Context(), "l", entry{ID: "b"}); !errors.Is(err, ironstar.ErrFinal) {
		t.Errorf("want ErrFinal, got %v", err)
	}
	if r, err := h.Do(t.Context(), "l", entry{ID: "b"}); !errors.Is(err, ironstar.ErrFinal) {
		t.Errorf("the second time: want ErrFinal, got %+v, %v", r, err)
	}
}

// busyBody is a store with another writer that is always faster.
type busyBody struct {
	ironstar.Store
	meddle func(ironstar.Append)
}

func (b *busyBody) Append(ctx context.Context, batch ...ironstar.Append) []ironstar.Outcome {
	b.meddle(batch[0])
	return b.Store.Append(ctx, batch...)
}

func TestConflictsAreTriedAgainButNotForever(t *testing.T) {
	store := openStore(t)
	rivals := 3
	rival := &busyBody{store, func(a ironstar.Append) {
		if rivals--; rivals >= 0 {
			write(t, store, a.Stream.ID, a.Expected, entered{ID: fmt.Sprint("rival ", a.Expected)})
		}
	}}
	h := startLedgers(t, rival, engine.Options{Retries: 3})
	if got, err := h.Do(t.Context(), "l", entry{ID: "a"}); err != nil || got.Version != 4 {
		t.Errorf("after three conflicts: got %+v, %v", got, err)
	}
	rivals = 4
	var conflict *ironstar.ConflictError
	if _, err := h.Do(t.Context(), "l", entry{ID: "b"}); !errors.As(err, &conflict) || conflict.Actual != 8 {
		t.Errorf("after four conflicts: got %v", err)
	}
	if got, err := h.Do(t.Context(), "l", entry{ID: "b"}); err != nil || got.Version != 9 {
		t.Errorf("without a rival: got %+v, %v", got, err)
	}
}

func TestRunTwicePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it did not panic")
		}
	}()
	e := engine.New(openStore(t), engine.Options{})
	engine.Run(e, aggregate())
	engine.Run(e, aggregate())
}

func TestClosedEngine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // fails if a goroutine is left
		store := openStore(t)
		e := engine.New(store, engine.Options{})
		h := engine.Run(e, aggregate())
		reader := engine.Follow(e, view("v", ironstar.ByStream))
		start(t, e)
		b := block(t, h)
		b.add(t.Context(), entry{ID: "a"})
		_, stop := watch(t, reader, "l")
		defer stop()
		closed := make(chan struct{}) // closed when the engine is
		go func() { defer close(closed); e.Close() }()
		synctest.Wait()
		got := b.all()
		<-closed
		if got[0].err != nil || got[1].err != nil {
			t.Errorf("commands that were taken must be carried to their end: %v, %v", got[0].err, got[1].err)
		}
		if _, err := h.Do(t.Context(), "l", entry{ID: "b"}); !errors.Is(err, engine.ErrClosed) {
			t.Errorf("want ErrClosed, got %v", err)
		}
		if err := e.Wait(t.Context(), 2); err != nil && !errors.Is(err, engine.ErrClosed) {
			t.Errorf("waiting on a closed engine: %v", err)
		}
	})
}

// panicking is a store that panics at its first append, having stored it.
type panicking struct {
	ironstar.Store
	done bool
}

func (p *panicking) Append(ctx context.Context, batch ...ironstar.Append) []ironstar.Outcome {
	out := p.Store.Append(ctx, batch...)
	if !p.done {
		p.done = true
		panic("the store panics")
	}
	return out
}

// TestG6_PanicOfTheStore: the outcome of the command is unknown, and the
// aggregate continues to work.
func TestG6_PanicOfTheStore(t *testing.T) {
	store := &panicking{Store: openStore(t)}
	h := startLedgers(t, store, engine.Options{Logger: slog.New(slog.DiscardHandler)})
	if _, err := h.Handle(t.Context(), "l", withID("id", 1, entry{ID: "a"})); !errors.Is(err, ironstar.ErrUnknown) {
		t.Errorf("got %v", err)
	}
	again, err := h.Handle(t.Context(), "l", withID("id", 1, entry{ID: "a"}))
	if err != nil || again.First != 1 {
		t.Errorf("asked again: %+v, %v", again, err)
	}
	if next, err := h.Do(t.Context(), "l", entry{ID: "b"}); err != nil || next.Version != 2 {
		t.Errorf("the next: %+v, %v", next, err)
	}
}
