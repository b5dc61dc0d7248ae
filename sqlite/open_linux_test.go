package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

// openUnder lists the descriptors of this process for files in a folder.
func openUnder(t *testing.T, dir string) (open []string) {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	mustBe(t, err)
	for _, fd := range fds {
		if name, err := os.Readlink(filepath.Join("/proc/self/fd", fd.Name())); err == nil && strings.HasPrefix(name, dir+"/") {
			open = append(open, name)
		}
	}
	return open
}

// TestNothingStaysOpen opens files that cannot be opened, and closes those that
// can. Afterwards no descriptor is open. TestMain checks goroutines.
func TestNothingStaysOpen(t *testing.T) {
	spoil := map[string]func(file string){
		"another application": func(file string) { alter(t, file, "PRAGMA application_id = 1") },
		"a newer layout":      func(file string) { alter(t, file, "PRAGMA user_version = 99") },
		"other migrations":    func(file string) { alter(t, file, "UPDATE migrations SET checksum = 'x'") },
		"no log":              func(file string) { alter(t, file, "DELETE FROM log") },
		"another shape":       func(string) {},
		"read only":           func(file string) { mustBe(t, os.Chmod(file, 0o444)) },
		"no database":         func(file string) { write(t, file, []byte(strings.Repeat("garbage ", 1000))) },
		"a folder":            func(file string) { mustBe(t, os.Remove(file)); mustBe(t, os.Mkdir(file, 0o777)) },
		"a log without it":    func(file string) { mustBe(t, os.Remove(file)); write(t, file+"-wal", []byte("x")) },
		"cut off":             func(file string) { mustBe(t, os.Truncate(file, 5000)) },
		"context ended":       func(string) {},
	}
	for name, f := range spoil {
		t.Run(name, func(t *testing.T) {
			file := madeStore(t)
			f(file)
			ctx, cancel := context.WithCancel(t.Context())
			if name == "context ended" {
				cancel()
			}
			shape := ironstar.Shape{Kind: "crash.Test", Type: "Written", SchemaVersion: 1, Hash: "other"}
			s, err := sqlite.Open(ctx, file, sqlite.Options{Shapes: []ironstar.Shape{shape}})
			if err == nil {
				s.Close()
				t.Error("it was opened")
			}
			if s, err := sqlite.OpenStandby(ctx, file, sqlite.Options{Shapes: []ironstar.Shape{shape}}); err == nil {
				s.Close()
				t.Error("it was opened as a standby")
			}
			if r, err := sqlite.OpenReader(ctx, file); err == nil {
				mustBe(t, r.Close())
			}
			cancel()
			if open := openUnder(t, filepath.Dir(file)); len(open) > 0 {
				t.Errorf("left open: %v", open)
			}
		})
	}
	file := madeStore(t)
	s := openStore(t, file)
	for range s.Log(t.Context(), 0) {
		break
	}
	if open := openUnder(t, filepath.Dir(file)); len(open) < 3 {
		t.Errorf("open are %v: this test sees nothing", open)
	}
	mustBe(t, s.Close())
	if open := openUnder(t, filepath.Dir(file)); len(open) > 0 {
		t.Errorf("left open: %v", open)
	}
}
