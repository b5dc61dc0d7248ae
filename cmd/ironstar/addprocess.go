package main

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ironstar.dev/internal/add"
	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// addProcessCmd is `ironstar add process`.
type addProcessCmd struct {
	Name   string   `arg:"" help:"Name of the process, such as Closer."`
	Fields []string `arg:"" optional:"" help:"Fields of what it remembers. By default it remembers nothing."`
	On     []string `required:"" help:"The events that it reacts to, such as Recipe.Added,Recipe.Archived." placeholder:"EVENT"`
	Key    string   `default:"stream" help:"stream, global, or a field of all its events: what tells its instances apart."`
	Timer  []string `help:"Points in time that it waits for, such as Expire." placeholder:"NAME"`
	Send   []string `help:"Commands that it sends, such as Recipe.Archive." placeholder:"COMMAND"`
	addFlags
}

// Help is shown by ironstar add process --help.
func (addProcessCmd) Help() string {
	return `Adds a process, which does something by itself when events have happened, with its code and a test. It needs a timer or a
command. With both, its first event sets the timer for a day later, and the timer sends the command. Change that to what
is right. Effects in the outside world, and what it does about refusals, are written into the schema by hand.

Examples:

    ironstar add process Archivist --on Recipe.Added --timer Old --send Recipe.Archive
    ironstar add process Welcome --on Guest.Invited --send Guest.Greet
    ironstar add process Counter --on Recipe.Added --key global --timer Report count:int`
}

// Run adds it.
func (c *addProcessCmd) Run(ctx context.Context, s *session) error {
	a, err := s.startAdding(ctx, c.addFlags)
	if err != nil {
		return err
	}
	if err := a.process(c); err != nil {
		return err
	}
	return a.finish()
}

// process adds a process.
func (a *addition) process(c *addProcessCmd) error {
	if len(c.Timer)+len(c.Send) == 0 {
		return &trouble{code: codeUsage, message: "a process does something", hint: "add --timer Expire, or --send Recipe.Archive"}
	}
	p := add.Process{Key: c.Key, Timers: c.Timer}
	pkg, err := a.processOn(c, &p)
	if err != nil {
		return err
	}
	p.Name = strings.TrimPrefix(c.Name, pkg.Name+".")
	if err := a.checkNew("a process", p.Name, pkg.Name+"."+p.Name); err != nil {
		return err
	}
	for _, t := range p.Timers {
		if err := add.CheckName("a timer", t); err != nil {
			return wrongUse(err, "ironstar add process --help has examples")
		}
	}
	if p.Fields, err = storedFields(c.Fields); err != nil {
		return err
	}
	p.Enums = add.NameEnums(p.Fields, p.Name, isTaken(pkg))
	file := a.fileOf(aggregateIn(a.before, pkg.Name, p.On[0].Aggregate))
	if err := a.put(file, p.Definition(), "", ""); err != nil {
		return err
	}
	if err := a.load(); err != nil {
		return err
	}
	for _, after := range a.after.Packages {
		for _, made := range after.Processes {
			if after.Name == pkg.Name && made.Name == p.Name {
				a.bodies.React(made)
				if err := a.handWritten(after, nil); err != nil {
					return err
				}
				return a.processTest(made)
			}
		}
	}
	return nil
}

// processOn reads the events and commands of a process.
func (a *addition) processOn(c *addProcessCmd, p *add.Process) (*model.Package, error) {
	v := add.View{}
	pkg, err := a.eventsOf(c.On, &v.On, "process")
	if err != nil {
		return nil, err
	}
	p.On = v.On
	for _, name := range c.Send {
		of, command, err := a.aggregateOf(name, "Recipe.Archive")
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(of.Commands, func(c *model.Command) bool { return c.Name == command }) {
			var names []string
			for _, c := range of.Commands {
				names = append(names, c.Name)
			}
			return nil, &trouble{code: codeNoName, message: fmt.Sprintf("%s has no command %s", of.Name, command), hint: "its commands are " + list(names, "and") + "; ironstar add command adds one"}
		}
		if pkg != of.Package {
			return nil, &trouble{code: codeUsage, message: "a process sends commands of its own context", hint: "leave out those of " + of.Package.Name}
		}
		addSource(&p.Sends, of.Name, command)
	}
	return pkg, nil
}

// processTest adds the first test of a process, in a file of its own.
func (a *addition) processTest(p *model.Process) error {
	var side, of codegen.Side
	for _, s := range codegen.Sides(p.Package, a.project.options()) {
		if s.Type == p.Name {
			side = s
		}
		if s.Type == p.On[0].Aggregate.Name {
			of = s
		}
	}
	file := strings.TrimSuffix(side.File, ".go") + "_test.go"
	_, value := a.implementation(path.Dir(side.File), side.Type)
	_, aggregate := a.implementation(path.Dir(of.File), of.Type)
	h := add.Happening{
		Process: p, Value: value, Aggregate: aggregate, Generated: side.Import, Package: side.Package,
		ImportOf: func(p *model.Package) string {
			return path.Join(a.project.modPath, a.project.options().Gen, naming.Folder(p))
		},
	}
	have, err := a.read(file)
	if err != nil {
		return err
	}
	f, err := a.readGo(file, h.NewFile())
	if err == nil {
		err = h.Put(f)
	}
	switch {
	case errors.Is(err, add.ErrByHand), have != nil, a.once[file] != nil:
		a.say("no test of %s was written: write one into %s", p.Name, a.rel(filepath.Join(a.project.module, file)))
		return nil
	case err != nil:
		return err
	}
	a.once[file] = f.Text()
	a.place(file, "func "+h.Name()+"(", h.Name()+": what happened, and what the process does then")
	return nil
}
