package query_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ironstar.dev"
	"ironstar.dev/query"
)

// TestOneComputationForAll: those who ask while an answer is computed get that one.
func TestOneComputationForAll(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		head := p.append(true, "Sold", "Sold")
		p.engine.before = func(context.Context) error { time.Sleep(time.Second); return nil }
		p.start()
		var asking sync.WaitGroup
		for range 50 {
			asking.Go(func() { p.ask(day, head) })
			asking.Go(func() { p.shown(day) })
		}
		asking.Wait()
		if n := p.engine.count(); n != 1 {
			t.Errorf("computed %d times, want once", n)
		}
	})
}

// TestFresh: an answer is not computed again before its time, and not at all while
// nothing happened that concerns it.
func TestFresh(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		p.start()
		p.ask(day, p.append(true, "Sold"))
		computed := func(want int, when string) {
			t.Helper()
			if n := p.engine.count(); n != want {
				t.Errorf("%s: computed %d times, want %d", when, n, want)
			}
		}
		p.append(true, "Sold")
		synctest.Wait()
		if a := p.ask(day, 0); a.Position != 1 {
			t.Errorf("within fresh an answer is at %d, want the last one, at 1", a.Position)
		}
		computed(1, "within fresh")
		began := time.Now()
		if p.ask(day, 2); time.Since(began) != fresh {
			t.Errorf("an answer with what just happened came after %v, want %v", time.Since(began), fresh)
		}
		computed(2, "after fresh")
		head := p.append(true, "Returned", "Other")
		time.Sleep(2 * fresh)
		if a := p.ask(day, head); a.Position != head {
			t.Errorf("got position %d of %d", a.Position, head)
		}
		computed(2, "after events that do not concern it")
		time.Sleep(round)
		p.ask(day, 0)
		computed(3, "when the window has moved")
		past := span{Length: time.Hour, Until: time.Now().Add(-time.Minute)}
		p.ask(past, 0)
		time.Sleep(10 * round)
		p.ask(past, 0)
		computed(4, "a window that stands still")
	})
}

// TestWatched: all watchers learn of another answer, which is computed once: when
// something happened, and when the window moves.
func TestWatched(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		p.start()
		p.ask(day, p.append(true, "Sold"))
		var mu sync.Mutex
		woken := map[int]int{}
		for i := range 10 {
			stop, err := p.reader.At(day).Notify("", func() { mu.Lock(); woken[i]++; mu.Unlock() })
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
		}
		before := p.reader.At(day).Revision()
		expect := func(when string, computed, wakes int) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if n := p.engine.count(); n != computed {
				t.Errorf("%s: computed %d times, want %d", when, n, computed)
			}
			for i, n := range woken {
				if n != wakes {
					t.Errorf("%s: watcher %d was woken %d times, want %d", when, i, n, wakes)
				}
			}
		}
		time.Sleep(fresh)
		expect("nothing happened", 1, 0)
		p.append(true, "Sold", "Sold", "Sold")
		expect("sales", 2, 1)
		if a := p.shown(day); a.Position != 4 {
			t.Errorf("watched: at %d", a.Position)
		}
		p.append(true, "Sold")
		expect("sales within fresh", 2, 1)
		time.Sleep(fresh)
		expect("fresh has passed", 3, 2)
		if after := p.reader.At(day).Revision(); after <= before {
			t.Errorf("revision %d after %d", after, before)
		}
		time.Sleep(5 * round)
		expect("five windows", 8, 7)
	})
}

// TestNobodyWaits: a computation that nobody needs any more is cancelled.
func TestNobodyWaits(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		head := p.append(true, "Sold")
		ended := make(chan error, 10)
		p.engine.before = func(ctx context.Context) error { <-ctx.Done(); ended <- ctx.Err(); return ctx.Err() }
		p.start()
		ctx, cancel := context.WithCancel(t.Context())
		var asking sync.WaitGroup
		for range 3 {
			asking.Go(func() {
				if _, err := p.reader.Ask(ctx, day, 0); !errors.Is(err, context.Canceled) {
					t.Errorf("ask: %v", err)
				}
			})
		}
		synctest.Wait()
		cancel()
		asking.Wait()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the computation ended with %v", err)
		}
		began := time.Now()
		if a := p.shown(day); !a.Loading || a.Err != nil || time.Since(began) != 300*time.Millisecond {
			t.Errorf("a page shows %+v after %v", a, time.Since(began))
		}
		if err := <-ended; time.Since(began) > 10*time.Second || !errors.Is(err, context.Canceled) {
			t.Errorf("after the page has gone, the computation ended after %v with %v", time.Since(began), err)
		}
		p.engine.mu.Lock()
		p.engine.before = nil
		p.engine.mu.Unlock()
		p.ask(day, head)
	})
}

func TestTooSlow(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		p.append(true, "Sold")
		var slow atomic.Bool
		slow.Store(true)
		p.engine.before = func(ctx context.Context) error {
			if slow.Load() {
				<-ctx.Done()
			}
			return ctx.Err()
		}
		p.start()
		began := time.Now()
		if _, err := p.reader.Ask(t.Context(), day, 0); !errors.Is(err, ironstar.ErrTooSlow) || time.Since(began) != time.Minute {
			t.Errorf("got %v after %v", err, time.Since(began))
		}
		if a := p.shown(day); !errors.Is(a.Err, ironstar.ErrTooSlow) || a.Loading {
			t.Errorf("a page shows %+v", a)
		}
		slow.Store(false)
		time.Sleep(time.Minute)
		p.ask(day, 1)
	})
}

// TestErrorKeepsTheLastRows: and it is tried again while somebody watches, more and more
// seldom.
func TestErrorKeepsTheLastRows(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		p.start()
		p.ask(day, p.append(true, "Sold"))
		var failing atomic.Bool
		failing.Store(true)
		p.engine.before = func(context.Context) error {
			if failing.Load() {
				return fmt.Errorf("no memory")
			}
			return nil
		}
		var woken atomic.Int32
		stop, err := p.reader.At(day).Notify("", func() { woken.Add(1) })
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(fresh)
		p.append(true, "Sold")
		time.Sleep(20 * time.Second)
		a := p.shown(day)
		if a.Err == nil || len(a.Rows) != 1 || a.Position != 1 || a.Late == 0 || woken.Load() == 0 {
			t.Errorf("got %+v", a)
		}
		if n := p.engine.count(); n < 4 || n > 7 {
			t.Errorf("computed %d times in 20 s of failures", n)
		}
		failing.Store(false)
		time.Sleep(time.Minute)
		if a := p.shown(day); a.Err != nil || a.Position != 2 || a.Late != 0 {
			t.Errorf("later: %+v", a)
		}
		stop()
	})
}

// TestComputingAtOnce: each engine computes at most two answers at a time.
func TestComputingAtOnce(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		head := p.append(true, "Sold")
		var mu sync.Mutex
		now, most := 0, 0
		p.engine.before = func(context.Context) error {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			now--
			mu.Unlock()
			return nil
		}
		p.start()
		var asking sync.WaitGroup
		for i := range 9 {
			asking.Go(func() { p.ask(span{Length: time.Duration(i+1) * time.Hour}, head) })
		}
		began := time.Now()
		asking.Wait()
		if took := time.Since(began); most != 2 || took != 5*time.Second {
			t.Errorf("%d at once, all after %v; want 2 at once, and 5 s", most, took)
		}
	})
}

// TestLimits: too much is refused at once, and nothing grows without bound.
func TestLimits(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		head := p.append(true, "Sold", "Sold", "Sold")
		p.limits = query.Limits{Answers: 4, Waiting: 3}
		p.start()
		for i := range 20 { // more than are remembered
			p.ask(span{Length: time.Duration(i+1) * time.Hour}, head)
		}
		p.ask(span{Length: time.Hour}, head)
		if n := p.engine.count(); n != 21 {
			t.Errorf("computed %d times, want 21: the first answer was forgotten", n)
		}
		var stops []func()
		for i := range 4 {
			stop, err := p.reader.At(span{Length: time.Duration(i+100) * time.Hour}).Notify("", func() {})
			if err != nil {
				t.Fatal(err)
			}
			stops = append(stops, stop)
		}
		if _, err := p.reader.At(day).Notify("", func() {}); !errors.Is(err, ironstar.ErrBusy) {
			t.Errorf("one more to watch: %v", err)
		}
		if a, err := p.reader.Ask(t.Context(), day, 0); !errors.Is(err, ironstar.ErrBusy) || a.Err == nil {
			t.Errorf("one more to ask: %+v, %v", a, err)
		}
		if a := p.shown(day); !errors.Is(a.Err, ironstar.ErrBusy) {
			t.Errorf("one more to show: %+v", a)
		}
		for _, stop := range stops {
			stop()
			stop() // twice does nothing
		}
		synctest.Wait()
		p.ask(day, head)
		p.tooMany(t)
	})
}

// tooMany checks that no more than the allowed number of callers wait.
func (p *place) tooMany(t *testing.T) {
	p.engine.mu.Lock()
	p.engine.before = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	p.engine.mu.Unlock()
	ctx, cancel := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	for range 3 {
		asking.Go(func() { _, _ = p.reader.Ask(ctx, span{Length: 500 * time.Hour}, 0) })
	}
	synctest.Wait()
	if _, err := p.reader.Ask(ctx, span{Length: 500 * time.Hour}, 0); !errors.Is(err, ironstar.ErrBusy) {
		t.Errorf("one more waits: %v", err)
	}
	if a := p.shown(day); a.Err != nil || len(a.Rows) == 0 {
		t.Errorf("an answer that is there: %+v", a)
	}
	cancel()
	asking.Wait()
}

// TestRowsAreBounded: an answer says that there is more, and long answers are forgotten
// sooner.
func TestRowsAreBounded(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		head := p.append(true, "Sold", "Sold", "Sold")
		p.limits = query.Limits{Rows: 4}
		p.start()
		for _, hours := range []time.Duration{1, 2, 3, 2, 1} {
			p.ask(span{Length: hours * time.Hour}, head)
		}
		if n := p.engine.count(); n != 5 {
			t.Errorf("computed %d times, want 5: two answers have more rows than are remembered", n)
		}
		p.stop()
		q := sums()
		q.Rows = 2
		err := p.askOther(t, q, func(a ironstar.Answer[sum]) error {
			if len(a.Rows) != 2 || !a.More {
				return fmt.Errorf("got %+v, want two rows and more", a)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
