package ops_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/ops"
)

// asServer lets the test binary be a server for the file that it names.
const asServer = "IRONSTAR_TEST_AS_SERVER"

func serveNotes(file string) int {
	return asking("server").Run(context.Background(), []string{"--addr", "127.0.0.1:0", "--db", file}, os.Stdout, os.Stderr)
}

// notesServer runs a server in a process of its own until kill is called.
func notesServer(t *testing.T, file string) (kill func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), asServer+"="+file)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	t.Cleanup(kill)
	all := ""
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if all += lines.Text() + "\n"; strings.HasPrefix(lines.Text(), "serving on ") {
			takesOrders(t, file)
			return kill
		}
	}
	t.Fatalf("the server ended: %s", all)
	return nil
}

// takesOrders waits until commands reach the server of a file, which is a moment after it
// serves.
func takesOrders(t *testing.T, file string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; runtime.Gosched() {
		conn, err := net.Dial("unix", file+".sock")
		if err == nil {
			conn.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// threeNotes is a database with three notes.
func threeNotes(t *testing.T) string {
	t.Helper()
	return store(t, noteKind, event("Written", 3, `{"text":"tea","by":"me"}`), event("Written", 3, `{"text":">milk, \"x\"","by":""}`), event("Written", 3, `{"text":"tea","by":"it"}`))
}

// askApp runs the command query for a file.
func askApp(t *testing.T, app ops.App, file string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = app.Run(t.Context(), append([]string{"query", "--db", file}, args...), &out, &errs)
	return code, out.String(), errs.String()
}

// Answers of the build that is called server or here, to the question about all notes.
const (
	asTable = "TEXT        N  BY\nBUILD_____  0\n>milk, \"x\"  1\ntea         2  me\n\n3 rows, up to event 3\n"
	asCSV   = "text,n,by\r\nBUILD,0,\r\n\">milk, \"\"x\"\"\",1,\r\ntea,2,me\r\n"
	asJSON  = `{"position":3,"more":false,"rows":[{"text":"BUILD","n":0},` + "\n" + `{"text":">milk, \"x\"","n":1,"by":""},` + "\n" + `{"text":"tea","n":2,"by":"me"}]}` + "\n"
)

// TestQuery: the server answers while it runs, and this command after it was killed.
func TestQuery(t *testing.T) {
	file := threeNotes(t)
	app := asking("here")
	wants := func(build string) {
		t.Helper()
		for format, want := range map[string]string{"table": asTable, "csv": asCSV, "json": asJSON} {
			want = strings.NewReplacer("BUILD_____", fmt.Sprintf("%-10s", build), "BUILD", build).Replace(want)
			if code, out, errs := askApp(t, app, file, "Texts", "--format", format); code != 0 || out != want || errs != "" {
				t.Errorf("%s: %d %s\n%q, want\n%q", format, code, errs, out, want)
			}
		}
		name := filepath.Join(t.TempDir(), "texts.csv")
		code, out, errs := askApp(t, app, file, "test.Texts", "least=2", "--format", "csv", "--out", name)
		if text, err := os.ReadFile(name); code != 0 || out+errs != "" || err != nil || string(text) != "text,n,by\r\n"+build+",0,\r\ntea,2,me\r\n" {
			t.Errorf("%d %s %s: %q, %v", code, out, errs, text, err)
		}
	}
	wants("here")
	kill := notesServer(t, file)
	wants("server")
	refusesQuestions(t, app, file)
	kill()
	if _, err := os.Lstat(file + ".sock"); err != nil {
		t.Errorf("the killed server has left no socket: %v", err)
	}
	wants("here")
	refusesQuestions(t, app, file)
	addTo(t, file, ironstar.Stream{Kind: noteKind, ID: "two"}, event("Written", 3, `{"text":"milk","by":""}`), event("Written", 3, `{"text":"rum","by":""}`))
	if code, out, _ := askApp(t, app, file, "Texts"); code != 0 || !strings.HasSuffix(out, "\n4 rows, up to event 5, and there are more\n") {
		t.Errorf("with two more notes: %d %s", code, out)
	}
}

// refusesQuestions asks what cannot be asked. Nothing is left then.
func refusesQuestions(t *testing.T, app ops.App, file string) {
	t.Helper()
	dir := t.TempDir()
	there := filepath.Join(dir, "there")
	if err := os.WriteFile(there, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := names(t, filepath.Dir(file))
	for _, test := range []struct {
		says string
		args []string
	}{
		{"there is no query Nope; there are: test.Texts", []string{"Nope"}},
		{"there is no query exts; there are: test.Texts", []string{"exts"}},
		{`test.Texts has no parameter "most"; it has: least`, []string{"Texts", "most=1"}},
		{`"least" is no parameter: write name=value`, []string{"Texts", "least"}},
		{`"=1" is no parameter`, []string{"Texts", "=1"}},
		{`least: "x" is no number`, []string{"Texts", "least=x"}},
		{"overflow", []string{"Texts", "least=-1", "--format", "csv"}},
		{"--format must be one of", []string{"Texts", "--format", "xml"}},
		{"name it with --out", []string{"Texts", "--format", "parquet"}},
		{"a build with the module ironstar.dev/duckdb", []string{"Texts", "--format", "parquet", "--out", filepath.Join(dir, "new")}},
		{"overflow", []string{"Texts", "least=-1", "--out", filepath.Join(dir, "new")}},
		{"least: ", []string{"Texts", "least=x", "--out", filepath.Join(dir, "new")}},
		{"there is such a file; remove it", []string{"Texts", "--out", there}},
		{"no such file", []string{"Texts", "--out", filepath.Join(dir, "no", "new")}},
	} {
		code, out, errs := askApp(t, app, file, test.args...)
		if code != 2 || out != "" || !strings.Contains(errs, test.says) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%v ends with %d and says %q %q, want %q", test.args, code, out, errs, test.says)
		}
	}
	if text, err := os.ReadFile(there); err != nil || string(text) != "mine" {
		t.Errorf("the file that was there has %q, %v", text, err)
	}
	if after := names(t, filepath.Dir(file)); !slices.Equal(before, after) || len(names(t, dir)) != 1 {
		t.Errorf("before there was %v, now %v, and %v", before, after, names(t, dir))
	}
}

// names lists a folder.
func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// TestQueriesAreListed: without a name the command says what can be asked.
func TestQueriesAreListed(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no.db")
	const want = "QUERY       ENGINE  PARAMETERS  COLUMNS\ntest.Texts  sqlite  least       text, n, by\n"
	if code, out, errs := askApp(t, asking("here"), missing); code != 0 || out != want || errs != "" {
		t.Errorf("%d %q %q", code, out, errs)
	}
	if code, out, _ := askApp(t, noteApp(), missing); code != 0 || !strings.Contains(out, "the application has no queries") {
		t.Errorf("%d %q", code, out)
	}
	if code, _, errs := askApp(t, noteApp(), missing, "Texts"); code != 2 || !strings.Contains(errs, "there is no query Texts: the application has none") {
		t.Errorf("%d %q", code, errs)
	}
	out := filepath.Join(t.TempDir(), "out")
	if code, _, errs := askApp(t, asking("here"), missing, "Texts", "--out", out); code != 2 || !strings.Contains(errs, "no.db") {
		t.Errorf("%d %q", code, errs)
	}
	if left := append(names(t, filepath.Dir(missing)), names(t, filepath.Dir(out))...); len(left) > 0 {
		t.Errorf("a question about no database leaves %v", left)
	}
}
