package ironstartest_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/ironstartest"
	"ironstar.dev/sqlite"
)

// opener returns a function that opens a new store each time.
func opener(t *testing.T) func() ironstar.Store {
	dir, n := t.TempDir(), 0
	return func() ironstar.Store {
		n++
		s, err := sqlite.Open(t.Context(), filepath.Join(dir, strconv.Itoa(n)), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

func TestG8_PropertyOfAShelf(t *testing.T) {
	a := newShelf()
	stock := func(_ string, s shelf, r *ironstar.Record) (shelf, bool, error) {
		s, err := ironstar.Load(&a, s, r)
		return s, err == nil, err
	}
	view := ironstar.View[shelf]{
		Name: "library.Stock", Kinds: []string{a.Kind},
		Initial: func(string) shelf { return shelf{} }, Evolve: stock,
	}
	byBook := view
	byBook.By = ironstar.ByField
	byBook.Keys = func(r *ironstar.Record) ([]string, error) {
		events, err := ironstar.Decoded(r, a.Codec.Decode)
		if err != nil {
			return nil, err
		}
		return []string{events[0].Put + events[0].Taken}, nil
	}
	global := view
	global.By = ironstar.Global
	command := func(t *rapid.T) command {
		book := rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "book")
		if rapid.Bool().Draw(t, "put") {
			return command{Put: book}
		}
		return command{Take: book}
	}
	for name, v := range map[string]ironstar.View[shelf]{"ByStream": view, "ByField": byBook, "Global": global} {
		t.Run(name, func(t *testing.T) {
			ironstartest.Property(t, opener(t), a, v, command)
		})
	}
}

// TestPropertyFailsWhenNothingHappens: if the aggregate refuses every command, Property
// cannot find a wrong view, so it must fail.
func TestPropertyFailsWhenNothingHappens(t *testing.T) {
	a := newShelf()
	a.Decide = func(shelf, command, ironstar.States) ([]event, error) { return nil, full{0} }
	view := ironstar.View[shelf]{
		Name: "library.Stock", Kinds: []string{a.Kind}, By: ironstar.Global,
		Initial: func(string) shelf { return shelf{} },
		Evolve:  func(_ string, s shelf, _ *ironstar.Record) (shelf, bool, error) { return s, true, nil },
	}
	said := failureOf(t, func(tb testing.TB) {
		ironstartest.Property(tb, opener(t), a, view, func(*rapid.T) command { return command{Put: "x"} })
	})
	if !strings.Contains(said, "no command made an event") || !strings.Contains(said, "there is room for 0 books") {
		t.Errorf("it says %q", said)
	}
}
