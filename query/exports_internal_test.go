package query

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"ironstar.dev"
)

// TestExportsAreHandedOutAgain: a file is made once while it is valid, there are few of
// them, and in the end none. What a killed process left is removed.
func TestExportsAreHandedOutAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "old.parquet"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	x := newExports(dir)
	x.clear()
	made, valid := 0, true
	get := func(key string) ironstar.ExportedFile {
		t.Helper()
		f, err := x.file(t.Context(), key, func(*export) bool { return valid }, func(_ context.Context, out io.Writer) (ironstar.Position, error) {
			made++
			_, err := fmt.Fprint(out, key, made)
			return 7, err
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	first, again := get("a"), get("a")
	if made != 1 || first.Tag() != again.Tag() {
		t.Errorf("the file was made %d times, with the tags %s and %s", made, first.Tag(), again.Tag())
	}
	valid = false
	if later := get("a"); made != 2 || later.Tag() == first.Tag() {
		t.Errorf("the file that is no longer valid was handed out again; %d were made", made)
	}
	valid = true
	if text, err := io.ReadAll(first); err != nil || string(text) != "a1" {
		t.Errorf("who reads the first file gets %q, %v", text, err)
	}
	for i := range mostExports {
		get(fmt.Sprint("key", i))
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != mostExports {
		t.Errorf("there are %d files, %v", len(files), err)
	}
	x.clear()
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("files are left: %v", err)
	}
}

// TestExportThatFails leaves no file, and the next one can be made.
func TestExportThatFails(t *testing.T) {
	x := newExports(t.TempDir())
	broken := errors.New("broken")
	always := func(*export) bool { return true }
	if _, err := x.file(t.Context(), "a", always, func(context.Context, io.Writer) (ironstar.Position, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if files, err := os.ReadDir(x.dir); err != nil || len(files) > 0 {
		t.Errorf("left: %v, %v", files, err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	x.making <- struct{}{} // somebody else makes one
	if _, err := x.file(ended, "a", always, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
