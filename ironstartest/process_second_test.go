package ironstartest_test

import (
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/ironstartest"
)

// alarm is a process over shelves: "Put" sets a timer.
func alarm(at func(*ironstar.Record) time.Time, due func(*ironstar.Timer) []ironstar.Action) ironstar.Process[int] {
	p := ironstar.Process[int]{
		React: func(_ string, n int, r *ironstar.Record) (int, []ironstar.Action, error) {
			return n + 1, []ironstar.Action{{Do: ironstar.Set, Name: "Ring", At: at(r), Data: []byte(`{}`)}}, nil
		},
		Due:      func(_ string, _ int, t *ironstar.Timer) ([]ironstar.Action, error) { return due(t), nil },
		Timers:   map[string]func([]byte) error{"Ring": func([]byte) error { return nil }},
		ActionOf: func(a any) (ironstar.Action, bool) { action, ok := a.(ironstar.Action); return action, ok },
	}
	p.Name, p.Kinds, p.Initial = "library.Alarm", []string{"library.Shelf"}, func(string) int { return 0 }
	return p
}

// TestProcessSpecBounds: what the engine parks a key for fails in a test.
func TestProcessSpecBounds(t *testing.T) {
	put := ironstartest.StreamOf(newShelf(), "s")(event{Put: "a"})
	zero := failureOf(t, func(tb testing.TB) {
		p := alarm(func(*ironstar.Record) time.Time { return time.Time{} }, nil)
		ironstartest.ForProcess(tb, p).When(put).Then(ironstar.Action{Do: ironstar.Set, Name: "Ring", Data: []byte(`{}`)})
	})
	if !strings.Contains(zero, "years 1 to 9999") {
		t.Errorf("a timer without a time: %q", zero)
	}
	loop := failureOf(t, func(tb testing.TB) {
		again := func(timer *ironstar.Timer) []ironstar.Action {
			return []ironstar.Action{{Do: ironstar.Set, Name: "Ring", At: timer.At, Data: []byte(`{}`)}}
		}
		s := ironstartest.ForProcess(tb, alarm(func(r *ironstar.Record) time.Time { return r.RecordedAt }, again))
		s.Given(put).Until(s.Now().Add(time.Hour)).Nothing()
	})
	if !strings.Contains(loop, "this is a loop") {
		t.Errorf("a loop: %q", loop)
	}
}
