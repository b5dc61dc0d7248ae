package compat

import (
	"slices"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/shape"
)

// process adds the entries of a process: what may wait in a database when a new
// build starts.
func (l *Lock) process(p *model.Process) {
	id := naming.ProcessID(p)
	l.Entries = append(l.Entries, &Entry{What: Process, Of: p.Package.Name, Name: p.Name, Key: p.Key, Start: p.Start, Was: slices.Sorted(slices.Values(p.Was))})
	for _, w := range waitings(p) {
		l.Entries = append(l.Entries, &Entry{What: w.what, Of: id, Name: w.name, Shape: w.shape()})
	}
}

// waiting is a timer, an effect or a command of a process.
type waiting struct {
	what    What
	name    string // of a command: "Lot.Close"
	pos     model.Pos
	payload *model.Named
}

// shape returns the shape of what the store holds. The fields that the server fills
// in are added when a command is sent.
func (w waiting) shape() *shape.Type {
	if w.what == Sent {
		return sentShape(w.payload)
	}
	return payload(w.payload)
}

func waitings(p *model.Process) (all []waiting) {
	for _, t := range p.Timers {
		all = append(all, waiting{Timer, t.Name, t.Pos, t.Payload})
	}
	for _, e := range p.Effects {
		all = append(all, waiting{Effect, e.Name, e.Pos, e.Payload})
	}
	for _, c := range p.Commands() {
		all = append(all, waiting{Sent, c.Aggregate.Name + "." + c.Command.Name, p.Pos, c.Command.Payload})
	}
	return all
}

// processes compares processes with the last release. What waits for them in a
// database must stay readable.
func (c *comparer) processes() {
	for _, e := range c.old.Entries {
		switch e.What {
		case Process:
			c.process(e)
		case Timer, Effect, Sent:
			c.waiting(e)
		}
	}
}

// successor returns the process that has a name now, or had it before.
func (c *comparer) successor(pkg, name string) *model.Process {
	p := c.packageNamed(pkg)
	if p == nil {
		return nil
	}
	if i := slices.IndexFunc(p.Processes, func(one *model.Process) bool { return one.Name == name }); i >= 0 {
		return p.Processes[i]
	}
	if i := slices.IndexFunc(p.Processes, func(one *model.Process) bool { return slices.Contains(one.Was, name) }); i >= 0 {
		return p.Processes[i]
	}
	return nil
}

func (c *comparer) process(e *Entry) {
	p := c.successor(e.Of, e.Name)
	if p == nil {
		c.goneProcess(e)
		return
	}
	if p.Key != e.Key {
		c.add(found("process-key", e.Subject(), "", p.Pos, []string{e.Key, p.Key}, "the key of %s is %q now; it was %q", e.Subject(), p.Key, e.Key))
	}
	if p.Start != e.Start {
		c.add(found("process-start", e.Subject(), "", p.Pos, nil, "%s starts with %q now; before, it started with %q", e.Subject(), p.Start, e.Start))
	}
	for _, former := range e.Was {
		if c.successor(e.Of, former) != p {
			c.add(found("former-removed", e.Subject(), "", p.Pos, nil, "%s was a former name of %s, and no longer is", former, e.Subject()))
		}
	}
}

// goneProcess makes the finding for a process that the schema no longer has. It
// names a process without a release, which may be its successor.
func (c *comparer) goneProcess(e *Entry) {
	p := c.packageNamed(e.Of)
	f := found("process-removed", e.Subject(), "", nearest(p, e), nil, "%s is gone, and no process has it among its former names", e.Subject())
	f.Hint = `write was: ["` + e.Name + `"] into its successor; or ` + untilNothingWaits
	if p != nil {
		for _, one := range p.Processes {
			if !slices.ContainsFunc(append([]string{one.Name}, one.Was...), func(name string) bool { return c.entries[entryKey{Process, e.Of, name, 0}] != nil }) {
				f.Pos = one.Pos
				f.Hint = `write was: ["` + e.Name + `"] into #` + one.Name + ` if that is its successor; or ` + untilNothingWaits
				break
			}
		}
	}
	c.add(f)
}

// nouns describe what waits, for messages.
var nouns = map[What]string{Timer: "timer", Effect: "effect", Sent: "command"}

// waiting compares a timer, an effect or a command of a process.
func (c *comparer) waiting(e *Entry) {
	pkg, name, _ := cutKind(e.Of)
	p := c.successor(pkg, name)
	if p == nil {
		return // the finding about the process says this
	}
	all := waitings(p)
	i := slices.IndexFunc(all, func(w waiting) bool { return w.what == e.What && w.name == e.Name })
	if i < 0 {
		c.add(found("waiting-removed", e.Subject(), "", p.Pos, []string{string(e.What)}, "%s no longer has %s %s", naming.ProcessID(p), nouns[e.What], e.Name))
		return
	}
	for _, ch := range diff(e.Shape, all[i].shape()) {
		rule := waitingRule(ch, all[i].payload)
		if rule == "" {
			continue
		}
		at := ch.path
		if at == "" {
			at = "it"
		}
		c.add(found(rule, e.Subject(), ch.path, positionOf(all[i].payload, ch.path, ch.op), []string{string(e.What), ch.was, ch.is},
			"%s %s of %s: %s", nouns[e.What], e.Name, naming.ProcessID(p), ch.words(at)))
	}
}

// waitingRule returns the rule for a change of what waits, or "" if everything
// that waits can still be read.
func waitingRule(ch change, n *model.Named) string {
	switch ch.rule {
	case "int-unsafe", "field-optional", "default-added", "default-changed":
		return ""
	case "field-added":
		if f := fieldOf(n, ch.path); f != nil && !f.Required() {
			return ""
		}
		return "waiting-narrowed"
	case "arm-added":
		return "waiting-widened"
	}
	if mustRule(ch.rule).Level == Warning {
		return "waiting-widened"
	}
	return "waiting-narrowed"
}

// fieldOf returns the field at a path of a payload, or nil.
func fieldOf(n *model.Named, path string) *model.Field {
	all := steps(path)
	t := &model.Type{Kind: model.Ref, Named: n}
	for _, step := range all[:len(all)-1] {
		if t, _ = into(resolve(t), step); t == nil {
			return nil
		}
	}
	fields := resolve(t).Fields
	i := slices.IndexFunc(fields, func(f *model.Field) bool { return f.Name == all[len(all)-1] })
	if i < 0 {
		return nil
	}
	return fields[i]
}
