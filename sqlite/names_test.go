package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev/sqlite"
)

// TestLinkToAMissingFile: the file is made where the link leads, as SQLite would,
// and the link stays.
func TestLinkToAMissingFile(t *testing.T) {
	for name, target := range map[string]string{
		"absolute":  filepath.Join(t.TempDir(), "log.db"),
		"relative":  "data/log.db",
		"two links": "second",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			mustBe(t, os.Mkdir(filepath.Join(dir, "data"), 0o777))
			mustBe(t, os.Symlink("data/log.db", filepath.Join(dir, "second")))
			link := filepath.Join(dir, "link.db")
			mustBe(t, os.Symlink(target, link))
			s, err := sqlite.Open(t.Context(), link, sqlite.Options{})
			mustBe(t, err)
			defer s.Close()
			info, err := os.Lstat(link)
			mustBe(t, err)
			if info.Mode()&os.ModeSymlink == 0 {
				t.Error("the link was replaced by a database")
			}
			real, err := filepath.EvalSymlinks(link)
			mustBe(t, err)
			if _, err := os.Stat(real + ".lock"); err != nil || filepath.Base(real) != "log.db" {
				t.Errorf("the database is %s, %v", real, err)
			}
		})
	}
	dir := t.TempDir()
	loop, nowhere := filepath.Join(dir, "loop"), filepath.Join(dir, "nowhere")
	mustBe(t, os.Symlink(loop, loop))
	_, err := sqlite.Open(t.Context(), loop, sqlite.Options{})
	wantError(t, "a link to itself", err, "too many")
	mustBe(t, os.Symlink(filepath.Join(dir, "none", "log.db"), nowhere))
	_, err = sqlite.Open(t.Context(), nowhere, sqlite.Options{})
	wantError(t, "a link into no folder", err, filepath.Join(dir, "none")+"/log.db cannot be used, make it first")
}

// TestLongPaths: each path is accepted, or refused with a reason.
func TestLongPaths(t *testing.T) {
	deep := t.TempDir()
	for len(deep) < 400 {
		deep = filepath.Join(deep, strings.Repeat("d", 60))
	}
	mustBe(t, os.MkdirAll(deep, 0o777))
	longest := func(n int) string {
		return filepath.Join(deep, strings.Repeat("f", n-len(deep)-1))
	}
	for _, file := range []string{longest(500), filepath.Join(t.TempDir(), strings.Repeat("f", 243))} {
		s, err := sqlite.Open(t.Context(), file, sqlite.Options{})
		if err != nil {
			t.Errorf("%d bytes: %v", len(file), err)
			continue
		}
		mustBe(t, s.Append(t.Context(), childAppend("a", 0, 1))[0].Err)
		mustBe(t, s.Close())
	}
	for _, file := range []string{longest(501), longest(520), filepath.Join(deep, strings.Repeat("f", 244)), filepath.Join(t.TempDir(), strings.Repeat("f", 244))} {
		_, err := sqlite.Open(t.Context(), file, sqlite.Options{})
		wantError(t, "open", err, "choose a shorter one")
		_, err = sqlite.OpenReader(t.Context(), file)
		wantError(t, "open reader", err, "choose a shorter one")
	}
}
