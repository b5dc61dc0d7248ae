package cueload_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev/internal/cueload"
)

var update = flag.Bool("update", false, "write the expected files anew")

// TestFeatures reads every valid schema and compares the model with its dump.
func TestFeatures(t *testing.T) {
	for _, dir := range cases(t, "testdata/features") {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			s, err := cueload.Load(dir)
			if err != nil {
				t.Fatalf("load:\n%s", report(t, err))
			}
			golden(t, filepath.Join(dir, "want.txt"), dump(s))
		})
	}
}

// TestErrors reads every broken schema and compares its errors with the
// expected ones.
func TestErrors(t *testing.T) {
	covered := map[string]bool{}
	for _, dir := range cases(t, "testdata/errors") {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			code, _, _ := strings.Cut(filepath.Base(dir), "-")
			s, values, err := cueload.LoadValues(dir)
			if code == "IRN013" { // no known file causes it
				s, err = cueload.LoadWithoutValues(dir)
			}
			warnings := cueload.Warnings(dir)
			if err == nil {
				warnings = append(warnings, values.Advice(s)...)
			}
			var found cueload.Errors
			switch {
			case errors.As(err, &found):
				if s != nil {
					t.Error("a schema came with the errors")
				}
			case len(warnings) > 0 && err == nil:
				found = warnings
			default:
				t.Fatalf("got %v, want errors", err)
			}
			checkErrors(t, found)
			if !slices.ContainsFunc(found, func(e *cueload.Error) bool { return e.Code == code }) {
				t.Errorf("none has the code %s", code)
			}
			covered[code] = true
			golden(t, filepath.Join(dir, "want.txt"), text(t, found))
		})
	}
	for _, c := range cueload.Codes() {
		if !covered[c.Code] {
			t.Errorf("%s has no case in testdata/errors", c.Code)
		}
	}
}

// checkErrors checks what is promised about every error.
func checkErrors(t *testing.T, found cueload.Errors) {
	t.Helper()
	known := map[string]bool{}
	for _, c := range cueload.Codes() {
		known[c.Code] = true
	}
	if len(found) == 0 {
		t.Error("an empty list of errors")
	}
	for _, e := range found {
		if !known[e.Code] {
			t.Errorf("%s is not in the table of codes", e.Code)
		}
		if strings.Contains(e.Pos.File, "cue.mod/pkg") && e.Code != "IRN014" {
			t.Errorf("%s points into the meta-schema", e)
		}
		if filepath.IsAbs(e.Pos.File) {
			t.Errorf("%s points to an absolute path", e)
		}
		if e.Message == "" || strings.ContainsAny(e.Message, "\n") || e.Width < 1 {
			t.Errorf("%+v is not well made", e)
		}
		if e.Line != "" && (e.Pos.Col < 1 || e.Pos.Col > len(e.Line)+1) {
			t.Errorf("%s: column outside of the line %q", e, e.Line)
		}
	}
}

func cases(t testing.TB, root string) []string {
	t.Helper()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var dirs []string
	for _, e := range entries {
		if e.IsDir() {
			dirs = append(dirs, filepath.Join(root, e.Name()))
		}
	}
	return dirs
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("not as in %s (-want +got), -update writes it anew:\n%s", file, diff)
	}
}

func report(t *testing.T, err error) string {
	t.Helper()
	var found cueload.Errors
	if errors.As(err, &found) {
		var b bytes.Buffer
		if err := found.WriteText(&b, true); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	return err.Error()
}

func text(t *testing.T, es cueload.Errors) string {
	t.Helper()
	var b bytes.Buffer
	if err := es.WriteText(&b, false); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
