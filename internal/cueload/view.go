package cueload

import (
	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// view reads a view. The aggregates of the package have been read before.
func (r *reader) view(pkg *model.Package, d *definition) *model.View {
	v := &model.View{Package: pkg, Name: d.name(), Doc: docOf(d.value), Pos: d.pos, Scope: model.Shared}
	r.attributes(d.value, "a view")
	at := site{pkg: pkg, name: naming.Exported(v.Name)}
	if s, err := d.value.LookupPath(cue.ParsePath("scope")).String(); err == nil {
		v.Scope = model.Scope(s)
	}
	if p := d.value.LookupPath(cue.ParsePath("param")); p.Exists() {
		v.Param = r.payload(p, at, "Params", "the parameters of "+v.Name, paramFields)
		r.params(v.Param, d)
	}
	of, on := d.value.LookupPath(cue.ParsePath("of")), d.value.LookupPath(cue.ParsePath("on"))
	if shows := d.value.LookupPath(cue.ParsePath("shows")); shows.Exists() {
		r.viewShows(v, d, shows)
		return v
	}
	if list := d.value.LookupPath(cue.ParsePath("list")); list.Exists() {
		r.viewList(v, d, list)
		return v
	}
	r.notList(v, d)
	switch {
	case of.Exists() && on.Exists():
		r.problems.addAlso(codeViewSource, r.pos(of), []model.Pos{r.pos(on)}, "keep one of them", "view %s has both of and on", v.Name)
		v.State = badType(d.pos)
	case of.Exists():
		r.viewOf(v, d, of)
	case on.Exists():
		f := r.follower(pkg, d, "view "+v.Name)
		v.On, v.Key = f.on, f.key
		v.State = r.state(at, d)
	default:
		r.problems.add(codeViewSource, d.pos, `write of: "List", on: List: ["Added"], or list: "List"`, "view %s says neither of nor on nor list: what is it made of?", v.Name)
		v.State = badType(d.pos)
	}
	r.mustExist(v, d)
	return v
}

// viewOf reads a view whose state is that of an aggregate.
func (r *reader) viewOf(v *model.View, d *definition, of cue.Value) {
	v.Key, v.State = "stream", badType(d.pos)
	for _, part := range []string{"key", "state"} {
		if x := d.value.LookupPath(cue.ParsePath(part)); x.Exists() {
			r.problems.add(codeViewSource, r.pos(x), "take it away, or fold events with on", "a view of an aggregate has the %s of the aggregate", partName(part))
		}
	}
	name, err := of.String()
	if err != nil {
		r.problems.add(codeViewAggregate, r.pos(of), `write of: "List"`, "of is the name of an aggregate")
		return
	}
	at := notMeta(posOf(of.Pos()))
	if at.File == "" {
		at = r.pos(of)
	}
	if v.Of = r.namedAggregate(v.Package, name, at); v.Of != nil {
		v.State = v.Of.State
	}
}

func partName(part string) string {
	if part == "key" {
		return "streams"
	}
	return part
}

// namedAggregate finds an aggregate of the package by its name.
func (r *reader) namedAggregate(pkg *model.Package, name string, at model.Pos) *model.Aggregate {
	if a := r.aggs[defKey{pkg.Path, "#" + name}]; a != nil {
		return a
	}
	var names []string
	for _, a := range pkg.Aggregates {
		names = append(names, a.Name)
	}
	hint := nearest(name, names, "did you mean %q?")
	if hint == "" && len(names) > 0 {
		hint = "there is " + list(names)
	}
	r.problems.add(codeViewAggregate, at, hint, "package %s has no aggregate %q", pkg.Name, name)
	return nil
}
