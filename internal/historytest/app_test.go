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
	"ironstar.dev/internal/historytest/gen/library"
	"ironstar.dev/internal/historytest/gen/library/libraryhttp"
	"ironstar.dev/ironstartest"
	"ironstar.dev/live"
	"ironstar.dev/sqlite"
)

// app is a store on disk and an engine with every view.
type app struct {
	t      *testing.T
	store  *sqlite.Store
	eng    *engine.Engine
	routes func(*live.Server)
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
	var err error
	if a.routes, err = libraryDomain().Register(a.eng); err != nil {
		t.Fatal(err)
	}
	parts, err := libraryhttp.PartsOf(a.eng)
	if err != nil {
		t.Fatal(err)
	}
	a.books, a.card, a.loans, a.reader = parts.Book, parts.Card, parts.Loans, parts.Reader
	if err := a.eng.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.eng.Close() })
	return a
}

// stored proposes an event as an older build wrote it.
func stored(event string, version int, payload string) ironstar.Proposed {
	p := ironstar.Proposed{Type: event, SchemaVersion: version, Shape: "of-another-build", Payload: []byte(payload)}
	for _, s := range library.BookShapes {
		if s.Type == event && s.SchemaVersion == version {
			p.Shape = s.Hash
		}
	}
	return p
}

func book(id string) ironstar.Stream { return ironstar.Stream{Kind: library.BookKind, ID: id} }

// put appends events to a book, each separately, as another writer would.
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

// settle waits until every view has everything that is stored.
func (a *app) settle() {
	a.t.Helper()
	if err := a.eng.CatchUp(a.t.Context()); err != nil {
		a.t.Fatal(err)
	}
}

// viewedState is a view's state with the position that changed it.
type viewedState[S any] struct {
	State   S
	Changed ironstar.Position
}

// see reads a key and compares it with the fold of the log.
func see[S any](a *app, r *engine.Reader[S], v ironstar.View[S], key string) (got viewedState[S]) {
	a.t.Helper()
	err := r.Read(key, func(s S, changed, asOf ironstar.Position) error {
		got = viewedState[S]{s, changed}
		want, wantChanged, err := ironstartest.FoldView(context.WithoutCancel(a.t.Context()), a.store, v, key, asOf)
		if diff := cmp.Diff(want, s); diff != "" || wantChanged != changed {
			a.t.Errorf("%s %q is not the fold of the log: changed at %d, want %d (-fold +view):\n%s", v.Name, key, changed, wantChanged, diff)
		}
		return err
	})
	if err != nil {
		a.t.Errorf("%s %q: %v", v.Name, key, err)
	}
	if b, ok := any(got.State).(library.BookState); ok { // it belongs to the view
		b.Log = slices.Clone(b.Log)
		got.State = any(b).(S)
	}
	return got
}

// watch returns a channel with one token whenever a key may have changed since
// the last token was received.
func watch[S any](t testing.TB, r *engine.Reader[S], key string) (changed <-chan struct{}, stop func()) {
	t.Helper()
	tokens := make(chan struct{}, 1)
	stop, err := r.Notify(key, func() {
		select {
		case tokens <- struct{}{}:
		default: // there is a token already
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return tokens, stop
}
