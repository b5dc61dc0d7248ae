package cueload

import (
	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// event reads an event and its versions, without the steps between versions.
func (r *reader) event(of *model.Aggregate, v cue.Value, at site, name string) *model.Event {
	e := &model.Event{Name: name, Doc: docOf(v), Pos: r.pos(v)}
	what := "event " + name
	a := r.attributes(v, what, "final", "in", "to", "go", "ts")
	// In Closed: v1: {…} @final() CUE attaches the attribute to v1.
	v1 := v.LookupPath(cue.ParsePath("v1"))
	b := r.attributes(v1, what, "final", "in", "to", "go", "ts")
	e.Final = a.final || b.final
	for _, v := range []cue.Value{v, v1} {
		r.in(v, pendingIn{what: what, state: of, set: func(in *model.In) { e.In = in }})
		r.to(v, e, of)
	}
	if a.goName == "" && a.tsName == "" {
		a = b
	}
	e.Versions = r.versions(v, at, name, what, a, false)
	if n := len(e.Versions); n > 0 {
		if p := e.Versions[n-1].Payload; p.Doc == "" {
			p.Doc = e.Doc
		}
	}
	return e
}

// retired reads a retired event.
func (r *reader) retired(v cue.Value, at site, name string) *model.Retired {
	e := &model.Retired{Name: name, Doc: docOf(v), Pos: r.pos(v)}
	a := r.attributes(v, "a retired event", "go", "ts")
	e.Versions = r.versions(v, at, name, "retired event "+name, a, true)
	return e
}

// versions reads v1, v2, …. There must be no gap, and a version for every step.
// The Go name of the last version is that of the event; the others, and all
// versions of a retired event, have their number as a suffix.
func (r *reader) versions(v cue.Value, at site, name, what string, a attrs, retired bool) []*model.EventVersion {
	parts := map[string]cue.Value{}
	for it, _ := v.Fields(); it != nil && it.Next(); {
		parts[it.Selector().Unquoted()] = it.Value()
	}
	// The meta-schema requires a v1, so it is among the fields even if the schema
	// does not have one.
	if !v.LookupPath(cue.ParsePath("v1")).Exists() {
		r.problems.add(codeVersionGap, r.pos(v), "write "+name+": v1: {…}", "%s has no v1", what)
		return nil
	}
	last := 0
	for part := range parts {
		if n, step := versionOf(part); !step {
			last = max(last, n)
		}
	}
	for _, part := range keys(parts) {
		n, step := versionOf(part)
		at := r.pos(parts[part])
		if _, ok := parts[versionName(n)]; step && !ok {
			r.problems.add(codeVersionGap, at, "write "+versionName(n)+": {…}", "%s has %s, but no %s", what, part, versionName(n))
		}
		if _, ok := parts[versionName(n-1)]; !step && n > 1 && !ok {
			r.problems.add(codeVersionGap, at, "versions are v1, v2, … without a gap", "%s has %s, but no %s", what, part, versionName(n-1))
			last = min(last, n-1)
		}
	}
	var out []*model.EventVersion
	for n := 1; n <= last; n++ {
		one, ok := parts[versionName(n)]
		if !ok {
			break
		}
		suffix := naming.Exported(versionName(n))
		if n == last && !retired {
			suffix = ""
		}
		p := r.payload(one, at, name+suffix, what, plain, "final", "in", "to", "go", "ts")
		rename(p, a.with(suffix))
		out = append(out, &model.EventVersion{Version: n, Pos: r.pos(one), Payload: p})
	}
	return out
}

// with returns the attributes with a suffix on the names in them.
func (a attrs) with(suffix string) attrs {
	if a.goName != "" {
		a.goName += suffix
	}
	if a.tsName != "" {
		a.tsName += suffix
	}
	return a
}
