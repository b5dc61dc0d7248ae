package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev/internal/compat"
)

// TestDocs compares docs/CLI.md with the output of --help and the table of
// codes. UPDATE=1 go test ./cmd/ironstar -run TestDocs writes both again.
func TestDocs(t *testing.T) {
	t.Setenv("COLUMNS", "100")
	name := filepath.Join("..", "..", "docs", "CLI.md")
	have, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := string(have)
	for _, command := range []string{"", "new", "init", "add", "add aggregate", "add command", "add event", "add view", "add process", "add page", "add signal", "generate", "check", "release", "diff", "explain", "assets", "version"} {
		want = replaceSection(t, want, "help "+command, "```\n"+help(t, command)+"```\n")
	}
	var table strings.Builder
	table.WriteString("| Code | | |\n|---|---|---|\n")
	for _, c := range fileCodes() {
		table.WriteString("| " + c.Code + " | " + c.Title + " | " + c.Text + " |\n")
	}
	want = replaceSection(t, want, "codes", table.String())
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(name, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if d := cmp.Diff(want, string(have)); d != "" {
		t.Errorf("docs/CLI.md is out of date; run UPDATE=1 go test ./cmd/ironstar -run TestDocs\n%s", d)
	}
}

// TestEvolutionDocs compares the table in docs/EVOLUTION.md with the rules.
// UPDATE=1 go test ./cmd/ironstar -run TestEvolutionDocs writes it again.
func TestEvolutionDocs(t *testing.T) {
	name := filepath.Join("..", "..", "docs", "EVOLUTION.md")
	have, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| Rule | | What | Why | Write |\n|---|---|---|---|---|\n")
	for _, r := range compat.Rules() {
		table.WriteString("| `" + r.ID + "` | " + string(r.Level) + " | " + r.What + " | " + r.Why + " | " + r.Write + " |\n")
	}
	want := replaceSection(t, string(have), "rules", table.String())
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(name, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if d := cmp.Diff(want, string(have)); d != "" {
		t.Errorf("docs/EVOLUTION.md is out of date; run UPDATE=1 go test ./cmd/ironstar -run TestEvolutionDocs\n%s", d)
	}
}

// TestEveryRuleExplainsItself: ironstar explain has every rule.
func TestEveryRuleExplainsItself(t *testing.T) {
	for _, r := range compat.Rules() {
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), []string{"explain", r.ID}, &stdout, &stderr); code != exitDone || !strings.HasPrefix(stdout.String(), r.ID+": ") {
			t.Errorf("ironstar explain %s ends with %d: %s%s", r.ID, code, &stdout, &stderr)
		}
		if r.What == "" || r.Why == "" || r.Write == "" || strings.ContainsAny(r.What+r.Why+r.Write, "|\n") {
			t.Errorf("%s: what, why and what to do are each one line for a table", r.ID)
		}
	}
}

// help returns the output of a command with --help.
func help(t *testing.T, command string) string {
	t.Helper()
	args := append(strings.Fields(command), "--help")
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), args, &stdout, &stderr); code != exitDone || stderr.Len() > 0 {
		t.Fatalf("ironstar %s ends with %d and says %q", strings.Join(args, " "), code, &stderr)
	}
	return stdout.String()
}

// replaceSection puts text between <!-- name --> and <!-- end -->.
func replaceSection(t *testing.T, doc, name, text string) string {
	t.Helper()
	begin := "<!-- " + strings.TrimSpace(name) + " -->\n"
	before, rest, ok := strings.Cut(doc, begin)
	if !ok {
		t.Fatalf("no %q", begin)
	}
	_, after, ok := strings.Cut(rest, "<!-- end -->\n")
	if !ok {
		t.Fatalf("no end after %q", begin)
	}
	return before + begin + text + "<!-- end -->\n" + after
}

// TestColors: only on a terminal, and never with NO_COLOR.
func TestColors(t *testing.T) {
	terminal, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // any character device will do
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	t.Setenv("NO_COLOR", "")
	t.Setenv("TERM", "xterm")
	if got := string(paint(terminal, []byte("+a\n b\n"), paintDiff)); got != green+"+a"+plain+"\n b\n" {
		t.Errorf("on a terminal: %q", got)
	}
	if got := string(paint(&bytes.Buffer{}, []byte("+a\n"), paintDiff)); got != "+a\n" {
		t.Errorf("into a pipe: %q", got)
	}
	t.Setenv("NO_COLOR", "1")
	if got := string(paint(terminal, []byte("+a\n"), paintDiff)); got != "+a\n" {
		t.Errorf("with NO_COLOR: %q", got)
	}
}
