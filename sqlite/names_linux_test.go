package sqlite_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ironstar.dev/sqlite"
)

// otherName makes a file that is open under one name be there under another,
// with no other link to it.
func otherName(t *testing.T, file string) string {
	t.Helper()
	other := filepath.Join(t.TempDir(), "other.db")
	mustBe(t, os.Rename(file, other))
	return other
}

// TestOneFileByTwoNames: a second server of the same file is refused under any
// name, and the running one is not disturbed.
func TestOneFileByTwoNames(t *testing.T) {
	t.Run("another process", func(t *testing.T) {
		_, file, _ := openStandby(t, "hold")
		_, err := sqlite.Open(t.Context(), otherName(t, file), sqlite.Options{})
		wantError(t, "open", err, "another server has this file by another name")
	})
	t.Run("this process", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "log.db")
		s := openStore(t, file)
		other := otherName(t, file)
		before := sqliteLocks(t, other)
		_, err := sqlite.Open(t.Context(), other, sqlite.Options{})
		wantError(t, "open", err, "another server has this file by another name")
		if after := sqliteLocks(t, other); before == 0 || after != before {
			t.Errorf("SQLite held %d locks of the database and holds %d", before, after)
		}
		mustBe(t, os.Rename(other, file))
		mustBe(t, s.Append(t.Context(), childAppend("a", 0, 1))[0].Err)
	})
	t.Run("a reader outlives its store", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "log.db")
		s := openStore(t, file)
		mustBe(t, s.Append(t.Context(), childAppend("a", 0, 1))[0].Err)
		r, err := sqlite.OpenReader(t.Context(), file)
		mustBe(t, err)
		count(t, r)
		mustBe(t, s.Close())
		if sqliteLocks(t, file) == 0 {
			t.Error("with the store the lock of the reader has gone")
		}
		openStore(t, file).Close()
		mustBe(t, r.Close())
		if open := openUnder(t, filepath.Dir(file)); len(open) > 0 {
			t.Errorf("left open: %v", open)
		}
	})
	t.Run("hard link", func(t *testing.T) {
		file := madeStore(t)
		mustBe(t, os.Link(file, file+".2"))
		for _, name := range []string{file, file + ".2"} {
			_, err := sqlite.Open(t.Context(), name, sqlite.Options{})
			wantError(t, "open", err, "hard links")
			_, err = sqlite.OpenStandby(t.Context(), name, sqlite.Options{})
			wantError(t, "open standby", err, "hard links")
		}
		r, err := sqlite.OpenReader(t.Context(), file+".2") // it has no writer
		mustBe(t, err)
		mustBe(t, r.Close())
		mustBe(t, os.Remove(file+".2"))
		openStore(t, file)
		mustBe(t, os.Link(file, file+".2"))
		_, err = sqlite.OpenReader(t.Context(), file+".2")
		wantError(t, "open reader", err, "read it by the name that the server has")
	})
	t.Run("hard link of another process", func(t *testing.T) {
		_, file, _ := openStandby(t, "hold")
		mustBe(t, os.Link(file, file+".2"))
		_, err := sqlite.OpenReader(t.Context(), file+".2")
		wantError(t, "open reader", err, "read it by the name that the server has")
	})
}

// sqliteLocks counts the POSIX locks that this process holds on a file.
func sqliteLocks(t *testing.T, file string) (n int) {
	t.Helper()
	info, err := os.Stat(file)
	mustBe(t, err)
	ends := fmt.Sprintf(":%d ", info.Sys().(*syscall.Stat_t).Ino)
	for line := range strings.Lines(string(read(t, "/proc/locks"))) {
		if strings.Contains(line, "POSIX") && strings.Contains(line, fmt.Sprintf(" %d ", os.Getpid())) && strings.Contains(line, ends) {
			n++
		}
	}
	return n
}

// TestFileMountedAlone mounts a database, without its folder, at another place.
// Where processes may not mount, there is nothing to be seen.
func TestFileMountedAlone(t *testing.T) {
	file := madeStore(t)
	place := filepath.Join(t.TempDir(), "mounted.db")
	write(t, place, nil)
	mount := fmt.Sprintf("mount --bind '%s' '%s'", file, place)
	if out, err := exec.CommandContext(t.Context(), "unshare", "-rm", "sh", "-c", mount).CombinedOutput(); err != nil {
		t.Logf("mounts are not to be had: %v, %s", err, out)
		return
	}
	cmd := childCommand(t, "first", place, "unshare", "-rm", "sh", "-c", mount+` && exec "$0"`)
	out, _ := cmd.CombinedOutput()
	if !bytes.Contains(out, []byte("mount the folder")) {
		t.Errorf("it says %s", out)
	}
}
