package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"golang.org/x/mod/modfile"
)

// Names in tool and require lines.
const (
	toolPackage   = "ironstar.dev/cmd/ironstar"
	libraryModule = "ironstar.dev"
)

// tools says how a module can run ironstar.
type tools struct {
	command  string // that runs ironstar generate in the schema's folder
	file     bool   // there is a tools.mod
	listed   bool   // ironstar is a tool in it, in tools/go.mod or in go.mod
	library  bool   // go.mod names the library that generated code uses
	together string // the reason why ironstar must be a tool of go.mod; "" if it may be a tool of tools.mod
}

// readTools looks for ironstar in the tool lines of go.mod, of the module in
// tools/, and of tools.mod.
func readTools(p *project) (tools, error) {
	t := tools{command: "go tool ironstar generate"}
	main, err := readModFile(filepath.Join(p.module, "go.mod"))
	if err != nil {
		return t, err
	}
	t.library = p.modPath == libraryModule || main.requires(libraryModule)
	if main.hasTool() {
		t.listed = true
		return t, nil
	}
	up, err := filepath.Rel(p.schema, p.module)
	if err != nil {
		return t, fmt.Errorf("find %s from %s: %w", p.module, p.schema, err)
	}
	up = filepath.ToSlash(up)
	folder, err := readModFile(filepath.Join(p.module, "tools", "go.mod"))
	if err != nil {
		return t, err
	}
	if folder.hasTool() {
		t.listed = true
		t.command = "env GOWORK=off go -C " + path.Join(up, "tools") + " tool ironstar generate " + path.Join("..", p.schemaPath())
		return t, nil
	}
	if t.together = noModfile(p.module); t.together != "" {
		return t, nil
	}
	apart, err := readModFile(filepath.Join(p.module, "tools.mod"))
	if err != nil {
		return t, err
	}
	t.file, t.listed = apart != nil, apart.hasTool()
	t.command = "go tool -modfile=" + path.Join(up, "tools.mod") + " ironstar generate"
	return t, nil
}

// noModfile returns why the go command would refuse -modfile=tools.mod, or "".
func noModfile(module string) string {
	if exists(filepath.Join(module, "vendor", "modules.txt")) {
		return "in a module with vendor/, the go command reads tools from there"
	}
	if work := workspaceOf(module); work != "" {
		return "in a workspace, here that of " + filepath.ToSlash(work) + ", the go command does not accept -modfile"
	}
	return ""
}

// workspaceOf returns the go.work that the go command uses in a folder, or "".
func workspaceOf(dir string) string {
	switch work := os.Getenv("GOWORK"); work {
	case "":
	case "off":
		return ""
	default:
		return work
	}
	for ; ; dir = filepath.Dir(dir) {
		if work := filepath.Join(dir, "go.work"); exists(work) {
			return work
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// modFile is a go.mod or a similar file; nil if it does not exist.
type modFile struct{ lines []modfile.Expr }

// readModFile reads a file, and ignores errors in it. The go command reports them.
func readModFile(name string) (*modFile, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for tools: %w", err)
	}
	f, err := modfile.ParseLax(name, data, nil)
	if err != nil {
		return &modFile{}, nil
	}
	return &modFile{f.Syntax.Stmt}, nil
}

func (f *modFile) hasTool() bool { return f.mentions("tool", toolPackage) }

func (f *modFile) requires(module string) bool { return f.mentions("require", module) }

// mentions reports whether the file has a line with that verb and first argument,
// alone or in a block. ParseLax keeps the syntax of lines that it does not
// interpret.
func (f *modFile) mentions(verb, what string) bool {
	return f != nil && slices.ContainsFunc(f.lines, func(x modfile.Expr) bool {
		switch x := x.(type) {
		case *modfile.Line:
			return len(x.Token) > 1 && x.Token[0] == verb && x.Token[1] == what
		case *modfile.LineBlock:
			return len(x.Token) == 1 && x.Token[0] == verb && slices.ContainsFunc(x.Line, func(l *modfile.Line) bool {
				return len(l.Token) > 0 && l.Token[0] == what
			})
		}
		return false
	})
}
