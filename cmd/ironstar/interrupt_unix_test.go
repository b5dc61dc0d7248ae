//go:build unix

package main

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestG19_CtrlCWritesNothing interrupts a run that has everything ready and
// waits for its turn to write. That is also the place to see that a run which
// takes long says so.
func TestG19_CtrlCWritesNothing(t *testing.T) {
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS(filepath.Join("testdata", "g18"))); err != nil {
		t.Fatal(err)
	}
	before := readTree(t, root)
	schema, err := os.Open(filepath.Join(root, "schema"))
	if err != nil {
		t.Fatal(err)
	}
	defer schema.Close()
	if err := syscall.Flock(int(schema.Fd()), syscall.LOCK_EX); err != nil { // as another run would
		t.Fatal(err)
	}
	for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			cmd := exec.Command("ironstar", "generate")
			cmd.Dir = root
			stderr, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(stderr)
			if !lines.Scan() || !strings.HasPrefix(lines.Text(), "generating from schema … 1s") {
				t.Errorf("after a second it says %q", lines.Text())
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if !lines.Scan() || lines.Text() != "interrupted: nothing was written (IRN110)" {
				t.Errorf("it says %q", lines.Text())
			}
			var exit *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
				t.Errorf("it ended with %v, want %d", err, exitInterrupted)
			}
			if after := readTree(t, root); len(after) != len(before) {
				t.Errorf("there are %d files, want %d", len(after), len(before))
			}
		})
	}
}
