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

// interfacesGone reports hand-written types with assertions for interfaces that
// generated code no longer has, for example after a renaming. It returns their
// number. It calls out, which is slow, only if an assertion has another name than
// the interfaces of the schema.
func (s *session) interfacesGone(level string, p *project, loaded *model.Schema, out func() *codegen.Output) int {
	all := sides(p, loaded)
	app := p.options().App
	gen := path.Join(p.modPath, p.options().Gen)
	n := 0
	// The compiler reports files that cannot be read.
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
			s.problem(level, &trouble{code: codeInterfaceGone, file: s.rel(filepath.Join(p.module, a.pos.File)), line: a.pos.Line, col: a.pos.Col,
				message: "the schema no longer has " + a.written, hint: interfaceGoneHint(p, all, out().Stubs, dir, a)})
		}
		return nil
	})
	return n
}

// toWrite reports whether an assertion names an interface of the schema.
func toWrite(all []codegen.Side, a assertion) bool {
	return slices.ContainsFunc(all, func(s codegen.Side) bool { return s.Import == a.pkg && s.Type == a.iface })
}

// declares reports whether the generated package in dir has a type of that
// name. Generated code is formatted, so reading the beginnings of lines is
// enough; parsing a hundred aggregates each time would take seconds.
func declares(out *codegen.Output, dir, name string) bool {
	line := []byte("\ntype " + name + " ")
	for file, text := range out.Files {
		if path.Dir(file) == dir && path.Ext(file) == ".go" && bytes.Contains(text, line) {
			return true
		}
	}
	return false
}

// interfaceGoneHint names the file to move the code to. It knows that file if only
// one stub of the folder has no hand-written code yet.
func interfaceGoneHint(p *project, all []codegen.Side, stubs map[string][]byte, dir string, a assertion) string {
	var fresh []string
	for _, side := range all {
		if path.Dir(side.File) == dir && side.Import == a.pkg && untouched(filepath.Join(p.module, filepath.FromSlash(side.File)), stubs[side.File]) {
			fresh = append(fresh, path.Base(side.File))
		}
	}
	if len(fresh) == 1 {
		return fmt.Sprintf("move the methods of %s to %s, and delete the rest", a.typ, fresh[0])
	}
	return fmt.Sprintf("delete %s, or put its aggregate, view or process back into the schema", a.typ)
}

// untouched reports whether a stub does not exist yet or is unchanged. It
// ignores comments.
func untouched(file string, stub []byte) bool {
	have, err := os.ReadFile(file)
	return err != nil || bytes.Equal(withoutComments(have), withoutComments(stub))
}

// withoutComments removes comment lines, which change when a file is no longer
// the first of its package, and empty lines.
func withoutComments(text []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && !bytes.HasPrefix(line, []byte("//")) {
			b.Write(append(line, '\n'))
		}
	}
	return b.Bytes()
}
