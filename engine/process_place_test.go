package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

// openAt opens a store that the test closes.
func openAt(t *testing.T, file string) *sqlite.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// copied copies a file that nobody has open.
func copied(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// waitingShop leaves a file in which a timer and a charge wait.
func waitingShop(t *testing.T, file string) {
	t.Helper()
	store := openAt(t, file)
	s := newShop(t, store, seller{react: on("placed", setExpire, charge), within: time.Hour, perform: func(context.Context, ironstar.Try, []byte) (ironstar.Action, error) {
		return ironstar.Action{}, errors.New("the provider is away")
	}})
	s.settled() // it has made its first step
	s.pause(true)
	s.append("a", ordered{Is: "placed"})
	s.awaitProcess("what waits", func(p ironstar.StoredProcess) bool { return p.Timers == 1 && p.Outgoing == 1 })
	s.closePaused()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestG21_ACopySendsNothing: a copy, and a backup put back, sends nothing until an
// operator says so, and then what it has is sent once. The file itself goes on.
func TestG21_ACopySendsNothing(t *testing.T) {
	for name, test := range map[string]struct {
		put  func(t *testing.T, dir, file string) string // returns the file to open
		held bool
	}{
		"itself": {put: func(t *testing.T, _, file string) string { return file }},
		"a copy": {held: true, put: func(t *testing.T, dir, file string) string {
			copied(t, file, filepath.Join(dir, "copy.db"))
			return filepath.Join(dir, "copy.db")
		}},
		"a copy of the folder": {held: true, put: func(t *testing.T, dir, file string) string {
			to := filepath.Join(t.TempDir(), "log.db")
			copied(t, file, to)
			copied(t, file+".lock", to+".lock")
			return to
		}},
		"an older state put back": {held: true, put: func(t *testing.T, dir, file string) string {
			copied(t, file, filepath.Join(dir, "backup"))
			store := openAt(t, file)
			store.Close()
			copied(t, filepath.Join(dir, "backup"), file)
			return file
		}},
		"without its lock file": {held: true, put: func(t *testing.T, _, file string) string {
			if err := os.Remove(file + ".lock"); err != nil {
				t.Fatal(err)
			}
			return file
		}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "log.db")
			waitingShop(t, file)
			opened := test.put(t, dir, file)
			var charged atomic.Int64
			open := func() (*sqlite.Store, *shop) {
				store := openAt(t, opened)
				return store, newShop(t, store, seller{react: on("placed", setExpire, charge), within: time.Hour, perform: func(context.Context, ironstar.Try, []byte) (ironstar.Action, error) {
					charged.Add(1)
					return command("a", "paid"), nil
				}})
			}
			store, s := open()
			if !test.held {
				s.await("both", func() bool { return len(s.events("a")) == 3 })
				return
			}
			s.append("b", ordered{Is: "placed", After: time.Hour})
			s.awaitProcess("a reaction", func(p ironstar.StoredProcess) bool { return p.Held && p.Timers == 2 && p.Outgoing == 2 })
			if err := errors.Join(s.Close(), store.Close()); err != nil {
				t.Fatal(err)
			}
			_, s = open() // it stays as it is over a restart
			s.settled()
			s.awaitEvents("a", "placed")
			if charged.Load() > 0 {
				t.Error("it was charged")
			}
			no := false
			err := s.ChangeProcess(t.Context(), s.name, func(step *ironstar.Step, _ ironstar.StoredProcess) error { step.Held = &no; return nil })
			if err != nil {
				t.Fatal(err)
			}
			s.await("both", func() bool { return len(s.events("a")) == 4 }) // a is charged twice: b's answer says a
			s.settled()
			if n := charged.Load(); n != 2 {
				t.Errorf("charged %d times", n)
			}
		})
	}
}

// TestG21_Paused: an operator pauses a process and lets it go on.
func TestG21_Paused(t *testing.T) {
	s := newShop(t, openStore(t), seller{react: on("placed", command("", "ship"))})
	pause := func(on bool) {
		t.Helper()
		err := s.ChangeProcess(t.Context(), s.name, func(step *ironstar.Step, _ ironstar.StoredProcess) error { step.Paused = &on; return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	s.do("a", "placed")
	s.awaitEvents("a", "placed", "ship")
	pause(true)
	s.awaitProcess("a pause", func(p ironstar.StoredProcess) bool { return p.Paused })
	s.do("b", "placed")
	s.awaitProcess("a reaction", func(p ironstar.StoredProcess) bool { return p.Outgoing == 1 })
	s.awaitEvents("b", "placed")
	pause(false)
	s.awaitEvents("b", "placed", "ship")
}

// TestG21_OrdersInTheMiddle: an operator changes the process again and again while it
// works. It begins again each time, and folds no event twice.
func TestG21_OrdersInTheMiddle(t *testing.T) {
	for _, by := range []ironstar.Keying{ironstar.ByStream, ironstar.Global} {
		t.Run(fmt.Sprint(by), func(t *testing.T) {
			seen := func(s order, e ordered, r *ironstar.Record) []ironstar.Action {
				if e.Is != "placed" {
					return nil
				}
				return []ironstar.Action{command(r.Stream.ID, fmt.Sprint("saw", s.done["placed"]))}
			}
			s := newShop(t, openStore(t), seller{by: by, react: seen})
			s.settled()
			done := make(chan struct{}) // closed, never sent to
			var orders sync.WaitGroup
			orders.Go(func() {
				no := false
				for {
					select {
					case <-done:
						return
					default:
					}
					err := s.ChangeProcess(context.Background(), s.name, func(step *ironstar.Step, _ ironstar.StoredProcess) error { step.Paused = &no; return nil })
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
			const each = 40
			for range each {
				for _, id := range []string{"a", "b", "c"} {
					s.do(id, "placed")
				}
			}
			close(done)
			orders.Wait()
			s.settled()
			sum := map[string]int{}
			for _, id := range []string{"a", "b", "c"} {
				n := 0
				for _, e := range s.events(id) {
					if e == "placed" {
						continue
					}
					n++
					sum[e]++
					if want := fmt.Sprint("saw", n); by == ironstar.ByStream && e != want {
						t.Fatalf("%s is in the place of %s", e, want)
					}
				}
				if n != each {
					t.Errorf("%s: %d commands, want %d", id, n, each)
				}
			}
			if by == ironstar.Global && len(sum) != 3*each {
				t.Errorf("%d different counts, want %d", len(sum), 3*each)
			}
		})
	}
}

// TestG21_DeadLettersAgain: an operator sends a dead letter again, or drops it.
func TestG21_DeadLettersAgain(t *testing.T) {
	store := openStore(t)
	d := seller{react: on("placed", command("", "panic"))}
	s := newShop(t, store, d)
	s.do("a", "placed")
	s.awaitProcess("a dead letter", func(p ironstar.StoredProcess) bool { return p.Dead == 1 })
	dead, err := store.Outgoing(t.Context(), s.name, true, 0, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	change := func(change func(*ironstar.Step)) {
		t.Helper()
		err := s.ChangeProcess(t.Context(), s.name, func(step *ironstar.Step, _ ironstar.StoredProcess) error { change(step); return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	change(func(step *ironstar.Step) { step.Again = []string{dead[0].ID} })
	s.awaitProcess("the same again", func(p ironstar.StoredProcess) bool { return p.Dead == 1 && p.Steps > 5 })
	change(func(step *ironstar.Step) { step.Done = []string{dead[0].ID} })
	s.awaitProcess("nothing", func(p ironstar.StoredProcess) bool { return p.Dead == 0 && p.Outgoing == 0 })
	s.awaitEvents("a", "placed")
}

// TestG21_OneServerSends: a server that waits to take over sends nothing, and goes on
// where the other one ended.
func TestG21_OneServerSends(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	first := openAt(t, file)
	var charged [2]atomic.Int64
	with := func(i int) seller {
		return seller{react: on("placed", charge, command("", "ship")), perform: func(context.Context, ironstar.Try, []byte) (ironstar.Action, error) {
			charged[i].Add(1)
			return ironstar.Action{}, nil
		}}
	}
	one := newShop(t, first, with(0))
	one.do("a", "placed")
	one.awaitEvents("a", "placed", "ship")
	second, err := sqlite.OpenStandby(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { second.Close() })
	two := newShop(t, second, with(1))
	for _, id := range []string{"b", "c", "d"} {
		one.do(id, "placed")
		one.awaitEvents(id, "placed", "ship")
	}
	one.settled()
	if charged[1].Load() != 0 {
		t.Error("the second server charged while the first had the file")
	}
	one.do("e", "placed")
	err = second.TakeOver(t.Context(), func(*sqlite.LockedError) error { return errors.Join(one.Close(), first.Close()) })
	if err != nil {
		t.Fatal(err)
	}
	two.awaitEvents("e", "placed", "ship")
	two.do("f", "placed")
	two.awaitEvents("f", "placed", "ship")
	two.settled()
	if n, m := charged[0].Load(), charged[1].Load(); n < 4 || n+m < 6 || n+m > 7 {
		t.Errorf("charged %d and %d times", n, m)
	}
}

// TestG21_RenamedAndTakenBack: a build of before a renaming runs in between. Each event
// leads to one command.
func TestG21_RenamedAndTakenBack(t *testing.T) {
	store := openStore(t)
	run := func(d seller, ids ...string) {
		t.Helper()
		s := newShop(t, store, d)
		s.settled()
		for _, id := range ids {
			s.do(id, "placed")
		}
		s.settled()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	old := seller{name: "test.Old", react: on("placed", command("", "ship"), setExpire)}
	renamed := seller{name: "test.New", was: []string{"test.Old"}, react: on("placed", command("", "ship"), setExpire)}
	run(old, "a")
	run(renamed, "b")
	run(old, "c")
	run(renamed, "d")
	run(renamed, "e")
	s := newShop(t, store, renamed)
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		s.await("one command for "+id, func() bool { return len(s.events(id)) == 3 })
		ships := 0
		for _, e := range s.events(id) {
			if e == "ship" {
				ships++
			}
		}
		if ships != 1 {
			t.Errorf("%s: %v", id, s.events(id))
		}
	}
	if all, err := store.Processes(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("processes are %+v, %v", all, err)
	}
}
