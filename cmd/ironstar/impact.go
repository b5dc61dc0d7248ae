package main

import (
	"fmt"
	"slices"

	"ironstar.dev/internal/model"
)

// impact lists the states that are folded again when an event changes, and the views
// that read it.
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
			for _, on := range v.On {
				if on.Aggregate == a && slices.ContainsFunc(on.Events, func(e *model.Event) bool { return slices.Contains(events, e) }) {
					lines = append(lines, "view "+name+", "+keyed(v))
				}
			}
		}
	}
	return lines
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

func keyed(v *model.View) string {
	switch v.Key {
	case "stream":
		return "one state for each stream"
	case "global":
		return "its one state, from all events of all streams"
	}
	return "one state for each " + v.Key
}
