package main

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"ironstar.dev/internal/add"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// aggregate adds an aggregate, with a context if there is none.
func (a *addition) aggregate(c *addAggregateCmd) error {
	pkg, context, name, err := a.context(c.Name, c.In)
	if err != nil {
		return err
	}
	if err := a.checkNew("an aggregate", name, context+"."+name); err != nil {
		return err
	}
	context = cmp.Or(context, strings.ToLower(name))
	dir := context
	if pkg != nil {
		dir = pkg.Dir
	} else if err := add.CheckContext(context); err != nil {
		return wrongUse(err, "write it before the name, such as kitchen.%s", name)
	}
	fields, err := parseFields(c.Fields)
	if err != nil {
		return err
	}
	event := cmp.Or(c.Event, add.Past(c.Command))
	if err := cmp.Or(add.CheckName("a command", c.Command), add.CheckName("an event", event)); err != nil {
		return wrongUse(err, "ironstar add aggregate --help has examples")
	}
	it := add.NewAggregate(name, c.Command, event, fields, isTaken(pkg))
	file := path.Join(dir, naming.HandWrittenFile(name)[:len(naming.HandWrittenFile(name))-len(".go")]+".cue")
	if text, err := a.read(path.Join(a.project.schemaPath(), file)); err != nil {
		return err
	} else if text != nil {
		err = a.put(file, it.Definition(), "", "")
		if err != nil {
			return err
		}
	} else if err := a.newSchemaFile(file, it.Definition().File(context)); err != nil {
		return err
	}
	if err := a.load(); err != nil {
		return err
	}
	made := aggregateIn(a.after, context, name)
	first, led := made.Commands[0], made.Events[0]
	done := naming.Exported(it.Done())
	a.bodies.Decide(made, first, led, done, made.Refusals[0].Payload.GoName)
	a.bodies.Evolve(made, led, "s."+done+" = true")
	a.place(path.Join(a.project.schemaPath(), file), "// "+name+" ", "what "+name+" is, and the bounds of its fields")
	return a.handWritten(made.Package, &add.Given{Aggregate: made, Command: first, Event: led, Refusal: made.Refusals[0].Payload.GoName})
}

// newSchemaFile adds a file to the schema.
func (a *addition) newSchemaFile(name string, text []byte) error {
	f, err := add.ReadSchema(text)
	if err != nil {
		return fmt.Errorf("make %s: %w", name, err)
	}
	a.schema[name] = f
	return nil
}

func aggregateIn(s *model.Schema, context, name string) *model.Aggregate {
	for _, p := range s.Packages {
		for _, g := range p.Aggregates {
			if p.Name == context && g.Name == name {
				return g
			}
		}
	}
	return nil
}

// command adds a command, and its event unless that exists.
func (a *addition) command(c *addCommandCmd) error {
	of, name, err := a.aggregateOf(c.Name, "Recipe.Publish")
	if err != nil {
		return err
	}
	if err := a.checkNew("a command", name, pathOf(of)+"."+name); err != nil {
		return err
	}
	fields, err := parseFields(c.Fields)
	if err != nil {
		return err
	}
	event := cmp.Or(c.Event, add.Past(name))
	isNew := event != "none" && !hasEvent(of, event)
	if isNew {
		if err := a.checkNew("an event", event, pathOf(of)+"."+event); err != nil {
			return err
		}
	}
	file, enums := a.fileOf(of), add.NameEnums(fields, of.Name, isTaken(of.Package))
	if err := a.put(file, add.Member{Section: "command", Name: name, Fields: fields}.Definition(), of.Name, "command"); err != nil {
		return err
	}
	if isNew {
		if err := a.put(file, add.Member{Section: "event", Name: event, Fields: fields}.Definition(), of.Name, "event"); err != nil {
			return err
		}
	}
	if err := a.putEnums(file, enums); err != nil {
		return err
	}
	if err := a.load(); err != nil {
		return err
	}
	made := aggregateIn(a.after, of.Package.Name, of.Name)
	given := &add.Given{Aggregate: made, Command: commandOf(made, name)}
	if event != "none" {
		given.Event = eventOf(made, event)
	}
	unset := a.bodies.Decide(made, given.Command, given.Event, "", "")
	if isNew {
		a.bodies.Evolve(made, given.Event)
	}
	if len(unset) > 0 { // the test would not pass
		return a.handWritten(made.Package, nil)
	}
	return a.handWritten(made.Package, given)
}

// event adds an event.
func (a *addition) event(c *addEventCmd) error {
	of, name, err := a.aggregateOf(c.Name, "Recipe.Archived")
	if err != nil {
		return err
	}
	if err := a.checkNew("an event", name, pathOf(of)+"."+name); err != nil {
		return err
	}
	fields, err := storedFields(c.Fields)
	if err != nil {
		return err
	}
	file, enums := a.fileOf(of), add.NameEnums(fields, of.Name, isTaken(of.Package))
	if err := a.put(file, add.Member{Section: "event", Name: name, Fields: fields}.Definition(), of.Name, "event"); err != nil {
		return err
	}
	if err := a.putEnums(file, enums); err != nil {
		return err
	}
	if err := a.load(); err != nil {
		return err
	}
	made := aggregateIn(a.after, of.Package.Name, of.Name)
	a.bodies.Evolve(made, eventOf(made, name))
	return a.handWritten(made.Package, nil)
}

func (a *addition) putEnums(file string, enums []string) error {
	for _, e := range enums {
		if err := a.put(file, add.Definition{Text: e}, "", ""); err != nil {
			return err
		}
	}
	return nil
}

// fileOf returns the file of the schema in which an aggregate begins.
func (a *addition) fileOf(of *model.Aggregate) string { return of.Pos.File }

func pathOf(of *model.Aggregate) string { return of.Package.Name + "." + of.Name }

func hasEvent(of *model.Aggregate, name string) bool { return eventOf(of, name) != nil }

func eventOf(of *model.Aggregate, name string) *model.Event {
	i := slices.IndexFunc(of.Events, func(e *model.Event) bool { return e.Name == name })
	if i < 0 {
		return nil
	}
	return of.Events[i]
}

func commandOf(of *model.Aggregate, name string) *model.Command {
	i := slices.IndexFunc(of.Commands, func(c *model.Command) bool { return c.Name == name })
	return of.Commands[i]
}

// signals adds signals to a page.
func (a *addition) signals(c *addSignalCmd) error {
	pkg, context, name, err := a.context(c.Name, c.In)
	if err != nil {
		return err
	}
	if pkg == nil {
		return a.unknownContext(context)
	}
	if err := add.CheckName("signals", name); err != nil {
		return wrongUse(err, "ironstar add signal --help has examples")
	}
	fields, err := storedFields(c.Fields)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(pkg.Signals, func(g *model.Signals) bool { return g.Name == name })
	if i < 0 {
		if err := a.checkNew("signals", name, pkg.Name+"."+name); err != nil {
			return err
		}
		if err := a.put(fileFor(pkg), add.SignalsOf(name, fields), "", ""); err != nil {
			return err
		}
	} else if err := a.moreSignals(pkg.Signals[i], fields); err != nil {
		return err
	}
	return a.load()
}

func (a *addition) moreSignals(have *model.Signals, fields []add.Field) error {
	for _, f := range fields {
		for _, old := range have.Payload.Type.Fields {
			if old.InCUE() == f.Name {
				at := a.movePos(a.project, old.Pos)
				return &trouble{code: codeThere, file: at.File, line: at.Line, col: at.Col, exit: exitNo,
					message: fmt.Sprintf("signal %s of %s exists already: nothing was written", f.Name, have.Name)}
			}
		}
	}
	for _, d := range add.SignalFields(fields) {
		if err := a.put(have.Pos.File, d, have.Name, ""); err != nil {
			return err
		}
	}
	return nil
}

// fileFor returns the file of a package that gets something new: that of its
// first view or aggregate.
func fileFor(p *model.Package) string {
	switch {
	case len(p.Views) > 0:
		return p.Views[0].Pos.File
	case len(p.Aggregates) > 0:
		return p.Aggregates[0].Pos.File
	}
	return p.Files[0]
}
