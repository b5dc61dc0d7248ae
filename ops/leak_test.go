package ops_test

import (
	"os"
	"testing"

	"ironstar.dev/internal/leak"
)

// TestMain lets the test binary be a server too.
func TestMain(m *testing.M) {
	if file := os.Getenv(asServer); file != "" {
		os.Exit(serveNotes(file))
	}
	os.Exit(leak.Run(m))
}
