package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"cuelang.org/go/mod/module"

	"ironstar.dev/internal/cueload"
)

// initCmd is `ironstar init`.
type initCmd struct {
	Dir string `arg:"" optional:"" help:"The schema's folder. By default, ironstar searches from the working folder upwards, and otherwise makes ./schema."`
}

// Help is shown by ironstar init --help.
func (initCmd) Help() string {
	return `Writes the files of a schema that do not exist yet: cue.mod/module.cue, a small commented example, and generate.go with
the go:generate line. It also writes a copy of the schema language to cue.mod/pkg/, for editors (cue lsp) and cue vet,
and updates a copy of another version of ironstar. It changes no other existing file, so you can run it again.

Examples:

    go mod init example.com/app && ironstar init
    ironstar init domain      use the folder domain for the schema`
}

const (
	languagePath = "cue.mod/pkg/ironstar.dev/schema/schema.cue"
	cueLanguage  = "v0.17.0" // CUE language version in module.cue
)

// Run writes missing files and prints what it did.
func (c *initCmd) Run(s *session) error {
	dir, err := c.folder(s)
	if err != nil {
		return err
	}
	p, err := s.findModule(dir)
	if err != nil {
		return err
	}
	tool, err := readTools(p)
	if err != nil {
		return err
	}
	w := &initWriter{session: s, project: p}
	steps := []func() error{
		func() error { return w.writeMissing("cue.mod/module.cue", moduleFile(p)) },
		w.language,
		w.example,
		func() error { return w.directive(tool) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	if w.wrote == 0 {
		s.print("%s is complete: nothing to do", s.rel(p.schema))
	}
	w.next(tool)
	return nil
}

// folder returns the folder where the schema is or will be.
func (c *initCmd) folder(s *session) (string, error) {
	if c.Dir != "" {
		dir := absolute(s.dir, c.Dir)
		if exists(dir) && !isDir(dir) {
			return "", &trouble{code: codeNoSchema, message: c.Dir + " is not a folder"}
		}
		return dir, nil
	}
	if dir, err := s.findSchema(""); err == nil {
		return dir, nil
	}
	return filepath.Join(s.dir, "schema"), nil
}

// initWriter writes below the schema's folder.
type initWriter struct {
	*session
	project *project
	wrote   int
}

// writeMissing writes a file that does not exist.
func (w *initWriter) writeMissing(name, text string) error {
	full := filepath.Join(w.project.schema, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		return fmt.Errorf("make folder for %s: %w", w.rel(full), err)
	}
	f, err := os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		w.detail("%s exists already", w.rel(full))
		return nil
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", w.rel(full), err)
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(full)
		return fmt.Errorf("write %s: %w", w.rel(full), err)
	}
	w.print("wrote %s", w.rel(full))
	w.wrote++
	return nil
}

// language keeps the copy of the meta-schema up to date.
func (w *initWriter) language() error {
	full := filepath.Join(w.project.schema, filepath.FromSlash(languagePath))
	have, err := os.ReadFile(full)
	if err == nil && bytes.Equal(bytes.ReplaceAll(have, []byte("\r\n"), []byte("\n")), cueload.MetaSchema()) {
		w.detail("%s is up to date", w.rel(full))
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return w.writeMissing(languagePath, string(cueload.MetaSchema()))
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", w.rel(full), err)
	}
	temp := full + ".tmp"
	err = os.WriteFile(temp, cueload.MetaSchema(), 0o666)
	if err == nil {
		err = os.Rename(temp, full)
	}
	if err != nil {
		_ = os.Remove(temp)
		return fmt.Errorf("write %s: %w", w.rel(full), err)
	}
	w.print("updated %s", w.rel(full))
	w.wrote++
	return nil
}

// example writes a first domain if there is none.
func (w *initWriter) example() error {
	found := false
	err := filepath.WalkDir(w.project.schema, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "cue.mod":
			return fs.SkipDir
		case !d.IsDir() && strings.HasSuffix(d.Name(), ".cue"):
			found = true
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("look for a schema: %w", err)
	}
	if found {
		return nil
	}
	return w.writeMissing("todo/list.cue", exampleSchema)
}

// directive writes generate.go, unless a Go file of the folder has a go:generate
// line for ironstar.
func (w *initWriter) directive(tool tools) error {
	names, err := filesIn(w.project.schema, "*.go")
	if err != nil {
		return fmt.Errorf("look for go:generate: %w", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("look for go:generate: %w", err)
		}
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "//go:generate ") || !strings.Contains(line, "ironstar") {
				continue
			}
			if tool.together != "" && strings.Contains(line, "-modfile") {
				w.say("%s: the go:generate line does not work: %s; write %sgo:generate %s", w.rel(name), tool.together, "//", tool.command)
			}
			return nil
		}
	}
	return w.writeMissing("generate.go", generateFile(tool))
}

// next prints the next steps.
func (w *initWriter) next(tool tools) {
	w.say("next:")
	switch {
	case tool.listed:
	case tool.together != "":
		w.say("  go get -tool %s", toolPackage)
		w.say("    (add it to go.mod: %s)", tool.together)
		if exists(filepath.Join(w.project.module, "vendor")) {
			w.say("  go mod vendor")
		}
	default:
		if !tool.file {
			w.say("  go mod init -modfile=tools.mod %s", w.project.modPath)
		}
		w.say("  go get -tool -modfile=tools.mod %s", toolPackage)
	}
	w.say("  go generate ./%s", path.Join(w.rel(w.project.schema), "..."))
	if !tool.library {
		w.say("  go mod tidy")
	}
}

// moduleFile returns cue.mod/module.cue. The module has the Go import path of the
// folder as its name, if CUE allows that name.
func moduleFile(p *project) string {
	name := path.Join(p.modPath, p.schemaPath())
	if module.CheckPathWithoutVersion(name) != nil || name == "ironstar.dev/schema" {
		name = "example.com/" + path.Base(filepath.ToSlash(p.schema))
	}
	if module.CheckPathWithoutVersion(name) != nil {
		name = "example.com/app"
	}
	return fmt.Sprintf("module: %q\nlanguage: version: %q\n", name, cueLanguage)
}

func generateFile(tool tools) string {
	return `// Package schema is the domain, in CUE. ironstar generates Go and TypeScript from
// it: go generate ./... writes gen/, and stubs in internal/app/.
package schema

` + "//" + "go:generate " + tool.command + "\n" // in two parts, so that this line is not a directive
}
