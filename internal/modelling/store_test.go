package modelling_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/internal/modelling"
	"ironstar.dev/internal/modelling/gen/club/clubhttp"
	"ironstar.dev/internal/modelling/gen/till/tillhttp"
	"ironstar.dev/live"
	"ironstar.dev/sqlite"
)

// opener returns a function that opens a new store each time.
func opener(t *testing.T) func() ironstar.Store {
	dir, n := t.TempDir(), 0
	return func() ironstar.Store {
		n++
		store, err := sqlite.Open(t.Context(), filepath.Join(dir, strconv.Itoa(n)+".db"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return store
	}
}

// running starts an engine with both domains on a new store.
func running(t *testing.T) (*engine.Engine, clubhttp.Parts, tillhttp.Parts) {
	t.Helper()
	store := opener(t)()
	t.Cleanup(func() { store.Close() })
	e := engine.New(store, engine.Options{})
	t.Cleanup(func() { e.Close() })
	none := live.ViewOptions{NoPage: true}
	_, err := clubhttp.Domain{
		Handle: modelling.Handle{}, Member: modelling.Member{}, Evening: modelling.Evening{}, Locker: modelling.Locker{},
		Members: modelling.Members{}, MembersOptions: none,
		Arrivals: modelling.Arrivals{}, ArrivalsOptions: none,
		Clerk: modelling.Clerk{}, Greeter: modelling.Greeter{}, GreeterEffects: modelling.Letters{Folder: letterFolder(t)},
	}.Register(e)
	must(t, err)
	_, err = tillhttp.Domain{Till: modelling.Till{}, DrawerOptions: none}.Register(e)
	must(t, err)
	must(t, e.Start(t.Context()))
	c, err := clubhttp.PartsOf(e)
	must(t, err)
	p, err := tillhttp.PartsOf(e)
	must(t, err)
	return e, c, p
}

// letterFolder returns the folder of a test for letters, which it makes once.
func letterFolder(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(os.TempDir(), "letters-"+strings.ReplaceAll(t.Name(), "/", "-"))
	must(t, os.MkdirAll(folder, 0o700))
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
