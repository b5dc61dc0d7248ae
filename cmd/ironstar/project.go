package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"

	"golang.org/x/mod/modfile"

	"ironstar.dev/internal/codegen"
)

// project is where things are.
type project struct {
	schema  string // the folder that holds cue.mod, absolute
	module  string // the folder of go.mod, absolute
	modPath string // the Go module's path
}

// schemaPath is the schema's folder from the module's, with slashes.
func (p *project) schemaPath() string {
	r, err := filepath.Rel(p.module, p.schema)
	if err != nil {
		return "." // both are absolute, and one was found above the other
	}
	return filepath.ToSlash(r)
}

// options is where generated code goes and comes from.
func (p *project) options() codegen.Options {
	return codegen.Options{Module: p.modPath, Schema: p.schemaPath(), Gen: "gen", App: "internal/app"}
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

// findSchema looks for a folder that holds cue.mod: dir itself or schema in it
// and, when dir was not given, the same further up, to the first go.mod.
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
		}
		if dir != "" {
			return "", &trouble{code: codeNoSchema, message: fmt.Sprintf("no schema in %s: neither it nor %s holds cue.mod", dir, path.Join(filepath.ToSlash(dir), "schema")), hint: "ironstar init starts one"}
		}
		if exists(filepath.Join(up, "go.mod")) || up == filepath.Dir(up) {
			return "", &trouble{code: codeNoSchema, message: fmt.Sprintf("no schema found from here up to %s", up), hint: "ironstar init starts one; or name its folder"}
		}
	}
}

// findModule finds the nearest go.mod at or above a schema and reads the
// module's path, tolerantly: a go.mod that the go command would refuse will do.
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
				return nil, &trouble{code: codeNoModule, file: s.rel(name), message: "has no module line", hint: "module example.com/app"}
			}
			return &project{schema: schema, module: up, modPath: modPath}, nil
		}
		if up == filepath.Dir(up) {
			return nil, &trouble{code: codeNoModule, message: fmt.Sprintf("no go.mod in %s or above: generated code belongs to a Go module", s.rel(schema)), hint: "go mod init example.com/app"}
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
