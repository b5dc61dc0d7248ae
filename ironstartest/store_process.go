package ironstartest

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"ironstar.dev"
)

// processSuite checks the contract of [ironstar.Processes].
func processSuite(t *testing.T, open func(t *testing.T) ironstar.Store) {
	storeSubtest(t, open, "G21_Process", testProcess)
	storeSubtest(t, open, "G21_OneOfTwoStepsIsMade", testProcessSteps)
	storeSubtest(t, open, "G21_RenamedProcess", testProcessRenamed)
	storeSubtest(t, open, "BadSteps", testBadSteps)
}

// hammer is a process of the suite.
const hammer = "todo.Hammer"

// at is a time of the suite, in seconds.
func at(seconds int) time.Time { return time.Unix(1_700_000_000+int64(seconds), 0).UTC() }

// timer is a timer of the suite.
func timer(key, name string, seconds int) ironstar.Timer {
	return ironstar.Timer{
		TimerKey: ironstar.TimerKey{Key: key, Name: name}, ID: fmt.Sprint(key, name, seconds), At: at(seconds), Data: []byte(`{"n":1}`),
		Metadata: ironstar.Metadata{Correlation: "c", Causation: "because"},
	}
}

// out is something outgoing of the suite.
func out(expected int64, index int, id, key string) ironstar.Outgoing {
	return ironstar.Outgoing{
		ID: id, Step: expected + 1, Index: index, Key: key, Name: "close", To: list(key), Data: []byte(`{}`),
		NotBefore: at(5), Since: at(6), Metadata: ironstar.Metadata{Correlation: "c"},
	}
}

func (t *storeTest) mustStep(s ironstar.Step) {
	t.Helper()
	s.Process = hammer
	if err := t.Step(t.ctx, s); err != nil {
		t.Fatal(err)
	}
}

// wantProcess compares a process.
func (t *storeTest) wantProcess(want ironstar.StoredProcess) {
	t.Helper()
	want.Name = hammer
	if got, there, err := t.Process(t.ctx, hammer); got != want || !there || err != nil {
		t.Errorf("the process is %+v, %t, %v, want %+v", got, there, err, want)
	}
}

// wantTimers compares the timers that are due at a time.
func (t *storeTest) wantTimers(seconds, most int, next int, want ...ironstar.Timer) {
	t.Helper()
	due, then, err := t.Timers(t.ctx, hammer, at(seconds), most)
	if diff := difference(want, due); diff != "" || err != nil {
		t.Errorf("timers at %d: %v (-want +got)\n%s", seconds, err, diff)
	}
	if next == 0 && !then.IsZero() || next != 0 && !then.Equal(at(next)) {
		t.Errorf("after %d the next timer is due at %v, want %d", seconds, then, next)
	}
}

// wantOutgoing compares the ids of what is outgoing, or waits for a person.
func (t *storeTest) wantOutgoing(dead bool, want ...string) {
	t.Helper()
	var got []string
	for step, index := int64(0), 0; ; {
		some, err := t.Outgoing(t.ctx, hammer, dead, step, index, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range some {
			got = append(got, o.ID)
			step, index = o.Step, o.Index
			if dead == (o.Reason == "") {
				t.Errorf("%s has reason %q", o.ID, o.Reason)
			}
		}
		if len(some) < 2 {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("outgoing (dead: %t) is %q, want %q", dead, got, want)
	}
}

func testProcess(t *storeTest) {
	if _, there, err := t.Process(t.ctx, hammer); there || err != nil {
		t.Errorf("a process that never was: %t, %v", there, err)
	}
	t.mustAppend(addedTo(list("a"), 0, 1, 2))
	t.mustStep(ironstar.Step{Position: 2})
	t.wantProcess(ironstar.StoredProcess{Steps: 1, Position: 2})

	// Timers: one of a name for each key, the last one counts.
	t.mustStep(ironstar.Step{Expected: 1, Set: []ironstar.Timer{timer("a", "Closing", 30), timer("b", "Closing", 10), timer("a", "Paying", 20)}})
	t.mustStep(ironstar.Step{Expected: 2, Set: []ironstar.Timer{timer("a", "Closing", 40)}})
	t.wantTimers(9, 10, 10)
	t.wantTimers(10, 10, 20, timer("b", "Closing", 10))
	t.wantTimers(39, 10, 40, timer("b", "Closing", 10), timer("a", "Paying", 20))
	t.wantTimers(39, 1, 10, timer("b", "Closing", 10)) // there may be more at that time
	t.mustStep(ironstar.Step{Expected: 3, Cancel: []ironstar.TimerKey{{Key: "a", Name: "Closing"}, {Key: "b", Name: "Paying"}}})
	t.wantTimers(100, 10, 0, timer("b", "Closing", 10), timer("a", "Paying", 20))
	t.wantProcess(ironstar.StoredProcess{Steps: 4, Position: 2, Timers: 2})

	// Outgoing: in order, each id once.
	t.mustStep(ironstar.Step{Expected: 4, Out: []ironstar.Outgoing{out(4, 0, "x", "a"), out(4, 1, "y", "b"), out(4, 2, "x", "c")}})
	t.mustStep(ironstar.Step{Expected: 5, Out: []ironstar.Outgoing{out(5, 0, "z", "a")}, Done: []string{"nothing"}})
	t.wantOutgoing(false, "x", "y", "z")
	t.mustStep(ironstar.Step{Expected: 6, Done: []string{"y"}, Dead: []ironstar.Dead{{ID: "x", Reason: "no"}}})
	t.wantOutgoing(false, "z")
	t.wantOutgoing(true, "x")
	all, err := t.Outgoing(t.ctx, hammer, true, 0, 0, 10)
	want := out(4, 0, "x", "a")
	want.Reason = "no"
	if diff := difference([]ironstar.Outgoing{want}, all); diff != "" || err != nil {
		t.Errorf("outgoing %v (-want +got)\n%s", err, diff)
	}
	t.mustStep(ironstar.Step{Expected: 7, Again: []string{"x"}})
	t.wantOutgoing(false, "x", "z")

	// Parked keys, and what an operator says.
	yes := true
	t.mustStep(ironstar.Step{Expected: 8, Paused: &yes, Park: []ironstar.ParkedKey{{Key: "a", Position: 2, Reason: "panic"}, {Key: "b", Position: 1, Reason: "panic"}}})
	t.mustStep(ironstar.Step{Expected: 9, Held: &yes, Unpark: []string{"b"}})
	t.wantProcess(ironstar.StoredProcess{Steps: 10, Position: 2, Paused: true, Held: true, Timers: 2, Outgoing: 2, Parked: 1})
	parked, err := t.Parked(t.ctx, hammer)
	if diff := difference([]ironstar.ParkedKey{{Key: "a", Position: 2, Reason: "panic"}}, parked); diff != "" || err != nil {
		t.Errorf("parked %v (-want +got)\n%s", err, diff)
	}
	all2, err := t.Processes(t.ctx)
	if err != nil || len(all2) != 1 || all2[0].Name != hammer {
		t.Errorf("processes are %+v, %v", all2, err)
	}
}

func testProcessSteps(t *storeTest) {
	t.mustStep(ironstar.Step{})
	for _, expected := range []int64{0, 2, -1} {
		if err := t.Step(t.ctx, ironstar.Step{Process: hammer, Expected: expected, Out: []ironstar.Outgoing{out(expected, 0, "x", "a")}}); !errors.Is(err, ironstar.ErrConflict) {
			t.Errorf("a step after %d steps of 1: %v", expected, err)
		}
	}
	t.wantOutgoing(false)
	// Of those who want to make the same step, one does.
	for round := range 20 {
		var made atomic.Int64
		atOnce(8, func(i int) {
			err := t.Step(t.ctx, ironstar.Step{Process: hammer, Expected: int64(1 + round), Out: []ironstar.Outgoing{out(int64(1+round), 0, fmt.Sprint(round, "by", i), "a")}})
			if err == nil {
				made.Add(1)
			} else if !errors.Is(err, ironstar.ErrConflict) {
				t.Error(err)
			}
		})
		if made.Load() != 1 {
			t.Errorf("round %d: %d made one step", round, made.Load())
		}
	}
	t.wantProcess(ironstar.StoredProcess{Steps: 21, Outgoing: 20})
}

func testProcessRenamed(t *storeTest) {
	t.mustAppend(addedTo(list("a"), 0, 1, 2))
	t.mustStep(ironstar.Step{Position: 2, Set: []ironstar.Timer{timer("a", "Closing", 30)}, Park: []ironstar.ParkedKey{{Key: "k", Position: 1, Reason: "panic"}},
		Out: []ironstar.Outgoing{out(0, 0, "x", "a"), out(0, 1, "y", "b")}})
	t.mustStep(ironstar.Step{Expected: 1, Dead: []ironstar.Dead{{ID: "y", Reason: "no"}}})
	if err := t.Step(t.ctx, ironstar.Step{Process: "todo.Gavel", From: hammer}); err != nil {
		t.Fatal(err)
	}
	if _, there, err := t.Process(t.ctx, hammer); there || err != nil {
		t.Errorf("the old one is still there: %v", err)
	}
	got, _, err := t.Process(t.ctx, "todo.Gavel")
	if want := (ironstar.StoredProcess{Name: "todo.Gavel", Steps: 3, Position: 2, Timers: 1, Outgoing: 1, Dead: 1, Parked: 1}); got != want || err != nil {
		t.Errorf("the new one is %+v, %v, want %+v", got, err, want)
	}
	if due, _, err := t.Timers(t.ctx, "todo.Gavel", at(30), 10); err != nil || len(due) != 1 {
		t.Errorf("its timers are %v, %v", due, err)
	}
	for _, dead := range []bool{false, true} {
		if some, err := t.Outgoing(t.ctx, "todo.Gavel", dead, 0, 0, 10); err != nil || len(some) != 1 {
			t.Errorf("outgoing (dead: %t) is %v, %v", dead, some, err)
		}
	}
}

func testBadSteps(t *storeTest) {
	bad := func(change func(*ironstar.Timer, *ironstar.Outgoing, *ironstar.Step)) {
		t.Helper()
		tm, o := timer("a", "Closing", 1), out(0, 0, "x", "a")
		s := ironstar.Step{Process: hammer}
		change(&tm, &o, &s)
		s.Set, s.Out = []ironstar.Timer{tm}, []ironstar.Outgoing{o}
		if err := t.Step(t.ctx, s); err == nil || errors.Is(err, ironstar.ErrRetryable) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	long := string(make([]byte, ironstar.MaxProcessKey+1))
	bad(func(_ *ironstar.Timer, _ *ironstar.Outgoing, s *ironstar.Step) { s.Process = "" })
	bad(func(_ *ironstar.Timer, _ *ironstar.Outgoing, s *ironstar.Step) { s.Process = "a b" })
	bad(func(tm *ironstar.Timer, _ *ironstar.Outgoing, _ *ironstar.Step) { tm.Key = long })
	bad(func(tm *ironstar.Timer, _ *ironstar.Outgoing, _ *ironstar.Step) { tm.Name = "" })
	bad(func(tm *ironstar.Timer, _ *ironstar.Outgoing, _ *ironstar.Step) { tm.Data = []byte("{") })
	bad(func(tm *ironstar.Timer, _ *ironstar.Outgoing, _ *ironstar.Step) { tm.At = time.Time{} })
	bad(func(_ *ironstar.Timer, o *ironstar.Outgoing, _ *ironstar.Step) { o.Index = 1 })
	bad(func(_ *ironstar.Timer, o *ironstar.Outgoing, _ *ironstar.Step) { o.Step = 2 })
	bad(func(_ *ironstar.Timer, o *ironstar.Outgoing, _ *ironstar.Step) { o.To.ID = "" })
	bad(func(_ *ironstar.Timer, o *ironstar.Outgoing, _ *ironstar.Step) { o.ID = "" })
	bad(func(_ *ironstar.Timer, o *ironstar.Outgoing, _ *ironstar.Step) { o.Metadata.Correlation = long })
	if _, there, err := t.Process(t.ctx, hammer); there || err != nil {
		t.Errorf("something is stored: %v", err)
	}
}
