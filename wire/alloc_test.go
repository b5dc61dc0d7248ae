//go:build !race

// The race detector makes sync.Pool drop items, so the number of allocations
// differs.

package wire_test

import (
	"strings"
	"testing"

	"ironstar.dev/wire"
)

// TestEscapesAllocate: a string with escapes needs one allocation of its own.
func TestEscapesAllocate(t *testing.T) {
	src := []byte(`"` + strings.Repeat(`buy \"milk\" and Brötchen, `, 10) + `"`)
	got := testing.AllocsPerRun(1000, func() {
		if _, err := wire.Decode(src, (*wire.Decoder).String); err != nil {
			t.Fatal(err)
		}
	})
	if got > 2 {
		t.Errorf("%v allocations, want one for the copy of the source and one for the string", got)
	}
}
