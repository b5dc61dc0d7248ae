package main

import (
	"strings"

	"ironstar.dev"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// process prints a process.
func (d *explanation) process(p *model.Process) {
	pkg := d.entry.pkg.Name
	d.line("Go", "%s.%s, an interface that your %s satisfies; %s.New%s", pkg, p.Name, p.Name, pkg, p.Name)
	d.sources(p.On)
	d.line("key", "%s", p.Key)
	d.line("start", "%s", starts[p.Start])
	d.line("was", "%s", strings.Join(p.Was, ", "))
	for _, s := range p.Sends {
		var names []string
		for _, c := range s.Commands {
			names = append(names, c.Name)
		}
		d.line("sends", "%s: %s", s.Aggregate.Name, strings.Join(names, ", "))
	}
	for _, c := range p.Refused {
		d.line("refused", "%s.%s: %s of your %s", c.Aggregate.Name, c.Command.Name, naming.Refused(c), p.Name)
	}
	for _, f := range p.Ignore {
		d.line("ignore", "%s.%s", f.Aggregate.Name, f.Refusal.Name)
	}
	d.state(p.State)
	for _, t := range p.Timers {
		d.member("timer", t.Name, t.Doc)
	}
	for _, e := range p.Effects {
		d.member("effect", e.Name, e.Doc)
	}
}

var starts = map[string]string{
	"now":       "it reacts to what happens from its first start on",
	"beginning": "it reacts to everything in the log",
}

// effect prints how an effect ends, and for how long it is tried.
func (d *explanation) effect(e *model.Effect) {
	if e.Done != nil {
		d.line("done", "%s.%s", e.Done.Aggregate.Name, e.Done.Command.Name)
	}
	if e.Failed != nil {
		d.line("failed", "%s.%s", e.Failed.Aggregate.Name, e.Failed.Command.Name)
	}
	d.line("within", "%s, then it waits for a person", ironstar.FormatDuration(e.Within))
}

// usesInProcess returns whether and how a process uses an entry.
func usesInProcess(p *model.Process, e *entry) (how string, ok bool) {
	for _, on := range p.On {
		for _, event := range on.Events {
			if e.event != nil && event == e.event {
				return "(on)", true
			}
		}
		if e.kind == "aggregate" && on.Aggregate == e.aggregate {
			return "(on)", true
		}
	}
	for _, c := range p.Commands() {
		if e.kind == "aggregate" && c.Aggregate == e.aggregate || e.command != nil && c.Command == e.command {
			return "(sends)", true
		}
	}
	for _, f := range p.Ignore {
		if e.refusal != nil && f.Refusal == e.refusal {
			return "(ignore)", true
		}
	}
	return "", false
}
