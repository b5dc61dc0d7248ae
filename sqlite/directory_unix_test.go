//go:build unix

package sqlite_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A directory without write permission gives an error that says so, and the
// file opens when the permission is there.
func TestReadOnlyDirectory(t *testing.T) {
	tests := map[string]func(t *testing.T, file string){
		"no file":   func(t *testing.T, file string) {},
		"good file": func(t *testing.T, file string) { write(t, file, read(t, madeStore(t))) },
		"half-written file, lock file there": func(t *testing.T, file string) {
			from := halfWritten(t)
			write(t, file, read(t, from))
			write(t, file+"-journal", read(t, from+"-journal"))
			write(t, file+".lock", nil)
		},
	}
	for name, make := range tests {
		t.Run(name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "ironstar")
			mustBe(t, err)
			defer os.RemoveAll(dir)
			file := filepath.Join(dir, "log.db")
			make(t, file)
			cmd := childCommand(t, "first", file)
			withoutRights(t, cmd, dir)
			mustBe(t, os.Chmod(dir, 0o555))
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "permission") {
				t.Errorf("%v: %s", err, out)
			}
			mustBe(t, os.Chmod(dir, 0o755))
			opensAgain(t, file)
		})
	}
}

// withoutRights makes a process run without the rights of root, which may write
// everywhere, and gives it all that is in dir.
func withoutRights(t *testing.T, cmd *exec.Cmd, dir string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	const nobody = 65534
	program, err := os.ReadFile(cmd.Path)
	mustBe(t, err)
	cmd.Path = filepath.Join(dir, "child")
	mustBe(t, os.WriteFile(cmd.Path, program, 0o755))
	entries, err := os.ReadDir(dir)
	mustBe(t, err)
	mustBe(t, os.Chown(dir, nobody, nobody))
	for _, e := range entries {
		mustBe(t, os.Chown(filepath.Join(dir, e.Name()), nobody, nobody))
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}
