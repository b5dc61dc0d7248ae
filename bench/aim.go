package main

import (
	"fmt"
	"math"
	"strings"
)

// aim holds all bounds that a figure should meet. The zero value has none.
type aim []bound

// bound is one comparison with our figure or its ratio to the floor.
type bound struct {
	text  string
	ratio bool
	least bool
	value float64
}

// atMost is a bound for our figure.
func atMost(u unit, value float64) aim {
	return aim{{"≤ " + u.format(value), false, false, value}}
}

// atLeast is a bound for our figure.
func atLeast(u unit, value float64) aim {
	return aim{{"≥ " + u.format(value), false, true, value}}
}

// ratioAtMost is a bound for our figure divided by the floor.
func ratioAtMost(value float64) aim {
	return aim{{fmt.Sprintf("ratio ≤ %.2f", value), true, false, value}}
}

// ratioAtLeast is a bound for our figure divided by the floor.
func ratioAtLeast(value float64) aim {
	return aim{{fmt.Sprintf("ratio ≥ %.2f", value), true, true, value}}
}

// and adds the bounds of another aim.
func (a aim) and(other aim) aim { return append(a[:len(a):len(a)], other...) }

func (a aim) text() string {
	var parts []string
	for _, b := range a {
		parts = append(parts, b.text)
	}
	return strings.Join(parts, ", ")
}

// met reports whether all bounds are met. A missing figure meets none.
func (a aim) met(ours, ratio float64) bool {
	for _, b := range a {
		if !b.met(ours, ratio) {
			return false
		}
	}
	return true
}

func (b bound) met(ours, ratio float64) bool {
	v := ours
	if b.ratio {
		v = ratio
	}
	if b.least {
		return v >= b.value
	}
	return v <= b.value && !math.IsNaN(v)
}
