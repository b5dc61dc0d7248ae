package sqlite

import (
	"path/filepath"
	"sync"
	"testing"

	"ironstar.dev"
)

// These tests are inside the package because a panic during a write cannot be
// caused from outside, and the writing goroutine is not visible there.

func one(id string, expected ironstar.Version) ironstar.Append {
	return ironstar.Append{
		Stream: ironstar.Stream{Kind: "k", ID: id}, Expected: expected,
		Events: []ironstar.Proposed{{Type: "Added", SchemaVersion: 1, Payload: []byte(`{}`)}},
	}
}

func openAlone(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// After a panic in a caller's goroutine the store continues to work.
func TestPanicInALoneCaller(t *testing.T) {
	s := openAlone(t)
	s.writer.conn.events = inserter{} // in the middle of a transaction
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic: the caller was not alone")
			}
		}()
		s.Append(t.Context(), one("a", 0))
	}()
	if o := s.Append(t.Context(), one("a", 0))[0]; o.Err != nil || o.Receipt.First != 1 {
		t.Errorf("append after a panic: %+v", o)
	}
}

// Callers that arrive while another writes are queued. A single caller writes
// in its own goroutine again.
func TestLoneCallersNeedNoGoroutine(t *testing.T) {
	s := openAlone(t)
	for round := range ironstar.Version(20) {
		var callers sync.WaitGroup
		for _, id := range []string{"a", "b", "c", "d"} {
			callers.Go(func() {
				if o := s.Append(t.Context(), one(id, round))[0]; o.Err != nil {
					t.Error(o.Err)
				}
			})
		}
		callers.Wait()
		s.Append(t.Context(), one("x", round)) // may meet the batching's end
		if s.writer.busy.Load() {
			t.Fatalf("round %d: after one caller without others the goroutine still expects some", round)
		}
	}
}

func BenchmarkAppendAlone(b *testing.B) {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "log.db"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	a := one("a", 0)
	a.Events[0].Payload = []byte(`{"id":"0198c5b2-7d3e-7c3b-9a7e-0d5b7a4f1c2d","text":"buy milk, bread and a newspaper","done":false}`)
	b.ReportAllocs()
	for b.Loop() {
		if o := s.Append(b.Context(), a); o[0].Err != nil {
			b.Fatal(o[0].Err)
		}
		a.Expected++
	}
}
