package static_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"ironstar.dev/live"
	"ironstar.dev/static"
)

// TestAddresses holds with and without built assets: an address is below the
// prefix, and if Check is content, the file is there and has a hash in its name.
func TestAddresses(t *testing.T) {
	err := static.Check()
	if err != nil && !errors.Is(err, live.ErrAssetsNotBuilt) {
		t.Fatal(err)
	}
	for _, n := range static.Names() {
		file, ok := strings.CutPrefix(static.URL(n), static.Prefix)
		if !ok {
			t.Errorf("%s is at %s, not below %s", n, static.URL(n), static.Prefix)
		}
		if err != nil {
			continue
		}
		if _, err := fs.Stat(static.Files(), file); err != nil || file == string(n) {
			t.Errorf("%s is at %s: %v", n, file, err)
		}
	}
}
