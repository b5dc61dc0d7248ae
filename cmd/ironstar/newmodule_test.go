package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestModuleName(t *testing.T) {
	for folder, want := range map[string]string{"guests": "guests", "My Guests": "my-guests", "a.b": "a-b", "Gäste": "gste", "日本": "app", "-": "app", "v2": "v2", "con": "app"} {
		if got := moduleName(folder); got != want {
			t.Errorf("folder %q gives %q, want %q", folder, got, want)
		}
	}
}

func TestAsk(t *testing.T) {
	for typed, want := range map[string]string{"\n": "example.com/x", "": "example.com/x", " a.dev/b \n": "a.dev/b"} {
		var out strings.Builder
		got, err := ask(strings.NewReader(typed), &out, "example.com/x")
		if err != nil || got != want || out.String() != "Path of the Go module [example.com/x]: " {
			t.Errorf("%q gives %q (%v) after the question %q, want %q", typed, got, err, out.String(), want)
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
