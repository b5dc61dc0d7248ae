//go:build browser

package browsertest

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// change is an edit of a file of the application: pairs of a text and its
// replacement, for all occurrences.
type change struct {
	file  string // pattern of the path
	pairs []string
}

// Later releases of the application, built when a test needs one.
var (
	// moreSignals keeps the existing signals.
	moreSignals = release(
		change{"schema/todo/list.cue", []string{"text: *\"\" | string", "text: *\"\" | string\n\tnote: *\"\" | string"}},
	)
	// otherSignals has the signal line instead of text, and its fields of lines
	// have other names.
	otherSignals = release(
		change{"schema/todo/list.cue", []string{"text: *\"\" | string", "line: *\"\" | string"}},
		change{"web/*.go", []string{"FormSignals.Text", "FormSignals.Line", `"edit-"`, `"field-"`}},
	)
	// moreFields has signals like moreSignals, and a new line needs a field
	// that old pages do not have.
	moreFields = release(
		change{"schema/todo/list.cue", []string{"text: *\"\" | string", "text: *\"\" | string\n\tnote: *\"\" | string",
			"text: #Text        @trim()", "text: #Text        @trim()\n\t\t\twhy: strings.MinRunes(1)"}},
		change{"internal/app/todo/list.go", []string{"todo.ListAdded(c)", "todo.ListAdded{ID: c.ID, Text: c.Text}"}},
	)
)

// release returns a function that builds the application with changes: it
// copies, changes, generates and builds it like the real one, and returns the
// binary's path.
func release(changes ...change) func(*testing.T) string {
	var once sync.Once
	var app string
	return func(t *testing.T) string {
		t.Helper()
		once.Do(func() {
			dir := must(os.MkdirTemp(filepath.Dir(binary), "release"))
			copyApplication(t, dir)
			for _, c := range changes {
				c.apply(t, dir)
			}
			command(t, filepath.Join(dir, "schema"), generator(t), "generate")
			command(t, dir, "go", "build", "-trimpath", "-o", "app", "./cmd/app")
			app = filepath.Join(dir, "app")
		})
		if app == "" {
			t.Fatal("the release could not be built")
		}
		return app
	}
}

// generator builds the tool, once.
func generator(t *testing.T) string {
	t.Helper()
	file := filepath.Join(filepath.Dir(binary), "ironstar")
	if _, err := os.Stat(file); err != nil {
		command(t, "../..", "go", "build", "-modfile=tools.mod", "-o", file, "./cmd/ironstar")
	}
	return file
}

func command(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// copyApplication copies the sources of the application.
func copyApplication(t *testing.T, dir string) {
	t.Helper()
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != "." || d.Name() == "node_modules" || d.Name() == "testdata" || name == "bin" || name == "data"):
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(dir, name), 0o700)
		case !d.Type().IsRegular():
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, name), text, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// apply applies the change. It fails the test if there is nothing to change.
func (c change) apply(t *testing.T, dir string) {
	t.Helper()
	files := must(filepath.Glob(filepath.Join(dir, c.file)))
	for i := 0; i < len(c.pairs); i += 2 {
		found := false
		for _, file := range files {
			text := must(os.ReadFile(file))
			changed := bytes.ReplaceAll(text, []byte(c.pairs[i]), []byte(c.pairs[i+1]))
			if !bytes.Equal(text, changed) {
				found = true
				if err := os.WriteFile(file, changed, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		if !found {
			t.Fatalf("%s does not have %q", c.file, c.pairs[i])
		}
	}
}
