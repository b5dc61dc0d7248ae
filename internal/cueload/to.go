package cueload

import (
	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// pendingTo is an @to(…) of an event. Its case is found when all aggregates have been
// read.
type pendingTo struct {
	event *model.Event
	state *model.Aggregate
	name  string
	at    model.Pos
}

// to keeps the @to(…) of an event.
func (r *reader) to(v cue.Value, e *model.Event, of *model.Aggregate) {
	for _, a := range v.Attributes(cue.ValueAttr) {
		if a.Name() != "to" {
			continue
		}
		p := pendingTo{event: e, state: of, at: r.attributePos(v, a)}
		if a.NumArgs() > 0 {
			p.name = caseIn(a, 0)
		}
		if a.NumArgs() > 1 {
			r.problems.add(codeTo, p.at, "name the one case that the event leads to", "@to has no %q", oneLine(a.RawArg(1)))
		}
		r.tos = append(r.tos, p)
	}
}

// finishTo finds the cases that events lead to. It comes after finishIn.
func (r *schemaReader) finishTo() {
	for i, p := range r.tos {
		sum := p.state.State.Underlying()
		switch {
		case i > 0 && r.tos[i-1].event == p.event:
			r.problems.add(codeTo, p.at, "name the one case that the event leads to", "event %s has two @to", p.event.Name)
		case sum.Kind != model.Sum:
			r.problems.add(codeTo, p.at, `write state: {is: "draft", …} | {is: "open", …}`, "event %s: the state of %s has no cases, because it is no union", p.event.Name, p.state.Name)
		case len(p.event.Versions) > 0: // otherwise that is reported
			in := pendingIn{what: "event " + p.event.Name, state: p.state, at: p.at}
			if to := r.caseOf(sum, p.name, in); to != nil && r.leadsTo(p, to) {
				p.event.To = to
			}
		}
	}
}

// leadsTo reports whether each field of a case has a value after an event: of the
// event, of the state before it, or a default.
func (r *schemaReader) leadsTo(p pendingTo, to *model.Named) bool {
	before := len(r.problems.errs)
	for _, f := range to.Type.Underlying().Fields {
		if f.Const != nil {
			continue
		}
		from := p.event.Versions[len(p.event.Versions)-1].Payload.Type.Field(f.Name)
		switch {
		case from == nil:
			if f.Required() && p.event.Lacks(p.state.State, f) {
				r.problems.addAlso(codeTo, p.at, []model.Pos{f.Pos}, "add it to the event or to the state before, give it a default, or take away @to and write Evolve"+p.event.Name,
					"event %s leads to a state with %s, which neither the event nor the state before has", p.event.Name, f.Name)
			}
		case !model.SameInGo(from, f):
			r.problems.addAlso(codeTo, p.at, []model.Pos{from.Pos, f.Pos}, "give both one type, or take away @to and write Evolve"+p.event.Name,
				"event %s leads to a state whose %s has another type", p.event.Name, f.Name)
		case !from.Type.Plain() || from.Pointer():
			r.problems.addAlso(codeTo, p.at, []model.Pos{from.Pos}, "take away @to and write Evolve"+p.event.Name+", which copies it",
				"event %s: %s holds something that the state and the event would share", p.event.Name, f.Name)
		}
	}
	return len(r.problems.errs) == before
}
