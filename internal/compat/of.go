package compat

import (
	"slices"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// Of is the lock of a schema as if it had been released just now, without
// samples.
func Of(s *model.Schema) *Lock {
	l := &Lock{}
	for _, p := range s.Packages {
		for _, a := range p.Aggregates {
			l.aggregate(a)
		}
		for _, v := range p.Views {
			l.Entries = append(l.Entries, &Entry{What: View, Of: p.Name, Name: v.Name, Key: viewKey(v), Shape: payload(v.Param)})
		}
		for _, g := range p.Signals {
			l.Entries = append(l.Entries, &Entry{What: Signals, Of: p.Name, Name: g.Name, Shape: payload(g.Payload)})
		}
	}
	l.sort()
	return l
}

// Next is what a release writes into the lock: the schema as it is, with the
// samples and outputs of what was released before.
func Next(old *Lock, s *model.Schema) *Lock {
	next := Of(s)
	before := old.index()
	for _, e := range next.Entries {
		if was := before[e.key()]; was != nil {
			e.Samples, e.Outputs = was.Samples, was.Outputs
		}
	}
	return next
}

func (l *Lock) aggregate(a *model.Aggregate) {
	kind := Kind(a)
	for _, c := range a.Commands {
		l.Entries = append(l.Entries, &Entry{What: Command, Of: kind, Name: c.Name, Shape: asked(c.Payload)})
	}
	for _, e := range histories(a) {
		for _, v := range e.versions {
			s := payload(v.Payload)
			l.Entries = append(l.Entries, &Entry{What: Event, Of: kind, Name: e.name, Version: v.Version, Shape: s, Hash: s.Hash(), Step: shape.Step(v.Upcast)})
		}
		if e.retired != nil {
			l.Entries = append(l.Entries, &Entry{What: Retired, Of: kind, Name: e.name, Step: shape.Becomes(e.retired)})
		}
	}
}

// Kind is the kind of an aggregate's streams, as it is stored: "todo.List".
func Kind(a *model.Aggregate) string { return a.Package.Name + "." + a.Name }

func viewKey(v *model.View) string {
	if v.Of != nil {
		return "stream"
	}
	return v.Key
}

func payload(n *model.Named) *shape.Type {
	if n == nil {
		return nil
	}
	return shape.Of(&model.Type{Kind: model.Ref, Named: n})
}

// asked is the shape of what people send of a command: without the fields that
// the boundary fills in.
func asked(n *model.Named) *shape.Type {
	sent := *n.Type
	sent.Fields = slices.DeleteFunc(slices.Clone(sent.Fields), func(f *model.Field) bool { return f.Inject != model.InjectNone })
	return shape.Of(&sent)
}

// history is an event of the schema, written or retired.
type history struct {
	of       *model.Aggregate
	name     string
	pos      model.Pos
	versions []*model.EventVersion
	event    *model.Event   // one of the two is set
	retired  *model.Retired //
}

// histories lists the events of an aggregate, retired ones last.
func histories(a *model.Aggregate) []history {
	var all []history
	for _, e := range a.Events {
		all = append(all, history{of: a, name: e.Name, pos: e.Pos, versions: e.Versions, event: e})
	}
	for _, r := range a.Retired {
		all = append(all, history{of: a, name: r.Name, pos: r.Pos, versions: r.Versions, retired: r})
	}
	return all
}
