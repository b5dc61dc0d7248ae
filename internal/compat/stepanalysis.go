package compat

import (
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// Narrowed examines the steps that are not released yet. It makes a finding if a
// step may make values outside the bounds of the new version, or may compute an
// integer that exceeds 64 bits. Reading old events checks no bounds, so values
// outside them can still be read. That finding tells people that their code will
// meet such values. A number that exceeds 64 bits cannot be read, so that
// finding is an error.
//
// It assumes that the values of hand-written methods are within the bounds.
func Narrowed(lock *Lock, s *model.Schema) []Finding {
	a := &stepAnalysis{entries: lock.index(), beyond: map[*model.Field]bool{}}
	for known := -1; known < len(a.beyond); { // repeats, because a step may read results of a later step in the schema
		known, a.found = len(a.beyond), nil
		for _, p := range s.Packages {
			for _, of := range p.Aggregates {
				for _, h := range histories(of) {
					a.history(h)
				}
			}
		}
	}
	return sorted(a.found)
}

// stepAnalysis computes the possible results of steps from the bounds of their
// inputs.
type stepAnalysis struct {
	entries map[entryKey]*Entry
	beyond  map[*model.Field]bool // fields of payloads whose values may be outside their bounds, because a step made them
	found   []Finding

	// About the current step:
	subject  string
	released bool // the step is released, so it gets no findings
	from     string
	frozen   bool // the version before is released
	variable map[string]variable
}

// variable stands for the elements of a list or map, or for a case of a union.
type variable struct {
	can    []outcome // nil: any value of its type
	beyond bool      // its values may be outside the bounds of their type
}

func (a *stepAnalysis) history(h history) {
	kind := Kind(h.of)
	for i, v := range h.versions {
		if v.Upcast != nil && i > 0 {
			a.released = a.entries[entryKey{Event, kind, h.name, v.Version}] != nil
			a.from, a.frozen = versionName(h, h.versions[i-1]), a.entries[entryKey{Event, kind, h.name, v.Version - 1}] != nil
			a.step(versionSubject(h, v), v.Upcast)
		}
	}
	if h.retired == nil || len(h.versions) == 0 {
		return
	}
	last := h.versions[len(h.versions)-1]
	for _, part := range h.retired.Becomes {
		a.released = a.entries[entryKey{Retired, kind, h.name, 0}] != nil
		a.from, a.frozen = versionName(h, last), a.entries[entryKey{Event, kind, h.name, last.Version}] != nil
		a.step(kind+"."+shape.PartName(part), part.Upcast)
	}
}

func (a *stepAnalysis) step(subject string, u *model.Upcast) {
	if u == nil || u.Make == nil {
		return
	}
	a.subject, a.variable = subject, map[string]variable{}
	u.Make.Walk(func(e *model.Expr) bool {
		a.declare(e)
		return true
	})
	start := len(a.found)
	for _, f := range u.To.Type.Fields {
		before := len(a.found)
		a.field("", u.Make, f)
		if len(a.found) > before {
			a.beyond[f] = true
		}
	}
	if a.released {
		a.found = a.found[:start]
	}
}

// declare records the possible values of the variables of a comprehension.
func (a *stepAnalysis) declare(e *model.Expr) {
	switch e.Op {
	case model.Each:
		a.variable[e.Name] = variable{a.elements(e.Args[0]), a.isBeyond(e.Args[0])}
	case model.EachEntry:
		a.variable[e.Name] = variable{a.elements(e.Args[0]), a.isBeyond(e.Args[0])}
		a.variable[e.Key] = variable{a.keys(e.Args[0]), a.isBeyond(e.Args[0])}
	case model.Cases:
		a.variable[e.Name] = variable{nil, a.isBeyond(e.Args[0])}
	}
}

// isBeyond reports whether an expression is part of a field that may have values
// outside its bounds.
func (a *stepAnalysis) isBeyond(e *model.Expr) bool {
	switch {
	case e.Op == model.Variable:
		return a.variable[e.Name].beyond
	case e.Op == model.Select && e.Args[0].Op == model.Old:
		return a.beyond[e.Field]
	case e.Op == model.Select, e.Op == model.Lookup, e.Op == model.Index, e.Op == model.AsCase, e.Op == model.Convert:
		return a.isBeyond(e.Args[0])
	case e.Op == model.Else:
		return a.isBeyond(e.Args[0]) || a.isBeyond(e.Args[1])
	}
	return false
}

// field compares the values of a struct's field with its bounds. A list or map may
// be empty if a step has no value for it, or only under a condition.
func (a *stepAnalysis) field(path string, of *model.Expr, f *model.Field) {
	path = join(path, f.Name)
	at := f.Pos
	var part *model.FieldExpr
	for _, p := range of.Parts {
		if p.Field == f {
			part = p
		}
	}
	if part != nil {
		at = part.Value.Pos
		a.overflow(part.When, false)
		a.overflow(part.If, false)
		a.value(path, part.Value, f.Type, at)
	}
	if (part == nil || part.When != nil || part.If != nil) && !f.Optional && f.Default == nil && f.Const == nil {
		if k := under(f.Type).Kind; k == model.List || k == model.Map {
			a.compare(path, sized(f.Type, 0, 0, true), f.Type, at)
		}
	}
}

// value compares the possible results of an expression with the wanted type.
func (a *stepAnalysis) value(path string, e *model.Expr, want *model.Type, at model.Pos) {
	switch e.Op {
	case model.Hand:
	case model.MakeStruct:
		for _, f := range under(e.Type).Fields {
			a.field(path, e, f)
		}
	case model.Else:
		a.value(path, e.Args[0], want, at)
		if e.Args[0].Missing() != nil {
			a.value(path, e.Args[1], want, at)
		}
	case model.Choose:
		conditions, values := e.Choices()
		for _, x := range conditions {
			a.overflow(x, false)
		}
		for _, x := range values {
			a.value(path, x, want, x.Pos)
		}
	case model.Table:
		a.overflow(e.Args[0], false)
		for _, x := range a.reachable(e) {
			a.value(path, x.Value, want, x.Value.Pos)
		}
	case model.Cases:
		for _, x := range e.Entries {
			a.value(path+"("+x.Key+")", x.Value, want, at)
		}
	case model.Each:
		a.each(path, e, want, at)
	case model.EachEntry:
		a.eachEntry(path, e, want, at)
	case model.MakeList:
		a.compare(path, sized(want, int64(len(e.Args)), int64(len(e.Args)), allDifferent(e.Args)), want, at)
		for _, x := range e.Args {
			a.value(path+"[]", x, under(want).Elem, x.Pos)
		}
	case model.MakeMap:
		a.makeMap(path, e, want, at)
	default:
		a.overflow(e, false)
		for _, one := range a.outcomes(e) {
			a.compare(path, one, want, at)
		}
	}
}

func (a *stepAnalysis) each(path string, e *model.Expr, want *model.Type, at model.Pos) {
	a.overflow(e.Args[0], false)
	for _, source := range a.outcomes(e.Args[0]) {
		low, high, unique := source.size()
		if len(e.Args) > 2 { // a condition may omit any element
			low = 0
		}
		a.compare(path, sized(want, low, high, unique && a.tellsApart(e.Args[1], e.Name)), want, at)
	}
	for _, condition := range e.Args[2:] {
		a.overflow(condition, false)
	}
	a.value(path+"[]", e.Args[1], under(want).Elem, e.Args[1].Pos)
}

func (a *stepAnalysis) eachEntry(path string, e *model.Expr, want *model.Type, at model.Pos) {
	a.overflow(e.Args[0], false)
	for _, source := range a.outcomes(e.Args[0]) {
		low, high, _ := source.size()
		a.compare(path, sized(want, low, high, false), want, at)
	}
	if key := under(want).Key; key != nil {
		a.value(path+"{key}", e.Args[1], key, e.Args[1].Pos)
	}
	a.value(path+"{}", e.Args[2], under(want).Elem, e.Args[2].Pos)
}

// tellsApart reports whether e has different values for different elements.
func (a *stepAnalysis) tellsApart(e *model.Expr, name string) bool {
	if e.Op == model.Convert {
		from := under(e.Args[0].Type)
		return (from.Kind == model.Enum || constraints(shape.Of(e.Args[0].Type)).safe()) && a.tellsApart(e.Args[0], name)
	}
	return e.Op == model.Variable && e.Name == name
}

func (a *stepAnalysis) makeMap(path string, e *model.Expr, want *model.Type, at model.Pos) {
	n := int64(len(e.Entries))
	a.compare(path, sized(want, n, n, false), want, at)
	for _, x := range e.Entries {
		if key := under(want).Key; key != nil {
			a.compare(path+"{key}", outcome{value: constantValue(x.Key)}, key, x.Value.Pos)
		}
		a.value(path+"{}", x.Value, under(want).Elem, x.Value.Pos)
	}
}

// allDifferent reports whether no two elements can be equal.
func allDifferent(list []*model.Expr) bool {
	seen := map[string]bool{}
	for _, e := range list {
		if e.Op != model.Literal || seen[e.Value.JSON] {
			return len(list) < 2
		}
		seen[e.Value.JSON] = true
	}
	return true
}

// compare makes a finding for each bound that one outcome may violate.
func (a *stepAnalysis) compare(path string, one outcome, want *model.Type, at model.Pos) {
	to := shape.Of(want)
	for _, c := range one.against(to) {
		if !isBound(c.rule) {
			continue
		}
		where := strings.ReplaceAll(strings.TrimSuffix(join(path, c.path), "."), ".[]", "[]")
		a.found = append(a.found, found("upcast-narrowed", a.subject, where, at, nil,
			"%s: old events may have values of %s outside its bounds: %s, but now %s", a.subject, where, c.was, c.is))
	}
}

// isBound reports whether a rule is about constraints. The compiler of steps
// has already checked the rest of the shape.
func isBound(rule string) bool {
	switch rule {
	case "pattern-changed", "excluded-added", "unique-added", "format-changed":
		return true
	}
	return strings.HasSuffix(rule, "-narrowed")
}

func under(t *model.Type) *model.Type {
	for t.Kind == model.Ref {
		t = t.Named.Type
	}
	return t
}
