package testcases

import (
	"math"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/scalar"
)

// Sizes of values for CUE. CUE needs about 30 microseconds for each part of a value,
// so all cases of a package need a few seconds.
const (
	deepest      = 6    // levels; deeper parts of a value are as small as possible
	mostParts    = 40   // parts; further parts of a value are as small as possible
	largestValue = 3000 // parts; larger values are omitted
)

// shouldEnd reports whether the rest of a value should be as small as possible:
// without optional fields and elements, and with the cases of unions that need
// the fewest levels.
func (g *caseMaker) shouldEnd() bool { return g.depth > deepest || g.parts > mostParts }

// endless is the height of a type whose values are all infinite.
const endless = math.MaxInt32

// heights returns the number of levels of the smallest value of each definition
// that a type uses. The height of a definition depends on its parts, so it
// iterates until nothing changes.
func heights(t *model.Type) map[*model.Named]int {
	known := map[*model.Named]int{}
	enter(known, t)
	for changed := true; changed; {
		changed = false
		for n, before := range known {
			if h := heightOf(known, n.Type); h < before {
				known[n], changed = h, true
			}
		}
	}
	return known
}

// enter adds the definitions in a type, as endless ones.
func enter(known map[*model.Named]int, t *model.Type) {
	if t == nil {
		return
	}
	for _, n := range append([]*model.Named{t.Named}, t.Arms...) {
		if _, seen := known[n]; n != nil && !seen {
			known[n] = endless
			enter(known, n.Type)
		}
	}
	enter(known, t.Elem)
	for _, f := range t.Fields {
		enter(known, f.Type)
	}
}

func heightOf(known map[*model.Named]int, t *model.Type) int {
	height := 0
	switch t.Kind {
	case model.Ref:
		if sizeAtLeast(scalar.Constraints(t)) == 0 && isCollection(t.Underlying()) {
			return 0
		}
		return known[t.Named]
	case model.Struct:
		for _, f := range t.Fields {
			if f.Const == nil && !f.Optional && f.Default == nil {
				height = max(height, heightOf(known, f.Type))
			}
		}
	case model.Sum:
		height = endless
		for _, arm := range t.Arms {
			height = min(height, known[arm])
		}
	case model.List, model.Map:
		if sizeAtLeast(t.Checks) > 0 {
			height = heightOf(known, t.Elem)
		}
	default:
		return 0
	}
	return min(height+1, endless)
}

func isCollection(t *model.Type) bool { return t.Kind == model.List || t.Kind == model.Map }

// sizeAtLeast returns the least number of elements or fields.
func sizeAtLeast(checks []model.Check) (n int64) {
	for _, c := range checks {
		if c.Op == model.MinItems || c.Op == model.MinFields {
			n = max(n, c.Count)
		}
	}
	return n
}
