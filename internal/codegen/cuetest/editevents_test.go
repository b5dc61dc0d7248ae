package cuetest_test

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue/ast"
)

// Edits of events and their versions.

func (e *editor) removeEvent() bool {
	v, ok := e.event("event", "retired")
	if ok {
		remove(v.of.section(v.section), v.decl)
	}
	return ok
}

func (e *editor) renameEvent() bool {
	v, ok := e.event("event", "event", "retired")
	if ok {
		v.decl.Label = ast.NewIdent(e.pick(append(eventNames, "Other")...))
	}
	return ok
}

func (e *editor) addEvent() bool {
	a, ok := anyOne(e, e.aggregates())
	if ok {
		s := a.section("event")
		s.Elts = append(s.Elts, declared(e.pick(append(eventNames, "Other")...)+": {v1: "+e.payload(eventField)+"}")...)
	}
	return ok
}

// moveEvent moves an event to another aggregate, which may be new.
func (e *editor) moveEvent() bool {
	v, ok := e.event("event", "retired")
	if !ok {
		return false
	}
	to, _ := anyOne(e, e.aggregates())
	if to.decl == v.of.decl {
		d := declared("#Moved: schema.#Aggregate & {\n\tstate: {}\n\tcommand: {}\n\tevent: {}\n}\n")
		v.of.pkg.decls = append(v.of.pkg.decls, d...)
		to = editedAggregate{v.of.pkg, d[0].(*ast.Field), d[0].(*ast.Field).Value.(*ast.BinaryExpr).Y.(*ast.StructLit)}
	}
	remove(v.of.section(v.section), v.decl)
	s := to.section(v.section)
	s.Elts = append(s.Elts, v.decl)
	return true
}

// retire turns an event into a retired one, without replacement or with a new
// name.
func (e *editor) retire() bool {
	v, ok := e.event("event")
	if !ok || v.last() == 0 {
		return false
	}
	remove(v.of.section("event"), v.decl)
	becomes := "[]"
	last := fmt.Sprintf("v%d", v.last())
	switch e.IntN(4) {
	case 0:
		becomes = "_ @go(func)"
	case 1, 2:
		name := e.pick("Successor", "Other")
		becomes = fmt.Sprintf(`[{"%s.v1": %s}]`, name, last)
		s := v.of.section("event")
		s.Elts = append(s.Elts, declared(name+": {v1: "+written(find(v.body.Elts, last).Value)+"}")...)
	}
	v.body.Elts = append(v.body.Elts, declared("becomes: "+becomes)...)
	s := v.of.section("retired")
	s.Elts = append(s.Elts, v.decl)
	return true
}

// revive declares an event with the name of a retired one.
func (e *editor) revive() bool {
	v, ok := e.event("retired")
	if !ok {
		return false
	}
	if f := find(v.body.Elts, "becomes"); f != nil {
		remove(v.body, f)
	}
	remove(v.of.section("retired"), v.decl)
	s := v.of.section("event")
	s.Elts = append(s.Elts, v.decl)
	return true
}

// becomeOther changes the events that a retired event becomes.
func (e *editor) becomeOther() bool {
	v, ok := e.event("retired")
	if !ok {
		return false
	}
	f := find(v.body.Elts, "becomes")
	if f == nil {
		return false
	}
	becomes := e.pick("[]", "_ @go(func)", `[{"Twin.v1": v1}]`, `[{"Twin.v1": v1}, {"Twin.v1": v1}, {"Twin.v1": v1}]`)
	remove(v.body, f)
	v.body.Elts = append(v.body.Elts, declared("becomes: "+becomes)...)
	return true
}

// addVersion adds a version and the step to it, which may be wrong.
func (e *editor) addVersion() bool {
	v, ok := e.event("event", "event", "retired")
	if !ok || v.last() == 0 {
		return false
	}
	n := v.last()
	from := fmt.Sprintf("v%d", n)
	next, ok := parsed(written(find(v.body.Elts, from).Value)).(*ast.StructLit)
	if !ok {
		return false
	}
	step := e.nextVersion(next, from)
	v.body.Elts = append(v.body.Elts, &ast.Field{Label: ast.NewIdent(fmt.Sprintf("v%d", n+1)), Value: next})
	if step != "" {
		v.body.Elts = append(v.body.Elts, declared(fmt.Sprintf("toV%d: %s", n+1, step))...)
	}
	return true
}

// nextVersion changes a copy of a payload and returns the text of the step.
func (e *editor) nextVersion(s *ast.StructLit, from string) (step string) {
	var names []string
	for _, d := range s.Elts {
		if f, ok := d.(*ast.Field); ok && labelOf(f) != "" {
			names = append(names, labelOf(f))
		}
	}
	add := func(text string) { s.Elts = append(s.Elts, declared(text)...) }
	name := e.newName()
	switch e.IntN(9) {
	case 0:
		add(name + "?: string")
	case 1:
		add(name + ": int")
		return "{" + name + ": " + e.pick("7", "_max", "-1") + "}"
	case 2:
		add(name + `: *"x" | string`)
	case 3:
		return "_ @go(func)"
	case 4:
		if len(names) > 0 {
			remove(s, find(s.Elts, e.pick(names...)))
		}
	case 5, 6: // rename a field, and fill it from the right field or from any other
		if len(names) > 0 {
			old := e.pick(names...)
			find(s.Elts, old).Label = ast.NewIdent(name)
			return "{" + name + ": " + from + "." + e.pick(old, old, old, e.pick(names...)) + "}"
		}
	case 7: // exchange two fields
		if len(names) > 1 {
			return fmt.Sprintf("{%s: %s.%s, %s: %s.%s}", names[0], from, names[1], names[1], from, names[0])
		}
	}
	return ""
}

func (e *editor) removeVersion() bool {
	v, ok := e.event("event", "retired")
	n := 0
	if ok {
		n = v.last()
	}
	if n == 0 {
		return false
	}
	for _, name := range []string{fmt.Sprintf("v%d", n), fmt.Sprintf("toV%d", n)} {
		if f := find(v.body.Elts, name); f != nil {
			remove(v.body, f)
		}
	}
	return true
}

func (e *editor) renumber() bool {
	v, ok := e.event("event", "retired")
	if !ok || v.last() == 0 {
		return false
	}
	find(v.body.Elts, fmt.Sprintf("v%d", v.last())).Label = ast.NewIdent(fmt.Sprintf("v%d", v.last()+1))
	return true
}

// steps lists the fields that are steps between versions.
func (e *editor) steps() []fieldPlace {
	var all []fieldPlace
	for _, v := range e.events("event", "retired") {
		for _, d := range v.body.Elts {
			if strings.HasPrefix(labelOf(d), "toV") {
				all = append(all, fieldPlace{v.body, d.(*ast.Field)})
			}
		}
	}
	return all
}

// otherStep changes a step.
func (e *editor) otherStep() bool {
	p, ok := anyOne(e, e.steps())
	if !ok {
		return false
	}
	switch e.IntN(8) {
	case 0:
		remove(p.in, p.field)
	case 1:
		remove(p.in, p.field)
		p.in.Elts = append(p.in.Elts, declared(labelOf(p.field)+": _ @go(func)")...)
	case 2: // another text with the same meaning
		s, ok := p.field.Value.(*ast.StructLit)
		if ok {
			e.Shuffle(len(s.Elts), func(i, j int) { s.Elts[i], s.Elts[j] = s.Elts[j], s.Elts[i] })
		}
		return ok
	default:
		return e.stepPart(p)
	}
	return true
}

func (e *editor) stepPart(p fieldPlace) bool {
	var literals []*ast.BasicLit
	var parts []fieldPlace
	ast.Walk(p.field.Value, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			literals = append(literals, n)
		case *ast.StructLit:
			for _, d := range n.Elts {
				if f, ok := d.(*ast.Field); ok {
					parts = append(parts, fieldPlace{n, f})
				}
			}
		}
		return true
	}, nil)
	if lit, ok := anyOne(e, literals); ok && e.chance(2) {
		if other, ok := e.otherLiteral(lit).(*ast.BasicLit); ok {
			lit.Value, lit.Kind = other.Value, other.Kind
			return true
		}
		return false
	}
	part, ok := anyOne(e, parts)
	if !ok {
		return false
	}
	switch e.IntN(3) {
	case 0:
		remove(part.in, part.field)
	case 1:
		remove(part.in, part.field)
		part.in.Elts = append(part.in.Elts, declared(labelOf(part.field)+": _ @go(func)")...)
	default:
		other, _ := anyOne(e, parts)
		part.field.Value, other.field.Value = other.field.Value, part.field.Value
	}
	return true
}

func (e *editor) renameAggregate() bool {
	a, ok := anyOne(e, e.aggregates())
	if ok {
		a.decl.Label = ast.NewIdent("#Renamed")
	}
	return ok
}

func (e *editor) renamePackage() bool {
	p, ok := anyOne(e, e.packages)
	if ok {
		p.name = e.pick("renamed", "people")
	}
	return ok
}

func (e *editor) moveFolder() bool {
	p, ok := anyOne(e, e.packages)
	if ok {
		p.dir = "deep/" + p.dir
	}
	return ok
}
