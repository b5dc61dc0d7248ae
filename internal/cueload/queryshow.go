package cueload

import (
	"slices"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// pendingShow is a view that shows the answers of queries, which are read after views.
type pendingShow struct {
	view  *model.View
	shows cue.Value
	at    site
}

// viewShows reads a view that shows the answers of queries.
func (r *reader) viewShows(v *model.View, d *definition, shows cue.Value) {
	v.Key, v.Shows = "global", []*model.Shown{}
	for _, part := range slices.Concat([]string{"of", "on", "list", "key", "state", "param", "missing"}, listSettings) {
		if x := d.value.LookupPath(cue.ParsePath(part)); x.Exists() {
			r.problems.addAlso(codeShows, r.pos(x), []model.Pos{r.pos(shows)}, "take it away", "a view that shows the answers of queries has what these have, and no %s of its own", part)
		}
	}
	r.showing = append(r.showing, pendingShow{v, shows, site{pkg: v.Package, name: naming.Exported(v.Name)}})
}

// showAll finds the queries that views of the package show.
func (r *reader) showAll() {
	for _, p := range r.showing {
		r.show(p)
	}
	r.showing = nil
}

func (r *reader) show(p pendingShow) {
	v := p.view
	for it, _ := p.shows.Fields(); it != nil && it.Next(); {
		name := it.Selector().Unquoted()
		wanted := r.placedText(it.Value(), r.pos(it.Value()))
		if q := r.namedQuery(v.Package, wanted); q != nil {
			v.Shows = append(v.Shows, &model.Shown{Name: name, GoName: naming.Exported(name), Query: q, Pos: r.pos(it.Value())})
		}
	}
	slices.SortStableFunc(v.Shows, func(a, b *model.Shown) int { return comparePos(a.Pos, b.Pos) })
	r.shownParams(v, p.at)
}

// namedQuery finds a query of the package by its name.
func (r *reader) namedQuery(pkg *model.Package, wanted placedText) *model.Query {
	var names []string
	for _, q := range pkg.Queries {
		if q.Name == wanted.text {
			return q
		}
		names = append(names, q.Name)
	}
	r.problems.add(codeShows, wanted.pos, nearestOf(wanted.text, names, "did you mean %q?", thereIs(names)), "package %s has no query %q", pkg.Name, wanted.text)
	return nil
}

// shownParams makes the parameters of a view of those of the queries that it shows.
func (r *reader) shownParams(v *model.View, at site) {
	name := at.name + "Params"
	n := &model.Named{Package: v.Package, Name: name, GoName: name, TSName: name, Pos: v.Pos, Inline: true, Type: &model.Type{Kind: model.Struct, Pos: v.Pos}}
	for _, s := range v.Shows {
		if s.Query.Param == nil {
			continue
		}
		for _, f := range s.Query.Param.Type.Fields {
			if old := n.Type.FieldInCUE(f.Name); old == nil {
				n.Type.Fields = append(n.Type.Fields, f)
			} else if !sameParam(old, f) {
				r.problems.addAlso(codeShows, s.Pos, []model.Pos{old.Pos, f.Pos}, "give it one type and one default, or another name in one of them",
					"parameter %s of query %s is not that of the other queries that view %s shows", f.Name, s.Query.Name, v.Name)
			}
		}
	}
	if len(n.Type.Fields) > 0 {
		v.Param = n
	}
}
