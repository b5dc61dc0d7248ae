package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

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
	for i := range 3 {
		post, err := http.NewRequest("POST", "http://"+addr+todohttp.ListAddURL("one"), strings.NewReader(`{"text":"buy milk"}`))
		if err != nil {
			t.Fatal(err)
		}
		post.Header.Set("Content-Type", "application/json")
		post.Header.Set("Idempotency-Key", fmt.Sprint("add-", i))
		resp, err := http.DefaultClient.Do(post)
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

	// Damage is reported, and no snapshot is reported as wrong.
	for column, want := range map[string]string{
		"events SET payload = replace(payload, ':', ': ')": "events: event at 1",
		"commands SET command_id = command_id || '!'":      "can take effect again",
		"snapshots SET state = x'7b7d'":                    "snapshots: \"global\" of todo.Tally",
	} {
		damaged := filepath.Join(t.TempDir(), "damaged.db")
		copyFile(t, file, damaged)
		alter(t, damaged, "DROP TRIGGER events_no_update; UPDATE "+column)
		cmd := app(t, "verify", "-db", damaged)
		out, _ := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), want) || strings.Contains(string(out), "fold to something else") {
			t.Errorf("%s: verify says %s", column, out)
		}
	}

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

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// alter runs SQL on a file as some other program would.
func alter(t *testing.T, file, script string) {
	t.Helper()
	c, err := zs.OpenConn(file, zs.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := sqlitex.ExecuteScript(c, script, nil); err != nil {
		t.Fatal(err)
	}
}
