package todo_test

import (
	"flag"
	"testing"

	gen "ironstar.dev/gen/todo"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/ironstartest"
)

// update records what hand-written upcasters make of golden samples that nobody
// has recorded yet: go test ./internal/app/todo -update.
var update = flag.Bool("update", false, "record what hand-written upcasters make of golden samples")

// TestG15_History reads what was ever released of a list.
func TestG15_History(t *testing.T) {
	ironstartest.History(t, gen.NewList(todo.List{}), gen.ListSteps(todo.List{}), ironstartest.Released{Schema: "../../../schema", Update: *update})
}
