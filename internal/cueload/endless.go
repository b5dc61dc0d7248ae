package cueload

import (
	"ironstar.dev/internal/model"
)

// A type may contain itself if it has a finite value: through an optional
// field, a list or map that may be empty, or a union with another case. The
// types with a finite value are found by repetition until nothing is added:
// first those that contain no other types, then those that contain these, and
// so on.

// ending is the set of definitions and structs that have a finite value.
type ending map[*model.Named]bool

// endless reports types without a finite value, and cases of unions that can
// never be chosen.
func (r *schemaReader) endless(s *model.Schema) {
	all := r.allNamed(s)
	ends := ending{}
	for changed := true; changed; {
		changed = false
		for _, n := range all {
			if !ends[n] && ends.has(n.Type, nil, 0) {
				ends[n], changed = true, true
			}
		}
	}
	for _, n := range all {
		if ends[n] {
			r.chosen(n, ends)
		} else if ends.holds(n, n.Type, map[*model.Named]bool{}) {
			r.problems.add(codeRecursion, n.Pos, "let it be absent ("+"name?: …), in a list or map that may be empty, or one of several cases of a union", "%s contains itself whatever it is, and so could never end", nameOf(n))
		}
	}
}

// chosen reports the cases of a union that have no finite value, although
// others have one.
func (r *schemaReader) chosen(n *model.Named, ends ending) {
	for _, arm := range n.Type.Arms {
		if !ends[arm] && arm.Inline { // a case with a name is reported by itself
			r.problems.addAlso(codeRecursion, n.Pos, []model.Pos{arm.Pos}, "contain it in a list, or make the field optional", "a case of %s contains itself and could never end", nameOf(n))
		}
	}
}

func nameOf(n *model.Named) string {
	if n.Inline {
		return n.GoName
	}
	return "#" + n.Name
}

// has reports whether a type has a finite value, as far as is known. checks are
// the constraints from the place where the type is used.
func (e ending) has(t *model.Type, checks []model.Check, depth int) bool {
	switch {
	case t == nil:
		return true
	case depth > maxTypeDepth: // lists inside lists that must not be empty
		return false
	}
	checks = append(checks[:len(checks):len(checks)], t.Checks...)
	switch t.Kind {
	case model.Ref:
		if k := underlying(t).Kind; k == model.List || k == model.Map {
			return e.has(t.Named.Type, checks, depth+1)
		}
		return e[t.Named]
	case model.List, model.Map:
		for _, c := range checks {
			if (c.Op == model.MinItems || c.Op == model.MinFields) && c.Count > 0 {
				return e.has(t.Elem, nil, depth+1)
			}
		}
		return true
	case model.Sum:
		for _, arm := range t.Arms {
			if e[arm] {
				return true
			}
		}
		return len(t.Arms) == 0
	}
	for _, f := range t.Fields {
		if must(f) && !e.has(f.Type, nil, depth+1) {
			return false
		}
	}
	return true
}

// must reports whether a value always has the field, with a value of its type.
func must(f *model.Field) bool { return f.Const == nil && !f.Optional && f.Default == nil }

// holds reports whether an endless type contains n through other endless types.
// A type that only contains such a type is not the cause.
func (e ending) holds(n *model.Named, t *model.Type, seen map[*model.Named]bool) bool {
	if t == nil {
		return false
	}
	visit := func(to *model.Named) bool {
		if to == n {
			return true
		}
		if e[to] || seen[to] {
			return false
		}
		seen[to] = true
		return e.holds(n, to.Type, seen)
	}
	if t.Kind == model.Ref {
		return visit(t.Named)
	}
	for _, f := range t.Fields {
		if must(f) && e.holds(n, f.Type, seen) {
			return true
		}
	}
	for _, arm := range t.Arms {
		if visit(arm) {
			return true
		}
	}
	return e.holds(n, t.Elem, seen)
}

// allNamed lists all types of a schema that have a name, including inline ones.
func (r *schemaReader) allNamed(s *model.Schema) []*model.Named {
	var all []*model.Named
	seen := map[*model.Named]bool{}
	add := func(n *model.Named) {
		if n != nil && n.Type != nil && !seen[n] {
			seen[n] = true
			all = append(all, n)
		}
	}
	walkTypes(s, func(n *model.Named) { add(n) }, func(t *model.Type) {
		add(t.Named)
		for _, arm := range t.Arms {
			add(arm)
		}
	})
	return all
}
