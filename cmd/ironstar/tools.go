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

// What a tool line and a require line name.
const (
	toolPackage   = "ironstar.dev/cmd/ironstar"
	libraryModule = "ironstar.dev"
)

// tools is how a module can run ironstar.
type tools struct {
	arguments string // of go tool, as seen from the schema's folder
	file      bool   // there is a tools.mod
	listed    bool   // ironstar is a tool in it, or in go.mod
	library   bool   // go.mod names the library that generated code uses
}

// readTools looks for ironstar among the tools of tools.mod and go.mod.
func readTools(p *project) (tools, error) {
	t := tools{arguments: "ironstar generate"}
	main, err := readModFile(filepath.Join(p.module, "go.mod"))
	if err != nil {
		return t, err
	}
	t.library = p.modPath == libraryModule || main.requires(libraryModule)
	if main.hasTool() {
		t.listed = true
		return t, nil
	}
	apart, err := readModFile(filepath.Join(p.module, "tools.mod"))
	if err != nil {
		return t, err
	}
	t.file, t.listed = apart != nil, apart.hasTool()
	up, err := filepath.Rel(p.schema, p.module)
	if err != nil {
		return t, fmt.Errorf("find %s from %s: %w", p.module, p.schema, err)
	}
	t.arguments = "-modfile=" + path.Join(filepath.ToSlash(up), "tools.mod") + " " + t.arguments
	return t, nil
}

// modFile is a go.mod or a file like it; nil for one that is not there.
type modFile struct{ lines []modfile.Expr }

// readModFile reads it as far as it can be read: the go command will say what
// is wrong with it.
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

// mentions says whether there is a line, alone or in a block, with that verb
// and first argument. ParseLax keeps the syntax of what it does not interpret.
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
