package ops

import (
	"io"
	"sync"
	"testing"

	"ironstar.dev/query"
)

// TestProgressOfSeveralTables: tables of several engines are made at the same time.
func TestProgressOfSeveralTables(t *testing.T) {
	show := tablesProgress(io.Discard)
	var work sync.WaitGroup
	for _, name := range []string{"auction.sqlite", "auction.duckdb"} {
		work.Go(func() {
			for n := range 1000 {
				show(query.Progress{Tables: name, At: 1, Head: 2, Done: n%2 == 1})
			}
		})
	}
	work.Wait()
}
