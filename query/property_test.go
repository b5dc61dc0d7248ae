package query_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"ironstar.dev"
)

// TestG23_NoAnswerIsWrong runs random histories on a fake clock: appends, tables that lag
// behind, a process that starts again, and askers. It checks what the package
// comment promises.
func TestG23_NoAnswerIsWrong(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(drawStep), 20, 50).Draw(r, "steps")
		var faults []string
		synctest.Test(t, func(t *testing.T) {
			h := &history{place: newPlace(t), last: map[string]ironstar.Position{}}
			h.start()
			for _, s := range steps {
				h.take(s)
			}
			h.end()
			faults = h.faults
		})
		if len(faults) > 0 {
			r.Fatalf("%d faults, the first: %s", len(faults), faults[0])
		}
	})
}

// step is something that happens.
type step struct {
	name    string
	types   []string      // of events that are appended
	records int           // that the tables get
	wait    time.Duration // that passes
	asks    []asks
}

// asks is one question of somebody.
type asks struct {
	span  span
	shows bool // does not wait
	ahead int  // wants what is in the tables, and so many events more or less
}

var spans = []span{{Length: 24 * time.Hour}, {Length: 10 * time.Second}, {Length: time.Minute, Item: "tea"}, {Length: time.Hour, Until: time.Date(2000, 1, 1, 0, 1, 0, 0, time.UTC)}}

func drawStep(r *rapid.T) step {
	waits := []time.Duration{time.Millisecond, fresh / 3, fresh - 1, fresh, round / 2, round + 2*fresh}
	return step{
		name:    rapid.SampledFrom([]string{"append", "append", "feed", "feed", "fed", "wait", "wait", "ask", "ask", "ask", "watch", "restart", "lose"}).Draw(r, "step"),
		types:   rapid.SliceOfN(rapid.SampledFrom([]string{"Sold", "Sold", "Returned", "Other"}), 1, 6).Draw(r, "types"),
		records: rapid.IntRange(1, 8).Draw(r, "records"),
		wait:    rapid.SampledFrom(waits).Draw(r, "wait"),
		asks: rapid.SliceOfN(rapid.Custom(func(r *rapid.T) asks {
			return asks{rapid.SampledFrom(spans).Draw(r, "span"), rapid.Bool().Draw(r, "shows"), rapid.IntRange(-5, 1).Draw(r, "ahead")}
		}), 1, 6).Draw(r, "asks"),
	}
}

// history is a run of the property, with the askers' memory.
type history struct {
	*place
	mu     sync.Mutex
	last   map[string]ironstar.Position // by asker
	faults []string
	stops  []func()
}

// Errorf notes what is wrong. Askers call it.
func (h *history) Errorf(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults = append(h.faults, fmt.Sprintf(format, args...))
}

func (h *history) take(s step) {
	switch s.name {
	case "append":
		h.append(false, s.types...)
	case "feed":
		h.gate.until(min(h.gate.reached()+ironstar.Position(s.records), h.head()))
	case "fed":
		synctest.Wait()
	case "wait":
		time.Sleep(s.wait)
	case "ask":
		var asking sync.WaitGroup
		for i, one := range s.asks {
			asking.Go(func() { h.asker(fmt.Sprint(i, one.span), one) })
		}
		asking.Wait()
	case "watch":
		h.watch(s.asks[0].span)
	case "restart", "lose":
		h.leave(0)
		h.stop()
		if s.name == "lose" { // the tables, and they are made again slowly
			if err := os.RemoveAll(h.folder()); err != nil {
				h.Errorf("%v", err)
			}
			h.gate.set(min(h.gate.reached(), ironstar.Position(s.records)), nil)
		}
		h.start()
	}
}

func (h *history) head() ironstar.Position {
	head, err := h.store.Head(context.Background())
	if err != nil {
		h.Errorf("%v", err)
	}
	return head
}

// asker asks, and checks the answer.
func (h *history) asker(name string, one asks) {
	if one.shows {
		h.show(name, one.span)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*fresh)
	defer cancel()
	reached, head, began := h.gate.reached(), h.head(), time.Now()
	at := max(reached+ironstar.Position(one.ahead), 0)
	a, err := h.reader.Ask(ctx, one.span, at)
	switch {
	case err == nil && a.Position < at:
		h.Errorf("an answer with %d was wanted, and it is at %d", at, a.Position)
	case err == nil && one.span.Until.IsZero() && !a.Window.Until.After(began.Add(-fresh)):
		h.Errorf("asked at %v, and the window ended at %v", began, a.Window.Until)
	case err != nil && !errors.Is(err, context.DeadlineExceeded):
		h.Errorf("ask: %v", err)
	case err != nil && at <= reached && reached == head:
		h.Errorf("ask for %d: %v, and the tables can be at %d", at, err, head)
	}
	h.took(name, one.span, a)
}

func (h *history) show(name string, s span) {
	asked := h.reader.At(s)
	before := asked.Revision()
	err := asked.Read("", func(a ironstar.Answer[sum], changed, asOf ironstar.Position) error {
		if changed > asOf || asOf != a.Position {
			h.Errorf("computed at %d, includes %d and says %d", changed, asOf, a.Position)
		}
		h.took(name, s, a)
		return nil
	})
	if after := asked.Revision(); err != nil || after < before {
		h.Errorf("read: %v, revision %d after %d", err, after, before)
	}
}

// took checks an answer that an asker has got.
func (h *history) took(name string, s span, a ironstar.Answer[sum]) {
	if a.Err != nil {
		h.Errorf("an answer has the error %v", a.Err)
	}
	if a.Loading || a.At.IsZero() {
		return
	}
	h.right(h, s, a)
	h.mu.Lock()
	before := h.last[name]
	h.last[name] = max(before, a.Position)
	h.mu.Unlock()
	if a.Position < before {
		h.Errorf("%s had an answer at %d, and got one at %d", name, before, a.Position)
	}
}

func (h *history) watch(s span) {
	stop, err := h.reader.At(s).Notify("", func() {})
	if err != nil {
		h.Errorf("notify: %v", err)
		return
	}
	h.stops = append(h.stops, stop)
	h.leave(3)
}

// leave ends all watches but the last ones.
func (h *history) leave(but int) {
	for len(h.stops) > but {
		h.stops[0]()
		h.stops = h.stops[1:]
	}
}

// end checks that everybody gets an answer with everything, and what was computed.
func (h *history) end() {
	head := h.head()
	h.gate.until(head)
	for _, s := range spans {
		a, err := h.reader.Ask(context.Background(), s, head)
		if err != nil || a.Position != head {
			h.Errorf("at the end: position %d of %d, %v", a.Position, head, err)
		}
		h.took("end", s, a)
	}
	h.leave(0)
	h.close()
	last := map[computed]time.Time{}
	for _, c := range h.engine.asked {
		key := c
		key.at = time.Time{}
		if at, ok := last[key]; ok && c.at.Before(at.Add(fresh)) {
			h.Errorf("%v was computed at %v and at %v", key, at, c.at)
		}
		last[key] = c.at
	}
}
