package todo_test

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"ironstar.dev"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/ironstartest"
	"ironstar.dev/sqlite"
)

// Ids of lines.
var (
	milk  = ironstar.UUID{1}
	cat   = ironstar.UUID{2}
	other = ironstar.UUID{9}
)

// someCommand draws a command about one of a few lines, so that commands meet.
func someCommand(t *rapid.T) gen.ListCommand {
	id := rapid.SampledFrom([]ironstar.UUID{milk, cat, other}).Draw(t, "line")
	text := rapid.StringN(1, 20, -1).Draw(t, "text")
	place := rapid.SampledFrom([]*ironstar.UUID{&milk, &cat, &other, nil}).Draw(t, "place")
	return rapid.SampledFrom([]gen.ListCommand{
		gen.ListAdd{ID: id, Text: text}, gen.ListAdd{ID: id, Text: text}, gen.ListRename{ID: id, Text: text},
		gen.ListComplete{ID: id}, gen.ListReopen{ID: id}, gen.ListRemove{ID: id}, gen.ListMove{ID: id, Before: place},
		gen.ListCompleteAll{}, gen.ListReopenAll{}, gen.ListClearCompleted{},
	}).Draw(t, "command")
}

// TestG8_ViewsEqualARebuild throws random commands at lists and compares both
// views with a rebuild from nothing.
func TestG8_ViewsEqualARebuild(t *testing.T) {
	n := 0
	open := func() ironstar.Store {
		n++
		store, err := sqlite.Open(t.Context(), t.TempDir()+"/"+strconv.Itoa(n)+".db", sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return store
	}
	t.Run("Board", func(t *testing.T) {
		ironstartest.Property(t, open, gen.NewList(todo.List{}), gen.NewBoard(todo.List{}), someCommand)
	})
	t.Run("Tally", func(t *testing.T) {
		ironstartest.Property(t, open, gen.NewList(todo.List{}), gen.NewTally(todo.Tally{}), someCommand)
	})
}
