package year

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"ironstar.dev/internal/contexts"
)

// excluded are folders of the repository that the application does not need.
var excluded = map[string]bool{"node_modules": true, "bin": true, "data": true, "docs": true, "bench": true, "duckdb": true, "cmd/ironstar": true, "query/querytest": true}

// Copy copies the application and the library, without the library's tests,
// from the repository to an empty folder. The auction house is left out unless
// auction is true.
func Copy(repository, to string, auction bool) error {
	library, err := internals(repository)
	if err != nil {
		return err
	}
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
		case d.IsDir() && !auction && !contexts.InTodo(slash):
			return fs.SkipDir
		case d.IsDir() && (wanted(slash) || library[slash]):
			return os.MkdirAll(target, 0o777)
		case d.IsDir():
			return fs.SkipDir
		case !auction && !contexts.InTodo(slash) || !d.Type().IsRegular() || d.Name()[0] == '.' || // .git is a file in a worktree
			strings.HasSuffix(slash, "_test.go") && !domain(slash):
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if !auction && !strings.HasPrefix(slash, "web/board") { // generated code of the page has the link too
			text = []byte(contexts.TodoText(slash, string(text)))
		}
		return os.WriteFile(target, text, 0o666)
	})
}

// internals returns the folders below internal/ that the application and its
// tests need.
func internals(repository string) (map[string]bool, error) {
	list := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}}", "./cmd/app", "./ironstartest")
	list.Dir = repository
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list what the application is built of: %w", err)
	}
	all := map[string]bool{}
	for path := range strings.FieldsSeq(string(out)) {
		if dir, ok := strings.CutPrefix(path, "ironstar.dev/"); ok && strings.HasPrefix(dir, "internal/") {
			all[dir] = true
		}
	}
	return all, nil
}

func wanted(dir string) bool {
	switch {
	case dir == ".", dir == "internal", dir == "internal/app":
		return true
	case excluded[dir], dir[0] == '.', strings.HasSuffix(dir, "/testdata") && !domain(dir):
		return false
	}
	return !strings.HasPrefix(dir, "internal/") || domain(dir)
}

func domain(name string) bool {
	return strings.HasPrefix(name, "gen/") || strings.HasPrefix(name, "internal/app/")
}

// Enter changes a copied application to a season: its schema and its
// hand-written code. The caller generates the rest.
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
	return nil
}

// Edit replaces a text that a file must contain exactly once.
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

// Build builds a command of a folder's module. The options are the same for
// every copy, so that unchanged packages come from Go's cache.
func Build(dir, pkg, binary string) error {
	build := exec.Command("go", "build", "-trimpath", "-o", binary, pkg)
	build.Dir = dir
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, out)
	}
	return nil
}
