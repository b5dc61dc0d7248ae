package main

import (
	"maps"
	"path"
	"path/filepath"
	"slices"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/cueload"
)

// checkCmd is `ironstar check`.
type checkCmd struct {
	Dir string `arg:"" optional:"" help:"The schema's folder, or the one above it. Without it: looked for from the working folder upwards."`
}

// Help is shown by ironstar check --help.
func (checkCmd) Help() string {
	return `Reads the schema and says everything that is wrong with it, each with file:line:col, the line, and a hint. Then it
looks into internal/app/ for methods that generated code will ask for and that nobody has written, and prints them
to standard output, ready to be pasted. It reads Go as text, so it also works while nothing compiles.

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
	loaded, err := s.load(p)
	if err != nil {
		return err
	}
	out, err := s.output(p, loaded)
	if err != nil {
		return err
	}
	if s.missing(p, out) > 0 {
		return refused
	}
	s.detail("the schema is fine")
	return nil
}

// missing names and prints the methods that are not written yet, and says how
// many.
func (s *session) missing(p *project, out *codegen.Output) int {
	folders := map[string]*written{}
	n := 0
	for _, stub := range slices.Sorted(maps.Keys(out.Stubs)) {
		dir := path.Dir(stub)
		if folders[dir] == nil {
			folders[dir] = readFolder(p.module, dir)
		}
		for _, w := range readStub(stub, out.Stubs[stub]) {
			n += s.missingOf(p, folders[dir], w)
		}
	}
	return n
}

func (s *session) missingOf(p *project, have *written, w wanted) int {
	typ, ok := have.implementer(w.iface)
	if !ok {
		s.problem("warning", &trouble{code: codeNoType, file: s.rel(filepath.Join(p.module, w.stub)), message: w.iface + " is not written yet",
			hint: "ironstar generate writes a first version"})
		return 0
	}
	n := 0
	for _, m := range w.methods {
		if have.has(typ, m.name, 0) {
			continue
		}
		n++
		s.problem("error", &trouble{code: codeMethod, file: s.rel(filepath.Join(p.module, have.declared[typ])),
			message: typ + " has no method " + m.name, hint: "paste what is printed to standard output"})
		if s.format == "text" {
			s.print("\n%s", renamed(m.text, w.iface, typ))
		}
	}
	return n
}
