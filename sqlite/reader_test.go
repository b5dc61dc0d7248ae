package sqlite_test

import (
	"errors"
	"path/filepath"
	"testing"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

func TestReaderBesideAServer(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	s := openStore(t, file)
	r, err := sqlite.OpenReader(t.Context(), file)
	mustBe(t, err)
	defer r.Close()
	if r.LogID() != s.LogID() {
		t.Errorf("log id is %s, want %s", r.LogID(), s.LogID())
	}
	for n := range 5 {
		o := s.Append(t.Context(), childAppend("w", 0, n))[0]
		mustBe(t, o.Err)
		if head, err := r.Head(t.Context()); err != nil || head != o.Receipt.Last {
			t.Errorf("reader's head is %d, %v after %d was stored", head, err, o.Receipt.Last)
		}
	}
	last := ironstar.Position(0)
	for rec, err := range r.Log(t.Context(), 0) {
		mustBe(t, err)
		if rec.Position != last+1 {
			t.Errorf("position %d follows %d", rec.Position, last)
		}
		last = rec.Position
	}
	if head, _ := s.Head(t.Context()); last != head {
		t.Errorf("reader's log ends at %d, want %d", last, head)
	}
	n := 0
	for _, err := range r.Stream(t.Context(), childAppend("w", 0, 3).Stream, 1) {
		mustBe(t, err)
		n++
	}
	if n != 3 {
		t.Errorf("stream after 1 has %d records, want 3", n)
	}
	for _, err := range r.Stream(t.Context(), ironstar.Stream{}, 0) {
		if !errors.Is(err, ironstar.ErrStream) {
			t.Errorf("empty stream name: %v", err)
		}
	}
}

func TestReaderCloses(t *testing.T) {
	r, err := sqlite.OpenReader(t.Context(), madeStore(t))
	mustBe(t, err)
	mustBe(t, r.Close())
	mustBe(t, r.Close())
	if _, err := r.Head(t.Context()); !errors.Is(err, ironstar.ErrClosed) {
		t.Errorf("head of a closed reader: %v", err)
	}
	for _, err := range r.Log(t.Context(), 0) {
		if !errors.Is(err, ironstar.ErrClosed) {
			t.Errorf("log of a closed reader: %v", err)
		}
	}
}
