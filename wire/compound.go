package wire

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// List reads a list. It is never nil: absent and empty are different.
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
			d.Problem("duplicate", "is there twice")
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
		if !d.folded && !slices.Contains(known, K(d.Name())) {
			d.Problem("enum", "the key must be "+oneOf(known))
		}
		return elem(d)
	})
	return items
}

// Optional reads a value that may be absent, and is there.
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
		d.wrong(oneOf(known))
		return ""
	}
	v := T(d.text())
	for _, k := range known {
		if v == k {
			return k // the constant, so that the source is not kept alive for it
		}
	}
	if d.folded {
		return v
	}
	if d.syntax == nil {
		d.Problem("enum", oneOf(known)+" (is "+shorten(strconv.Quote(string(v)))+")")
	}
	return ""
}

// EnumInt reads one of a set of integers.
//
//go:noinline
func EnumInt[T ~int64](d *Decoder, known []T) T {
	before := len(d.problems)
	v := T(d.Int())
	if len(d.problems) == before && d.syntax == nil && !d.folded && !slices.Contains(known, v) {
		d.Problem("enum", fmt.Sprintf("%s (is %d)", oneOf(known), v))
	}
	return v
}

func oneOf[T any](known []T) string {
	texts := make([]string, len(known))
	for i, k := range known {
		texts[i] = fmt.Sprint(k)
	}
	return "one of " + strings.Join(texts, ", ")
}
