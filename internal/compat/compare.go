package compat

import (
	"cmp"
	"maps"
	"slices"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// Options are what Compare knows beyond the schema. The zero value is for a
// schema alone.
type Options struct {
	// Outputs says, for files of recorded outputs by their path, the FileSum of
	// what the steps of today make of the same samples. A step that is written
	// otherwise and makes the same of everything is no other step; one that is
	// written the same and makes something else is.
	Outputs map[string]string
}

// Compare lists what is different in a schema from what was released, as far as
// it matters, in the order of places.
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
	c.outside()
	return sorted(append(c.findings, Narrowed(old, now)...))
}

type comparer struct {
	old        *Lock
	entries    map[entryKey]*Entry // of old
	kinds      map[string]bool     // of old: aggregates that have events there
	now        *model.Schema
	options    Options
	aggregates map[string]*model.Aggregate             // by kind
	histories  map[*model.Aggregate]map[string]history // by name of the event
	packages   map[string]bool                         // names
	findings   []Finding
}

func (c *comparer) add(f Finding) { c.findings = append(c.findings, f) }

// released is an event of the lock.
type released struct {
	kind, name string
	versions   []*Entry
	retired    *Entry
}

func (r *released) subject() string { return r.kind + "." + r.name }

func (r *released) first() *Entry { return cmp.Or(append(slices.Clone(r.versions), r.retired)...) }

// history gathers the entries of events, sorted.
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

// events compares all events that were released.
func (c *comparer) events() {
	gone := map[string][]*released{} // by kind of an aggregate that is gone
	for _, r := range c.old.history() {
		if !c.whole(r) {
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
			c.gone(a, r)
		}
	}
	c.goneAggregates(gone)
}

// whole says whether the lock has every version of an event up to the last.
func (c *comparer) whole(r *released) bool {
	for i, v := range r.versions {
		if v.Version != i+1 {
			c.add(unexempt(found("lock-gap", r.subject(), "", v.pos(), nil, "the lock has %s.v%d, but not v%d", r.subject(), v.Version, i+1)))
			return false
		}
	}
	if len(r.versions) == 0 {
		c.add(unexempt(found("lock-gap", r.subject(), "", r.retired.pos(), nil, "the lock says that %s is retired, and has no version of it", r.subject())))
		return false
	}
	return true
}

func unexempt(f Finding) Finding {
	f.Hash = ""
	return f
}

// gone is an event that its aggregate has no more.
func (c *comparer) gone(a *model.Aggregate, r *released) {
	last := r.versions[len(r.versions)-1]
	for _, kind := range slices.Sorted(maps.Keys(c.aggregates)) {
		h, ok := c.histories[c.aggregates[kind]][r.name]
		if !ok || c.was(kind, r.name, 1) != nil || !hasShape(h, r.versions[0]) {
			continue
		}
		c.add(found("event-moved", r.subject(), "", h.pos, []string{kind}, "%s was released as an event of %s and is one of %s now", r.name, r.kind, kind))
		return
	}
	f := found("event-removed", r.subject(), "", a.Pos, nil, "%s was released, and is gone", r.subject())
	if r.retired != nil {
		f.Message = r.subject() + " is retired and has no part in `retired` any more"
	}
	f.Write = retire(a, r, c.newName(a, last))
	c.add(f)
}

// newName is an event of the same shape that was never released: what one that
// is gone may have been renamed to.
func (c *comparer) newName(a *model.Aggregate, last *Entry) string {
	for _, e := range a.Events {
		if c.was(Kind(a), e.Name, 1) == nil && len(e.Versions) > 0 && payload(e.Versions[0].Payload).Hash() == last.Hash {
			return e.Name
		}
	}
	return ""
}

func hasShape(h history, e *Entry) bool {
	return len(h.versions) > 0 && payload(h.versions[0].Payload).Hash() == e.Hash
}

// goneAggregates tells renamed packages from aggregates that are gone.
func (c *comparer) goneAggregates(gone map[string][]*released) {
	told := map[string]bool{}
	for _, kind := range slices.Sorted(maps.Keys(gone)) {
		pkg, name, _ := cutKind(kind)
		if !c.packages[pkg] {
			if to := c.renamedPackage(name, gone[kind]); to != nil {
				if !told[pkg] {
					c.add(found("package-renamed", pkg, "", to.Pos, []string{to.Package.Name}, "package %s was released, and is called %s now", pkg, to.Package.Name))
				}
				told[pkg] = true
				continue
			}
		}
		f := found("aggregate-removed", kind, "", gone[kind][0].first().pos(), nil, "%s was released with %s, and is gone", kind, eventCount(gone[kind]))
		if to := c.renamedAggregate(pkg, gone[kind]); to != nil {
			f.Pos = to.Pos
			f.Message += ": " + Kind(to) + " looks like it"
			f.Hint = "give it its name back; what people see may be called otherwise"
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

// renamedPackage is the aggregate of the same name, with the same events, in a
// package that was never released.
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

// was is the entry of an event's version; nil when it was never released.
func (c *comparer) was(kind, event string, version int) *Entry {
	return c.entries[entryKey{Event, kind, event, version}]
}

// sameEvents says whether at least half of the events are there by name.
func sameEvents(a *model.Aggregate, events []*released) bool {
	n := 0
	for _, h := range histories(a) {
		if slices.ContainsFunc(events, func(r *released) bool { return r.name == h.name }) {
			n++
		}
	}
	return n > 0 && 2*n >= len(events)
}

// event compares an event that is there with what was released of it.
func (c *comparer) event(r *released, h history) {
	if r.retired != nil && h.retired == nil {
		c.add(found("retired-reused", r.subject(), "", h.pos, nil, "%s is retired, and there is an event of that name", r.subject()))
	}
	if r.retired != nil && h.retired != nil {
		c.step(r.retired, shape.Becomes(h.retired), h.retired.Pos, r.subject()+" becomes")
		if last := len(r.versions); len(h.versions) > last {
			c.add(found("upcaster-changed", r.subject(), "", h.versions[last].Pos, []string{"versions"}, "%s is retired, and has a version that nobody ever wrote", r.subject()))
		}
	}
	for _, e := range r.versions {
		i := slices.IndexFunc(h.versions, func(v *model.EventVersion) bool { return v.Version == e.Version })
		if i < 0 {
			f := found("version-removed", e.Subject(), "", h.pos, nil, "%s was released, and is gone", e.Subject())
			f.Write = versionText(e, nil)
			c.add(f)
			continue
		}
		v := h.versions[i]
		c.version(e, v, h)
		if v.Upcast != nil && e.Step != "" {
			c.step(e, shape.Step(v.Upcast), v.Upcast.Pos, "the step to "+e.Subject())
		}
	}
	c.reuse(r, h)
}

// version compares a version that was released.
func (c *comparer) version(e *Entry, v *model.EventVersion, h history) {
	is := payload(v.Payload)
	changes := diff(e.Shape, is)
	frozen := 0
	for _, ch := range changes {
		f := ch.finding(e.Subject(), v.Payload)
		if f.Level == NewVersion {
			frozen++
			f.Hint, f.Write = remedy(e, v, h)
		}
		c.add(f)
	}
	if frozen == 0 && is.Hash() != e.Hash {
		f := found("shape-changed", e.Subject(), "", v.Pos, []string{e.Hash, is.Hash()}, "%s is released, and its shape is another", e.Subject())
		f.Hint, f.Write = remedy(e, v, h)
		c.add(f)
	}
}

// step compares an upcaster that was released with what it is now.
func (c *comparer) step(e *Entry, hash string, pos model.Pos, what string) {
	recorded := ""
	if e.Outputs != nil {
		recorded = c.options.Outputs[e.Outputs.Path]
	}
	switch {
	case recorded != "" && recorded == e.Outputs.Sum:
	case recorded != "":
		c.add(found("upcaster-changed", e.Subject(), "", pos, []string{e.Outputs.Sum, recorded}, "%s is released, and makes something else of the samples now", what))
	case hash != e.Step:
		c.add(found("upcaster-changed", e.Subject(), "", pos, []string{e.Step, hash}, "%s is released, and is written otherwise now", what))
	}
}
