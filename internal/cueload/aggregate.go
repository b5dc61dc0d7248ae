package cueload

import (
	"iter"
	"slices"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// aggregate reads an aggregate.
func (r *reader) aggregate(pkg *model.Package, d *definition) *model.Aggregate {
	a := &model.Aggregate{Package: pkg, Name: d.name(), Doc: docOf(d.value), Pos: d.pos}
	r.aggs[d.key] = a
	r.attributes(d.value, "an aggregate")
	at := site{pkg: pkg, name: naming.Exported(a.Name)}
	for name, v := range r.section(d, "command", true) {
		c := &model.Command{Name: name, Doc: docOf(v), Pos: r.pos(v)}
		reads := len(r.readings)
		c.Payload = r.payload(v, at, name, "command "+name, commandFields, "go", "ts", "internal", "in")
		c.Internal = slices.ContainsFunc(v.Attributes(cue.ValueAttr), func(a cue.Attribute) bool { return a.Name() == "internal" })
		for i := range r.readings[reads:] {
			r.readings[reads+i].of = a
		}
		r.in(v, pendingIn{what: "command " + name, state: a, refuses: a, set: func(in *model.In) { c.In = in }})
		a.Commands = append(a.Commands, c)
	}
	for name, v := range r.section(d, "event", true) {
		a.Events = append(a.Events, r.event(a, v, at, name))
	}
	for name, v := range r.section(d, "refusal", false) {
		f := &model.Refusal{Name: name, Doc: docOf(v), Pos: r.pos(v)}
		f.Payload = r.payload(v, at, name, "refusal "+name, refusalFields, "go", "ts", "message")
		r.message(v, pendingMessage{what: "refusal " + name, refusal: f, set: func(m *model.Message) { f.Message = m }})
		a.Refusals = append(a.Refusals, f)
	}
	for name, v := range r.section(d, "retired", false) {
		a.Retired = append(a.Retired, r.retired(v, at, name))
	}
	slices.SortStableFunc(a.Commands, func(x, y *model.Command) int { return comparePos(x.Pos, y.Pos) })
	slices.SortStableFunc(a.Events, func(x, y *model.Event) int { return comparePos(x.Pos, y.Pos) })
	slices.SortStableFunc(a.Retired, func(x, y *model.Retired) int { return comparePos(x.Pos, y.Pos) })
	slices.SortStableFunc(a.Refusals, func(x, y *model.Refusal) int { return comparePos(x.Pos, y.Pos) })
	distinctNames(r, "command", a.Commands, func(c *model.Command) (string, model.Pos) { return c.Name, c.Pos })
	distinctNames(r, "event", a.Events, func(e *model.Event) (string, model.Pos) { return e.Name, e.Pos })
	distinctNames(r, "refusal", a.Refusals, func(f *model.Refusal) (string, model.Pos) { return f.Name, f.Pos })
	r.unique(a, d)
	a.ID = r.ids(a, d, at)
	a.State = r.state(at, d)
	r.evolving = append(r.evolving, evolving{a, d})
	return a
}

// section yields the entries of a section, such as command or event.
func (r *reader) section(d *definition, name string, required bool) iter.Seq2[string, cue.Value] {
	return func(yield func(string, cue.Value) bool) {
		s := d.value.LookupPath(cue.ParsePath(name))
		if !s.Exists() {
			if required {
				r.problems.add(codeMissing, d.pos, "write "+name+": {…}, or "+name+": {} if there are none", "%s has no section %q", d.key.name, name)
			}
			return
		}
		for it, _ := s.Fields(); it != nil && it.Next(); {
			if !yield(it.Selector().Unquoted(), it.Value()) {
				return
			}
		}
	}
}

// distinctNames reports names that differ in letter case only. Some file
// systems and JSON decoders do not distinguish them, and people confuse them.
func distinctNames[T any](r *reader, what string, all []T, name func(T) (string, model.Pos)) {
	seen := map[string]T{}
	for _, x := range all {
		n, at := name(x)
		if old, ok := seen[naming.Fold(n)]; ok {
			other, otherAt := name(old)
			if other != n {
				r.problems.addAlso(codeCaseFold, at, []model.Pos{otherAt}, "rename one of them", "%s %s and %s differ in letter case only", what, other, n)
			}
			continue
		}
		seen[naming.Fold(n)] = x
	}
}

// payload reads the fields of a command, event version or refusal.
func (r *reader) payload(v cue.Value, at site, part, what string, in use, allowed ...string) *model.Named {
	at = at.in(part, what)
	n := &model.Named{Package: at.pkg, Name: at.name, GoName: at.name, TSName: at.name, Doc: docOf(v), Pos: r.pos(v), Inline: true}
	rename(n, r.attributes(v, what, allowed...))
	at.name, at.pos = n.GoName, n.Pos
	n.Type = &model.Type{Kind: model.Struct, Pos: n.Pos}
	if op, _ := v.Eval().Expr(); op == cue.OrOp {
		r.problems.add(codeSum, n.Pos, "make the union a field", "%s is a struct, not a union", what)
		return n
	}
	if v.IncompleteKind() == cue.StructKind {
		n.Type.Fields = r.structFields(v, n.Pos, at, in)
	}
	return n
}

// structFields reads the fields of a value that must be a struct, not a map and
// not open.
func (r *reader) structFields(v cue.Value, pos model.Pos, at site, in use) []*model.Field {
	inside := membersOf(v)
	if m, ok := r.mapType(inside, nil, pos, at); ok {
		if m.Kind == model.Map {
			r.problems.add(codeMapAndFields, pos, "make the map a field of its own", "%s is a struct, not a map", at.what)
		}
		return nil
	}
	fields := r.fields(inside, at, in)
	r.tooMany(fields, pos, at)
	return fields
}

// state reads the state of an aggregate or a view.
func (r *reader) state(at site, d *definition) *model.Type {
	v := d.value.LookupPath(cue.ParsePath("state"))
	if !v.Exists() {
		r.problems.add(codeState, d.pos, "write state: {…}", "%s has no state", d.key.name)
		return badType(d.pos)
	}
	before := len(r.problems.errs)
	t := r.typeOf(v, at.in("State", "the state of "+d.key.name), nil)
	if t.Named != nil && t.Named.Inline {
		t.Named.Doc = docOf(v)
	}
	if k := underlying(t).Kind; k != model.Struct && k != model.Sum && len(r.problems.errs) == before {
		r.problems.add(codeState, t.Pos, "make it a field: state: items: …", "the state of %s is %s: it must be a struct or a union of structs", d.key.name, aKind(k))
	}
	return t
}

func (r *reader) signals(pkg *model.Package, d *definition) *model.Signals {
	s := &model.Signals{Package: pkg, Name: d.name(), Doc: docOf(d.value), Pos: d.pos}
	s.Payload = r.payload(d.value, site{pkg: pkg}, s.Name, "signals "+s.Name, signalFields, "go", "ts")
	s.Payload.Inline = false
	return s
}
