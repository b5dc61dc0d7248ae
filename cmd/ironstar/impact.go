package main

import (
	"fmt"
	"slices"

	"ironstar.dev/internal/model"
)

// impact lists the states that are folded again when an event changes, and the views,
// queries and processes that read it.
func (d *explanation) impact() []string {
	a := d.entry.aggregate
	if a == nil || d.entry.event == nil && d.entry.retired == nil {
		return nil
	}
	events := d.eventsOf()
	lines := []string{fmt.Sprintf("the state of every stream of %s.%s, at the next read of the stream; old snapshots are not used", d.entry.pkg.Name, a.Name)}
	for _, p := range d.schema.Packages {
		for _, v := range p.Views {
			name := p.Name + "." + v.Name
			if v.Of == a {
				shows := "which shows that state"
				if v.List != nil {
					shows = "which lists such states"
				}
				lines = append(lines, "view "+name+", "+shows)
			}
			if readsAny(v.On, events) {
				lines = append(lines, "view "+name+", "+keyed(v.Key))
			}
		}
		for _, q := range p.Queries {
			if readsAny(q.On, events) {
				lines = append(lines, "query "+p.Name+"."+q.Name+"; the tables of "+p.Name+" are filled again from the log")
			}
		}
		for _, one := range p.Processes {
			if one.State != nil && readsAny(one.On, events) {
				lines = append(lines, "process "+p.Name+"."+one.Name+", "+keyed(one.Key)+"; what it did is not done again")
			}
		}
	}
	return lines
}

// readsAny reports whether one of the events is read.
func readsAny(on []model.Source, events []*model.Event) bool {
	return slices.ContainsFunc(on, func(s model.Source) bool {
		return slices.ContainsFunc(s.Events, func(e *model.Event) bool { return slices.Contains(events, e) })
	})
}

// eventsOf lists the events in use that the entry is or becomes.
func (d *explanation) eventsOf() []*model.Event {
	if d.entry.event != nil {
		return []*model.Event{d.entry.event}
	}
	if d.entry.retired.Hand != "" {
		return d.entry.aggregate.Events
	}
	var events []*model.Event
	var add func(r *model.Retired)
	add = func(r *model.Retired) {
		for _, p := range r.Becomes {
			if p.Event != nil {
				events = append(events, p.Event)
			} else if p.Retired != nil {
				add(p.Retired)
			}
		}
	}
	add(d.entry.retired)
	return events
}

func keyed(key string) string {
	switch key {
	case "stream":
		return "one state for each stream"
	case "global":
		return "its one state, from all events of all streams"
	}
	return "one state for each " + key
}
