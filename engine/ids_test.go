package engine_test

import (
	"errors"
	"fmt"
	"testing"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// TestIDsAreChecked: the engine itself refuses an id that the aggregate does not
// have.
func TestIDsAreChecked(t *testing.T) {
	a := aggregate()
	a.IDs.Check = func(id string) error {
		if id != "known" {
			return fmt.Errorf("%w: not an id of ledgers", ironstar.ErrStream)
		}
		return nil
	}
	store := openStore(t)
	e := engine.New(store, engine.Options{})
	defer e.Close()
	h := engine.Run(e, a)
	start(t, e)
	if _, err := h.Do(t.Context(), "other", entry{ID: "a"}); !errors.Is(err, ironstar.ErrStream) {
		t.Errorf("got %v, want it refused", err)
	}
	if _, err := h.Do(t.Context(), "known", entry{ID: "a"}); err != nil {
		t.Errorf("a known id: %v", err)
	}
}
