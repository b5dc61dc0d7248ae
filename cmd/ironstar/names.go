package main

import (
	"cmp"
	"slices"
	"strings"

	"ironstar.dev/internal/model"
)

// entry is one thing of a schema that has a name.
type entry struct {
	kind string // "event"
	path string // "todo.List.Added"
	pkg  *model.Package

	named     *model.Named     // type, command, event, refusal, timer, effect, signals: the type
	aggregate *model.Aggregate // the aggregate itself, or that of a command, event or refusal
	command   *model.Command
	event     *model.Event
	retired   *model.Retired
	refusal   *model.Refusal
	view      *model.View
	query     *model.Query
	process   *model.Process // the process itself, or that of a timer or effect
	timer     *model.Timer
	effect    *model.Effect
	signals   *model.Signals
}

func (e *entry) doc() string {
	switch {
	case e.command != nil:
		return e.command.Doc
	case e.event != nil:
		return e.event.Doc
	case e.retired != nil:
		return e.retired.Doc
	case e.refusal != nil:
		return e.refusal.Doc
	case e.view != nil:
		return e.view.Doc
	case e.query != nil:
		return e.query.Doc
	case e.timer != nil:
		return e.timer.Doc
	case e.effect != nil:
		return e.effect.Doc
	case e.process != nil:
		return e.process.Doc
	case e.signals != nil:
		return e.signals.Doc
	case e.aggregate != nil:
		return e.aggregate.Doc
	}
	return e.named.Doc
}

func (e *entry) pos() model.Pos {
	switch {
	case e.command != nil:
		return e.command.Pos
	case e.event != nil:
		return e.event.Pos
	case e.retired != nil:
		return e.retired.Pos
	case e.refusal != nil:
		return e.refusal.Pos
	case e.view != nil:
		return e.view.Pos
	case e.query != nil:
		return e.query.Pos
	case e.timer != nil:
		return e.timer.Pos
	case e.effect != nil:
		return e.effect.Pos
	case e.process != nil:
		return e.process.Pos
	case e.signals != nil:
		return e.signals.Pos
	case e.aggregate != nil:
		return e.aggregate.Pos
	}
	return e.named.Pos
}

// index lists everything in a schema that has a name, in the order of the
// schema.
func index(s *model.Schema) []*entry {
	var all []*entry
	for _, p := range s.Packages {
		for _, a := range p.Aggregates {
			all = append(all, aggregateEntries(p, a)...)
		}
		for _, v := range p.Views {
			all = append(all, &entry{kind: "view", path: p.Name + "." + v.Name, pkg: p, view: v})
		}
		for _, q := range p.Queries {
			all = append(all, &entry{kind: "query", path: p.Name + "." + q.Name, pkg: p, query: q})
		}
		for _, one := range p.Processes {
			all = append(all, processEntries(p, one)...)
		}
		for _, g := range p.Signals {
			all = append(all, &entry{kind: "signals", path: p.Name + "." + g.Name, pkg: p, signals: g, named: g.Payload})
		}
		for _, n := range p.Types {
			if !n.Inline {
				all = append(all, &entry{kind: "type", path: p.Name + "." + n.Name, pkg: p, named: n})
			}
		}
	}
	return all
}

func aggregateEntries(p *model.Package, a *model.Aggregate) []*entry {
	base := p.Name + "." + a.Name
	all := []*entry{{kind: "aggregate", path: base, pkg: p, aggregate: a}}
	for _, c := range a.Commands {
		all = append(all, &entry{kind: "command", path: base + "." + c.Name, pkg: p, aggregate: a, command: c, named: c.Payload})
	}
	for _, e := range a.Events {
		all = append(all, &entry{kind: "event", path: base + "." + e.Name, pkg: p, aggregate: a, event: e, named: e.Versions[len(e.Versions)-1].Payload})
	}
	for _, e := range a.Retired {
		all = append(all, &entry{kind: "retired event", path: base + "." + e.Name, pkg: p, aggregate: a, retired: e, named: e.Versions[len(e.Versions)-1].Payload})
	}
	for _, r := range a.Refusals {
		all = append(all, &entry{kind: "refusal", path: base + "." + r.Name, pkg: p, aggregate: a, refusal: r, named: r.Payload})
	}
	return all
}

func processEntries(p *model.Package, one *model.Process) []*entry {
	base := p.Name + "." + one.Name
	all := []*entry{{kind: "process", path: base, pkg: p, process: one}}
	for _, t := range one.Timers {
		all = append(all, &entry{kind: "timer", path: base + "." + t.Name, pkg: p, process: one, timer: t, named: t.Payload})
	}
	for _, e := range one.Effects {
		all = append(all, &entry{kind: "effect", path: base + "." + e.Name, pkg: p, process: one, effect: e, named: e.Payload})
	}
	return all
}

// find returns the entries that a name can mean. A name is a path, the end of a
// path, or a Go name. If no entry matches, find ignores letter case.
func find(all []*entry, name string) []*entry {
	name = strings.TrimPrefix(name, "#")
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		var found []*entry
		for _, e := range all {
			if matches(e, name, same) {
				found = append(found, e)
			}
		}
		if i := slices.IndexFunc(found, func(e *entry) bool { return e.path == name }); i >= 0 {
			return found[i : i+1]
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

func matches(e *entry, name string, same func(a, b string) bool) bool {
	for rest := e.path; ; {
		if same(rest, name) {
			return true
		}
		i := strings.Index(rest, ".")
		if i < 0 {
			break
		}
		rest = rest[i+1:]
	}
	return e.named != nil && (same(e.named.GoName, name) || same(e.pkg.Name+"."+e.named.GoName, name))
}

// nearest lists at most three similar names, the most similar first.
func nearest(name string, names []string) []string {
	type scored struct {
		name string
		off  int
	}
	var near []scored
	last := name[strings.LastIndex(name, ".")+1:]
	for _, n := range names {
		off := min(distance(strings.ToLower(name), strings.ToLower(n)), distance(strings.ToLower(last), strings.ToLower(n[strings.LastIndex(n, ".")+1:])))
		if off <= max(1, len(last)/3) {
			near = append(near, scored{n, off})
		}
	}
	slices.SortStableFunc(near, func(a, b scored) int { return cmp.Compare(a.off, b.off) })
	var out []string
	for _, n := range near[:min(3, len(near))] {
		out = append(out, n.name)
	}
	return out
}

// distance returns the number of insertions, deletions, replacements and swaps of
// neighbours that convert a to b (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, above := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range above {
		above[j] = j
	}
	for i := range x {
		row := make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(above[j+1]+1, row[j]+1, above[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, above = above, row
	}
	return above[len(y)]
}
