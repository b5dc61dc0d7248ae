package compat

import (
	"slices"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/shape"
)

// LockOf returns the lock that a release of the schema would write, without
// samples.
func LockOf(s *model.Schema) *Lock {
	l := &Lock{format: lockFormat}
	for _, p := range s.Packages {
		for _, a := range p.Aggregates {
			l.aggregate(a)
		}
		for _, v := range p.Views {
			l.Entries = append(l.Entries, &Entry{What: View, Of: p.Name, Name: v.Name, Key: viewKey(v), Address: viewAddress(v), Shape: payload(v.Param)})
		}
		for _, q := range p.Queries {
			l.query(q)
		}
		for _, one := range p.Processes {
			l.process(one)
		}
		for _, g := range p.Signals {
			l.Entries = append(l.Entries, &Entry{What: Signals, Of: p.Name, Name: g.Name, Shape: payload(g.Payload)})
		}
	}
	l.sort()
	return l
}

// Next returns the lock that a release writes. It describes the current schema,
// and has the samples and outputs of earlier releases.
func Next(old *Lock, s *model.Schema) *Lock {
	next := LockOf(s)
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
	if a.ID != nil {
		l.Entries = append(l.Entries, &Entry{What: IDs, Of: kind, Name: "ID", Shape: shape.Of(a.ID)})
	}
	for _, c := range a.Commands {
		l.Entries = append(l.Entries, &Entry{What: Command, Of: kind, Name: c.Name, Address: commandAddress(a, c), Shape: sentShape(c.Payload)})
	}
	for _, e := range histories(a) {
		for _, v := range e.versions {
			s := payload(v.Payload)
			l.Entries = append(l.Entries, &Entry{What: Event, Of: kind, Name: e.name, Version: v.Version, Shape: s, Hash: s.Hash(), Step: shape.Step(v.Upcast), Final: e.event != nil && e.event.Final})
		}
		if e.retired != nil {
			l.Entries = append(l.Entries, &Entry{What: Retired, Of: kind, Name: e.name, Step: shape.Becomes(e.retired)})
		}
	}
}

// Kind returns the stored kind of an aggregate's streams: "todo.List".
func Kind(a *model.Aggregate) string { return a.Package.Name + "." + a.Name }

func commandAddress(a *model.Aggregate, c *model.Command) string {
	if c.Internal {
		return ""
	}
	return naming.Address(a.Package, a.Name) + "/{id}/" + naming.Kebab(c.Name)
}

func viewAddress(v *model.View) string {
	if v.Key == "global" {
		return naming.Address(v.Package, v.Name)
	}
	return naming.Address(v.Package, v.Name) + "/{key}"
}

func viewKey(v *model.View) string {
	if v.Of != nil && v.List == nil {
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

// sentShape returns the shape of the command that clients send, without the fields
// that the server fills in.
func sentShape(n *model.Named) *shape.Type {
	sent := *n.Type
	sent.Fields = slices.DeleteFunc(slices.Clone(sent.Fields), func(f *model.Field) bool { return f.Inject != model.InjectNone })
	return shape.Of(&sent)
}

// history is an event of the schema, in use or retired.
type history struct {
	of       *model.Aggregate
	name     string
	pos      model.Pos
	versions []*model.EventVersion
	event    *model.Event   // nil if the event is retired
	retired  *model.Retired // nil if the event is in use
}

// histories lists the events of an aggregate, the retired ones last.
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
