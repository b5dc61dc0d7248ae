package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestG18_SameBytesEverywhere: the same schema gives the same files, regardless
// of the folder, the working directory, the order of files on disk, the number
// of processors, the locale and the time zone, and in two runs.
func TestG18_SameBytesEverywhere(t *testing.T) {
	schema := readTree(t, filepath.Join("testdata", "g18"))
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range schema {
			if !yield(name) {
				return
			}
		}
	})
	here := t.TempDir()
	want := generateIn(t, here, schema, names, here)
	if len(want) < 10 {
		t.Fatalf("only %d files were generated", len(want))
	}
	slices.Reverse(names)
	elsewhere := filepath.Join(t.TempDir(), "a folder, with ünïcode", strings.Repeat("deep/", 8))
	got := generateIn(t, elsewhere, schema, names, filepath.Join(elsewhere, "schema", "b"), "GOMAXPROCS=1", "TZ=Asia/Tokyo", "LC_ALL=tr_TR.UTF-8", "HOME=/nowhere")
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("another folder gives other files (-here +elsewhere):\n%s", d)
	}
	for range 5 {
		if d := cmp.Diff(want, generateIn(t, here, nil, nil, filepath.Join(here, "schema"), "GOMAXPROCS=4")); d != "" {
			t.Fatalf("another run gives other files (-first +later):\n%s", d)
		}
	}
	for name, text := range want {
		if strings.Contains(text, here) || strings.Contains(text, "TempDir") {
			t.Errorf("%s names the folder it was made in", name)
		}
	}
}

// generateIn writes a module's files in the given order, runs ironstar
// generate, and returns what that wrote: path to content. It first deletes what
// ironstar wrote before, so that all files are written again.
func generateIn(t *testing.T, root string, files map[string]string, order []string, dir string, env ...string) map[string]string {
	t.Helper()
	for _, name := range order {
		full := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(files[name]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, old := range []string{"gen", "internal", "schema/ironstar.gen.json"} {
		if err := os.RemoveAll(filepath.Join(root, old)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("ironstar", "generate")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("ironstar generate: %v\n%s", err, &stderr)
	}
	all := readTree(t, root)
	for name := range all {
		if name != "schema/ironstar.gen.json" && (name == "go.mod" || strings.HasPrefix(name, "schema/")) {
			delete(all, name)
		}
	}
	return all
}

// readTree maps the path of every file below dir, with slashes, to its content.
func readTree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(p)))
		all[p] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
