package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev"
)

// TestG21_ACopyThatCouldNotBeHeld: if holding the processes of a copy fails, the next
// start holds them.
func TestG21_ACopyThatCouldNotBeHeld(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	store, err := Open(t.Context(), file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Step(t.Context(), ironstar.Step{Process: "a.P"}); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	moved := filepath.Join(t.TempDir(), "copy.db")
	b, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(moved, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	change := func(sql string) {
		t.Helper()
		c, err := zs.OpenConn(moved)
		if err == nil {
			err = errors.Join(sqlitex.ExecuteTransient(c, sql, nil), c.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	change("CREATE TRIGGER full BEFORE UPDATE ON processes BEGIN SELECT raise(ABORT, 'disk full'); END")
	if store, err := Open(t.Context(), moved, Options{}); err == nil {
		store.Close()
		t.Fatal("it opened although nothing could be held")
	}
	change("DROP TRIGGER full")
	store, err = Open(t.Context(), moved, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if p, _, err := store.Process(t.Context(), "a.P"); err != nil || !p.Held {
		t.Errorf("it is %+v, %v", p, err)
	}
}

// TestG21_Forget removes the timers of all keys, also of those that stand still.
func TestG21_Forget(t *testing.T) {
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	timer := func(key string) ironstar.Timer {
		return ironstar.Timer{TimerKey: ironstar.TimerKey{Key: key, Name: "T"}, ID: key, At: time.Unix(0, 0), Data: []byte(`{}`)}
	}
	out := func(i int, id string) ironstar.Outgoing {
		return ironstar.Outgoing{ID: id, Step: 1, Index: i, Key: "k", Effect: true, Name: "E", Data: []byte(`{}`)}
	}
	for _, s := range []ironstar.Step{
		{Set: []ironstar.Timer{timer("a"), timer("b")}, Out: []ironstar.Outgoing{out(0, "x"), out(1, "dead")}, Park: []ironstar.ParkedKey{{Key: "a", Position: 1}}},
		{Expected: 1, Dead: []ironstar.Dead{{ID: "dead", Reason: "r"}}},
		{Expected: 2, Forget: true},
	} {
		s.Process = "a.P"
		if err := store.Step(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	p, _, err := store.Process(t.Context(), "a.P")
	if err != nil || p.Timers != 0 || p.Outgoing != 0 || p.Dead != 1 || p.Parked != 1 {
		t.Errorf("it is %+v, %v", p, err)
	}
}

// TestTimersOfLongAgo: a time before 1970, and that of 1970 itself, is found.
func TestTimersOfLongAgo(t *testing.T) {
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for i, at := range []time.Time{time.Unix(0, 0).UTC(), time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1, 1, 1, 1, 0, 0, 0, time.UTC)} {
		s := ironstar.Step{Process: "a.P", Expected: int64(i), Set: []ironstar.Timer{{TimerKey: ironstar.TimerKey{Key: "k", Name: "T"}, ID: "i", At: at, Data: []byte(`{}`)}}}
		if err := store.Step(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if _, next, err := store.Timers(t.Context(), "a.P", time.Time{}, 0); err != nil || !next.Equal(at) || next.IsZero() {
			t.Errorf("the next one after the beginning of time is %v, %v, want %v", next, err, at)
		}
		if due, _, err := store.Timers(t.Context(), "a.P", time.Now(), 10); err != nil || len(due) != 1 || !due[0].At.Equal(at) {
			t.Errorf("%v: due are %+v, %v", at, due, err)
		}
	}
}
