package sqlite_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev"
)

// The operation is one append of one event of about 100 bytes. The floor is the
// bare driver, which commits batches of as many rows as there are writers.

func BenchmarkAppend1(b *testing.B)  { benchmarkAppend(b, 1) }
func BenchmarkAppend16(b *testing.B) { benchmarkAppend(b, 16) }
func BenchmarkAppend64(b *testing.B) { benchmarkAppend(b, 64) }

var benchPayload = []byte(`{"id":"0198c5b2-7d3e-7c3b-9a7e-0d5b7a4f1c2d","text":"buy milk, bread and a newspaper","done":false}`)

func benchmarkAppend(b *testing.B, writers int) {
	b.Run("ironstar", func(b *testing.B) { benchmarkStore(b, writers) })
	b.Run("floor", func(b *testing.B) { benchmarkFloor(b, writers) })
}

func benchmarkStore(b *testing.B, writers int) {
	store := openStore(b, filepath.Join(b.TempDir(), "log.db"))
	b.ResetTimer()
	var done sync.WaitGroup
	for w := range writers {
		done.Go(func() {
			stream := ironstar.Stream{Kind: "todo.List", ID: fmt.Sprint(w)}
			events := []ironstar.Proposed{{Type: "Added", SchemaVersion: 1, Shape: "s", Payload: benchPayload}}
			for n := w; n < b.N; n += writers {
				version := ironstar.Version((n - w) / writers)
				o := store.Append(b.Context(), ironstar.Append{Stream: stream, Expected: version, Events: events})
				if o[0].Err != nil {
					b.Error(o[0].Err)
					return
				}
			}
		})
	}
	done.Wait()
}

func benchmarkFloor(b *testing.B, batch int) {
	c, err := zs.OpenConn(filepath.Join(b.TempDir(), "floor.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	for _, pragma := range []string{"PRAGMA synchronous = FULL", "PRAGMA cache_size = -64000"} {
		if err := sqlitex.ExecuteTransient(c, pragma, nil); err != nil {
			b.Fatal(err)
		}
	}
	err = sqlitex.ExecuteScript(c, `CREATE TABLE events (position INTEGER PRIMARY KEY, aggregate_type TEXT NOT NULL,
			aggregate_id TEXT NOT NULL, sequence INTEGER NOT NULL, event_type TEXT NOT NULL,
			schema_version INTEGER NOT NULL, payload TEXT NOT NULL, metadata TEXT NOT NULL,
			recorded_at INTEGER NOT NULL, final INTEGER NOT NULL,
			UNIQUE (aggregate_type, aggregate_id, sequence)) STRICT`, nil)
	if err != nil {
		b.Fatal(err)
	}
	begin, commit := c.Prep("BEGIN IMMEDIATE"), c.Prep("COMMIT")
	insert := c.Prep("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	payload := string(benchPayload)
	b.ResetTimer()
	for n := 0; n < b.N; n += batch {
		run(b, begin)
		for i := range min(batch, b.N-n) {
			insert.BindInt64(1, int64(n+i+1))
			insert.BindText(2, "todo.List")
			insert.BindText(3, fmt.Sprint(i))
			insert.BindInt64(4, int64(n/batch+1))
			insert.BindText(5, "Added")
			insert.BindInt64(6, 1)
			insert.BindText(7, payload)
			insert.BindText(8, "{}")
			insert.BindInt64(9, int64(n))
			insert.BindInt64(10, 0)
			run(b, insert)
		}
		run(b, commit)
	}
}

// run executes a statement and makes it ready for its next use.
func run(b *testing.B, st *zs.Stmt) {
	if _, err := st.Step(); err != nil {
		b.Fatal(err)
	}
	if err := st.Reset(); err != nil {
		b.Fatal(err)
	}
}
