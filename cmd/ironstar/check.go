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
	Dir string `arg:"" optional:"" help:"The schema's folder, or the one above it. Without it: looked for from the working folder upwards."`
}

// Help is shown by ironstar check --help.
func (checkCmd) Help() string {
	return `Reads the schema and says everything that is wrong with it, each with file:line:col, the line, and a hint. Then it
looks into internal/app/ for methods that generated code will ask for and that nobody has written, and prints them
to standard output, ready to be pasted, and for what a renaming left behind. It reads Go as text, so it also works
while nothing compiles.

When there is an ironstar.lock it also says whether every event that was released is still read as what it was.
docs/EVOLUTION.md lists the rules; ironstar explain prints one.

Examples:

    ironstar check                          what is wrong, what is missing
    ironstar check 2>/dev/null              only the code to paste
    ironstar check --error-format github    annotations in a pull request`
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
		return err
	}
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
		failed = e.tell(compat.Narrowed(e.lock, loaded)) // warnings
		s.detail("nothing is released yet: ironstar release records it")
	}
	if failed+s.missing(p, loaded)+s.orphans("error", p, loaded, s.outputLater(p, loaded)) > 0 {
		return errRefused
	}
	s.warnHistory(p, loaded)
	s.detail("the schema is fine")
	return nil
}

// missing names and prints the methods that are not written yet, and says how
// many.
func (s *session) missing(p *project, loaded *model.Schema) int {
	folders := map[string]*written{}
	n := 0
	for _, side := range sides(p, loaded) {
		dir := path.Dir(side.File)
		if folders[dir] == nil {
			folders[dir] = readFolder(p.module, dir)
		}
		n += s.missingOf(p, folders[dir], side)
	}
	return n
}

// pasteHint says what to do with a method that is printed, and which imports it
// needs that its file does not have.
func pasteHint(needs, has []string) string {
	hint := "paste what is printed to standard output"
	var lacks []string
	for _, p := range needs {
		if !slices.Contains(has, p) {
			lacks = append(lacks, strconv.Quote(p))
		}
	}
	if len(lacks) > 0 {
		hint += "; it needs: import " + strings.Join(lacks, " and ")
	}
	return hint
}

// sides lists everything that is to be written by hand.
func sides(p *project, loaded *model.Schema) []codegen.Side {
	var all []codegen.Side
	for _, pkg := range loaded.Packages {
		all = append(all, codegen.Sides(pkg, p.options())...)
	}
	return all
}

// missingOf does so for one type. A type that does not exist at all is no
// error: its stub is still to come.
func (s *session) missingOf(p *project, have *written, side codegen.Side) int {
	typ, ok := have.implementer(side.Type)
	if !ok {
		s.problem("warning", &trouble{code: codeNoType, file: s.rel(filepath.Join(p.module, side.File)), message: side.Type + " is not written yet",
			hint: "ironstar generate writes a first version"})
		return 0
	}
	n := 0
	for _, m := range side.Methods {
		if have.has(typ, m.Name, 0) {
			continue
		}
		n++
		at := have.declared[typ]
		s.problem("error", &trouble{code: codeMethod, file: s.rel(filepath.Join(p.module, at.File)), line: at.Line, col: at.Col,
			message: typ + " has no method " + m.Name, hint: pasteHint(side.Imports(m.Source), have.imports[at.File])})
		s.print("\n%s", strings.TrimSpace(renamed(m.Source, side.Type, typ)))
	}
	return n
}
