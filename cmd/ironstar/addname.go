package main

import (
	"fmt"
	"slices"
	"strings"

	"ironstar.dev/internal/add"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// context finds the package of a schema for something new: the part of its name
// before the point, or --in, or the only one. It returns nil and a name if the
// package is new.
func (a *addition) context(name, in string) (pkg *model.Package, context, rest string, err error) {
	if before, after, ok := strings.Cut(name, "."); ok {
		if in != "" && in != before {
			return nil, "", "", &trouble{code: codeUsage, message: fmt.Sprintf("%s is in %s, and --in says %s", name, before, in), hint: "leave one of them out"}
		}
		in, name = before, after
	}
	if in == "" {
		all := a.contexts()
		switch {
		case len(all) == 1:
			return all[0], all[0].Name, name, nil
		case len(all) > 1:
			return nil, "", "", &trouble{code: codeUsage, message: fmt.Sprintf("the schema has several contexts: %s", list(contextNames(all), "and")), hint: fmt.Sprintf("write %s.%s, or --in %[1]s", contextNames(all)[0], name)}
		}
		return nil, "", name, nil
	}
	for _, p := range a.before.Packages {
		if p.Name == in || p.Dir == in {
			return p, p.Name, name, nil
		}
	}
	return nil, in, name, nil
}

// contexts lists the packages with aggregates or views, or, if there are none, all.
func (a *addition) contexts() []*model.Package {
	var all []*model.Package
	for _, p := range a.before.Packages {
		if len(p.Aggregates)+len(p.Views) > 0 {
			all = append(all, p)
		}
	}
	if all == nil {
		return a.before.Packages
	}
	return all
}

func contextNames(all []*model.Package) []string {
	var names []string
	for _, p := range all {
		names = append(names, naming.Folder(p))
	}
	return names
}

// unknownContext is the error about a context that does not exist.
func (a *addition) unknownContext(name string) error {
	all := contextNames(a.before.Packages)
	if len(all) == 0 {
		return &trouble{code: codeNoName, message: "the schema has no context yet", hint: "begin with an aggregate: ironstar add aggregate kitchen.Recipe"}
	}
	return &trouble{code: codeNoName, message: fmt.Sprintf("the schema has no context %s", name), hint: "there are " + list(all, "and")}
}

// aggregateOf finds the aggregate in a name such as Recipe.Publish or
// kitchen.Recipe.Publish, and returns it with the rest.
func (a *addition) aggregateOf(name, example string) (*model.Aggregate, string, error) {
	i := strings.LastIndex(name, ".")
	if i < 0 {
		return nil, "", &trouble{code: codeUsage, message: fmt.Sprintf("%q does not say which aggregate it belongs to", name), hint: "write the aggregate, a point and the name, such as " + example}
	}
	found, err := a.findAggregate(name[:i])
	return found, name[i+1:], err
}

// findAggregate finds an aggregate by its name, or its context and name.
func (a *addition) findAggregate(name string) (*model.Aggregate, error) {
	var all []*entry
	var names []string
	for _, e := range index(a.before) {
		if e.kind == "aggregate" {
			all = append(all, e)
			names = append(names, e.path)
		}
	}
	found := find(all, name)
	if len(found) == 1 {
		return found[0].aggregate, nil
	}
	t := &trouble{code: codeNoName, message: fmt.Sprintf("the schema has no aggregate %q", name), hint: "ironstar add aggregate NAME adds one"}
	if near := nearest(name, names); len(near) > 0 {
		t.hint = "did you mean " + list(near, "or") + "?"
	} else if len(names) > 0 {
		t.hint = "there are " + list(names, "and") + "; " + t.hint
	}
	if len(found) > 1 {
		t.message, t.hint = fmt.Sprintf("several aggregates are called %s", name), "write one of "+list(paths(found), "or")
	}
	return nil, t
}

// checkNew returns an error unless a name is good for something new.
func (a *addition) checkNew(what, name, path string) error {
	if err := add.CheckName(what, name); err != nil {
		return wrongUse(err, "ironstar add --help has examples")
	}
	for _, e := range index(a.before) {
		if e.path == path {
			return a.isThere(e)
		}
	}
	return nil
}

// isThere is the error about something that exists.
func (a *addition) isThere(e *entry) error {
	at := a.movePos(a.project, e.pos())
	return &trouble{code: codeThere, file: at.File, line: at.Line, col: at.Col, exit: exitNo,
		message: fmt.Sprintf("%s %s exists already: nothing was written", e.kind, e.path), hint: "take another name, or change it there"}
}

// isTaken reports whether a package has a type of that name.
func isTaken(p *model.Package) func(string) bool {
	return func(name string) bool {
		return p != nil && slices.ContainsFunc(naming.Types(p), func(t naming.Type) bool { return t.GoName == name || t.Name == name })
	}
}
