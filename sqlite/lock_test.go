package sqlite_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ironstar.dev/sqlite"
)

func TestLockNamesTheOwner(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	cmd := childCommand(t, "hold", file)
	out := &watched{line: make(chan struct{})}
	cmd.Stdout = out
	mustBe(t, cmd.Start())
	select {
	case <-out.line:
	case <-time.After(2 * time.Minute):
		t.Fatal("child does not get ready")
	}
	host, err := os.Hostname()
	mustBe(t, err)
	owner := fmt.Sprintf("process %d on host %s", cmd.Process.Pid, host)

	_, err = sqlite.Open(t.Context(), file, sqlite.Options{})
	var locked *sqlite.LockedError
	if !errors.As(err, &locked) || locked.Owner != owner || !strings.Contains(err.Error(), owner) {
		t.Errorf("second server got %v, want one that names %s", err, owner)
	}
	wantError(t, "second server", err, "stop that one first")
	link := filepath.Join(t.TempDir(), "link.db")
	mustBe(t, os.Symlink(file, link))
	if _, err = sqlite.Open(t.Context(), link, sqlite.Options{}); !errors.As(err, &locked) {
		t.Errorf("by another name: %v", err)
	}
	r, err := sqlite.OpenReader(t.Context(), file)
	if err != nil {
		t.Errorf("a reader is kept away: %v", err)
	} else {
		r.Close()
	}
	mustBe(t, cmd.Process.Kill())
	cmd.Wait()
	openStore(t, file) // the lock ends with the process
}

func TestLockWithinOneProcess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	s := openStore(t, file)
	_, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	var locked *sqlite.LockedError
	if !errors.As(err, &locked) {
		t.Errorf("second store got %v", err)
	}
	// The refused attempt has not disturbed the first.
	if o := s.Append(t.Context(), childAppend("a", 0, 0)); o[0].Err != nil {
		t.Error(o[0].Err)
	}
	mustBe(t, s.Close())
	openStore(t, file)
}
