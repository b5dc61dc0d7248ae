package historytest_test

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/internal/historytest"
	"ironstar.dev/internal/historytest/gen/library"
	"ironstar.dev/ironstartest"
	"ironstar.dev/sqlite"
)

// app is a store on disk and an engine with every view.
type app struct {
	t      *testing.T
	store  *sqlite.Store
	eng    *engine.Engine
	books  engine.Handler[library.BookCommand]
	card   *engine.Reader[library.BookState]
	loans  *engine.Reader[library.LoansState]
	reader *engine.Reader[library.ReaderState]
	log    *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// openStore opens a file as a server of this build would.
func openStore(t *testing.T, file string) *sqlite.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{Shapes: library.BookShapes})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func newStore(t *testing.T) *sqlite.Store {
	return openStore(t, filepath.Join(t.TempDir(), "library.db"))
}

// start runs an engine on a store.
func start(t *testing.T, store *sqlite.Store, o engine.Options) *app {
	t.Helper()
	a := &app{t: t, store: store, log: &lockedBuffer{}}
	o.Logger = slog.New(slog.NewTextHandler(a.log, nil))
	a.eng = engine.New(store, o)
	a.books = engine.Run(a.eng, library.NewBook(historytest.Book{}))
	a.card = engine.Follow(a.eng, library.NewCard(historytest.Book{}))
	a.loans = engine.Follow(a.eng, library.NewLoans(historytest.Loans{}, historytest.Book{}))
	a.reader = engine.Follow(a.eng, library.NewReader(historytest.Reader{}, historytest.Book{}))
	if err := a.eng.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.eng.Close() })
	return a
}

// stored proposes an event as an older build has written it.
func stored(event string, version int, payload string) ironstar.Proposed {
	p := ironstar.Proposed{Type: event, SchemaVersion: version, Shape: "of another build", Payload: []byte(payload)}
	for _, s := range library.BookShapes {
		if s.Type == event && s.SchemaVersion == version {
			p.Shape = s.Hash
		}
	}
	return p
}

func book(id string) ironstar.Stream { return ironstar.Stream{Kind: library.BookKind, ID: id} }

// put appends events to a book, each with an append of its own, as another
// writer would.
func (a *app) put(id string, events ...ironstar.Proposed) {
	a.t.Helper()
	for _, e := range events {
		put1(a.t, a.store, id, e)
	}
	a.settle()
}

func put1(t *testing.T, store *sqlite.Store, id string, e ironstar.Proposed) ironstar.Receipt {
	t.Helper()
	var at ironstar.Version
	for r, err := range store.Stream(t.Context(), book(id), 0) {
		if err != nil {
			t.Fatal(err)
		}
		at = r.Sequence
	}
	out := store.Append(t.Context(), ironstar.Append{Stream: book(id), Expected: at, Events: []ironstar.Proposed{e}})
	if out[0].Err != nil {
		t.Fatal(out[0].Err)
	}
	return out[0].Receipt
}

// settle waits until every view has what is stored.
func (a *app) settle() {
	a.t.Helper()
	head, err := a.store.Head(a.t.Context())
	if err != nil {
		a.t.Fatal(err)
	}
	if head == 0 {
		return
	}
	for _, err := range a.eng.Records(a.t.Context(), head-1) { // it is not read before the engine knows of it
		if err != nil {
			a.t.Fatal(err)
		}
		break
	}
	if err := a.eng.Wait(a.t.Context(), head); err != nil {
		a.t.Fatal(err)
	}
}

// seen is a view's state with the position that changed it.
type seen[S any] struct {
	State   S
	Changed ironstar.Position
}

// see reads a key, and compares it with the fold of the log.
func see[S any](a *app, r *engine.Reader[S], v ironstar.View[S], key string) (got seen[S]) {
	a.t.Helper()
	err := r.Read(key, func(s S, changed, asOf ironstar.Position) error {
		got = seen[S]{s, changed}
		want, wantChanged, err := ironstartest.FoldView(context.WithoutCancel(a.t.Context()), a.store, v, key, asOf)
		if diff := cmp.Diff(want, s); diff != "" || wantChanged != changed {
			a.t.Errorf("%s %q is not the fold of the log: changed at %d, want %d (-fold +view):\n%s", v.Name, key, changed, wantChanged, diff)
		}
		return err
	})
	if err != nil {
		a.t.Errorf("%s %q: %v", v.Name, key, err)
	}
	if b, ok := any(got.State).(library.BookState); ok { // it is the view's
		b.Log = slices.Clone(b.Log)
		got.State = any(b).(S)
	}
	return got
}
