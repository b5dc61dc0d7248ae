package engine_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

// compare makes a build compare itself with the snapshots that others have
// saved in a file.
func (b *build) compare(t testing.TB, file string) (c engine.Compared, named []string) {
	t.Helper()
	a, from := b.newBeside(t, file)
	c, err := a.Compare(t.Context(), from, func(ironstar.Position, ironstar.Position) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range c.Differences {
		named = append(named, fmt.Sprintf("%s %s: %s", d.Of, d.Key, d.Problem))
	}
	slices.Sort(named)
	return c, named
}

// TestCompare compares three builds with the snapshots of a running server: the
// same build, one with equal folds, and one that folds each event twice.
func TestCompare(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	runs := &build{fingerprint: "1", times: 1}
	a := runs.start(t, file, engine.Options{SnapshotStream: 1})
	a.enter(t, "x", "a", "b")
	c, named := (&build{fingerprint: "2", times: 1}).compare(t, file)
	if !slices.Contains(c.Without, "all") || len(c.Same) > 0 {
		t.Errorf("before anything is kept: %+v, %v", c, named)
	}
	a.mustBeSame(t) // which loads states, also of streams
	saveSnapshots(t, a, file)

	if c, _ := runs.compare(t, file); c.Snapshots > 0 || len(c.Same) != 4 || len(c.Without) > 0 {
		t.Errorf("the same build: %+v", c)
	}
	c, named = (&build{fingerprint: "2", times: 1}).compare(t, file)
	if c.Snapshots != 1+2+2+2 || len(named) > 0 || len(c.Same)+len(c.Without) > 0 {
		t.Errorf("one that folds to the same: %+v, %v", c, named)
	}
	_, named = (&build{fingerprint: "2", times: 2}).compare(t, file)
	want := []string{
		"all global: Order has 4 elements, and had 2; Sum.ra is 2, and was 1; Sum.rb is 4, and was 2",
		"region ra: Order has 2 elements, and had 1; Sum.ra is 2, and was 1",
		"region rb: Order has 2 elements, and had 1; Sum.rb is 4, and was 2",
		"stream a: Order has 2 elements, and had 1; Sum.ra is 2, and was 1",
		"stream b: Order has 2 elements, and had 1; Sum.rb is 4, and was 2",
		"test.Ledger a: Order has 2 elements, and had 1; Sum.ra is 2, and was 1",
		"test.Ledger b: Order has 2 elements, and had 1; Sum.rb is 4, and was 2",
	}
	want[0] = "all global: Order[1] is \"x0\", and was \"x1\"; Order has 4 elements, and had 2; Sum.ra is 2, and was 1; 1 more"
	if diff := cmp.Diff(want, named); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
	a.stop(t)
}

// saveSnapshots saves everything of a running engine with two streams in snapshots, and
// waits until all of them are there: they are written in the background.
func saveSnapshots(t testing.TB, a *app, file string) {
	t.Helper()
	from, err := sqlite.OpenReader(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	a.WriteSnapshots()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(time.Millisecond) {
		kept := 0
		for _, name := range []string{"all", "region"} {
			if c, _, err := from.Checkpoint(t.Context(), name, "1"); err == nil && c.Position == a.Head() {
				kept++
			}
		}
		for _, name := range []string{"stream", "test.Ledger"} {
			for _, err := range from.Snapshots(t.Context(), name, "1") {
				if err == nil {
					kept++
				}
			}
		}
		if kept == 2+2+2 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d of 2 checkpoints at %d and 4 snapshots of streams are kept", kept, a.Head())
		}
	}
}

func TestDifferenceOf(t *testing.T) {
	for _, c := range []struct{ theirs, ours, want string }{
		{`{"a":1,"b":[1,2]}`, `{"b":[1,2],"a":1}`, ""},
		{`{"a":1}`, `{"a":2}`, "a is 2, and was 1"},
		{`{"a":1}`, `{"b":1}`, "a is gone: it was 1; b is new: 1"},
		{`{"a":{"b":[{"c":null}]}}`, `{"a":{"b":[{"c":false}]}}`, "a.b[0].c is false, and was null"},
		{`{"a":[]}`, `{"a":{}}`, "a is {}, and was []"},
		{`1`, `2`, "the state is 2, and was 1"},
		{`{"a":1.0}`, `{"a":1}`, "a is 1, and was 1.0"},
		{`not JSON`, `{}`, `the state is {}, and was "not JSON"`},
		{`{"a":1,"b":1,"c":1,"d":1,"e":1}`, `{}`, "a is gone: it was 1; b is gone: it was 1; c is gone: it was 1; 2 more"},
	} {
		if got := engine.DifferenceOf([]byte(c.theirs), []byte(c.ours)); got != c.want {
			t.Errorf("%s and %s: got %q, want %q", c.theirs, c.ours, got, c.want)
		}
	}
}
