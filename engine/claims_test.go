package engine_test

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

// named makes ledgers whose entries claim a name: that of the last region, without "-".
// The region "none" gives it up.
func named(declaration string) ironstar.Aggregate[ledger, entry, entered] {
	a := aggregate()
	a.Unique = []ironstar.Unique[entered]{{
		Rule: "Name", Declaration: declaration,
		Claim: func(e entered) (string, bool) {
			if e.Region == "none" {
				return "", true
			}
			return e.Region, e.Region != "-"
		},
		Taken: func(value string) error { return refused(value + " is taken") },
	}}
	return a
}

func startNamed(t *testing.T, store ironstar.Store, a ironstar.Aggregate[ledger, entry, entered]) (*engine.Engine, engine.Handler[entry]) {
	t.Helper()
	e := engine.New(store, engine.Options{})
	h := engine.Run(e, a)
	start(t, e)
	return e, h
}

// take asks for a name, and says whether the stream got it.
func take(t *testing.T, h engine.Handler[entry], id, entryID, name string) bool {
	t.Helper()
	_, err := h.Do(t.Context(), id, entry{ID: entryID, Region: name})
	var no refused
	if errors.As(err, &no) && string(no) == name+" is taken" {
		return false
	}
	if err != nil {
		t.Errorf("%s takes %s: %v", id, name, err)
	}
	return true
}

func TestG22_OneStreamHoldsAValue(t *testing.T) {
	_, h := startNamed(t, openStore(t), named("1"))
	want := func(got, want bool, what string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	want(take(t, h, "a", "1", "ada"), true, "a new name")
	want(take(t, h, "b", "1", "ada"), false, "a name of another")
	want(take(t, h, "b", "1", "bob"), true, "another name, after a refusal")
	want(take(t, h, "a", "2", "-"), true, "an event that is not concerned")
	want(take(t, h, "c", "1", "ada"), false, "the name is still held")
	want(take(t, h, "a", "3", "ann"), true, "a name in place of the old one")
	want(take(t, h, "c", "1", "ada"), true, "the old name")
	want(take(t, h, "a", "4", "none"), true, "given up")
	want(take(t, h, "d", "1", "ann"), true, "what was given up")
	want(take(t, h, "d", "close", "zoe"), true, "a final event")
	want(take(t, h, "e", "1", "zoe"), true, "a final event gives up all")

	var won atomic.Int64
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			if take(t, h, fmt.Sprint("many", i), "1", fmt.Sprint("name", i%20)) {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 20 {
		t.Errorf("%d streams got one of 20 names", won.Load())
	}
}

// TestRestoredClaimsReportProgress: a start says how far it is with the values of a new rule,
// and when it has them.
func TestRestoredClaimsReportProgress(t *testing.T) {
	store := openStore(t)
	e, h := startNamed(t, store, aggregate()) // without the rule
	for i := range 300 {
		take(t, h, fmt.Sprint("s", i%3), fmt.Sprint(i), "x")
	}
	e.Close()
	var told []engine.Progress
	for range 2 {
		e = engine.New(store, engine.Options{Progress: func(p engine.Progress) { told = append(told, p) }})
		engine.Run(e, named("1"))
		start(t, e)
		e.Close()
	}
	if len(told) == 0 {
		t.Fatal("nothing was told")
	}
	done := 0
	for _, p := range told {
		if p.Done {
			done++
		}
		if p.Work != engine.RestoreClaims || p.Head != 300 || p.At < 1 || p.At > 300 || p.Done != (p.At == 300) {
			t.Errorf("told %+v", p)
		}
	}
	if done != 1 {
		t.Errorf("%d of the two starts read the values", done)
	}
}

// TestG22_ARuleThatIsNewerThanTheLog: the names are found at the start, doubles too.
func TestG22_ARuleThatIsNewerThanTheLog(t *testing.T) {
	store := openStore(t)
	e, h := startNamed(t, store, aggregate()) // without the rule
	for i := range 1200 {
		take(t, h, fmt.Sprint("s", i), "1", fmt.Sprint("name", i%1000))
	}
	e.Close()

	e, h = startNamed(t, store, named("1"))
	contested, err := store.ContestedClaims(t.Context(), 1000)
	if err != nil || len(contested) != 200 || contested[0].Holder.ID != "s0" || contested[0].Stream.ID != "s1000" {
		t.Fatalf("%d contested, %v, want 200", len(contested), err)
	}
	if take(t, h, "new", "1", "name0") || take(t, h, "new", "1", "name999") {
		t.Error("a name that is in the log is taken again")
	}
	if !take(t, h, "s1000", "2", "free") || take(t, h, "new", "1", "name0") || !take(t, h, "s0", "2", "none") || !take(t, h, "new", "1", "name0") {
		t.Error("a name is not free after its holders have left it")
	}
	e.Close()

	// A server that does not know the rule, and one with another declaration.
	e, h = startNamed(t, store, aggregate())
	take(t, h, "other", "1", "name1")
	e.Close()
	e, _ = startNamed(t, store, named("1"))
	if contested, err = store.ContestedClaims(t.Context(), 1000); err != nil || len(contested) != 200 {
		t.Errorf("%d contested, %v: the event of the other server is not there", len(contested), err)
	}
	e.Close()
	other := named("2")
	other.Unique[0].Claim = func(e entered) (string, bool) { return strings.ToUpper(e.Region), true }
	_, h = startNamed(t, store, other)
	if take(t, h, "new2", "1", "NAME1") || !take(t, h, "new3", "1", "name1000") {
		t.Error("the claims are not those of the new declaration")
	}
}

// TestG22_RestoredInWholeTransactions: the last transaction of a restore ends with the
// last event of the log.
func TestG22_RestoredInWholeTransactions(t *testing.T) {
	store := openStore(t)
	e, h := startNamed(t, store, aggregate())
	for i := range 1000 { // two of restoreAtOnce
		take(t, h, fmt.Sprint("s", i), "1", fmt.Sprint("name", i))
	}
	e.Close()
	_, h = startNamed(t, store, named("1"))
	if take(t, h, "new", "1", "name999") || !take(t, h, "new", "1", "free") {
		t.Error("the names of the log are not held")
	}
}

// TestG22_ClaimsOutliveTheProcess: they are in the file.
func TestG22_ClaimsOutliveTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	for round := range 3 {
		store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		e, h := startNamed(t, store, named("1"))
		if got := take(t, h, fmt.Sprint("s", round), "1", "ada"); got != (round == 0) {
			t.Errorf("round %d: %v", round, got)
		}
		e.Close()
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestG22_AStandbyFollowsTheRulesOnceItOwnsTheFile: until then it takes no command, and
// afterwards it holds what the first server took.
func TestG22_AStandbyFollowsTheRulesOnceItOwnsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	owner, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	first, h := startNamed(t, owner, named("1"))
	take(t, h, "a", "1", "ada")
	standby, err := sqlite.OpenStandby(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer standby.Close()
	_, next := startNamed(t, standby, named("1"))
	if _, err := next.Do(t.Context(), "b", entry{ID: "1", Region: "bob"}); !errors.Is(err, ironstar.ErrRetryable) {
		t.Errorf("a standby answers %v", err)
	}
	take(t, h, "c", "1", "cleo")
	first.Close()
	if err := owner.Close(); err != nil {
		t.Fatal(err)
	}
	if err := standby.TakeOver(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if take(t, next, "d", "1", "cleo") || take(t, next, "d", "1", "ada") || !take(t, next, "d", "1", "dan") {
		t.Error("after the takeover the names of the first server are not held")
	}
}

// TestClaimsOfALogThatCannotBeRead: no command is taken, with an error that can be
// retried, and the log says why.
func TestClaimsOfALogThatCannotBeRead(t *testing.T) {
	store := openStore(t)
	_, h := startNamed(t, store, aggregate())
	take(t, h, "a", "1", "ada")
	broken := named("1")
	for _, panics := range []bool{false, true} {
		broken.Codec.Decode = func(r *ironstar.Record) ([]entered, error) {
			if r.Stream.ID != "a" {
				return decode(r)
			}
			if panics {
				panic("unreadable")
			}
			return nil, errors.New("unreadable")
		}
		var said strings.Builder
		e := engine.New(store, engine.Options{Logger: slog.New(slog.NewTextHandler(&said, nil))})
		next := engine.Run(e, broken)
		start(t, e)
		if _, err := next.Do(t.Context(), "b", entry{ID: "1", Region: "bob"}); !errors.Is(err, ironstar.ErrRetryable) {
			t.Errorf("a command is answered with %v", err)
		}
		if !strings.Contains(said.String(), "no command can be taken") || !strings.Contains(said.String(), "unreadable") {
			t.Errorf("the log says %s", &said)
		}
		e.Close()
	}
	// A build that can read it goes on.
	_, h = startNamed(t, store, named("1"))
	if take(t, h, "b", "1", "ada") || !take(t, h, "b", "1", "bob") {
		t.Error("the name of the log is not held afterwards")
	}
}

// TestG22_AFinalEventGivesUpItsValues: also in a log that is older than the rule.
func TestG22_AFinalEventGivesUpItsValues(t *testing.T) {
	store := openStore(t)
	e, h := startNamed(t, store, aggregate())
	take(t, h, "a", "1", "ada")
	take(t, h, "a", "close", "zoe")
	e.Close()
	_, h = startNamed(t, store, named("1"))
	if !take(t, h, "b", "1", "zoe") || !take(t, h, "c", "1", "ada") {
		t.Error("a stream that is final holds a value")
	}
}
