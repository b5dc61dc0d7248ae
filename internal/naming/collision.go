package naming

import (
	"strings"
	"unicode"

	"ironstar.dev/internal/model"
)

// Collision is a name that two things of a schema would get.
type Collision struct {
	First, Second Name
}

// Collisions lists collisions, at most one for each pair of things in the schema.
func Collisions(s *model.Schema) []Collision {
	type key struct{ scope, text string }
	type pair struct{ first, second model.Pos }
	var all []Collision
	first, said := map[key]Name{}, map[pair]bool{}
	for _, n := range Table(s) {
		k := key{n.Scope, n.Text}
		if n.fold {
			k.text = Fold(n.Text)
		}
		old, ok := first[k]
		if !ok {
			first[k] = n
			continue
		}
		p := pair{old.Pos, n.Pos}
		if !said[p] {
			said[p] = true
			all = append(all, Collision{old, n})
		}
	}
	return all
}

// Fold returns the same text for names that differ in letter case only.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, s)
}
