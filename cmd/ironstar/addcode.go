package main

import (
	"errors"
	"go/format"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"ironstar.dev/internal/add"
	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// handWritten adds what the hand-written code of a package lacks now: types,
// methods, tests and the lines in the main file.
func (a *addition) handWritten(pkg *model.Package, given *add.Given) error {
	before := map[string]bool{} // "Recipe.DecideAdd"
	for _, side := range sides(a.project, a.before) {
		for _, m := range side.Methods {
			before[side.Import+"."+side.Type+"."+m.Name] = true
		}
	}
	for _, side := range codegen.Sides(pkg, a.project.options()) {
		var fresh []codegen.Method
		for _, m := range side.Methods {
			if !before[side.Import+"."+side.Type+"."+m.Name] {
				fresh = append(fresh, m)
			}
		}
		if len(fresh) == 0 {
			continue
		}
		var err error
		if text := a.once[side.File]; text != nil {
			a.once[side.File] = a.withBodies(side, string(text))
		} else {
			err = a.addMethods(side, fresh)
		}
		if err != nil {
			return err
		}
	}
	if err := a.historyTests(pkg); err != nil {
		return err
	}
	if given != nil {
		if err := a.test(pkg, given); err != nil {
			return err
		}
	}
	return a.wire(pkg)
}

// withBodies puts bodies into a stub.
func (a *addition) withBodies(side codegen.Side, text string) []byte {
	for _, m := range side.Methods {
		source := a.bodies.Method(side.Type, m.Name, m.Source, side.Local)
		if source != m.Source {
			text = strings.Replace(text, m.Source, source, 1)
			a.placeOfMethod(side.File, side.Type, m.Name)
		}
	}
	formatted, err := format.Source([]byte(text))
	if err != nil {
		return []byte(text) // the compiler says what is wrong
	}
	return formatted
}

// addMethods puts methods of one type into the file that declares it.
func (a *addition) addMethods(side codegen.Side, methods []codegen.Method) error {
	have := readFolder(a.project.module, path.Dir(side.File))
	typ, ok := have.implementer(side.Type)
	file := have.declared[typ].File
	if !ok {
		typ, file = side.Type, side.File
	}
	for _, m := range methods {
		if have.has(typ, m.Name, 0) {
			continue
		}
		text := renamed(a.bodies.Method(side.Type, m.Name, m.Source, side.Local), side.Type, typ)
		err := a.addMethod(file, typ, m.Name, text, side)
		if errors.Is(err, add.ErrByHand) {
			a.byHand = append(a.byHand, manual{file, text})
			continue
		}
		if err != nil {
			return err
		}
		a.placeOfMethod(file, typ, m.Name)
	}
	return nil
}

func (a *addition) addMethod(file, typ, name, text string, side codegen.Side) error {
	f, err := a.goFile(file)
	if err != nil {
		return err
	}
	for _, importPath := range side.Imports(text) {
		local, err := f.Import(importPath, side.Name(importPath), "gen")
		if err != nil {
			return err
		}
		text = add.Renamed(text, side.Name(importPath), local)
	}
	return f.AddMethod(typ, kindOfMethod.FindString(name), text)
}

// kindOfMethod finds what methods begin with that belong together.
var kindOfMethod = regexp.MustCompile(`^(?:Decide|Evolve)`)

// placeOfMethod notes a method that a person looks at.
func (a *addition) placeOfMethod(file, typ, method string) {
	what := ""
	switch {
	case strings.HasPrefix(method, "Decide"):
		what = method + ": when is the command refused, and what happens?"
	case strings.HasPrefix(method, "Evolve"):
		what = method + ": what changes in the state?"
	case strings.HasPrefix(method, "React"):
		what = method + ": what is to be done?"
	case strings.HasPrefix(method, "Due"):
		what = method + ": what is to be done then?"
	default:
		return
	}
	a.place(file, "("+typ+") "+method+"(", what)
}

func (a *addition) place(file, part, what string) { a.fill = append(a.fill, place{file, part, what}) }

// historyTests adds the tests of released events to a file that has those of
// other aggregates.
func (a *addition) historyTests(pkg *model.Package) error {
	h := historyOf(a.project, pkg)
	if len(h.tests) == 0 || a.once[h.tests[0].File] != nil {
		return nil
	}
	f, err := a.goFile(h.tests[0].File)
	if err != nil && !errors.Is(err, add.ErrByHand) {
		return err
	}
	for _, t := range h.tests {
		name := naming.HistoryTest.Of(t.Aggregate)
		if h.calls[t.Constructor] || f == nil || f.Declares(name) || f.Imported(t.Import) == "" || !f.Declares(naming.UpdateFlag) || isKnown(a.before, pkg.Name, t.Aggregate) {
			continue
		}
		_, value := a.implementation(path.Dir(t.File), t.Aggregate)
		source := strings.ReplaceAll(t.Source, "("+t.Aggregate+"{})", "("+value+")")
		if err := f.Append(add.Renamed(source, path.Base(t.Import), f.Imported(t.Import))); err != nil {
			a.byHand = append(a.byHand, manual{t.File, source})
		}
	}
	return nil
}

// implementation returns the hand-written type of a folder that implements an
// interface, and a value of it.
func (a *addition) implementation(dir, iface string) (typ, value string) {
	have := readFolder(a.project.module, dir)
	typ, ok := have.implementer(iface)
	if !ok {
		typ = iface
	}
	return typ, have.value(typ)
}

func isKnown(s *model.Schema, context, aggregate string) bool {
	return aggregateIn(s, context, aggregate) != nil
}

// test adds the first test of a command, to the test file of its aggregate or a
// new one.
func (a *addition) test(pkg *model.Package, given *add.Given) error {
	all := codegen.Sides(pkg, a.project.options())
	side := all[slices.IndexFunc(all, func(s codegen.Side) bool { return s.Type == given.Aggregate.Name })]
	dir := path.Dir(side.File)
	given.Generated, given.Package, given.Code = side.Import, side.Package, path.Join(a.project.modPath, dir)
	given.Type, given.Value = a.implementation(dir, side.Type)
	given.ImportOf = func(p *model.Package) string {
		return path.Join(a.project.modPath, a.project.options().Gen, naming.Folder(p))
	}
	file := strings.TrimSuffix(side.File, ".go") + "_test.go"
	f, err := a.goFile(file)
	if err == nil && f == nil {
		text := a.once[file] // that of an aggregate History has the history tests
		if text == nil {
			text = given.NewFile()
		}
		f, err = a.readGo(file, text)
	}
	if err == nil {
		err = given.Put(f)
	}
	if _, edited := a.code[file]; err == nil && !edited {
		a.once[file] = f.Text()
	}
	switch {
	case errors.Is(err, add.ErrByHand):
		a.say("no test of %s was written: write one into %s", given.Command.Name, a.rel(filepath.Join(a.project.module, file)))
		return nil
	case err == nil:
		a.place(file, "func "+given.Name()+"(", given.Name()+": what happened before, and what a command leads to")
	}
	return err
}
