package arch

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoTestSwitchesTheProxyOff: on a fresh machine the module cache is empty, so
// a test without the module proxy is red there and green everywhere else.
func TestNoTestSwitchesTheProxyOff(t *testing.T) {
	const off = "GOPROXY=" + "off" // in two parts, so that this file does not have it
	read := 0
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, ".txtar") {
			return nil
		}
		read++
		src, err := os.ReadFile(path)
		if bytes.Contains(src, []byte(off)) {
			t.Errorf("%s switches the module proxy off: a fresh machine has no modules yet", path)
		}
		return err
	})
	if err != nil || read < 100 {
		t.Errorf("%d files were read: %v", read, err)
	}
}
