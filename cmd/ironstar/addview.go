package main

import (
	"fmt"
	"slices"
	"strings"

	"ironstar.dev/internal/add"
	"ironstar.dev/internal/model"
)

// view adds a view.
func (a *addition) view(c *addViewCmd) error {
	if (c.Of == "") == (len(c.On) == 0) {
		return &trouble{code: codeUsage, message: "a view is either the state of an aggregate or folded from events", hint: "add --of Recipe, or --on Recipe.Added"}
	}
	v := add.View{Name: c.Name, Key: c.Key}
	var pkg *model.Package
	var err error
	if c.Of != "" {
		pkg, err = a.viewOf(c, &v)
	} else {
		pkg, err = a.viewOn(c, &v)
	}
	if err != nil {
		return err
	}
	v.Name = strings.TrimPrefix(c.Name, pkg.Name+".")
	if err := a.checkNew("a view", v.Name, pkg.Name+"."+v.Name); err != nil {
		return err
	}
	if err := a.put(fileFor(pkg), v.Definition(), "", ""); err != nil {
		return err
	}
	if err := a.load(); err != nil {
		return err
	}
	for _, p := range a.after.Packages {
		for _, made := range p.Views {
			if p.Name == pkg.Name && made.Name == v.Name {
				a.bodies.Fold(made)
				return a.handWritten(p, nil)
			}
		}
	}
	return nil
}

// viewOf reads the arguments of a view that is the state of an aggregate.
func (a *addition) viewOf(c *addViewCmd, v *add.View) (*model.Package, error) {
	of, err := a.findAggregate(c.Of)
	if err != nil {
		return nil, err
	}
	if len(c.Fields) > 0 {
		return nil, &trouble{code: codeUsage, message: "with --of, the view has the state of the aggregate, and no fields of its own", hint: "leave the fields out"}
	}
	v.Of = of.Name
	return of.Package, nil
}

// viewOn reads the arguments of a view that is folded from events.
func (a *addition) viewOn(c *addViewCmd, v *add.View) (*model.Package, error) {
	pkg, err := a.eventsOf(c.On, &v.On, "view")
	if err != nil {
		return nil, err
	}
	fields, err := storedFields(c.Fields)
	if err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		fields = []add.Field{{Name: "count", Type: "int"}}
	}
	v.Fields = fields
	v.Enums = add.NameEnums(v.Fields, v.Name, isTaken(pkg))
	return pkg, nil
}

// eventsOf reads the events that a view folds or a process reacts to.
func (a *addition) eventsOf(events []string, on *[]add.Source, what string) (pkg *model.Package, err error) {
	for _, name := range events {
		of, event, err := a.aggregateOf(name, "Recipe.Added")
		if err != nil {
			return nil, err
		}
		if !hasEvent(of, event) {
			var names []string
			for _, e := range of.Events {
				names = append(names, e.Name)
			}
			return nil, &trouble{code: codeNoName, message: fmt.Sprintf("%s has no event %s", of.Name, event), hint: "its events are " + list(names, "and")}
		}
		if pkg != nil && pkg != of.Package {
			return nil, &trouble{code: codeUsage, message: "a " + what + " has events of one context", hint: "leave out those of " + of.Package.Name}
		}
		pkg = of.Package
		addSource(on, of.Name, event)
	}
	return pkg, nil
}

// addSource adds an event or command of an aggregate, once.
func addSource(all *[]add.Source, aggregate, name string) {
	i := slices.IndexFunc(*all, func(s add.Source) bool { return s.Aggregate == aggregate })
	if i < 0 {
		i = len(*all)
		*all = append(*all, add.Source{Aggregate: aggregate})
	}
	if s := &(*all)[i]; !slices.Contains(s.Events, name) {
		s.Events = append(s.Events, name)
	}
}
