package main

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
)

// explainCmd is `ironstar explain`.
type explainCmd struct {
	Name string `arg:"" help:"A name of the schema: todo.List.Added, List.Added, or Added if only one thing has that name; a Go name: ListAdded; or the code in brackets after an error: IRN012 or field-removed."`
	Dir  string `arg:"" optional:"" help:"The schema's folder, or the folder that contains it. By default, ironstar searches from the working folder upwards."`

	Format string `enum:"text,json" default:"text" help:"Format of the output: text, or json for programs."`
}

// Help is shown by ironstar explain --help.
func (explainCmd) Help() string {
	return `Prints what the schema says about an aggregate, command, event, refusal, view, process, timer, effect, signals or
type: its comment, fields and constraints, its names in Go, TypeScript and JSON, and the things that use it. For an event, it also prints the
versions and whether they are released, how each field of a version is made, where your code reads its fields, and which
states are folded again if the event changes.

Examples:

    ironstar explain List            an aggregate and everything in it
    ironstar explain List.Added      an event and its history
    ironstar explain List.Added --format json
    ironstar explain todo.Text       a type
    ironstar explain IRN012          an error
    ironstar explain field-removed   a rule of ironstar check about released events`
}

var codeName = regexp.MustCompile(`^(?i)IRN[0-9]+$`)

// Run explains.
func (c *explainCmd) Run(s *session) error {
	if codeName.MatchString(c.Name) {
		return s.explainCode(strings.ToUpper(c.Name))
	}
	if ruleName.MatchString(c.Name) {
		return s.explainRule(c.Name)
	}
	p, err := s.open(c.Dir)
	if err != nil {
		return err
	}
	loaded, err := s.load(p)
	if err != nil {
		return err
	}
	all := index(loaded)
	found := find(all, c.Name)
	switch len(found) {
	case 0:
		return &trouble{code: codeNoName, message: "no thing in the schema has the name " + c.Name, hint: suggestion(c.Name, paths(all)), exit: exitNo}
	case 1:
		e, err := s.evolution(p, loaded)
		if err != nil {
			return err
		}
		d := &explanation{session: s, project: p, schema: loaded, lock: e.lock, entry: found[0]}
		if c.Format == "json" {
			if err := d.writeJSON(); err != nil {
				return err
			}
		} else {
			d.write()
			text := bytes.ReplaceAll(d.Bytes(), []byte("\n\n\n"), []byte("\n\n"))
			d.Buffer = *bytes.NewBuffer(text)
		}
		_, err = s.stdout.Write(d.Bytes())
		return err
	}
	return &trouble{code: codeNoName, message: c.Name + " can be " + list(paths(found), "or"), hint: "write one of these names", exit: exitNo}
}

// explainCode prints what an error code means.
func (s *session) explainCode(name string) error {
	var names []string
	for _, c := range append(cueload.Codes(), fileCodes()...) {
		if c.Code == name {
			s.print("%s: %s\n\n%s", c.Code, c.Title, wrapped(c.Text, 80))
			return nil
		}
		names = append(names, c.Code)
	}
	return &trouble{code: codeNoName, message: "there is no error " + name, hint: suggestion(name, names), exit: exitNo}
}

// ruleName matches the name of a rule. Names in schemas have no hyphens.
var ruleName = regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`)

// explainRule prints a compatibility rule.
func (s *session) explainRule(id string) error {
	if r, ok := compat.FindRule(id); ok {
		s.print("%s: %s\n\n%s", r.ID, r.Level, wrapped("What: "+r.What+"\nWhy: "+r.Why+"\nDo: "+r.Write, 80))
		return nil
	}
	var names []string
	for _, r := range compat.Rules() {
		names = append(names, r.ID)
	}
	return &trouble{code: codeNoName, message: "there is no rule " + id, hint: suggestion(id, names), exit: exitNo}
}

// wrapped breaks lines that are longer than width at white space. Empty lines
// and lines that begin with white space stay as they are.
func wrapped(text string, width int) string {
	var out []string
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		for len(line) > width && !strings.HasPrefix(line, " ") {
			i := strings.LastIndex(line[:width+1], " ")
			if i < 1 {
				break
			}
			out = append(out, line[:i])
			line = line[i+1:]
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func paths(entries []*entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, e.path)
	}
	return out
}

// suggestion returns a hint with the most similar names, or with all names if there
// are few.
func suggestion(name string, names []string) string {
	if near := nearest(name, names); len(near) > 0 {
		return "did you mean " + list(near, "or") + "?"
	}
	if len(names) > 12 {
		names = append(slices.Clone(names[:12]), "…")
	}
	return "write one of " + strings.Join(names, ", ")
}

// list joins words: a, b or c.
func list(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// tsFile returns the path of the TypeScript of a package.
func tsFile(p *model.Package) string {
	if p.Dir == "." || p.Dir == "" {
		return path.Join("gen/ts", p.Name+".ts")
	}
	return path.Join("gen/ts", p.Dir+".ts")
}
