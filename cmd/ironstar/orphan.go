package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
)

// orphans reports hand-written types that say they satisfy an interface that
// generated code does not have any more, as after a renaming, and says how
// many there are.
// out is what follows from the schema: it is asked for only when a name is not
// one of the interfaces to be written by hand, since making it takes a while.
func (s *session) orphans(level string, p *project, loaded *model.Schema, out func() *codegen.Output) int {
	all := sides(p, loaded)
	app := p.options().App
	gen := path.Join(p.modPath, p.options().Gen)
	n := 0
	// What cannot be read is not looked at: the compiler will say so.
	_ = filepath.WalkDir(filepath.Join(p.module, filepath.FromSlash(app)), func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		dir, err := filepath.Rel(p.module, name)
		if err != nil {
			return nil
		}
		dir = filepath.ToSlash(dir)
		have := readFolder(p.module, dir)
		for _, a := range have.claims {
			if !strings.HasPrefix(a.pkg, gen+"/") || toWrite(all, a) || declares(out(), strings.TrimPrefix(a.pkg, p.modPath+"/"), a.iface) {
				continue
			}
			n++
			s.problem(level, &trouble{code: codeOrphan, file: s.rel(filepath.Join(p.module, a.pos.File)), line: a.pos.Line, col: a.pos.Col,
				message: a.written + " is not in the schema any more", hint: orphanHint(p, all, out().Stubs, dir, a)})
		}
		return nil
	})
	return n
}

// toWrite says whether an assertion names an interface of the schema.
func toWrite(all []codegen.Side, a assertion) bool {
	return slices.ContainsFunc(all, func(s codegen.Side) bool { return s.Import == a.pkg && s.Type == a.iface })
}

// declares says whether the generated package in dir has a type of that name.
// Generated code is formatted, so a look at the beginnings of lines is enough,
// and parsing a hundred aggregates for each of them would take seconds.
func declares(out *codegen.Output, dir, name string) bool {
	line := []byte("\ntype " + name + " ")
	for file, text := range out.Files {
		if path.Dir(file) == dir && path.Ext(file) == ".go" && bytes.Contains(text, line) {
			return true
		}
	}
	return false
}

// orphanHint names the file that takes the orphan's place, when it is plain
// which: the one of the folder in which nothing has been written yet.
func orphanHint(p *project, all []codegen.Side, stubs map[string][]byte, dir string, a assertion) string {
	var fresh []string
	for _, side := range all {
		if path.Dir(side.File) == dir && side.Import == a.pkg && untouched(filepath.Join(p.module, filepath.FromSlash(side.File)), stubs[side.File]) {
			fresh = append(fresh, path.Base(side.File))
		}
	}
	if len(fresh) == 1 {
		return fmt.Sprintf("move the methods of %s to %s and delete what is left", a.typ, fresh[0])
	}
	return fmt.Sprintf("delete %s, or give it back its place in the schema", a.typ)
}

// untouched says whether a stub is not there yet or is as it was written: its
// bodies, not its comments, tell.
func untouched(file string, stub []byte) bool {
	have, err := os.ReadFile(file)
	return err != nil || bytes.Equal(withoutComments(have), withoutComments(stub))
}

// withoutComments is a text without its lines of comments, which change when a
// file is no longer the first of its package, and without empty ones.
func withoutComments(text []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && !bytes.HasPrefix(line, []byte("//")) {
			b.Write(append(line, '\n'))
		}
	}
	return b.Bytes()
}
