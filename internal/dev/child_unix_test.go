//go:build unix

package dev

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shell starts a shell program as a child.
func shell(t *testing.T, out *bytes.Buffer, program string) *child {
	t.Helper()
	c, err := startChild("/bin/sh", t.TempDir(), []string{"-c", program}, &lineWriter{to: out})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.stop)
	return c
}

func awaitEnd(t *testing.T, c *child) {
	t.Helper()
	select {
	case <-c.done:
	case <-time.After(time.Minute):
		t.Fatal("it has not ended after a minute")
	}
}

// TestChildEnds: a child has ended when its process has, also if a program that it
// started still holds its output, and that program ends too.
func TestChildEnds(t *testing.T) {
	var out bytes.Buffer
	c := shell(t, &out, "echo early; sleep 600 & echo process $!; echo 'serving on http://x'; echo late; printf last")
	if err := c.wait(t.Context(), t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	awaitEnd(t, c)
	_, rest, _ := strings.Cut(out.String(), "process ")
	process, rest, _ := strings.Cut(rest, "\n")
	if rest != "late\nlast\n" || !strings.HasPrefix(out.String(), "early\n") {
		t.Errorf("it printed %q", out.String())
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		state, _ := exec.Command("ps", "-o", "stat=", "-p", process).Output() // an error means that there is none
		if len(state) == 0 || state[0] == 'Z' {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("what it started goes on: %s", state)
		}
	}
}

// TestChildDoesNotServe: a child that ends is an error with what it said, and one that
// does nothing is waited for until there is something newer to do.
func TestChildDoesNotServe(t *testing.T) {
	var out bytes.Buffer
	c := shell(t, &out, "echo reason; exit 3")
	if err := c.wait(t.Context(), t.Context(), 0); err == nil || !strings.Contains(err.Error(), "exit status 3") || c.said() != "reason" || out.Len() > 0 {
		t.Errorf("%v, said %q, printed %q", err, c.said(), &out)
	}
	c = shell(t, &out, "exec sleep 600")
	ended, end := context.WithCancel(t.Context())
	end()
	if err := c.wait(ended, t.Context(), 0); !errors.Is(err, errTooSlow) {
		t.Errorf("when something newer is to do: %v", err)
	}
	if err := c.wait(t.Context(), ended, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("when the run ends: %v", err)
	}
	c = shell(t, &out, "head -c 200000 /dev/zero | tr '\\0' x")
	awaitEnd(t, c)
	if said := c.said(); len(said) != 200000+3 || strings.Count(said, "\n") != 3 {
		t.Errorf("of a long line there are %d bytes", len(said))
	}
}

// TestCancelledBuild: a go command that is ended leaves no files.
func TestCancelledBuild(t *testing.T) {
	root, temp := t.TempDir(), t.TempDir()
	write(t, root, "go.mod", "module a\n")
	write(t, root, "main.go", "package main\n\nfunc main() {}\n")
	t.Setenv("TMPDIR", t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := goBuild(ctx, root, ".", filepath.Join(temp, "app"))
		ended <- err
	}()
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if found, _ := filepath.Glob(filepath.Join(temp, "build*", "go-build*")); len(found) > 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("go build has no temporary folder")
		}
	}
	cancel()
	err := <-ended
	found, globErr := filepath.Glob(filepath.Join(temp, "*"))
	elsewhere, otherErr := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "*"))
	if !errors.Is(err, context.Canceled) || globErr != nil || otherErr != nil || len(found)+len(elsewhere) > 0 {
		t.Errorf("it ended with %v (%v, %v), and there are %v and %v", err, globErr, otherErr, found, elsewhere)
	}
}

// TestMoveAsideInUse: a database that a server has open stays.
func TestMoveAsideInUse(t *testing.T) {
	root := t.TempDir()
	write(t, root, "app.db", "x")
	write(t, root, "app.db.lock", "")
	server, err := os.OpenFile(filepath.Join(root, "app.db.lock"), os.O_RDWR, 0)
	if err != nil || !lockFile(server) {
		t.Fatal(err)
	}
	defer server.Close()
	if to, err := moveAside(filepath.Join(root, "app.db"), time.Now()); err == nil || !strings.Contains(err.Error(), "another program uses the database") {
		t.Errorf("it moved to %q (%v)", to, err)
	}
	if _, err := os.Stat(filepath.Join(root, "app.db")); err != nil {
		t.Error(err)
	}
}
