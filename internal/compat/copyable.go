package compat

import (
	"slices"

	"ironstar.dev/internal/shape"
)

// copies reports whether the compiler of steps converts a value of one type to
// another without an expression in the schema. It follows the rules of
// upcast.fit, but for shapes. Steps can only copy recursive definitions whole.
func copies(old, now *shape.Type) bool {
	recursive := func(t *shape.Type) bool {
		return refers(t, 0, func(int, int) bool { return true })
	}
	if recursive(old) || recursive(now) {
		return old.String() == now.String()
	}
	switch {
	case old.Kind == "enum" && now.Kind == "enum":
		return old.Of == now.Of && !slices.ContainsFunc(old.Values, func(v string) bool { return !slices.Contains(now.Values, v) })
	case old.Kind == "enum":
		return old.Of == now.Kind
	case old.Kind == "int" && now.Kind == "number":
		return true
	case old.Kind != now.Kind:
		return false
	case old.Kind == "struct":
		return copiesFields(old.Fields, now.Fields)
	case old.Kind == "list":
		return copies(old.Elem, now.Elem)
	case old.Kind == "map":
		return copies(key(old), key(now)) && copies(old.Elem, now.Elem)
	case old.Kind == "sum":
		return old.Tag == now.Tag && !slices.ContainsFunc(old.Arms, func(a shape.Arm) bool {
			i := slices.IndexFunc(now.Arms, func(b shape.Arm) bool { return a.Value == b.Value })
			return i < 0 || !copiesFields(a.Fields, now.Arms[i].Fields)
		})
	}
	return true
}

// copiesFields reports whether every old field still exists, and every new field
// has an old one or is optional.
func copiesFields(old, now []shape.Field) bool {
	for _, f := range old {
		if _, stays := field(now, f.Name); !stays {
			return false
		}
	}
	for _, f := range now {
		was, ok := field(old, f.Name)
		switch {
		case f.Const != "" || was.Const != "":
			if f.Const != was.Const {
				return false
			}
		case !ok:
			if !free(f) {
				return false
			}
		case was.Optional && !free(f), !copies(was.Type, f.Type):
			return false
		}
	}
	return true
}

// free reports whether a field may be left out.
func free(f shape.Field) bool {
	return f.Optional || f.Default != "" || f.Type != nil && (f.Type.Kind == "list" || f.Type.Kind == "map")
}
