package sqlite_test

import (
	"path/filepath"
	"testing"

	"ironstar.dev"
	"ironstar.dev/ironstartest"
	"ironstar.dev/sqlite"
)

func TestStoreSuite(t *testing.T) {
	ironstartest.StoreSuite(t, func(t *testing.T) ironstar.Store {
		return openStore(t, filepath.Join(t.TempDir(), "log.db"))
	})
}

// openStore opens a store that is closed when the test ends.
func openStore(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
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
