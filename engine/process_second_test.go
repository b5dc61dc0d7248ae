package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// change is an operator's change of the process.
func (s *shop) change(change func(*ironstar.Step)) {
	s.t.Helper()
	err := s.ChangeProcess(s.t.Context(), s.name, func(step *ironstar.Step, _ ironstar.StoredProcess) error { change(step); return nil })
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestG21_StateAfterAnOperatorsChange: a process that begins again folds no event twice.
func TestG21_StateAfterAnOperatorsChange(t *testing.T) {
	for _, by := range []ironstar.Keying{ironstar.ByStream, ironstar.Global, ironstar.ByField} {
		t.Run(fmt.Sprint(by), func(t *testing.T) {
			var reacted atomic.Int64
			s := newShop(t, openStore(t), seller{by: by, react: func(s order, e ordered, r *ironstar.Record) []ironstar.Action {
				reacted.Add(1)
				if e.Is != "placed" {
					return nil
				}
				return []ironstar.Action{command("z", fmt.Sprint("saw", s.done["looked"]))}
			}})
			s.awaitProcess("a start", func(p ironstar.StoredProcess) bool { return p.Steps > 0 })
			s.do("a", "looked")
			s.do("a", "looked")
			s.settled() // the position is not stored yet: nothing else is to be stored
			s.change(func(*ironstar.Step) {})
			s.do("a", "placed")
			s.await("a command", func() bool { return len(s.events("z")) > 0 })
			s.awaitEvents("z", "saw2")
		})
	}
}

// TestG21_RefusalForAParkedKey: Refused is never called with a state that is not that of
// the key's events.
func TestG21_RefusalForAParkedKey(t *testing.T) {
	for _, by := range []ironstar.Keying{ironstar.ByStream, ironstar.Global, ironstar.ByField} {
		t.Run(fmt.Sprint(by), func(t *testing.T) {
			var wrong atomic.Int64
			wrong.Store(-1)
			parked := make(chan struct{})
			s := newShop(t, openStore(t), seller{
				by: by,
				react: func(s order, e ordered, r *ironstar.Record) []ironstar.Action {
					if e.Is == "odd" {
						panic("odd")
					}
					return on("placed", charge, command("a", "refuse"))(s, e, r)
				},
				perform: func(ctx context.Context, _ ironstar.Try, _ []byte) (ironstar.Action, error) {
					select {
					case <-parked:
					case <-ctx.Done():
					}
					return ironstar.Action{}, ctx.Err()
				},
				refused: func(s order, _ *ironstar.Outgoing) ([]ironstar.Action, bool) {
					if s.n != 2 {
						wrong.Store(int64(s.n))
					}
					return nil, true
				},
			})
			s.do("a", "looked")
			s.do("a", "placed")
			s.awaitProcess("an effect", func(p ironstar.StoredProcess) bool { return p.Outgoing == 2 })
			s.do("a", "odd")
			s.awaitProcess("a parked key", func(p ironstar.StoredProcess) bool { return p.Parked == 1 })
			close(parked)
			s.awaitProcess("the refusal", func(p ironstar.StoredProcess) bool { return p.Outgoing == 0 })
			if n := wrong.Load(); n >= 0 {
				t.Errorf("Refused saw a state of %d events", n)
			}
		})
	}
}

// TestG21_ATimerThatRepeats: a timer that sets itself again, each time for later, is no
// loop; one that does it without a pause is.
func TestG21_ATimerThatRepeats(t *testing.T) {
	react := func(_ order, e ordered, r *ironstar.Record) []ironstar.Action {
		if e.Is != "placed" {
			return nil
		}
		return []ironstar.Action{{Do: ironstar.Set, Name: "Expire", At: r.RecordedAt.Add(-1000 * time.Hour)}}
	}
	for pause, parks := range map[time.Duration]bool{time.Hour: false, 0: true} {
		t.Run(fmt.Sprint(pause), func(t *testing.T) {
			var times atomic.Int64
			s := newShop(t, openStore(t), seller{react: react, due: func(_ order, timer *ironstar.Timer) []ironstar.Action {
				if times.Add(1) == 100 {
					return nil
				}
				return []ironstar.Action{{Do: ironstar.Set, Name: "Expire", At: timer.At.Add(pause)}}
			}})
			s.do("a", "placed")
			s.awaitProcess("the end", func(p ironstar.StoredProcess) bool { return p.Timers == 0 && times.Load() == 100 || p.Parked == 1 })
			p, _, _ := s.store.Process(t.Context(), s.name)
			if (p.Parked == 1) != parks {
				t.Errorf("after %d times it is %+v", times.Load(), p)
			}
		})
	}
}

// TestG21_TimersOfLongAgo: a timer for any time of the past is due, also one that was
// stored before the start.
func TestG21_TimersOfLongAgo(t *testing.T) {
	for _, at := range []time.Time{time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(0, 0), time.Time{}.Add(time.Hour)} {
		t.Run(fmt.Sprint(at.Year()), func(t *testing.T) {
			s := newShop(t, openStore(t), seller{react: func(_ order, e ordered, r *ironstar.Record) []ironstar.Action {
				if e.Is != "placed" {
					return nil
				}
				return []ironstar.Action{{Do: ironstar.Set, Name: "Expire", At: at}}
			}})
			yes, no := true, false
			s.awaitProcess("a start", func(p ironstar.StoredProcess) bool { return p.Steps > 0 })
			s.change(func(step *ironstar.Step) { step.Paused = &yes })
			s.do("a", "placed")
			s.awaitProcess("a timer", func(p ironstar.StoredProcess) bool { return p.Timers == 1 })
			s.change(func(step *ironstar.Step) { step.Paused = &no })
			s.awaitEvents("a", "placed", "expire")
		})
	}
}

// TestG21_AKeyThatIsTooLong stands still, and all others go on.
func TestG21_AKeyThatIsTooLong(t *testing.T) {
	store := openStore(t)
	e := engine.New(store, engine.Options{})
	s := &shop{t: t, store: store, Engine: e, orders: engine.Run(e, orders()), name: "test.Seller"}
	p := seller{by: ironstar.ByField, react: on("placed", command("", "ship"))}.process()
	p.Keys = func(r *ironstar.Record) ([]string, error) {
		if r.Stream.ID == "long" {
			return []string{strings.Repeat("k", ironstar.MaxProcessKey+1)}, nil
		}
		return []string{r.Stream.ID}, nil
	}
	engine.RunProcess(e, p)
	start(t, e)
	s.do("long", "placed")
	s.do("a", "placed")
	s.awaitEvents("a", "placed", "ship")
	s.awaitProcess("a parked key", func(p ironstar.StoredProcess) bool { return p.Parked == 1 })
}

// TestG21_KeysInOtherNormalForms: spellings of one key have one state, and React gets
// that of the record, as Evolve of a view does.
func TestG21_KeysInOtherNormalForms(t *testing.T) {
	const composed, decomposed = "\u00e9", "e\u0301"
	store := openStore(t)
	e := engine.New(store, engine.Options{})
	s := &shop{t: t, store: store, Engine: e, orders: engine.Run(e, orders()), name: "test.Seller"}
	p := seller{by: ironstar.ByField}.process()
	spelled := func(r *ironstar.Record) string {
		if r.Sequence == 1 {
			return decomposed
		}
		return composed
	}
	p.Keys = func(r *ironstar.Record) ([]string, error) {
		if r.Stream.ID == "z" {
			return nil, nil
		}
		return []string{spelled(r)}, nil
	}
	p.React = func(key string, s order, r *ironstar.Record) (order, []ironstar.Action, error) {
		if key != spelled(r) { // as generated code does it
			return s, nil, nil
		}
		s.n++
		return s, []ironstar.Action{command("z", fmt.Sprint("saw", s.n))}, nil
	}
	engine.RunProcess(e, p)
	start(t, e)
	s.do("a", "placed")
	s.do("a", "placed")
	s.settled()
	s.awaitEvents("z", "saw1", "saw2")
}

// TestG21_ADeadlineThatIsMovedWhileManyAreDue does not fall.
func TestG21_ADeadlineThatIsMovedWhileManyAreDue(t *testing.T) {
	const last = "k599"
	store := openStore(t)
	var s *shop
	var moved atomic.Bool
	d := seller{react: on("placed", setExpire), due: func(_ order, timer *ironstar.Timer) []ironstar.Action {
		if timer.Key == "k000" {
			s.append(last, ordered{Is: "placed", After: time.Hour})
			moved.Store(true)
		}
		return []ironstar.Action{command(timer.Key, "expire")}
	}}
	s = newShop(t, store, d)
	s.awaitProcess("a start", func(p ironstar.StoredProcess) bool { return p.Steps > 0 })
	yes, no := true, false
	s.change(func(step *ironstar.Step) { step.Paused = &yes })
	for i := range 600 {
		s.append(fmt.Sprintf("k%03d", i), ordered{Is: "placed", After: -time.Hour})
	}
	s.awaitProcess("timers", func(p ironstar.StoredProcess) bool { return p.Timers == 600 })
	s.change(func(step *ironstar.Step) { step.Paused = &no })
	s.awaitProcess("one timer", func(p ironstar.StoredProcess) bool { return p.Timers <= 1 })
	s.settled()
	if got := s.events(last); slices.Contains(got, "expire") {
		t.Errorf("it has %v", got)
	}
}

// TestG21_EffectThatIgnoresItsContext: no second attempt begins while the first is under
// way, also if an operator changes the process, and the engine closes.
func TestG21_EffectThatIgnoresItsContext(t *testing.T) {
	t.Parallel()
	var under, most atomic.Int64
	hold := make(chan struct{})
	s := newShop(t, openStore(t), seller{react: on("placed", charge), within: time.Hour, perform: func(context.Context, ironstar.Try, []byte) (ironstar.Action, error) {
		most.Store(max(most.Load(), under.Add(1)))
		defer under.Add(-1)
		<-hold
		return ironstar.Action{}, errors.New("no")
	}})
	defer close(hold)
	s.do("a", "placed")
	s.await("an attempt", func() bool { return under.Load() == 1 })
	s.change(func(*ironstar.Step) {})
	time.Sleep(6 * time.Second)
	if most.Load() > 1 {
		t.Errorf("%d attempts at once", most.Load())
	}
	closed := make(chan struct{})
	go func() { s.Close(); close(closed) }()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Error("Close hangs")
	}
}

// TestG21_ANewProcessInACopy: a process that runs for the first time in a copy sends
// nothing there either.
func TestG21_ANewProcessInACopy(t *testing.T) {
	dir := t.TempDir()
	waitingShop(t, dir+"/log.db")
	copied(t, dir+"/log.db", dir+"/copy.db")
	s := newShop(t, openAt(t, dir+"/copy.db"), seller{name: "test.New", begin: true, react: on("placed", command("", "ship"))})
	s.awaitProcess("a reaction", func(p ironstar.StoredProcess) bool { return p.Position >= 1 || p.Outgoing > 0 })
	time.Sleep(100 * time.Millisecond)
	s.awaitEvents("a", "placed")
}

// TestG21_CloseWithCodeThatNeverReturns: the engine closes all the same.
func TestG21_CloseWithCodeThatNeverReturns(t *testing.T) {
	t.Parallel()
	hold, in := make(chan struct{}), make(chan struct{})
	s := newShop(t, openStore(t), seller{react: func(order, ordered, *ironstar.Record) []ironstar.Action {
		close(in)
		<-hold
		return nil
	}})
	defer close(hold)
	s.do("a", "placed")
	<-in
	closed := make(chan struct{})
	go func() { s.Close(); close(closed) }()
	select {
	case <-closed:
	case <-time.After(20 * time.Second):
		t.Error("Close hangs")
	}
}

// TestG21_OperatorsAndEviction: while operators change the process again and again, and the
// cache has no room, each event leads to one command, in order, from the right state.
func TestG21_OperatorsAndEviction(t *testing.T) {
	for _, by := range []ironstar.Keying{ironstar.ByStream, ironstar.Global, ironstar.ByField} {
		t.Run(fmt.Sprint(by), func(t *testing.T) {
			store := openStore(t)
			e := engine.New(store, engine.Options{StateBytes: 2 << 10})
			s := &shop{t: t, store: store, Engine: e, orders: engine.Run(e, orders()), name: "test.Seller"}
			var charged atomic.Int64
			p := seller{by: by, within: time.Hour, react: func(st order, e ordered, r *ironstar.Record) []ironstar.Action {
				if e.Is != "placed" {
					return nil
				}
				return []ironstar.Action{charge, command(r.Stream.ID, fmt.Sprint("saw", st.done["placed"]))}
			}, perform: func(context.Context, ironstar.Try, []byte) (ironstar.Action, error) {
				if charged.Add(1)%5 == 0 {
					return ironstar.Action{}, errors.New("away")
				}
				return ironstar.Action{}, nil
			}}.process()
			engine.RunProcess(e, p)
			start(t, e)
			s.awaitProcess("a start", func(p ironstar.StoredProcess) bool { return p.Steps > 0 })
			stop, stopped := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(stopped)
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					case <-time.After(time.Duration(n%7) * 3 * time.Millisecond):
					}
					paused := n%3 == 0
					e.ChangeProcess(context.Background(), s.name, func(step *ironstar.Step, _ ironstar.StoredProcess) error { step.Paused = &paused; return nil })
				}
			}()
			const streams, each = 12, 15
			for range each {
				for i := range streams {
					s.do(fmt.Sprintf("%c", 'a'+i), "placed")
					s.do(fmt.Sprintf("%c", 'a'+i), "looked")
				}
			}
			close(stop)
			<-stopped
			s.change(func(step *ironstar.Step) { no := false; step.Paused = &no })
			s.awaitProcess("the end", func(p ironstar.StoredProcess) bool { return p.Outgoing == 0 && p.Position >= streams*each*3-5 })
			s.settled()
			all := 0
			for i := range streams {
				id := fmt.Sprintf("%c", 'a'+i)
				n := 0
				for _, is := range s.events(id) {
					if !strings.HasPrefix(is, "saw") {
						continue
					}
					n++
					if by != ironstar.Global && is != fmt.Sprint("saw", n) {
						t.Fatalf("%s: %s is the %d. command", id, is, n)
					}
				}
				all += n
			}
			if all != streams*each {
				t.Errorf("%d commands, want %d", all, streams*each)
			}
		})
	}
}

// TestG21_LargeActions: what is larger than an append may be parks its key only, and steps
// do not grow with the number of events.
func TestG21_LargeActions(t *testing.T) {
	large := slices.Concat([]byte(`"`), []byte(strings.Repeat("x", 20<<20)), []byte(`"`))
	s := newShop(t, openStore(t), seller{
		react: func(_ order, e ordered, r *ironstar.Record) []ironstar.Action {
			one := ironstar.Action{Do: ironstar.Perform, Name: "Charge", Data: large}
			switch e.Is {
			case "one":
				return []ironstar.Action{one}
			case "two":
				return []ironstar.Action{one, one}
			}
			return nil
		},
		perform: func(context.Context, ironstar.Try, []byte) (ironstar.Action, error) { return command("z", "paid"), nil },
	})
	s.do("a", "two")
	s.do("b", "one")
	s.do("c", "one")
	s.awaitEvents("z", "paid", "paid")
	s.awaitProcess("a parked key", func(p ironstar.StoredProcess) bool { return p.Parked == 1 && p.Outgoing == 0 })
}
