package cueload

import (
	"slices"
	"time"

	"cuelang.org/go/cue"

	"ironstar.dev"
	"ironstar.dev/internal/model"
)

// maxWithin is the longest time for which an effect is tried.
const maxWithin = 365 * 24 * time.Hour

// effects reads what a process does in the outside world.
func (r *reader) effects(p *model.Process, d *definition, at site) {
	for name, v := range r.section(d, "effect", false) {
		data := v.LookupPath(cue.ParsePath("data"))
		if !data.Exists() { // the meta-schema requires it
			r.problems.add(codeWait, r.pos(v), "write "+name+": data: {…}, or data: {} if there is nothing to tell", "effect %s has no data: what is its handler told?", name)
			continue
		}
		p.Effects = append(p.Effects, r.effect(p, name, v, data, at))
	}
	slices.SortStableFunc(p.Effects, func(x, y *model.Effect) int { return comparePos(x.Pos, y.Pos) })
	if n := len(p.Effects); n > maxWaits {
		r.problems.add(codeWait, p.Effects[maxWaits].Pos, "unite some of them, or make two processes", "process %s has %d effects, and at most %d are possible", p.Name, n, maxWaits)
	}
}

func (r *reader) effect(p *model.Process, name string, v, data cue.Value, at site) *model.Effect {
	e := &model.Effect{Name: name, Doc: docOf(v), Pos: r.pos(v)}
	// In Charge: data: {…} @go(name=Pay) CUE attaches the attribute to data.
	a := r.attributes(v, "effect "+name, "go", "ts")
	e.Payload = r.payload(data, at, name, "the data of effect "+name, waitingFields, "go", "ts")
	rename(e.Payload, a)
	if e.Payload.Doc == "" {
		e.Payload.Doc = e.Doc
	}
	e.Done, e.Failed = r.end(p, v, "done"), r.end(p, v, "failed")
	if e.Done != nil && e.Failed != nil && *e.Done == *e.Failed {
		r.problems.add(codeWait, r.pos(v.LookupPath(cue.ParsePath("failed"))), "take failed away, or name another command",
			"effect %s ends with the same command whether it is done or not: %s.%s", name, e.Done.Aggregate.Name, e.Done.Command.Name)
	}
	e.Within = r.within(e, v)
	return e
}

// end reads the command with which an effect ends: done or failed.
func (r *reader) end(p *model.Process, v cue.Value, which string) *model.CommandOf {
	end := v.LookupPath(cue.ParsePath(which))
	if !end.Exists() {
		return nil
	}
	c := r.commandOf(p, r.placedText(end, r.pos(end)))
	if c == nil {
		return nil
	}
	r.sendable(p, c.Command, r.pos(end))
	return c
}

// within reads how long an effect is tried.
func (r *reader) within(e *model.Effect, v cue.Value) time.Duration {
	within := v.LookupPath(cue.ParsePath("within"))
	text, err := within.String()
	if err != nil { // CUE has said why
		return 0
	}
	length, err := ironstar.ParseDuration(text)
	if err != nil || length <= 0 || length > maxWithin {
		r.problems.add(codeWait, r.pos(within), `write within: "PT24H" for a day, at most "PT8760H"`, "effect %s cannot be tried for %s: more than PT0S and at most a year of 8760 hours", e.Name, text)
	}
	return length
}
