package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const asApp = "IRONSTAR_TEST_AS_APP"

// TestMain lets the test binary be the application.
func TestMain(m *testing.M) {
	if os.Getenv(asApp) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestServes: the application with DuckDB starts, serves and stops.
func TestServes(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-addr", "127.0.0.1:0", "-db", filepath.Join(t.TempDir(), "app.db"))
	cmd.Env = append(os.Environ(), asApp+"=1")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := ""
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		said += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "serving on") {
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
		}
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(said, "serving on") {
		t.Errorf("it ended with %v and said %s", err, said)
	}
}
