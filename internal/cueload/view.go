package cueload

import (
	"slices"

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
		r.viewOn(v, d, on)
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

// viewOn reads a view that is folded from events.
func (r *reader) viewOn(v *model.View, d *definition, on cue.Value) {
	for it, _ := on.Fields(); it != nil && it.Next(); {
		at := r.pos(it.Value())
		agg := r.namedAggregate(v.Package, it.Selector().Unquoted(), at)
		if agg == nil {
			continue
		}
		src := model.Source{Aggregate: agg, Events: r.namedEvents(agg, it.Value(), at)}
		v.On = append(v.On, src)
	}
	slices.SortFunc(v.On, func(a, b model.Source) int { return comparePos(a.Aggregate.Pos, b.Aggregate.Pos) })
	key := d.value.LookupPath(cue.ParsePath("key"))
	if !key.Exists() {
		r.problems.add(codeViewKey, d.pos, `write key: "stream", key: "global" or the name of a field of every event`, "view %s has no key: what tells its instances apart?", v.Name)
		return
	}
	v.Key, _ = key.String()
	r.key(v, r.pos(key))
}

// namedEvents finds the events that a view names.
func (r *reader) namedEvents(agg *model.Aggregate, v cue.Value, at model.Pos) []*model.Event {
	var names []string
	for _, e := range agg.Events {
		names = append(names, e.Name)
	}
	wanted := map[string]bool{}
	n := 0
	for it, _ := v.List(); it.Next(); n++ {
		name, _ := it.Value().String()
		itemAt := notMeta(posOf(it.Value().Pos()))
		if itemAt.File == "" {
			itemAt = at
		}
		if wanted[name] {
			r.problems.add(codeViewEvent, itemAt, "", "event %s is named twice", name)
		}
		wanted[name] = true
		if !slices.Contains(names, name) {
			r.problems.add(codeViewEvent, itemAt, nearest(name, names, "did you mean %q?"), "aggregate %s has no event %q", agg.Name, name)
		}
	}
	if n == 0 {
		r.problems.add(codeViewEvent, at, "name at least one event", "no event of %s is named", agg.Name)
	}
	var out []*model.Event
	for _, e := range agg.Events {
		if wanted[e.Name] {
			out = append(out, e)
		}
	}
	return out
}

// key checks the key of a view.
func (r *reader) key(v *model.View, at model.Pos) {
	switch v.Key {
	case "global":
		return
	case "stream":
		if len(v.On) > 1 {
			r.problems.add(codeViewKey, at, `use a field that all events have, or "global"`, "view %s is made of several aggregates, so its key cannot be the stream", v.Name)
		}
		return
	}
	var first *model.Field
	for _, s := range v.On {
		for _, e := range s.Events {
			f := fieldOf(e, v.Key)
			switch {
			case f == nil:
				r.problems.addAlso(codeViewKey, at, []model.Pos{e.Pos}, `use "stream", "global" or a field of every event`, "event %s has no field %q to be the key of view %s", e.Name, v.Key, v.Name)
			case f.Optional || f.Const != nil || !canBeKey(f.Type):
				r.problems.addAlso(codeViewKey, at, []model.Pos{f.Pos}, "a key is a string, a UUID or an enum of strings, and always there", "field %s of event %s cannot be a key", v.Key, e.Name)
			case first != nil && !sameKey(first.Type, f.Type):
				r.problems.addAlso(codeViewKey, at, []model.Pos{first.Pos, f.Pos}, "give it one type", "field %s has different types in the events of view %s", v.Key, v.Name)
			default:
				r.keyText(v, at, f)
				first = f
			}
		}
	}
}

func fieldOf(e *model.Event, name string) *model.Field {
	if len(e.Versions) == 0 {
		return nil
	}
	for _, f := range e.Versions[len(e.Versions)-1].Payload.Type.Fields {
		if f.InCUE() == name {
			return f
		}
	}
	return nil
}

func canBeKey(t *model.Type) bool {
	t = underlying(t)
	switch t.Kind {
	case model.String, model.UUID:
		return true
	case model.Enum:
		return len(t.Values) > 0 && t.Values[0].Kind == model.String
	}
	return false
}

// sameKey reports whether two fields have the same type in Go.
func sameKey(a, b *model.Type) bool {
	ua, ub := underlying(a), underlying(b)
	if ua.Kind == model.Enum {
		return ua == ub
	}
	return ua.Kind == ub.Kind
}
