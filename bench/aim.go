package main

import (
	"fmt"
	"math"
	"strings"
)

// aim is what a figure should be: all of its bounds. The zero value asks for
// nothing.
type aim []bound

// bound is one comparison, of our own figure or of its ratio to the floor.
type bound struct {
	text  string
	ratio bool
	least bool
	value float64
}

// atMost is an aim for our own figure.
func atMost(u unit, value float64) aim {
	return aim{{"≤ " + u.format(value), false, false, value}}
}

// atLeast is an aim for our own figure.
func atLeast(u unit, value float64) aim {
	return aim{{"≥ " + u.format(value), false, true, value}}
}

// ratioAtMost is an aim for ours divided by the floor.
func ratioAtMost(value float64) aim {
	return aim{{fmt.Sprintf("ratio ≤ %.2f", value), true, false, value}}
}

// ratioAtLeast is an aim for ours divided by the floor.
func ratioAtLeast(value float64) aim {
	return aim{{fmt.Sprintf("ratio ≥ %.2f", value), true, true, value}}
}

// and asks for another aim, too.
func (a aim) and(other aim) aim { return append(a[:len(a):len(a)], other...) }

func (a aim) text() string {
	var parts []string
	for _, b := range a {
		parts = append(parts, b.text)
	}
	return strings.Join(parts, ", ")
}

// met says whether all bounds are kept. What was not measured keeps none.
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
