package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev/internal/scaffold"
)

func TestModuleName(t *testing.T) {
	for folder, want := range map[string]string{"guests": "guests", "My Guests": "my-guests", "a.b": "a-b", "Gäste": "gste", "日本": "app", "-": "app", "v2": "v2", "con": "app", "vendor": "app"} {
		if got := moduleName(folder); got != want {
			t.Errorf("folder %q gives %q, want %q", folder, got, want)
		}
	}
}

// TestQuestions: an answer, the default, another try, and the end of the input.
// What is known already, and what a project from a checkout cannot have, is not
// asked.
func TestQuestions(t *testing.T) {
	for _, test := range []struct {
		typed    string
		given    scaffold.Values
		released bool
		want     string
		asks     string
	}{
		{"\n\n\n", nil, false, "map[example:guestbook module:example.com/x nix:false]", "Path of the Go module [example.com/x]: Example (guestbook, todo, none) [guestbook]: Nix flake (yes, no) [no]: "},
		{"", nil, false, "map[example:guestbook module:example.com/x nix:false]", "Path of the Go module [example.com/x]: \nExample (guestbook"},
		{" a.dev/b \nnone\ny", nil, false, "map[example:none module:a.dev/b nix:true]", ""},
		{"my guests\nironstar.dev/x\n-\na.dev/b\nshop\n\nmaybe\nYES\n", nil, false, "map[example:guestbook module:a.dev/b nix:true]",
			"is \"my guests\", and must be a module path, such as example.com/guests\nPath of"},
		{"", scaffold.Values{"module": "c.dev/d", "example": "none", "nix": true}, false, "map[example:none module:c.dev/d nix:true]", ""},
		{"github\ny\n", scaffold.Values{"module": "c.dev/d", "example": "none", "nix": true}, true, "map[ci:github docker:true example:none module:c.dev/d nix:true]",
			"File for CI (none, github) [none]: Dockerfile (yes, no) [no]: "},
	} {
		var out strings.Builder
		r := &paramReader{session: &session{stderr: &out, format: "text"}, schema: scaffold.NewSchema(), values: maps.Clone(test.given)}
		if r.values == nil {
			r.values = scaffold.Values{}
		}
		err := r.ask(bufio.NewReader(strings.NewReader(test.typed)), "example.com/x", test.released)
		if got := fmt.Sprint(map[string]any(r.values)); err != nil || got != test.want || !strings.Contains(out.String(), test.asks) {
			t.Errorf("%q gives %s (%v) after %q, want %s", test.typed, got, err, out.String(), test.want)
		}
	}
}

// TestFindLibrary: the checkout of the flag, of the working folder, of the
// source.
func TestFindLibrary(t *testing.T) {
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "go.mod"), []byte("module ironstar.dev\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	below := filepath.Join(other, "cmd")
	if err := os.Mkdir(below, 0o777); err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	nowhere := t.TempDir()
	for _, test := range []struct{ dir, flag, want string }{
		{nowhere, other, other}, {other, here, here}, {below, "", other}, {nowhere, "", here},
	} {
		s := &session{stdout: io.Discard, stderr: io.Discard, dir: test.dir}
		got, err := s.findLibrary(test.flag)
		if err != nil || got != (library{unreleased, test.want}) {
			t.Errorf("in %s with %q: got %v (%v), want %s", test.dir, test.flag, got, err, test.want)
		}
	}
	s := &session{stdout: io.Discard, stderr: io.Discard, dir: nowhere}
	var wrong *trouble
	if _, err := s.findLibrary("."); !errors.As(err, &wrong) || wrong.code != codeUsage {
		t.Errorf("a folder that is not a checkout gives %v", err)
	}
}
