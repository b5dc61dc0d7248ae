package cueload

import (
	"slices"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// process reads a process. The aggregates of the package have been read before.
func (r *reader) process(pkg *model.Package, d *definition) *model.Process {
	p := &model.Process{Package: pkg, Name: d.name(), Doc: docOf(d.value), Pos: d.pos}
	r.attributes(d.value, "a process")
	before := len(r.problems.errs)
	f := r.follower(pkg, d, "process "+p.Name)
	p.On, p.Key = f.on, f.key
	p.Start, _ = d.value.LookupPath(cue.ParsePath("start")).String()
	at := site{pkg: pkg, name: naming.Exported(p.Name)}
	if d.value.LookupPath(cue.ParsePath("state")).Exists() {
		p.State = r.state(at, d)
	}
	r.sends(p, d)
	r.timers(p, d, at)
	r.effects(p, d, at)
	r.distinctWaits(p)
	r.refused(p, d)
	r.ignored(p, d)
	if len(p.Sends)+len(p.Timers)+len(p.Effects) == 0 && len(r.problems.errs) == before {
		r.problems.add(codeIdle, p.Pos, `write sends: List: ["Close"], a timer or an effect; what only remembers is a view`, "process %s does nothing: it sends no command, sets no timer and has no effect", p.Name)
	}
	r.formers(p, d)
	return p
}

// maxWaits is the greatest number of timers of a process, and of its effects.
const maxWaits = 32

// timers reads the points in time that a process waits for.
func (r *reader) timers(p *model.Process, d *definition, at site) {
	for name, v := range r.section(d, "timer", false) {
		t := &model.Timer{Name: name, Doc: docOf(v), Pos: r.pos(v)}
		t.Payload = r.payload(v, at, name, "timer "+name, waitingFields, "go", "ts")
		p.Timers = append(p.Timers, t)
	}
	slices.SortStableFunc(p.Timers, func(x, y *model.Timer) int { return comparePos(x.Pos, y.Pos) })
	if n := len(p.Timers); n > maxWaits {
		r.problems.add(codeWait, p.Timers[maxWaits].Pos, "unite some of them, or make two processes", "process %s has %d timers, and at most %d are possible", p.Name, n, maxWaits)
	}
}

// distinctWaits reports timers and effects with one name. Both have a type with
// the name of the process and their own.
func (r *reader) distinctWaits(p *model.Process) {
	all := map[string]model.Pos{}
	for _, t := range p.Timers {
		all[naming.Fold(t.Name)] = t.Pos
	}
	for _, e := range p.Effects {
		if at, ok := all[naming.Fold(e.Name)]; ok {
			r.problems.addAlso(codeWait, e.Pos, []model.Pos{at}, "rename one of them", "a timer and an effect of process %s have one name: %s", p.Name, e.Name)
		}
	}
	distinctNames(r, "timer", p.Timers, func(t *model.Timer) (string, model.Pos) { return t.Name, t.Pos })
	distinctNames(r, "effect", p.Effects, func(e *model.Effect) (string, model.Pos) { return e.Name, e.Pos })
}

// formers reads the former names of a process. They are compared with the names
// of other processes when all are known.
func (r *reader) formers(p *model.Process, d *definition) {
	for _, former := range r.texts(d.value.LookupPath(cue.ParsePath("was")), d.pos) {
		switch {
		case former.text == p.Name:
			r.problems.add(codeFormer, former.pos, "take it away: was names what it was called before", "process %s has its own name as a former one", p.Name)
			continue
		case slices.Contains(p.Was, former.text):
			r.problems.add(codeFormer, former.pos, "", "%s is named twice", former.text)
			continue
		}
		p.Was = append(p.Was, former.text)
		r.formerly = append(r.formerly, formerName{p, former})
	}
}

// formerName is a former name of a process.
type formerName struct {
	process *model.Process
	placedText
}

// checkFormers compares former names with the names of processes, and with each
// other: what waits under a name belongs to one process.
func (r *schemaReader) checkFormers() {
	type key struct {
		pkg  *model.Package
		name string
	}
	first := map[key]formerName{}
	for _, f := range r.formerly {
		k := key{f.process.Package, f.text}
		for _, p := range f.process.Package.Processes {
			if p.Name == f.text {
				r.problems.addAlso(codeFormer, f.pos, []model.Pos{p.Pos}, "take it away: what waits under that name belongs to that process", "there is a process %s, so it is no former name of %s", f.text, f.process.Name)
			}
		}
		if other, ok := first[k]; ok && other.process != f.process {
			r.problems.addAlso(codeFormer, f.pos, []model.Pos{other.pos}, "keep one of them: what waits under a name belongs to one process", "%s is a former name of %s and of %s", f.text, other.process.Name, f.process.Name)
		}
		if _, ok := first[k]; !ok {
			first[k] = f
		}
	}
}
