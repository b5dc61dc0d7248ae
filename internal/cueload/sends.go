package cueload

import (
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// sends reads the commands that a process sends.
func (r *reader) sends(p *model.Process, d *definition) {
	for name, v := range r.section(d, "sends", false) {
		at := r.pos(v)
		agg := r.namedAggregate(p.Package, name, at)
		if agg == nil {
			continue
		}
		s := model.Sending{Aggregate: agg, Commands: namedParts(r, agg, listOf{codeSends, "command"}, agg.Commands, commandName, v, at)}
		for _, item := range r.texts(v, at) {
			for _, c := range s.Commands {
				if c.Name == item.text {
					r.sendable(p, c, item.pos)
				}
			}
		}
		p.Sends = append(p.Sends, s)
	}
	slices.SortFunc(p.Sends, func(a, b model.Sending) int { return comparePos(a.Aggregate.Pos, b.Aggregate.Pos) })
}

func commandName(c *model.Command) string { return c.Name }

func refusalName(f *model.Refusal) string { return f.Name }

// sendable reports a command that a process cannot send: a field holds who sends it, or
// it has a secret. What a process sends waits in the database, where operators see it.
func (r *reader) sendable(p *model.Process, c *model.Command, at model.Pos) {
	for _, f := range c.Payload.Type.Fields {
		if (f.Inject == model.InjectActor || f.Inject == model.InjectSession) && !f.Optional {
			r.problems.addAlso(codeNobody, at, []model.Pos{f.Pos}, "give the aggregate another command for it, without that field",
				"process %s sends command %s, whose field %s holds who sends it (@inject(%s)), and nobody does", p.Name, c.Name, f.Name, f.Inject)
			return
		}
	}
	if name := secretIn(c.Payload.Type, map[*model.Type]bool{}); name != "" {
		r.problems.addAlso(codeSends, at, []model.Pos{c.Pos}, "give the aggregate another command for it, without the secret",
			"process %s sends command %s, whose field %s is secret, and what waits to be sent is shown to operators", p.Name, c.Name, name)
	}
}

// refused reads the commands whose refusal a process reacts to.
func (r *reader) refused(p *model.Process, d *definition) {
	for _, item := range r.texts(d.value.LookupPath(cue.ParsePath("refused")), d.pos) {
		c := r.commandOf(p, item)
		switch {
		case c == nil:
		case slices.Contains(p.Refused, *c):
			r.problems.add(codeSends, item.pos, "", "command %s is named twice", item.text)
		case !slices.ContainsFunc(p.Sends, func(s model.Sending) bool { return slices.Contains(s.Commands, c.Command) }):
			r.problems.add(codeSends, item.pos, "write sends: "+c.Aggregate.Name+`: ["`+c.Command.Name+`"]`, "process %s reacts to a refusal of %s, and does not send it", p.Name, item.text)
		default:
			p.Refused = append(p.Refused, *c)
		}
	}
	slices.SortFunc(p.Refused, func(a, b model.CommandOf) int { return comparePos(a.Command.Pos, b.Command.Pos) })
}

// ignored reads the refusals that are fine.
func (r *reader) ignored(p *model.Process, d *definition) {
	for _, item := range r.texts(d.value.LookupPath(cue.ParsePath("ignore")), d.pos) {
		agg, name := r.inAggregate(p, item)
		if agg == nil {
			continue
		}
		f, ok := named(r, agg, listOf{codeSends, "refusal"}, agg.Refusals, refusalName, name, item.pos)
		switch of := (model.RefusalOf{Aggregate: agg, Refusal: f}); {
		case !ok:
		case slices.Contains(p.Ignore, of):
			r.problems.add(codeSends, item.pos, "", "refusal %s is named twice", item.text)
		case !slices.ContainsFunc(p.Commands(), func(c model.CommandOf) bool { return c.Aggregate == agg }):
			r.problems.add(codeSends, item.pos, "take it away, or write sends: "+agg.Name+": […]", "process %s sends no command to %s, so nothing is refused with %s", p.Name, agg.Name, item.text)
		default:
			p.Ignore = append(p.Ignore, of)
		}
	}
	slices.SortFunc(p.Ignore, func(a, b model.RefusalOf) int { return comparePos(a.Refusal.Pos, b.Refusal.Pos) })
}

// commandOf finds the command that a text such as "Lot.Close" names.
func (r *reader) commandOf(p *model.Process, item placedText) *model.CommandOf {
	agg, name := r.inAggregate(p, item)
	if agg == nil {
		return nil
	}
	c, ok := named(r, agg, listOf{codeSends, "command"}, agg.Commands, commandName, name, item.pos)
	if !ok {
		return nil
	}
	return &model.CommandOf{Aggregate: agg, Command: c}
}

// inAggregate finds the aggregate in a text such as "Lot.Close", and returns the
// name behind it.
func (r *reader) inAggregate(p *model.Process, item placedText) (*model.Aggregate, string) {
	agg, name, _ := strings.Cut(item.text, ".")
	return r.namedAggregate(p.Package, agg, item.pos), name
}

// named finds the part of an aggregate with a name.
func named[T any](r *reader, agg *model.Aggregate, of listOf, all []T, name func(T) string, wanted string, at model.Pos) (part T, ok bool) {
	var names []string
	for _, part := range all {
		if name(part) == wanted {
			return part, true
		}
		names = append(names, name(part))
	}
	r.problems.add(of.code, at, nearest(wanted, names, "did you mean %q?"), "aggregate %s has no %s %q", agg.Name, of.noun, wanted)
	return part, false
}
