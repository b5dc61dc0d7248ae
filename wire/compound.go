package wire

import (
	"fmt"
	"slices"
	"strconv"
)

// List reads a list. It is never nil, because an absent field differs from an
// empty one.
//
//go:noinline
func List[T any](d *Decoder, elem func(*Decoder) T) []T {
	items := []T{}
	for d.Array(); d.Next(); {
		items = append(items, elem(d))
	}
	return items
}

// Map reads an object whose keys are data. It is never nil.
//
//go:noinline
func Map[K ~string, V any](d *Decoder, elem func(*Decoder) V) map[K]V {
	items := map[K]V{}
	for d.Object(); d.Field(); {
		key := K(d.Name())
		if _, twice := items[key]; twice {
			d.report(problemTwice())
		}
		items[key] = elem(d)
	}
	return items
}

// EnumMap reads an object whose keys are an enum's values.
//
//go:noinline
func EnumMap[K ~string, V any](d *Decoder, known []K, elem func(*Decoder) V) map[K]V {
	items := Map[K](d, func(d *Decoder) V {
		if !d.isState && !slices.Contains(known, K(d.Name())) {
			d.report(problemEnum(known, "the key must be "+oneOf(known)))
		}
		return elem(d)
	})
	return items
}

// Optional reads the value of an optional field that is present.
//
//go:noinline
func Optional[T any](d *Decoder, read func(*Decoder) T) *T {
	v := read(d)
	return &v
}

// Enum reads one of a set of strings.
//
//go:noinline
func Enum[T ~string](d *Decoder, known []T) T {
	if d.peek() != '"' {
		d.wrongType(expectOneOf(known))
		return ""
	}
	v := T(d.text())
	for _, k := range known {
		if v == k {
			return k // returns the constant, because a part of the source would keep all of it in memory
		}
	}
	if d.isState {
		return v
	}
	if d.syntax == nil {
		d.report(problemEnum(known, oneOf(known)+" (is "+shorten(strconv.Quote(string(v)))+")"))
	}
	return ""
}

// EnumInt reads one of a set of integers.
//
//go:noinline
func EnumInt[T ~int64](d *Decoder, known []T) T {
	before := len(d.problems)
	v := T(d.Int())
	if len(d.problems) == before && d.syntax == nil && !d.isState && !slices.Contains(known, v) {
		d.report(problemEnum(known, fmt.Sprintf("%s (is %d)", oneOf(known), v)))
	}
	return v
}
