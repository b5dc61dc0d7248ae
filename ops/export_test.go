package ops

import (
	"os"
	"testing"
)

// SetStdin gives this process a standard input that ends when end is called, or
// the test ends.
func SetStdin(t *testing.T) (end func()) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stdin
	os.Stdin = r
	t.Cleanup(func() { os.Stdin = before; w.Close() })
	return func() { w.Close() }
}
