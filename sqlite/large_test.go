package sqlite_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev"
)

// TestG4_LargeRecordsComeInOrder reads a log of which no part fits into a
// chunk, so that parts are completed while later ones wait.
func TestG4_LargeRecordsComeInOrder(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "log.db"))
	const events, each = 4000, 50
	pad := strings.Repeat("x", 3000)
	for n := 0; n < events; n += each {
		a := ironstar.Append{Stream: ironstar.Stream{Kind: "k", ID: fmt.Sprint(n)}}
		for i := range each {
			a.Events = append(a.Events, ironstar.Proposed{Type: "Big", SchemaVersion: 1, Payload: fmt.Appendf(nil, `{"n":%d,"pad":%q}`, n+i+1, pad)})
		}
		mustBe(t, s.Append(t.Context(), a)[0].Err)
	}
	for range 20 {
		at := ironstar.Position(0)
		for r, err := range s.Log(t.Context(), 0) {
			mustBe(t, err)
			if at++; r.Position != at || !strings.HasPrefix(string(r.Payload), fmt.Sprintf(`{"n":%d,`, at)) {
				t.Fatalf("after %d comes %d, %.20s", at-1, r.Position, r.Payload)
			}
		}
		if at != events {
			t.Errorf("the log ends at %d, want %d", at, events)
		}
	}
}
