package cueload

import (
	"slices"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// aggregate reads an aggregate.
func (r *reader) aggregate(pkg *model.Package, d *definition) *model.Aggregate {
	a := &model.Aggregate{Package: pkg, Name: d.name(), Doc: docOf(d.value), Pos: d.pos}
	r.aggs[d.key] = a
	at := site{pkg: pkg, name: exported(a.Name)}
	for name, v := range r.section(d.value, "command") {
		c := &model.Command{Name: name, Doc: docOf(v), Pos: ownPos(v)}
		c.Payload = r.payload(v, at, name, "command "+name, commandFields)
		a.Commands = append(a.Commands, c)
	}
	for name, v := range r.section(d.value, "event") {
		a.Events = append(a.Events, r.event(v, at, name))
	}
	for name, v := range r.section(d.value, "refusal") {
		f := &model.Refusal{Name: name, Doc: docOf(v), Pos: ownPos(v)}
		f.Payload = r.payload(v, at, name, "refusal "+name, plain)
		a.Refusals = append(a.Refusals, f)
	}
	slices.SortStableFunc(a.Commands, func(x, y *model.Command) int { return comparePos(x.Pos, y.Pos) })
	slices.SortStableFunc(a.Events, func(x, y *model.Event) int { return comparePos(x.Pos, y.Pos) })
	slices.SortStableFunc(a.Refusals, func(x, y *model.Refusal) int { return comparePos(x.Pos, y.Pos) })
	a.State = r.state(d.value.LookupPath(cue.ParsePath("state")), at, d)
	return a
}

// section yields the entries of command, event or refusal.
func (r *reader) section(v cue.Value, name string) func(func(string, cue.Value) bool) {
	return func(yield func(string, cue.Value) bool) {
		s := v.LookupPath(cue.ParsePath(name))
		for iter, _ := s.Fields(); iter != nil && iter.Next(); {
			if !yield(iter.Selector().Unquoted(), iter.Value()) {
				return
			}
		}
	}
}

// payload reads the fields of a command, event version or refusal.
func (r *reader) payload(v cue.Value, at site, part, what string, in use) *model.Named {
	at = at.in(part, what)
	n := &model.Named{Package: at.pkg, Name: at.name, GoName: at.name, TSName: at.name, Doc: docOf(v), Pos: ownPos(v), Inline: true}
	n.Type = &model.Type{Kind: model.Struct, Pos: n.Pos, Fields: r.fields(v, at, in)}
	return n
}

func (r *reader) event(v cue.Value, at site, name string) *model.Event {
	e := &model.Event{Name: name, Doc: docOf(v), Pos: ownPos(v)}
	for _, a := range v.Attributes(cue.ValueAttr) {
		e.Final = e.Final || a.Name() == "final"
	}
	v1 := v.LookupPath(cue.ParsePath("v1"))
	if !v1.Exists() {
		return e
	}
	p := r.payload(v1, at, name, "event "+name, plain)
	e.Versions = append(e.Versions, &model.EventVersion{Version: 1, Pos: ownPos(v1), Payload: p})
	return e
}

// state reads what an aggregate or a view folds events into.
func (r *reader) state(v cue.Value, at site, d *definition) *model.Type {
	if !v.Exists() {
		r.problems.add(codeState, d.pos, "write state: {…}", "%s has no state", d.key.name)
		return badType(d.pos)
	}
	return r.typeOf(v, at.in("State", "the state of "+d.key.name), nil)
}

func (r *reader) signals(pkg *model.Package, d *definition) *model.Signals {
	s := &model.Signals{Package: pkg, Name: d.name(), Doc: docOf(d.value), Pos: d.pos}
	s.Payload = r.payload(d.value, site{pkg: pkg}, s.Name, "signals "+s.Name, plain)
	return s
}
