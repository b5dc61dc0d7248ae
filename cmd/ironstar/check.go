package main

import (
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
)

// checkCmd is `ironstar check`.
type checkCmd struct {
	Dir string `arg:"" optional:"" help:"The schema's folder, or the folder that contains it. By default, ironstar searches from the working folder upwards."`
}

// Help is shown by ironstar check --help.
func (checkCmd) Help() string {
	return `Reads the schema and prints every error in it, with file:line:col, the line, and a hint. Then it searches internal/app/
for methods that generated code needs and that are missing. It prints these methods to standard output, ready to
paste. It also reports code for things that the schema no longer has. It reads Go as text, so it works even if the
application does not compile. In the *.templ files of the module it reports Datastar expressions that are not constant,
because a text of a person in one of them would be a program.

If there is an ironstar.lock, it also checks that released events can still be read with the same meaning.
docs/EVOLUTION.md lists the rules, and ironstar explain prints one.

Examples:

    ironstar check                          print errors and missing methods
    ironstar check 2>/dev/null              print only the code to paste
    ironstar check --error-format github    print annotations for a pull request`
}

// Run checks the schema, then the hand-written side.
func (c *checkCmd) Run(s *session) error {
	p, err := s.open(c.Dir)
	if err != nil {
		return err
	}
	defer s.watch("checking " + s.rel(p.schema))()
	s.report("warning", cueload.Warnings(p.schema), p)
	loaded, values, err := s.loadValues(p)
	if err != nil {
		return s.unlessNew(p, err)
	}
	s.report("warning", values.Advice(loaded), p)
	if err := codegen.Possible(loaded); err != nil {
		return impossible(p, err)
	}
	e, err := s.evolution(p, loaded)
	if err != nil {
		return err
	}
	failed := 0
	if e.released {
		if failed, err = e.checked(byCUE(loaded, values)); err != nil {
			return err
		}
	} else {
		failed = e.printFindings(compat.Narrowed(e.lock, loaded)) // warnings
		s.detail("nothing is released yet: ironstar release records the first release")
	}
	failed += s.missing(p, loaded) + s.interfacesGone("error", p, loaded, s.outputLater(p, loaded))
	expressions, err := s.expressions(p)
	if err != nil {
		return err
	}
	if failed+expressions > 0 {
		return errRefused
	}
	s.warnHistory(p, loaded)
	s.detail("the schema is fine")
	return nil
}

// missing prints the methods that are not written yet, and returns how many.
func (s *session) missing(p *project, loaded *model.Schema) int {
	lacks := s.lacking(p, loaded)
	for _, l := range lacks {
		s.problem("error", l.trouble)
		s.print("\n%s", l.code)
	}
	return len(lacks)
}

// lack is a method that is not written yet.
type lack struct {
	trouble *trouble
	code    string // to paste
}

// lacking returns the methods that are not written yet. A type that does not exist
// is a warning, which it prints.
func (s *session) lacking(p *project, loaded *model.Schema) (all []lack) {
	folders := map[string]*written{}
	for _, side := range sides(p, loaded) {
		dir := path.Dir(side.File)
		if folders[dir] == nil {
			folders[dir] = readFolder(p.module, dir)
		}
		all = append(all, s.lackingOf(p, folders[dir], side)...)
	}
	return all
}

// pasteHint says where to paste a printed method, and which imports its file
// still needs.
func pasteHint(needs, has []string) string {
	hint := "paste the code from standard output"
	var lacks []string
	for _, p := range needs {
		if !slices.Contains(has, p) {
			lacks = append(lacks, strconv.Quote(p))
		}
	}
	if len(lacks) > 0 {
		hint += "; it needs the imports " + strings.Join(lacks, " and ")
	}
	return hint
}

// sides lists the hand-written code that the schema needs.
func sides(p *project, loaded *model.Schema) []codegen.Side {
	var all []codegen.Side
	for _, pkg := range loaded.Packages {
		all = append(all, codegen.Sides(pkg, p.options())...)
	}
	return all
}

// lackingOf returns the missing methods of one type. A missing type is not an error:
// generate has not written its stub yet.
func (s *session) lackingOf(p *project, have *written, side codegen.Side) (all []lack) {
	typ, ok := have.implementer(side.Type)
	if !ok {
		s.problem("warning", &trouble{code: codeNoType, file: s.rel(filepath.Join(p.module, side.File)), message: "type " + side.Type + " does not exist yet",
			hint: "ironstar generate writes a first version"})
		return nil
	}
	for _, m := range side.Methods {
		if have.has(typ, m.Name, 0) {
			continue
		}
		at := have.declared[typ]
		all = append(all, lack{&trouble{code: codeMethod, file: s.rel(filepath.Join(p.module, at.File)), line: at.Line, col: at.Col,
			message: typ + " has no method " + m.Name, hint: pasteHint(side.Imports(m.Source), have.imports[at.File])}, strings.TrimSpace(renamed(m.Source, side.Type, typ))})
	}
	return all
}
