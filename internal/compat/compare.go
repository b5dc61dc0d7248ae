package compat

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// Options give Compare facts that are not in the schema. The zero value has none.
type Options struct {
	// Outputs maps the path of a file of recorded outputs to the FileSum of what the
	// current step computes from the same samples. If a file is known, its sum alone
	// decides whether a step is still the same; the text of the step does not matter.
	Outputs map[string]string
}

// Compare lists the differences between a schema and its releases that matter,
// sorted by position.
func Compare(old *Lock, now *model.Schema, o Options) []Finding {
	c := &comparer{old: old, entries: old.index(), kinds: map[string]bool{}, histories: map[*model.Aggregate]map[string]history{}, now: now, options: o, aggregates: map[string]*model.Aggregate{}, packages: map[string]bool{}}
	for _, e := range old.Entries {
		if e.What == Event {
			c.kinds[e.Of] = true
		}
	}
	for _, p := range now.Packages {
		c.packages[p.Name] = true
		for _, a := range p.Aggregates {
			c.aggregates[Kind(a)] = a
			c.histories[a] = map[string]history{}
			for _, h := range histories(a) {
				c.histories[a][h.name] = h
			}
		}
	}
	c.events()
	c.paths()
	c.clients()
	c.processes()
	c.ids()
	return sorted(append(c.findings, Narrowed(old, now)...))
}

type comparer struct {
	old        *Lock
	entries    map[entryKey]*Entry // of the old lock
	kinds      map[string]bool     // aggregates that have events in the old lock
	now        *model.Schema
	options    Options
	aggregates map[string]*model.Aggregate             // by kind
	histories  map[*model.Aggregate]map[string]history // by name of the event
	packages   map[string]bool                         // names
	findings   []Finding
}

func (c *comparer) add(f Finding) { c.findings = append(c.findings, f) }

// released is an event that the lock has.
type released struct {
	kind, name string
	versions   []*Entry
	retired    *Entry
}

func (r *released) subject() string { return r.kind + "." + r.name }

func (r *released) first() *Entry { return cmp.Or(append(slices.Clone(r.versions), r.retired)...) }

// history returns the events that the lock has, sorted.
func (l *Lock) history() []*released {
	all := map[[2]string]*released{}
	for _, e := range l.Entries {
		if e.What != Event && e.What != Retired {
			continue
		}
		key := [2]string{e.Of, e.Name}
		if all[key] == nil {
			all[key] = &released{kind: e.Of, name: e.Name}
		}
		if e.What == Retired {
			all[key].retired = e
		} else {
			all[key].versions = append(all[key].versions, e)
		}
	}
	keys := slices.SortedFunc(maps.Keys(all), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	var out []*released
	for _, k := range keys {
		slices.SortFunc(all[k].versions, func(a, b *Entry) int { return cmp.Compare(a.Version, b.Version) })
		out = append(out, all[k])
	}
	return out
}

func (e *Entry) pos() model.Pos { return model.Pos{File: LockName, Line: max(1, e.line), Col: 1} }

// events compares all released events.
func (c *comparer) events() {
	gone := map[string][]*released{} // by kind of an aggregate that is gone
	for _, r := range c.old.history() {
		if !c.hasAllVersions(r) {
			continue
		}
		a := c.aggregates[r.kind]
		if a == nil {
			gone[r.kind] = append(gone[r.kind], r)
			continue
		}
		if h, ok := c.histories[a][r.name]; ok {
			c.event(r, h)
		} else {
			c.goneEvent(a, r)
		}
	}
	c.goneAggregates(gone)
}

// hasAllVersions reports whether the lock has every version of an event up to the last.
func (c *comparer) hasAllVersions(r *released) bool {
	for i, v := range r.versions {
		if v.Version != i+1 {
			c.add(withoutExemption(found("lock-gap", r.subject(), "", v.pos(), nil, "the lock has %s.v%d, but it lacks v%d", r.subject(), v.Version, i+1)))
			return false
		}
	}
	if len(r.versions) == 0 {
		c.add(withoutExemption(found("lock-gap", r.subject(), "", r.retired.pos(), nil, "the lock says that %s is retired, but it has no version of that event", r.subject())))
		return false
	}
	return true
}

func withoutExemption(f Finding) Finding {
	f.Hash = ""
	return f
}

// goneEvent makes the finding for a released event that its aggregate has lost.
func (c *comparer) goneEvent(a *model.Aggregate, r *released) {
	last := r.versions[len(r.versions)-1]
	for _, kind := range slices.Sorted(maps.Keys(c.aggregates)) {
		h, ok := c.histories[c.aggregates[kind]][r.name]
		if !ok || c.entryOf(kind, r.name, 1) != nil || !hasShape(h, r.versions[0]) {
			continue
		}
		c.add(found("event-moved", r.subject(), "", h.pos, []string{kind}, "%s was released as an event of %s, but it is an event of %s now", r.name, r.kind, kind))
		return
	}
	f := found("event-removed", r.subject(), "", a.Pos, nil, "%s was released, but the schema no longer has it", r.subject())
	if r.retired != nil {
		f.Message = r.subject() + " is retired, but `retired` no longer has it"
	}
	f.retire(a, r, c.newName(a, last))
	c.add(f)
}

// newName returns the name of an unreleased event with the same shape: the event
// may have been renamed to it. It returns "" if there is no such event.
func (c *comparer) newName(a *model.Aggregate, last *Entry) string {
	for _, e := range a.Events {
		if c.entryOf(Kind(a), e.Name, 1) == nil && len(e.Versions) > 0 && payload(e.Versions[0].Payload).Hash() == last.Hash {
			return e.Name
		}
	}
	return ""
}

func hasShape(h history, e *Entry) bool {
	return len(h.versions) > 0 && payload(h.versions[0].Payload).Hash() == e.Hash
}

// goneAggregates distinguishes renamed packages from aggregates that are gone.
func (c *comparer) goneAggregates(gone map[string][]*released) {
	told := map[string]bool{}
	for _, kind := range slices.Sorted(maps.Keys(gone)) {
		pkg, name, _ := cutKind(kind)
		if !c.packages[pkg] {
			if to := c.renamedPackage(name, gone[kind]); to != nil {
				if !told[pkg] {
					c.add(found("package-renamed", pkg, "", to.Pos, []string{to.Package.Name}, "package %s was released, but its name is %s now", pkg, to.Package.Name))
				}
				told[pkg] = true
				continue
			}
		}
		f := found("aggregate-removed", kind, "", gone[kind][0].first().pos(), nil, "%s was released with %s, but the schema no longer has it", kind, eventCount(gone[kind]))
		if to := c.renamedAggregate(pkg, gone[kind]); to != nil {
			f.Pos = to.Pos
			f.Message += "; " + Kind(to) + " may be its new name"
			f.Hint = "give the aggregate its old name back; a page can show people another word"
		}
		c.add(f)
	}
}

func cutKind(kind string) (pkg, name string, ok bool) {
	for i := range kind {
		if kind[i] == '.' {
			return kind[:i], kind[i+1:], true
		}
	}
	return kind, "", false
}

func eventCount(rs []*released) string {
	if len(rs) == 1 {
		return "the event " + rs[0].name
	}
	return "the events " + rs[0].name + ", …"
}

// renamedPackage returns the aggregate with the same name and the same events in
// a package that was never released, or nil.
func (c *comparer) renamedPackage(name string, events []*released) *model.Aggregate {
	for _, kind := range slices.Sorted(maps.Keys(c.aggregates)) {
		if a := c.aggregates[kind]; a.Name == name && !c.kinds[kind] && sameEvents(a, events) {
			return a
		}
	}
	return nil
}

func (c *comparer) renamedAggregate(pkg string, events []*released) *model.Aggregate {
	for _, kind := range slices.Sorted(maps.Keys(c.aggregates)) {
		if a := c.aggregates[kind]; a.Package.Name == pkg && !c.kinds[kind] && sameEvents(a, events) {
			return a
		}
	}
	return nil
}

// entryOf returns the entry of an event's version, or nil if that was never
// released.
func (c *comparer) entryOf(kind, event string, version int) *Entry {
	return c.entries[entryKey{Event, kind, event, version}]
}

// sameEvents reports whether the aggregate has at least half of the events, by
// name.
func sameEvents(a *model.Aggregate, events []*released) bool {
	n := 0
	for _, h := range histories(a) {
		if slices.ContainsFunc(events, func(r *released) bool { return r.name == h.name }) {
			n++
		}
	}
	return n > 0 && 2*n >= len(events)
}

// event compares an event of the schema with its released versions.
func (c *comparer) event(r *released, h history) {
	if r.retired != nil && h.retired == nil {
		c.add(found("retired-reused", r.subject(), "", h.pos, nil, "%s is retired, but a new event has the same name", r.subject()))
	}
	if r.retired != nil && h.retired != nil {
		c.step(r.retired, shape.Becomes(h.retired), h.retired.Pos, "the step from "+r.subject())
		if last := len(r.versions); len(h.versions) > last {
			c.add(found("upcaster-changed", r.subject(), "", h.versions[last].Pos, []string{"versions"}, "%s is retired, but has a version that was never released", r.subject()))
		}
	}
	for _, e := range r.versions {
		i := slices.IndexFunc(h.versions, func(v *model.EventVersion) bool { return v.Version == e.Version })
		if i < 0 {
			f := found("version-removed", e.Subject(), "", h.pos, nil, "%s was released, but the schema no longer has it", e.Subject())
			w := &cueWriter{name: fmt.Sprintf("%sV%d", e.Name, e.Version), pkg: h.of.Package}
			f.write(block(fmt.Sprintf("v%d", e.Version), w.payload(e.Shape, nil)), w)
			c.add(f)
			continue
		}
		v := h.versions[i]
		c.version(e, v, h)
		if v.Upcast != nil && e.Step != "" {
			c.step(e, shape.Step(v.Upcast), v.Upcast.Pos, "the step to "+e.Subject())
		}
	}
	c.final(r, h)
	c.reuse(r, h)
}

// final makes a finding if @final was added or removed. The store records with each
// event whether it ends its stream. So a change applies to new events only.
func (c *comparer) final(r *released, h history) {
	was := r.versions[len(r.versions)-1]
	switch {
	case c.old.format < 2 || h.event == nil || was.Final == h.event.Final:
	case was.Final:
		c.add(found("final-removed", r.subject(), "", h.pos, nil, "%s was final, and no longer is", r.subject()))
	default:
		c.add(found("final-added", r.subject(), "", h.pos, nil, "%s is final now, and was not before", r.subject()))
	}
}

// version compares a released version.
func (c *comparer) version(e *Entry, v *model.EventVersion, h history) {
	is := payload(v.Payload)
	changes := diff(e.Shape, is)
	frozen := 0
	for _, ch := range changes {
		f := ch.finding(e.Subject(), v.Payload)
		if f.Level == NewVersion {
			frozen++
			f.suggest(e, v, h)
		}
		c.add(f)
	}
	if frozen == 0 && is.Hash() != e.Hash {
		f := found("shape-changed", e.Subject(), "", v.Pos, []string{e.Hash, is.Hash()}, "%s is released, but its shape changed", e.Subject())
		f.suggest(e, v, h)
		c.add(f)
	}
}

// step compares a released upcaster with the current one.
func (c *comparer) step(e *Entry, hash string, pos model.Pos, what string) {
	recorded := ""
	if e.Outputs != nil {
		recorded = c.options.Outputs[e.Outputs.Path]
	}
	switch {
	case recorded != "" && recorded == e.Outputs.Sum:
	case recorded != "":
		c.add(found("upcaster-changed", e.Subject(), "", pos, []string{e.Outputs.Sum, recorded}, "%s is released, but gives other results for the samples now", what))
	case hash != e.Step:
		c.add(found("upcaster-changed", e.Subject(), "", pos, []string{e.Step, hash}, "%s is released, but its text changed", what))
	}
}
