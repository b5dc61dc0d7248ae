package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/parser"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/testcases"
)

// evolution is a schema and its released versions.
type evolution struct {
	*session
	project    *project
	loaded     *model.Schema
	released   bool // there is a lock
	lock       *compat.Lock
	exemptions []compat.Exemption
}

// evolution reads the lock and the exemptions; without a lock nothing was
// released.
func (s *session) evolution(p *project, loaded *model.Schema) (*evolution, error) {
	e := &evolution{session: s, project: p, loaded: loaded, lock: &compat.Lock{}}
	text, ok, err := e.read(compat.LockName)
	if err != nil {
		return nil, err
	}
	if ok {
		e.released = true
		if e.lock, err = compat.ParseLock(text); err != nil {
			return nil, e.lockTrouble(err)
		}
	}
	if text, _, err = e.read(compat.ExemptName); err != nil {
		return nil, err
	}
	if e.exemptions, err = compat.ParseExemptions(text); err != nil {
		return nil, e.lockTrouble(err)
	}
	return e, nil
}

// read reads a file in the schema's folder, if it exists.
func (e *evolution) read(name string) (text []byte, ok bool, err error) {
	text, err = os.ReadFile(filepath.Join(e.project.schema, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	return text, err == nil, err
}

func (e *evolution) lockTrouble(err error) error {
	var l *compat.LockError
	if !errors.As(err, &l) {
		return err
	}
	file := e.rel(filepath.Join(e.project.schema, l.File))
	return &trouble{code: l.Rule, file: file, line: l.Line, col: l.Col, message: l.Message, exit: exitNo,
		hint: strings.ReplaceAll(l.Hint, "-- "+compat.LockName, "-- "+file)}
}

// compare lists the findings about the schema, without those that have an exemption.
// make computes the results of steps; see outputs.
func (e *evolution) compare(make upcaster) ([]compat.Finding, error) {
	sums, err := e.outputSums(make)
	if err != nil {
		return nil, err
	}
	all := compat.Compare(e.lock, e.loaded, compat.Options{Outputs: sums})
	all = compat.Exempt(all, e.exemptions)
	samples, err := e.samples()
	if err != nil {
		return nil, err
	}
	impure, err := e.impure()
	return slices.Concat(all, samples, impure), err
}

// samples compares the files of golden samples with the lock.
func (e *evolution) samples() ([]compat.Finding, error) {
	var all []compat.Finding
	known := map[string]bool{}
	for _, entry := range e.lock.Entries {
		for i, f := range []*compat.File{entry.Samples, entry.Outputs} {
			if f == nil {
				continue
			}
			known[f.Path] = true
			text, ok, err := e.read(f.Path)
			switch {
			case err != nil:
				return nil, err
			case !ok:
				all = append(all, compat.AboutFile("samples-changed", f.Path, "the file was released with %s, but no longer exists", entry.Subject()))
			case i == 0 && compat.FileSum(text) != f.Sum:
				all = append(all, compat.AboutFile("samples-changed", f.Path, "the file changed after its release with %s", entry.Subject()))
			}
		}
	}
	stray, err := e.strays(known)
	return append(all, stray...), err
}

// strays finds sample files that belong to no release, and that the next release
// would not write.
func (e *evolution) strays(known map[string]bool) ([]compat.Finding, error) {
	names, err := filesIn(filepath.Join(e.project.schema, compat.SamplesDir), "*.jsonl")
	if err != nil {
		return nil, err
	}
	next := map[string]func() []byte{}
	for _, v := range compat.Versions(compat.LockOf(e.loaded), e.loaded) {
		next[v.SampleFile()] = func() []byte { return compat.Lines(testcases.Samples(v.Payload)) }
	}
	for _, step := range compat.Steps(e.loaded) {
		next[step.Outputs()] = nil // checked when it is released
	}
	var all []compat.Finding
	for _, name := range names {
		file := path.Join(compat.SamplesDir, filepath.Base(name))
		if known[file] {
			continue
		}
		want, expected := next[file]
		if expected && want == nil {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if !expected || compat.FileSum(text) != compat.FileSum(want()) {
			all = append(all, compat.AboutFile("samples-unknown", file, "these samples belong to no release"))
		}
	}
	return all, nil
}

// printFindings prints findings and returns how many of them are errors.
func (e *evolution) printFindings(all []compat.Finding) (failed int) {
	for i, f := range all {
		level := "warning"
		if f.Fails() {
			level = "error"
			failed++
		}
		repeated := i+1 < len(all) && all[i+1].Write == f.Write
		e.report(level, cueload.Errors{e.problemOf(f, repeated)}, e.project)
	}
	return failed
}

// problemOf converts a finding to an error. If several findings have the same
// advice, only the last one prints it.
func (e *evolution) problemOf(f compat.Finding, repeated bool) *cueload.Error {
	hint := []string{f.Hint, "because " + f.Reason}
	if f.Write != "" && !repeated {
		if lacks := e.lackingImports(f); len(lacks) > 0 {
			hint = append(hint, "the code to paste needs the imports "+strings.Join(lacks, " and "))
		}
		hint = append(hint, strings.Split(strings.TrimSuffix(f.Write, "\n"), "\n")...)
	}
	if f.Hash != "" {
		hint = append(hint, "or permit the change: write "+f.Hash+" and the reason into "+compat.ExemptName)
	}
	between := "\n"
	if e.format == "text" {
		between = "\n        "
	}
	return &cueload.Error{Code: f.Rule, Pos: f.Pos, Message: f.Message, Hint: strings.Join(hint, between), Width: 1, Line: e.line(f.Pos)}
}

// lackingImports lists, quoted, the imports that a text to paste needs and that its
// file lacks.
func (e *evolution) lackingImports(f compat.Finding) []string {
	text, _, err := e.read(f.Pos.File)
	if err != nil || !strings.HasSuffix(f.Pos.File, ".cue") {
		text = nil // the file is new, and has no imports
	}
	has := map[string]bool{}
	if file, err := parser.ParseFile(f.Pos.File, text, parser.ImportsOnly); err == nil {
		for spec := range file.ImportSpecs() {
			has[spec.Path.Value] = true
		}
	}
	var lacks []string
	for _, path := range strings.Fields(f.Imports) {
		if quoted := strconv.Quote(path); !has[quoted] {
			lacks = append(lacks, quoted)
		}
	}
	return lacks
}

// line returns the line of the schema at a place.
func (e *evolution) line(at model.Pos) string {
	if !strings.HasSuffix(at.File, ".cue") && !cueload.IsSQLFile(at.File) {
		return ""
	}
	text, _, err := e.read(at.File)
	lines := bytes.Split(text, []byte("\n"))
	if err != nil || at.Line < 1 || at.Line > len(lines) {
		return ""
	}
	return strings.TrimSuffix(string(lines[at.Line-1]), "\r")
}
