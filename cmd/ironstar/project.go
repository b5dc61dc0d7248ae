package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"golang.org/x/mod/modfile"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/plan"
	"ironstar.dev/internal/testcases"
)

// project holds the paths of a schema and its Go module.
type project struct {
	schema  string // the folder that holds cue.mod, absolute
	module  string // the folder of go.mod, absolute
	modPath string // the Go module's path
}

// schemaPath returns the path of the schema's folder from the module's, with slashes.
func (p *project) schemaPath() string {
	r, err := filepath.Rel(p.module, p.schema)
	if err != nil {
		return "." // both are absolute, and one was found above the other
	}
	return filepath.ToSlash(r)
}

// options returns the folders of generated and hand-written code.
func (p *project) options() codegen.Options {
	return codegen.Options{Module: p.modPath, Schema: p.schemaPath(), Gen: "gen", App: "internal/app", ExampleIDs: testcases.ExampleIDs}
}

// unlessNew returns nil instead of the error that a schema is empty, and says what
// begins it, if nothing was ever generated from it: it is that of a new project.
func (s *session) unlessNew(p *project, err error) error {
	var found *schemaErrors
	if !errors.As(err, &found) || found.errs[0].Code != cueload.CodeEmpty || exists(filepath.Join(p.schema, plan.ManifestName)) || exists(filepath.Join(p.schema, compat.LockName)) {
		return err
	}
	s.say("%s has no context yet: ironstar add aggregate NAME adds the first", s.rel(p.schema))
	return nil
}

// open finds the project of a folder; an empty one is the working folder.
func (s *session) open(dir string) (*project, error) {
	schema, err := s.findSchema(dir)
	if err != nil {
		return nil, err
	}
	p, err := s.findModule(schema)
	if err != nil {
		return nil, err
	}
	s.detail("schema %s, module %s in %s", s.rel(p.schema), p.modPath, s.rel(p.module))
	return p, nil
}

// findSchema finds the folder with cue.mod: dir, or its subfolder schema. Without
// dir, it searches the working folder and the folders above it, up to the first
// go.mod that is not that of tools.
func (s *session) findSchema(dir string) (string, error) {
	from := s.dir
	if dir != "" {
		from = absolute(s.dir, dir)
		if info, err := os.Stat(from); err != nil || !info.IsDir() {
			return "", &trouble{code: codeNoSchema, message: fmt.Sprintf("%s is not a folder", dir)}
		}
	}
	for up := from; ; up = filepath.Dir(up) {
		for _, candidate := range []string{up, filepath.Join(up, "schema")} {
			if isDir(filepath.Join(candidate, "cue.mod")) {
				return candidate, nil
			}
			if to, err := os.Readlink(candidate); err == nil && !exists(candidate) {
				return "", &trouble{code: codeNoSchema, message: fmt.Sprintf("%s is a link to %s, which does not exist", s.rel(candidate), to),
					hint: "make that folder, or correct the link"}
			}
		}
		if dir != "" {
			return "", &trouble{code: codeNoSchema, message: fmt.Sprintf("there is no schema in %s: neither it nor %s contains cue.mod", dir, path.Join(filepath.ToSlash(dir), "schema")), hint: "ironstar init makes one"}
		}
		if exists(filepath.Join(up, "go.mod")) && !isToolsModule(up) || up == filepath.Dir(up) {
			return "", &trouble{code: codeNoSchema, message: fmt.Sprintf("there is no schema in the working folder, or above it up to %s", up), hint: "ironstar init makes one; or pass its folder as an argument"}
		}
	}
}

// isToolsModule reports whether a folder is the module of tools in another one. That
// is where go -C tools tool ironstar runs.
func isToolsModule(dir string) bool {
	f, err := readModFile(filepath.Join(dir, "go.mod"))
	return err == nil && filepath.Base(dir) == "tools" && f.hasTool()
}

// findModule finds the nearest go.mod at or above a schema and reads the
// module's path. It accepts some files that the go command refuses.
func (s *session) findModule(schema string) (*project, error) {
	for up := schema; ; up = filepath.Dir(up) {
		name := filepath.Join(up, "go.mod")
		if exists(name) {
			data, err := os.ReadFile(name)
			if err != nil {
				return nil, fmt.Errorf("read go.mod: %w", err)
			}
			modPath := modfile.ModulePath(data)
			if modPath == "" {
				return nil, &trouble{code: codeNoModule, file: s.rel(name), message: "the file has no module line", hint: "add a line such as module example.com/app"}
			}
			return &project{schema: schema, module: up, modPath: modPath}, nil
		}
		if up == filepath.Dir(up) {
			return nil, &trouble{code: codeNoModule, message: fmt.Sprintf("there is no go.mod in %s or above it, but generated code belongs to a Go module", s.rel(schema)), hint: "run go mod init example.com/app"}
		}
	}
}

func absolute(from, p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(from, p)
}

func isDir(p string) bool {
	info, err := os.Stat(p)
	return err == nil && info.IsDir()
}

func exists(p string) bool {
	_, err := os.Stat(p)
	return err == nil
}

// filesIn lists the files of a folder whose names have a pattern. The path of the
// folder is no pattern: it may have brackets.
func filesIn(dir, pattern string) ([]string, error) {
	found, err := fs.Glob(os.DirFS(dir), pattern)
	for i, name := range found {
		found[i] = filepath.Join(dir, filepath.FromSlash(name))
	}
	return found, err
}
