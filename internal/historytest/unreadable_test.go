package historytest_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/internal/historytest"
	"ironstar.dev/internal/historytest/gen/library"
	"ironstar.dev/sqlite"
)

// unreadable are events that cannot be read, with parts of their errors.
var unreadable = map[string]struct {
	event ironstar.Proposed
	after string // the payload that is written directly into the file
	want  []string
}{
	"unknown event":    {stored("Burnt", 1, `{}`), "", []string{"does not know event Burnt.v1", "run the newer build", "retired"}},
	"unknown version":  {stored("Lent", 3, `{}`), "", []string{"does not know event Lent.v3", "run the newer build"}},
	"version of old":   {stored("HandedOn", 2, `{}`), "", []string{"does not know event HandedOn.v2"}},
	"another shape":    {stored("Lent", 2, `{"to":"Anna"}`), "", []string{"event Lent.v2: days", "new version"}},
	"another old one":  {stored("Lent", 1, `{"to":"Anna","days":1}`), "", []string{"event Lent.v1: days", "new version"}},
	"broken JSON":      {stored("Lent", 2, `{"to":"Anna","days":1}`), `{"to":"An`, []string{"event Lent.v2:", "damaged", "backup"}},
	"broken old JSON":  {stored("HandedOn", 1, `{"to":"Anna"}`), `{"to":"Anna"`, []string{"event HandedOn.v1:", "damaged", "backup"}},
	"a step that does": {stored("Bought", 2, `{"title":"","cents":-1,"shelf":""}`), "", []string{"event Bought.v2:", "nobody is paid", "an upcaster must accept"}},
}

// damaged makes a store in which each unreadable event is the second of its own
// book. Other books are intact.
func damaged(t *testing.T) *sqlite.Store {
	t.Helper()
	file := filepath.Join(t.TempDir(), "library.db")
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	script.WriteString("DROP TRIGGER events_no_update;\n")
	for id, u := range unreadable {
		put1(t, store, bookOf(id), emma[0])
		put1(t, store, bookOf(id), u.event)
		put1(t, store, "well", stored("Torn", 1, `{"pages":1}`))
		put1(t, store, bookOf(id), stored("Dusted", 1, `{"by":"Dora"}`))
		if u.after != "" {
			script.WriteString("UPDATE events SET checksum = NULL, payload = '" + u.after + "' WHERE aggregate_id = '" + bookOf(id) + "' AND sequence = 2;\n")
		}
	}
	script.WriteString("UPDATE log SET unchecked = (SELECT max(position) FROM events);\n") // as if all events were older than checksums
	script.WriteString("CREATE TRIGGER events_no_update BEFORE UPDATE ON events\nBEGIN\n\tSELECT RAISE(ABORT, 'stored events are never updated');\nEND;\n")
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := zs.OpenConn(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(sqlitex.ExecuteScript(db, script.String(), nil), db.Close()); err != nil {
		t.Fatal(err)
	}
	return openStore(t, file)
}

// bookOf returns the id of the book with an unreadable event.
func bookOf(name string) string { return strings.ReplaceAll(name, " ", "-") }

// TestG10_UnreadableEventsStopTheirBookOnly: the book's card and commands fail
// with position, stream, reason and advice. Other books continue, also when the
// event is stored while they are watched.
func TestG10_UnreadableEventsStopTheirBookOnly(t *testing.T) {
	store := damaged(t)
	a := start(t, store, engine.Options{})
	for id, u := range unreadable {
		var position string
		for r, err := range store.Stream(t.Context(), book(bookOf(id)), 1) {
			if err != nil {
				t.Fatal(err)
			}
			position = fmt.Sprintf(" at %d:", r.Position)
			break
		}
		read := a.card.Read(bookOf(id), func(library.BookState, ironstar.Position, ironstar.Position) error { return nil })
		_, do := a.books.Do(t.Context(), bookOf(id), library.BookReturn{})
		for what, err := range map[string]error{"view": read, "command": do} {
			for _, want := range append(slices.Clone(u.want), "library.Book/"+bookOf(id)+position) {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s of %q: %v\nit does not say %q", what, id, err, want)
				}
			}
		}
		var stands *engine.ViewError
		if !errors.As(read, &stands) || stands.Key != bookOf(id) || stands.Stream != book(bookOf(id)) || fmt.Sprintf(" at %d:", stands.Position) != position {
			t.Errorf("%q: %+v", id, stands)
		}
		if !strings.Contains(a.log.String(), "key="+bookOf(id)) {
			t.Errorf("the log says nothing of %q:\n%s", id, a.log)
		}
	}
	if n := len(a.eng.Health()); n != len(unreadable)+2 { // and the views of all books
		t.Errorf("%d keys stand still, want %d: %v", n, len(unreadable)+2, a.eng.Health())
	}
	// Other books continue.
	if _, err := a.books.Do(t.Context(), "well", library.BookLend{To: "Anna"}); err != nil {
		t.Error(err)
	}
	a.settle()
	if got := see(a, a.card, library.NewCard(historytest.Book{}), "well"); len(got.State.Log) != len(unreadable)+1 {
		t.Errorf("log %q", got.State.Log)
	}
	// One more, while its card is watched.
	changed, stop := watch(t, a.card, "well")
	defer stop()
	a.put("well", stored("Burnt", 1, `{}`))
	select {
	case <-changed:
	default:
		t.Error("no watcher was notified")
	}
	if err := a.card.Read("well", func(library.BookState, ironstar.Position, ironstar.Position) error { return nil }); err == nil {
		t.Error("an unknown event is skipped while following")
	}
	a.put("fine", emma...)
	if got := see(a, a.card, library.NewCard(historytest.Book{}), "fine"); !slices.Equal(got.State.Log, emmasLog) {
		t.Errorf("log %q", got.State.Log)
	}
}

// TestG10_UnreadableEventsStopViewsOfAllBooks: a view that is folded from all
// books has only one key. It stops and names the event.
func TestG10_UnreadableEventsStopViewsOfAllBooks(t *testing.T) {
	store := newStore(t)
	putAll(t, store, 2)
	put1(t, store, "lost", stored("Burnt", 1, `{}`))
	a := start(t, store, engine.Options{})
	for what, err := range map[string]error{
		"global": a.loans.Read(ironstar.GlobalKey, func(library.LoansState, ironstar.Position, ironstar.Position) error { return nil }),
		"field":  a.reader.Read("Anna", func(library.ReaderState, ironstar.Position, ironstar.Position) error { return nil }),
	} {
		var stands *engine.ViewError
		if !errors.As(err, &stands) || stands.Position != 4 || stands.Stream != book("lost") || !strings.Contains(err.Error(), "run the newer build") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if got := see(a, a.card, library.NewCard(historytest.Book{}), "emma"); got.Changed != 3 {
		t.Errorf("emma's card: %+v", got)
	}
}
