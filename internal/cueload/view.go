package cueload

import (
	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// view reads a view. The aggregates of the package have been read.
func (r *reader) view(pkg *model.Package, d *definition) *model.View {
	v := &model.View{Package: pkg, Name: d.name(), Doc: docOf(d.value), Pos: d.pos, Scope: model.Shared}
	at := site{pkg: pkg, name: exported(v.Name)}
	if s, err := d.value.LookupPath(cue.ParsePath("scope")).String(); err == nil {
		v.Scope = model.Scope(s)
	}
	if p := d.value.LookupPath(cue.ParsePath("param")); p.Exists() {
		v.Param = r.payload(p, at, "Params", "the parameters of "+v.Name, paramFields)
	}
	if of, err := d.value.LookupPath(cue.ParsePath("of")).String(); err == nil {
		v.Key = "stream"
		if v.Of = r.aggs[defKey{pkg.Path, "#" + of}]; v.Of != nil {
			v.State = v.Of.State
		}
		return v
	}
	v.Key, _ = d.value.LookupPath(cue.ParsePath("key")).String()
	for name, list := range r.section(d.value, "on") {
		agg := r.aggs[defKey{pkg.Path, "#" + name}]
		if agg == nil {
			continue
		}
		src := model.Source{Aggregate: agg}
		for iter, _ := list.List(); iter.Next(); {
			name, _ := iter.Value().String()
			for _, e := range agg.Events {
				if e.Name == name {
					src.Events = append(src.Events, e)
				}
			}
		}
		v.On = append(v.On, src)
	}
	v.State = r.state(d.value.LookupPath(cue.ParsePath("state")), at, d)
	return v
}
