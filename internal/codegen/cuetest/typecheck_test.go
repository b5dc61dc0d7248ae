package cuetest_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	gomodule "golang.org/x/mod/module"
)

// compiler type-checks generated Go in this process, because the go command
// would take a second for each schema. Several goroutines may use it.
type compiler struct {
	mu     sync.Mutex // an importer must not be used concurrently
	real   types.Importer
	sizes  types.Sizes
	loaded map[string]*types.Package
}

// newCompiler reads the export data of the packages that generated code
// imports.
func newCompiler(t testing.TB) *compiler {
	t.Helper()
	imports := []string{"ironstar.dev", "ironstar.dev/wire", "ironstar.dev/wire/wiretest", "ironstar.dev/wire/claim", "ironstar.dev/wire/cell", "ironstar.dev/wire/listing", "ironstar.dev/ironstartest", "ironstar.dev/live", "ironstar.dev/query", "context", "embed", "flag", "testing", "errors", "fmt", "time", "strconv", "slices", "maps", "strings"}
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}, imports...)...)
	list, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list -export: %v", err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(list)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[name] = file
	}
	c := &compiler{loaded: map[string]*types.Package{}, sizes: types.SizesFor("gc", "amd64")}
	c.real = importer.ForCompiler(token.NewFileSet(), "gc", func(name string) (io.ReadCloser, error) {
		if exports[name] == "" {
			return nil, fmt.Errorf("%s is not there", name)
		}
		return os.Open(exports[name])
	})
	for _, name := range imports {
		if _, err := c.Import(name); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// Import implements types.Importer for packages that are not generated.
func (c *compiler) Import(name string) (*types.Package, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.loaded[name]; p != nil {
		return p, nil
	}
	p, err := c.real.Import(name)
	if err == nil {
		c.loaded[name] = p
	}
	return p, err
}

// program is the generated code of one schema.
type program struct {
	*compiler
	root    string              // its module
	folders map[string][]string // import path to files
	files   map[string][]byte
	done    map[string]*types.Package
	open    map[string]bool
}

// Check compiles all files of a module: path to content.
func (c *compiler) Check(root string, files map[string][]byte) error {
	p := &program{compiler: c, root: root, folders: map[string][]string{}, files: files, done: map[string]*types.Package{}, open: map[string]bool{}}
	for name := range files {
		if path.Ext(name) == ".go" {
			folder := root + "/" + path.Dir(name)
			p.folders[folder] = append(p.folders[folder], name)
		}
	}
	for folder := range p.folders {
		if err := gomodule.CheckImportPath(folder); err != nil {
			return fmt.Errorf("go refuses the folder: %w", err)
		}
		if _, err := p.Import(folder); err != nil {
			return err
		}
	}
	return nil
}

// Import implements types.Importer.
func (p *program) Import(name string) (*types.Package, error) {
	files, ours := p.folders[name]
	switch {
	case !ours:
		return p.compiler.Import(name)
	case p.done[name] != nil:
		return p.done[name], nil
	case p.open[name]:
		return nil, fmt.Errorf("import cycle with %s", name)
	}
	p.open[name] = true
	plain, err := p.compile(name, files, false)
	if err != nil {
		return nil, err
	}
	p.done[name] = plain
	if slices.ContainsFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") }) {
		if _, err := p.compile(name, files, true); err != nil {
			return nil, err
		}
	}
	return plain, nil
}

// compile type-checks the files of a package that the go command would choose.
func (p *program) compile(name string, files []string, tests bool) (*types.Package, error) {
	set := token.NewFileSet()
	var parsed []*ast.File
	slices.Sort(files)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") && !tests {
			continue
		}
		if err := p.buildable(file); err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(set, file, p.files[file], parser.ParseComments)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, f)
	}
	var first []error
	config := types.Config{Importer: importingFrom{p, name}, Sizes: p.sizes, Error: func(err error) { first = append(first, err) }}
	pkg, err := config.Check(name, set, parsed, nil)
	if err != nil {
		return nil, errors.Join(first[:min(3, len(first))]...)
	}
	return pkg, nil
}

// buildable refuses a file that the go command would ignore on some system,
// because of its name (_linux.go) or a comment (//go:build).
func (p *program) buildable(file string) error {
	for _, system := range []string{"linux", "windows"} {
		ctx := build.Default
		ctx.GOOS, ctx.GOARCH = system, "arm64"
		ctx.OpenFile = func(string) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(string(p.files[file]))), nil
		}
		ok, err := ctx.MatchFile("/", path.Base(file))
		if err != nil || !ok {
			return fmt.Errorf("%s is not compiled on %s (%v)", file, system, err)
		}
	}
	base := filepath.Base(file)
	if strings.HasSuffix(base, "_test.go") && base != "cases_gen_test.go" && base != "history_test.go" {
		return fmt.Errorf("%s is a test to the go command", file)
	}
	return nil
}

// importingFrom enforces the rule for internal packages.
type importingFrom struct {
	*program
	from string
}

func (i importingFrom) Import(name string) (*types.Package, error) {
	if at := strings.LastIndex("/"+name+"/", "/internal/"); at >= 0 && strings.HasPrefix(name, i.root+"/") {
		if parent := ("/" + name)[1:max(at, 1)]; !strings.HasPrefix(i.from+"/", parent+"/") {
			return nil, fmt.Errorf("%s must not import the internal package %s", i.from, name)
		}
	}
	return i.program.Import(name)
}
