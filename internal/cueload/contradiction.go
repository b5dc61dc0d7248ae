package cueload

import (
	"ironstar.dev/internal/model"
)

// opposite maps a lower limit to the upper limit that must not be smaller. CUE
// reports the contradiction only when there is a value.
var opposite = map[model.Op]model.Op{
	model.MinRunes: model.MaxRunes, model.MinItems: model.MaxItems, model.MinFields: model.MaxFields,
}

// countOf names what the limits count.
var countOf = map[model.Op]string{
	model.MinRunes: "character", model.MinItems: "element", model.MinFields: "field",
}

// contradictions reports counts that no value satisfies.
func (r *schemaReader) contradictions(s *model.Schema) {
	walkTypes(s, func(*model.Named) {}, r.counts)
}

// walkTypes visits all types of a schema, each once. It calls root for each
// definition and payload before visit for its types.
func walkTypes(s *model.Schema, root func(*model.Named), visit func(*model.Type)) {
	w := &typeWalk{seen: map[*model.Type]bool{}, visit: visit}
	named := func(n *model.Named) {
		root(n)
		w.named(n)
	}
	for _, p := range s.Packages {
		for _, n := range p.Types {
			named(n)
		}
		for _, a := range p.Aggregates {
			w.typ(a.ID)
			for _, c := range a.Commands {
				named(c.Payload)
			}
			for _, e := range a.Events {
				for _, v := range e.Versions {
					named(v.Payload)
				}
			}
			for _, e := range a.Retired {
				for _, v := range e.Versions {
					named(v.Payload)
				}
			}
			for _, f := range a.Refusals {
				named(f.Payload)
			}
			w.typ(a.State)
		}
		for _, v := range p.Views {
			named(v.Param)
			w.typ(v.State)
		}
		for _, q := range p.Queries {
			named(q.Param)
			named(q.Row)
		}
		for _, one := range p.Processes {
			w.typ(one.State)
			for _, t := range one.Timers {
				named(t.Payload)
			}
			for _, e := range one.Effects {
				named(e.Payload)
			}
		}
		for _, g := range p.Signals {
			named(g.Payload)
		}
	}
}

// counts compares the checks of a type with each other and, if the type is a
// reference, with those of its target.
func (r *schemaReader) counts(t *model.Type) {
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

// typeWalk visits types and the types inside them, each once.
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
