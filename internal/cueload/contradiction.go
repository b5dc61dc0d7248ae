package cueload

import (
	"ironstar.dev/internal/model"
)

// opposite are the counts that exclude each other when the first is larger:
// CUE does not say so before it has a value.
var opposite = map[model.Op]model.Op{
	model.MinRunes: model.MaxRunes, model.MinItems: model.MaxItems, model.MinFields: model.MaxFields,
}

// countOf is what they count.
var countOf = map[model.Op]string{
	model.MinRunes: "character", model.MinItems: "element", model.MinFields: "field",
}

// contradictions reports counts that no value satisfies.
func (r *reader) contradictions(s *model.Schema) {
	w := &typeWalk{seen: map[*model.Type]bool{}, visit: r.counts}
	for _, p := range s.Packages {
		for _, n := range p.Types {
			w.named(n)
		}
		for _, a := range p.Aggregates {
			for _, c := range a.Commands {
				w.named(c.Payload)
			}
			for _, e := range a.Events {
				for _, v := range e.Versions {
					w.named(v.Payload)
				}
			}
			for _, f := range a.Refusals {
				w.named(f.Payload)
			}
			w.typ(a.State)
		}
		for _, v := range p.Views {
			w.named(v.Param)
			w.typ(v.State)
		}
		for _, g := range p.Signals {
			w.named(g.Payload)
		}
	}
}

// counts compares the checks of a type with each other and, on a reference,
// with those of what it refers to.
func (r *reader) counts(t *model.Type) {
	own := len(t.Checks)
	all := t.Checks[:own:own]
	for to := t; to.Kind == model.Ref && to.Named != nil && to.Named.Type != nil && len(all) < 1000; {
		to = to.Named.Type
		all = append(all, to.Checks...)
		if to == t {
			break
		}
	}
	for i, least := range all {
		most, ok := opposite[least.Op]
		if !ok {
			continue
		}
		for j, other := range all {
			if other.Op != most || other.Count >= least.Count || other.Count < 0 || i >= own && j >= own {
				continue
			}
			at, also := least.Pos, other.Pos
			if i >= own || j < own && comparePos(at, also) < 0 {
				at, also = also, at
			}
			r.problems.addAlso(codeValue, at, []model.Pos{also}, "", "no value has at least %s and at most %s", count(int(least.Count), countOf[least.Op]), count(int(other.Count), countOf[least.Op]))
		}
	}
	for _, c := range t.Checks {
		for least, most := range opposite {
			if c.Count < 0 && (c.Op == least || c.Op == most) {
				r.problems.add(codeValue, c.Pos, "", "a number of %ss is not negative", countOf[least])
			}
		}
	}
}

// typeWalk visits types and what is inside them, each once.
type typeWalk struct {
	seen  map[*model.Type]bool
	visit func(*model.Type)
}

func (w *typeWalk) named(n *model.Named) {
	if n != nil {
		w.typ(n.Type)
	}
}

func (w *typeWalk) typ(t *model.Type) {
	if t == nil || w.seen[t] {
		return
	}
	w.seen[t] = true
	w.visit(t)
	w.named(t.Named)
	w.typ(t.Elem)
	w.typ(t.Key)
	for _, f := range t.Fields {
		w.typ(f.Type)
	}
	for _, a := range t.Arms {
		w.named(a)
	}
}
