package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/sqlite"
)

// TestSnapshots: a server leaves them, the next start and preflight use them,
// verify finds a wrong one, and a server that verifies removes it.
func TestSnapshots(t *testing.T) {
	file, addr := filepath.Join(t.TempDir(), "app.db"), freeAddr(t)
	server := launch(t, "-addr", addr, "-db", file)
	server.says(t, "serving on")
	for range 3 {
		resp, err := http.Post("http://"+addr+todohttp.ListAddURL("one"), "application/json", strings.NewReader(`{"text":"buy milk"}`))
		if err != nil {
			t.Fatal(err)
		}
		if resp.Body.Close(); resp.StatusCode != http.StatusAccepted {
			t.Fatalf("a command is answered with %s", resp.Status)
		}
	}
	server.Process.Signal(os.Interrupt)
	server.ended(t, 0)
	says := func(code int, want string, args ...string) {
		t.Helper()
		cmd := app(t, append(args, "-db", file)...)
		out, err := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != code || !strings.Contains(string(out), want) {
			t.Errorf("%v ends with %d, %v, and says %s", args, got, err, out)
		}
	}
	says(0, "1 snapshots, 0 of them wrong", "verify")
	says(0, "from a snapshot at 3", "preflight")

	store, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tally := gen.NewTally(todo.Tally{})
	err = store.SaveSnapshots(t.Context(), ironstar.Snapshot{
		Name: tally.Name, Fingerprint: tally.Fingerprint, Key: ironstar.GlobalKey,
		Position: 3, Changed: 3, State: []byte(`{"added":4,"done":0}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	store.Close()
	says(1, `todo.Tally, key "global", at 3: its events fold to something else`, "verify")

	server = launch(t, "-addr", addr, "-db", file, "--verify-snapshots")
	server.says(t, "a snapshot is wrong; it is removed")
	server.says(t, "serving on")
	says(0, "", "verify")
	server.Process.Signal(os.Interrupt)
	server.ended(t, 0)
	says(0, "1 snapshots, 0 of them wrong", "verify")
}
