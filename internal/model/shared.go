package model

import "slices"

// Shared lists the fields that two or more cases of a union have with one Go type, in
// the order in which the first case has them. If cases disagree about the type of a
// name, the first type that two cases have counts.
func (t *Type) Shared() (shared []*Field) {
	u := t.Underlying()
	if u.Kind != Sum {
		return nil
	}
	for i, arm := range u.Arms {
		for _, f := range arm.Type.Underlying().Fields {
			before, after := 0, 0
			for j, other := range u.Arms {
				if g := other.field(f); g == nil {
					continue
				} else if j < i {
					before++
				} else if j > i {
					after++
				}
			}
			named := func(g *Field) bool { return g.GoName == f.GoName }
			if before == 0 && after > 0 && !slices.ContainsFunc(shared, named) {
				shared = append(shared, f)
			}
		}
	}
	return shared
}

// CasesWith lists the cases of a union that have a field as Shared found it.
func (t *Type) CasesWith(f *Field) (cases []*Named) {
	for _, arm := range t.Underlying().Arms {
		if arm.field(f) != nil {
			cases = append(cases, arm)
		}
	}
	return cases
}

// field finds a field with the name and the Go type of another one. A tag is no field
// in Go.
func (n *Named) field(like *Field) *Field {
	for _, f := range n.Type.Underlying().Fields {
		if f.Const == nil && like.Const == nil && f.GoName == like.GoName && f.Pointer() == like.Pointer() && sameInGo(f.Type, like.Type) {
			return f
		}
	}
	return nil
}

// sameInGo reports whether two types are one type in Go.
func sameInGo(a, b *Type) bool {
	a, b = a.inGo(), b.inGo()
	switch {
	case a.Kind != b.Kind:
		return false
	case a.Kind == Ref:
		return a.Named == b.Named
	case a.Kind == List:
		return sameInGo(a.Elem, b.Elem)
	case a.Kind == Map:
		return sameInGo(a.Elem, b.Elem) && (a.Key == nil) == (b.Key == nil) && (a.Key == nil || sameInGo(a.Key, b.Key))
	}
	return true
}

// inGo follows definitions to the first that is a type in Go.
func (t *Type) inGo() *Type {
	for t.Kind == Ref {
		if k := t.Named.Type.Kind; k == Struct || k == Sum || k == Enum {
			return t
		}
		t = t.Named.Type
	}
	return t
}
