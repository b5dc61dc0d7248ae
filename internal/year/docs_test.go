package year_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestDocs compares the stories in docs/EVOLUTION.md with their scripts: the output
// of commands is what a script compares, a script runs each command, and
// CUE and Go come from a season. UPDATE=1 go test ./internal/year -run TestDocs
// writes the output of commands anew.
func TestDocs(t *testing.T) {
	const name = "../../docs/EVOLUTION.md"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	said, run := map[string]string{}, ""
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scripts {
		script, err := txtar.ParseFile(s)
		if err != nil {
			t.Fatal(err)
		}
		run += string(script.Comment)
		for _, f := range script.Files {
			if said[f.Name] != "" {
				t.Errorf("two scripts have %s", f.Name)
			}
			said[f.Name] = string(f.Data)
		}
	}
	have, sections := string(text), 0
	want := regexp.MustCompile(`(?s)<!-- year (\S+) -->\n.*?<!-- end -->`).ReplaceAllStringFunc(have, func(section string) string {
		sections++
		of := strings.Fields(section)[2]
		if said[of] == "" {
			t.Errorf("no script compares %s", of)
		}
		return "<!-- year " + of + " -->\n```\n" + strings.ReplaceAll(strings.TrimPrefix(said[of], "\n"), "../", "") + "```\n<!-- end -->"
	})
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(name, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if d := cmp.Diff(want, have); d != "" {
		t.Errorf("docs/EVOLUTION.md is out of date; run UPDATE=1 go test ./internal/year -run TestDocs\n%s", d)
	}
	if sections < 10 {
		t.Errorf("only %d answers are in the story", sections)
	}
	commands(t, have, run)
	excerpts(t, have)
}

var fenced = regexp.MustCompile("(?s)```(sh|cue|go)\n(.*?)```")

// commands checks that a script has every shell line.
func commands(t *testing.T, doc, script string) {
	t.Helper()
	runs := map[string]bool{}
	for line := range strings.Lines(script) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "! ")
		if command, ok := strings.CutPrefix(line, "exec "); ok {
			runs[strings.ReplaceAll(command, "../", "")] = true
		}
	}
	for _, m := range fenced.FindAllStringSubmatch(doc, -1) {
		if m[1] != "sh" {
			continue
		}
		for line := range strings.Lines(m[2]) {
			if line = strings.TrimSpace(line); !runs[line] {
				t.Errorf("no script runs: %s", line)
			}
		}
	}
}

// excerpts checks that every piece of CUE and Go is in a file of a season.
func excerpts(t *testing.T, doc string) {
	t.Helper()
	seasons, err := filepath.Glob("testdata/list/*/*.*")
	if err != nil {
		t.Fatal(err)
	}
	changes, err := filepath.Glob("testdata/house/*.diff")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range append(seasons, changes...) {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(f) == ".diff" {
			text = changed.ReplaceAll(text, nil)
		}
		all.WriteString(flush(string(text)))
	}
	for _, m := range fenced.FindAllStringSubmatch(doc, -1) {
		if m[1] != "sh" && !strings.Contains(all.String(), flush(m[2])) {
			t.Errorf("no season has\n%s", m[2])
		}
	}
}

// changed is what the new text of a file is not in a diff: lines that are gone, and the
// first character of the others.
var changed = regexp.MustCompile(`(?m)^-.*\n|^[+ ]`)

// flush removes the indentation of lines.
func flush(text string) string {
	return regexp.MustCompile(`(?m)^[ \t]+`).ReplaceAllString(text, "")
}
