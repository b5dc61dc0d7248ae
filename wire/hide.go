package wire

// HideOptional returns a value that may be absent without its secrets.
func HideOptional[T any](v *T, hide func(T) T) *T {
	if v == nil {
		return nil
	}
	out := hide(*v)
	return &out
}

// HideList returns a list whose elements have no secrets. It shares nothing that has
// one with the list, which stays as it is.
func HideList[T any](v []T, hide func(T) T) []T {
	if v == nil {
		return nil
	}
	out := make([]T, len(v))
	for i, e := range v {
		out[i] = hide(e)
	}
	return out
}

// HideMap is [HideList] for a map.
func HideMap[K comparable, V any](v map[K]V, hide func(V) V) map[K]V {
	if v == nil {
		return nil
	}
	out := make(map[K]V, len(v))
	for k, e := range v {
		out[k] = hide(e)
	}
	return out
}
