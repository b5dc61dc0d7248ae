package todo

import (
	"flag"
	"testing"

	"ironstar.dev/gen/todo"
	"ironstar.dev/ironstartest"
)

// go test ./internal/app/todo -update records what hand-written parts of upcasters make.
var update = flag.Bool("update", false, "record what hand-written parts of upcasters make of golden samples, where nobody has")

// TestListHistory reads golden samples of every version of every event that
// was ever released of List as this build reads stored ones.
func TestListHistory(t *testing.T) {
	ironstartest.History(t, todo.NewList(List{}), todo.ListSteps(List{}), ironstartest.Released{Schema: "../../../schema", Update: *update})
}
