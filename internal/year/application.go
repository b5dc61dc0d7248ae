package year

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// left are folders of the repository that the application is built without.
var left = map[string]bool{"node_modules": true, "bin": true, "data": true, "docs": true, "bench": true, "cmd/ironstar": true}

// Copy copies the application and the library, without tests of the library,
// from the repository to an empty folder.
func Copy(repository, to string) error {
	return filepath.WalkDir(repository, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(repository, name)
		if err != nil {
			return err
		}
		target, slash := filepath.Join(to, rel), filepath.ToSlash(rel)
		switch {
		case d.IsDir() && wanted(slash):
			return os.MkdirAll(target, 0o777)
		case d.IsDir():
			return fs.SkipDir
		case !d.Type().IsRegular() || d.Name()[0] == '.' || // .git is a file in a worktree
			strings.HasSuffix(slash, "_test.go") && !domain(slash):
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o666)
	})
}

func wanted(dir string) bool {
	switch {
	case dir == ".", dir == "internal", dir == "internal/app":
		return true
	case left[dir], dir[0] == '.', strings.HasSuffix(dir, "/testdata") && !domain(dir):
		return false
	}
	return !strings.HasPrefix(dir, "internal/") || domain(dir)
}

func domain(name string) bool {
	return strings.HasPrefix(name, "gen/") || strings.HasPrefix(name, "internal/app/")
}

// Enter makes an application that Copy has copied what it was in a season, by
// hand: its schema and its hand-written side. Generating is left to do.
func Enter(application, seasons, season string) error {
	for from, to := range map[string]string{"list.cue": "schema/todo/list.cue", "list.go": "internal/app/todo/list.go"} {
		text, err := os.ReadFile(filepath.Join(seasons, season, from))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(application, to), text, 0o666); err != nil {
			return err
		}
	}
	if season == "winter" {
		return nil
	}
	return Edit(filepath.Join(application, "cmd/app/main.go"), "gen.NewTally(todo.Tally{})", "gen.NewTally(todo.Tally{}, todo.List{})")
}

// Edit replaces a piece of a file that is in it once.
func Edit(file, old, new string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if n := strings.Count(string(text), old); n != 1 {
		return fmt.Errorf("%s has %q %d times, want once", file, old, n)
	}
	return os.WriteFile(file, []byte(strings.Replace(string(text), old, new, 1)), 0o666)
}

// Build builds a command of a folder's module. It is the same build for every
// copy: what did not change is in Go's cache.
func Build(dir, pkg, binary string) error {
	build := exec.Command("go", "build", "-trimpath", "-o", binary, pkg)
	build.Dir = dir
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, out)
	}
	return nil
}
