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
	"time"
)

// TestG19_CtrlCWritesNothing interrupts a run that is ready to write and waits
// for the lock. It also checks that a long run prints a message.
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

// TestCtrlCWhileAnotherProgramRuns interrupts new and assets while they wait for
// go and npm.
func TestCtrlCWhileAnotherProgramRuns(t *testing.T) {
	for program, args := range map[string][]string{"go": {"new", "guests"}, "npm": {"assets"}} {
		t.Run(args[0], func(t *testing.T) {
			root, bin := t.TempDir(), t.TempDir()
			started := filepath.Join(bin, "started")
			for name, text := range map[string]string{
				filepath.Join(bin, program):              "#!/bin/sh\necho >" + started + "\nsleep 60 & wait\n",
				filepath.Join(root, "package.json"):      "{}",
				filepath.Join(root, "package-lock.json"): "{}",
				filepath.Join(root, "go.mod"):            "module example.com/app\n",
			} {
				if err := os.WriteFile(name, []byte(text), 0o777); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command("ironstar", args...)
			cmd.Dir, cmd.Env = root, append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
			var said strings.Builder
			cmd.Stderr = &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			for deadline := time.Now().Add(2 * time.Minute); !exists(started) && time.Now().Before(deadline); {
				time.Sleep(10 * time.Millisecond)
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			var exit *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted || !strings.HasSuffix(said.String(), "interrupted: nothing was written (IRN110)\n") {
				t.Errorf("it ended with %v and said %s", err, said.String())
			}
			if left := readTree(t, root); len(left) != 3 || exists(filepath.Join(root, "guests")) {
				t.Errorf("it left %v", left)
			}
		})
	}
}
