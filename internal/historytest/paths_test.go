package historytest_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/internal/historytest"
	"ironstar.dev/internal/historytest/gen/library"
	"ironstar.dev/sqlite"
)

// emma is the life of a book in events of every version. ulysses has a title
// that is longer than allowed now.
var (
	emma = []ironstar.Proposed{
		stored("Acquired", 1, `{"name":"Emma","cents":1250}`), // renamed
		stored("Lent", 1, `{"to":"Anna"}`),                    // a version with a step
		stored("HandedOn", 1, `{"to":"Bea"}`),                 // split
		stored("Dusted", 1, `{"by":"Dora"}`),                  // forgotten
		stored("Torn", 1, `{"pages":2}`),                      // split by hand
		stored("Torn", 1, `{"pages":0}`),                      // into nothing
		stored("Returned", 1, `{}`),
		stored("Bought", 2, `{"title":"Emma II","cents":5,"shelf":"B"}`), // by hand
		stored("Lent", 2, `{"to":"Carl","days":3}`),                      // current
	}
	emmasLog = []string{
		"bought Emma for 12.50", "lent to Anna for 14 days", "returned", "lent to Bea for 14 days", "worn at 1", "worn at 2", "returned",
		"bought Emma II for 0.05", "lent to Carl for 3 days",
	}
	ulysses    = stored("Bought", 1, `{"name":"Ulysses, which is longer than that","cents":100}`)
	ulyssesLog = []string{"bought Ulysses, which is longer than that for 1.00"}
)

// emmasPositions returns the position of each of emma's events, when ulysses
// comes second.
func emmasPositions(i int) ironstar.Position {
	if i == 0 {
		return 1
	}
	return ironstar.Position(i + 2)
}

// checkViews compares everything that views show with what was stored.
func (a *app) checkViews(when string) {
	a.t.Helper()
	for id, want := range map[string]struct {
		log     []string
		changed ironstar.Position
	}{"emma": {emmasLog, emmasPositions(len(emma) - 1)}, "ulysses": {ulyssesLog, 2}} {
		got := see(a, a.card, library.NewCard(historytest.Book{}), id)
		if diff := cmp.Diff(want.log, got.State.Log); diff != "" || got.Changed != want.changed {
			a.t.Errorf("%s: %s changed at %d, want %d (-want +got):\n%s", when, id, got.Changed, want.changed, diff)
		}
	}
	if got, want := see(a, a.loans, library.NewLoans(historytest.Loans{}, historytest.Book{}), ironstar.GlobalKey),
		(viewedState[library.LoansState]{library.LoansState{Lent: 3, Returned: 2}, 10}); got != want {
		a.t.Errorf("%s: loans %+v, want %+v", when, got, want)
	}
	for reader, changed := range map[string]ironstar.Position{"Anna": 3, "Bea": 4, "Carl": 10, "Dora": 0} {
		want := viewedState[library.ReaderState]{library.ReaderState{Books: 1}, changed}
		if changed == 0 {
			want.State.Books = 0
		}
		if got := see(a, a.reader, library.NewReader(historytest.Reader{}, historytest.Book{}), reader); got != want {
			a.t.Errorf("%s: reader %s %+v, want %+v", when, reader, got, want)
		}
	}
}

// TestG7_EveryPathReadsOldEvents: old events are stored before the engine's
// start (rebuild, load), after it (follow), evicted and loaded again, and read
// after a restart.
func TestG7_EveryPathReadsOldEvents(t *testing.T) {
	t.Run("stored before the start", func(t *testing.T) {
		store := newStore(t)
		putAll(t, store, len(emma))
		start(t, store, engine.Options{}).checkViews("after a rebuild")
	})
	t.Run("stored while views follow", func(t *testing.T) {
		store := newStore(t)
		a := start(t, store, engine.Options{})
		for _, id := range []string{"emma", "ulysses"} { // load both first
			_, stop := watch(t, a.card, id)
			defer stop()
		}
		putAll(t, store, len(emma))
		a.settle()
		a.checkViews("after following")
	})
	t.Run("stored half and half, in little memory, and opened again", func(t *testing.T) {
		for half := range emma {
			file := filepath.Join(t.TempDir(), "library.db")
			store := openStore(t, file)
			putAll(t, store, half)
			a := start(t, store, engine.Options{ViewBytes: 2 << 10, StateBytes: 2 << 10})
			see(a, a.card, library.NewCard(historytest.Book{}), "emma")
			for i := half; i < len(emma); i++ {
				a.put("emma", emma[i])
				if i == 0 {
					a.put("ulysses", ulysses)
				}
			}
			a.checkViews("after both")
			a.eng.Close()
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
			start(t, openStore(t, file), engine.Options{}).checkViews("opened again")
		}
	})
}

// putAll stores the first n of emma's events, and ulysses second.
func putAll(t *testing.T, store *sqlite.Store, n int) {
	t.Helper()
	for i, e := range emma[:n] {
		put1(t, store, "emma", e)
		if i == 0 {
			put1(t, store, "ulysses", ulysses)
		}
	}
}

// TestG7_VersionsCountStoredEvents: commands are decided on the current form of
// old events. The expected version counts stored events, regardless of how many
// current events each becomes.
func TestG7_VersionsCountStoredEvents(t *testing.T) {
	store := newStore(t)
	putAll(t, store, 3) // Acquired, Lent, HandedOn: four current events
	a := start(t, store, engine.Options{})
	var lent library.BookAlreadyLent
	if _, err := a.books.Do(t.Context(), "emma", library.BookLend{To: "Dora"}); !errors.As(err, &lent) || lent.To != "Bea" {
		t.Errorf("decided on something else than the last part: %v", err)
	}
	if r, err := a.books.Do(t.Context(), "emma", library.BookReturn{}); err != nil || r != (ironstar.Receipt{First: 5, Last: 5, Version: 4}) {
		t.Errorf("receipt %+v, %v", r, err)
	}
	// Another writer, of an older build, appends: the state in memory is out of
	// date.
	a.put("emma", stored("Lent", 1, `{"to":"Anna"}`), stored("Dusted", 1, `{"by":"Dora"}`), stored("HandedOn", 1, `{"to":"Carl"}`))
	if _, err := a.books.Do(t.Context(), "emma", library.BookLend{To: "Carl"}); err != nil {
		t.Errorf("Carl has it, so there is nothing to do: %v", err)
	}
	if r, err := a.books.Do(t.Context(), "emma", library.BookReturn{}); err != nil || r != (ironstar.Receipt{First: 9, Last: 9, Version: 8}) {
		t.Errorf("receipt %+v, %v", r, err)
	}
	if r, err := a.books.Do(t.Context(), "emma", library.BookReturn{}); err != nil || r != (ironstar.Receipt{Last: 9, Version: 8}) {
		t.Errorf("receipt of nothing %+v, %v", r, err)
	}
	// A forgotten event at the end still counts.
	a.put("emma", stored("Dusted", 1, `{"by":"Dora"}`))
	if r, err := a.books.Do(t.Context(), "emma", library.BookLend{To: "Anna"}); err != nil || r != (ironstar.Receipt{First: 11, Last: 11, Version: 10}) {
		t.Errorf("receipt %+v, %v", r, err)
	}
	var at []ironstar.Version
	for r, err := range store.Stream(t.Context(), book("emma"), 0) {
		if err != nil {
			t.Fatal(err)
		}
		at = append(at, r.Sequence)
	}
	if diff := cmp.Diff([]ironstar.Version{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, at); diff != "" {
		t.Errorf("sequence (-want +got):\n%s", diff)
	}
}

// TestG7_PartsShareTheirPlace: the current events of one stored event are
// folded with its record, so they have its position and version, and a view
// changes once.
func TestG7_PartsShareTheirPlace(t *testing.T) {
	aggregate := library.NewBook(historytest.Book{})
	a := start(t, newStore(t), engine.Options{})
	changed, stop := watch(t, a.card, "emma")
	defer stop()
	for i, e := range emma {
		a.put("emma", e)
		select {
		case <-changed:
		default:
			t.Errorf("%s: no watcher was notified", e.Type)
		}
		got := see(a, a.card, library.NewCard(historytest.Book{}), "emma")
		if got.Changed != ironstar.Position(i+1) {
			t.Errorf("%s: changed at %d, want %d", e.Type, got.Changed, i+1)
		}
	}
	for r, err := range a.store.Log(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		events, err := ironstar.Decoded(r, aggregate.Codec.Decode)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"HandedOn": 2, "Dusted": 0, "Torn": 2}
		n, split := want[r.Type]
		if !split {
			n = 1
		}
		if r.Position == 6 {
			n = 0 // Torn without a lost page
		}
		if len(events) != n || r.Sequence != ironstar.Version(r.Position) {
			t.Errorf("%s at %d, version %d, stands for %d events, want %d", r.Type, r.Position, r.Sequence, len(events), n)
		}
	}
}
