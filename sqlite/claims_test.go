package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

var handles = ironstar.ClaimRule{Kind: "todo.List", Name: "Handle", Declaration: "1"}

// taking appends the first event of a stream, which takes a handle.
func taking(id, handle string) ironstar.Append {
	return ironstar.Append{Stream: ironstar.Stream{Kind: handles.Kind, ID: id}, Events: []ironstar.Proposed{{
		Type: "Added", SchemaVersion: 1, Payload: []byte(`{}`), Claims: []ironstar.Claim{{Rule: handles.Name, Value: handle}},
	}}}
}

// TestG22_ClaimsAreStoredWithTheirEvents: a file is opened again, also by a program that
// reads only, and its table of claims equals the log.
func TestG22_ClaimsAreStoredWithTheirEvents(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	for round := range 3 {
		s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		mustBe(t, err)
		upTo, err := s.DeclareClaims(t.Context(), handles)
		mustBe(t, err)
		if head, _ := s.Head(t.Context()); upTo[0] != head {
			t.Errorf("round %d: the claims are there up to %d of %d", round, upTo[0], head)
		}
		out := s.Append(t.Context(), taking(fmt.Sprint("s", round), "ada"), taking(fmt.Sprint("t", round), fmt.Sprint("name", round)))
		if taken := errors.Is(out[0].Err, ironstar.ErrTaken); taken != (round > 0) || out[0].Err != nil && !taken || out[1].Err != nil {
			t.Errorf("round %d: %v, %v", round, out[0].Err, out[1].Err)
		}
		mustBe(t, s.Close())
	}
	if checked, damages := checkedFile(t, path); checked.Claims != 4 || len(damages) > 0 {
		t.Errorf("%d claims are checked, want 4; damaged: %v", checked.Claims, damages)
	}
}

// checkedFile checks everything in a file that no server owns.
func checkedFile(t *testing.T, path string) (checked sqlite.Checked, damages []sqlite.Damage) {
	t.Helper()
	r, err := sqlite.OpenReader(t.Context(), path)
	mustBe(t, err)
	checked, err = r.Check(t.Context(), func(d sqlite.Damage) { damages = append(damages, d) }, func(_, _ ironstar.Position) {})
	mustBe(t, err)
	mustBe(t, r.Close())
	return checked, damages
}

// TestDamagedClaims: verify finds a claim that was changed.
func TestDamagedClaims(t *testing.T) {
	for _, change := range []string{"UPDATE claims SET value = 'eve'", "UPDATE claims SET position = 99"} {
		path := filepath.Join(t.TempDir(), "log.db")
		s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		mustBe(t, err)
		_, err = s.DeclareClaims(t.Context(), handles)
		mustBe(t, err)
		mustBe(t, s.Append(t.Context(), taking("a", "ada"))[0].Err)
		mustBe(t, s.Close())
		alter(t, path, change)
		if _, damages := checkedFile(t, path); len(damages) != 1 || damages[0].Part != sqlite.DamagedClaims {
			t.Errorf("%s: found %v, want one damaged claim", change, damages)
		}
	}
}

// TestClaimsAreMadeAgain: what docs/OPERATING.md says about damaged claims works.
func TestClaimsAreMadeAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	mustBe(t, err)
	_, err = s.DeclareClaims(t.Context(), handles)
	mustBe(t, err)
	mustBe(t, s.Append(t.Context(), taking("a", "ada"))[0].Err)
	mustBe(t, s.Close())
	alter(t, path, "DELETE FROM claims", "UPDATE claim_rules SET upto = 0")
	s, err = sqlite.Open(t.Context(), path, sqlite.Options{})
	mustBe(t, err)
	defer s.Close()
	upTo, err := s.DeclareClaims(t.Context(), handles)
	if err != nil || upTo[0] != 0 {
		t.Fatalf("the claims are there up to %v, %v", upTo, err)
	}
	mustBe(t, s.RestoreClaims(t.Context(), handles, 1, ironstar.Claimed{StreamID: "a", Position: 1, Value: "ada"}))
	if out := s.Append(t.Context(), taking("b", "ada"))[0]; !errors.Is(out.Err, ironstar.ErrTaken) {
		t.Errorf("the value is free: %v", out.Err)
	}
}
