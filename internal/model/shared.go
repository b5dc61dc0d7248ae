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
	for _, arm := range u.Arms {
		for _, f := range arm.Type.Underlying().Fields {
			named := func(g *Field) bool { return g.GoName == f.GoName }
			if !slices.ContainsFunc(shared, named) && len(t.CasesWith(f)) > 1 {
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
		if f.Const == nil && like.Const == nil && f.GoName == like.GoName && SameInGo(f, like) {
			return f
		}
	}
	return nil
}

// Has reports whether a case of a union has a field with the name and Go type of f.
func (n *Named) Has(f *Field) bool { return n.field(f) != nil }

// SameInGo reports whether two fields have one type in Go.
func SameInGo(a, b *Field) bool { return a.Pointer() == b.Pointer() && sameInGo(a.Type, b.Type) }

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

// Field returns the field of a struct with a name in JSON, or nil.
func (t *Type) Field(name string) *Field {
	for _, f := range t.Underlying().Fields {
		if f.Name == name && f.Const == nil {
			return f
		}
	}
	return nil
}

// Plain reports whether a copy of a value shares nothing with it: it holds no list, map
// or bytes, and nothing optional.
func (t *Type) Plain() bool {
	switch u := t.Underlying(); u.Kind {
	case List, Map, Bytes, Sum:
		return false
	case Struct:
		return !slices.ContainsFunc(u.Fields, func(f *Field) bool { return f.Optional || !f.Type.Plain() })
	}
	return true
}

// Before lists the cases of a state that an event changes.
func (e *Event) Before(state *Type) []*Named {
	if e.In != nil {
		return e.In.Cases
	}
	return state.Underlying().Arms
}

// Gives reports whether the field of a case has the value of an event's field.
func (e *Event) Gives(f *Field) bool {
	return f.Const == nil && e.Versions[len(e.Versions)-1].Payload.Type.Field(f.Name) != nil
}

// Lacks reports whether a case before an event has no such field.
func (e *Event) Lacks(state *Type, f *Field) bool {
	return slices.ContainsFunc(e.Before(state), func(arm *Named) bool { return !arm.Has(f) })
}
