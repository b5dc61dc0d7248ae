package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/ops"
	"ironstar.dev/sqlite"
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

func app(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asApp+"=1")
	return cmd
}

// database makes a database with n events of a list "good", one that no build
// can read in a list "bad", and others of an unknown aggregate.
func database(t testing.TB, n, others int) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "app.db")
	s, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	add := func(kind, id string, events ...ironstar.Proposed) {
		if out := s.Append(t.Context(), ironstar.Append{Stream: ironstar.Stream{Kind: kind, ID: id}, Events: events})[0]; out.Err != nil {
			t.Fatal(out.Err)
		}
	}
	var good, other []ironstar.Proposed
	for i := range n {
		e, err := gen.EncodeListEvent(gen.ListAdded{ID: ironstar.NewUUID(), Text: fmt.Sprint("line ", i)})
		if err != nil {
			t.Fatal(err)
		}
		good = append(good, e)
	}
	for range others {
		other = append(other, ironstar.Proposed{Type: "Made", SchemaVersion: 1, Payload: []byte("{}")})
	}
	add(gen.ListKind, "good", good...)
	add(gen.ListKind, "bad", ironstar.Proposed{Type: "Added", SchemaVersion: 9, Payload: []byte("{}")})
	if others > 0 {
		add("shop.Cart", "1", other...)
	}
	return file
}

// TestPreflightBesideAServer: preflight reads the file of a running server,
// which is not disturbed.
func TestPreflightBesideAServer(t *testing.T) {
	file := database(t, 700, 0)
	url := serving(t, file)
	// This is in the write-ahead log only.
	resp, err := http.Post(url+todohttp.ListAddURL("new"), "application/json", strings.NewReader(`{"text":"by the server"}`))
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body.Close(); resp.StatusCode >= 300 {
		t.Fatalf("a command is answered with %d", resp.StatusCode)
	}
	awaitProcesses(t, file)
	before := filesBeside(t, file)

	preflight := app(t, "preflight", "-db", file, "--format", "json")
	var stdout, stderr bytes.Buffer
	preflight.Stdout, preflight.Stderr = &stdout, &stderr
	err = preflight.Run()
	if code := preflight.ProcessState.ExitCode(); code != 1 || stderr.Len() > 0 {
		t.Errorf("it ended with %v and said %q", err, &stderr)
	}
	var report struct {
		ops.Report
		Problems []ops.Problem
	}
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Fatalf("%v in %s", err, &stdout)
	}
	if report.Events != 702 || report.Unreadable != 1 || len(report.Problems) != 1 || report.Problems[0].ID != "bad" || report.Verdict != ops.VerdictStops {
		t.Errorf("got %s", &stdout)
	}
	if after := filesBeside(t, file); after != before {
		t.Errorf("beside the file there is %s, there was %s", after, before)
	}
	// As preflight predicted, the server runs, and what needs the event has
	// stopped.
	for path, want := range map[string]int{"/todo/board/good": 200, "/todo/board/bad": 500, "/todo/tally": 500} {
		resp, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s answers %d, want %d", path, resp.StatusCode, want)
		}
	}
}

// awaitProcesses waits until the processes of a running server have stored that they have
// reacted to everything: they do so a moment later, and then write no more.
func awaitProcesses(t *testing.T, file string) {
	t.Helper()
	reader, err := sqlite.OpenReader(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		head, err := reader.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all, err := reader.Processes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		behind := slices.ContainsFunc(all, func(p ironstar.StoredProcess) bool { return p.Position < head })
		if len(all) == 3 && !behind {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("at head %d the processes are %+v", head, all)
		}
	}
}

// filesBeside lists all files of a folder with their sizes.
func filesBeside(t *testing.T, file string) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(e.Name(), " ", info.Size()))
	}
	return strings.Join(all, ", ")
}

// serving runs the application until the test ends, and then sees it end well.
func serving(t *testing.T, file string) (url string) {
	t.Helper()
	server := app(t, "-addr", "127.0.0.1:0", "-db", file)
	stderr, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for url == "" && lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), "serving on "); ok {
			url = rest[:strings.Index(rest, "/todo/")]
		}
	}
	if url == "" {
		t.Fatalf("it does not serve: %v", server.Wait())
	}
	rest := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(stderr)
		rest <- string(text)
	}()
	t.Cleanup(func() {
		if err := server.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		said := <-rest
		if err := server.Wait(); err != nil {
			t.Errorf("the server ended with %v and said %s", err, said)
		}
	})
	return url
}

// TestPreflightIsInterrupted: preflight blocks on its output, so that it is
// certainly running when it is interrupted.
func TestPreflightIsInterrupted(t *testing.T) {
	preflight := app(t, "preflight", "-db", database(t, 1, 50_000), "--all")
	var stderr bytes.Buffer
	preflight.Stderr = &stderr
	stdout, err := preflight.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := preflight.Start(); err != nil {
		t.Fatal(err)
	}
	out := bufio.NewReader(stdout)
	if line, err := out.ReadString('\n'); err != nil || line != "Problems:\n" {
		t.Errorf("it says %q, %v", line, err)
	}
	if err := preflight.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, out); err != nil {
		t.Fatal(err)
	}
	preflight.Wait()
	if code := preflight.ProcessState.ExitCode(); code != 130 || stderr.String() != "app: interrupted\n" {
		t.Errorf("it ended with %d and said %q", code, &stderr)
	}
}

// TestDocs compares docs/OPERATING.md with the output of --help. UPDATE=1 go
// test ./cmd/app -run TestDocs writes it anew.
func TestDocs(t *testing.T) {
	name := filepath.Join("..", "..", "docs", "OPERATING.md")
	have, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := string(have)
	for _, command := range []string{"", " serve", " preflight", " compare", " query", " claims", " verify", " seed", " bid"} {
		help := app(t, append(strings.Fields(command), "--help")...)
		help.Env = append(help.Env, "COLUMNS=100")
		text, err := help.Output()
		if err != nil {
			t.Fatal(err)
		}
		before, rest, _ := strings.Cut(want, "<!-- help"+command+" -->\n")
		_, after, ok := strings.Cut(rest, "<!-- end -->")
		if !ok {
			t.Fatalf("there is no place for the help of app%s", command)
		}
		want = before + "<!-- help" + command + " -->\n```\n" + string(text) + "```\n<!-- end -->" + after
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(name, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if want != string(have) {
		t.Error("docs/OPERATING.md is out of date; run UPDATE=1 go test ./cmd/app -run TestDocs")
	}
}
