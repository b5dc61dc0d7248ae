package cueload

import (
	"slices"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// viewEngine is the engine that asks a view instead of SQL.
const viewEngine = "view"

// query reads a query. The aggregates and views of the package have been read before.
func (r *reader) query(pkg *model.Package, d *definition) *model.Query {
	q := &model.Query{Package: pkg, Name: d.name(), Doc: docOf(d.value), Pos: d.pos}
	r.attributes(d.value, "a query")
	at := site{pkg: pkg, name: naming.Exported(q.Name)}
	r.asks(q, d)
	if p := d.value.LookupPath(cue.ParsePath("param")); p.Exists() {
		q.Param = r.payload(p, at, "Params", "the parameters of "+q.Name, paramFields)
		r.queryParams(q)
	}
	row := d.value.LookupPath(cue.ParsePath("row"))
	q.Row = r.payload(row, at, "Row", "a row of "+q.Name, rowFields)
	r.columns(q)
	r.queryLimits(q, d)
	r.window(q, d)
	for _, way := range q.Ways {
		r.sql(q, way)
	}
	return q
}

// asks reads what answers a query, and what it is made of.
func (r *reader) asks(q *model.Query, d *definition) {
	engine := d.value.LookupPath(cue.ParsePath("engine"))
	at := r.pos(engine)
	if at.File == "" {
		at = d.pos
	}
	for _, name := range r.engines(engine, at) {
		if slices.ContainsFunc(q.Ways, func(w *model.QueryWay) bool { return w.Engine == name.text }) {
			r.problems.add(codeQuery, name.pos, "name it once", "engine %q is named twice", name.text)
			continue
		}
		q.Ways = append(q.Ways, &model.QueryWay{Engine: name.text, Pos: name.pos})
	}
	r.queryOn(q, d)
	r.queryView(q, d, at)
}

// engines reads the setting engine: a text or a list of texts.
func (r *reader) engines(v cue.Value, at model.Pos) []placedText {
	v, _ = v.Default()
	if v.IncompleteKind() == cue.ListKind {
		return r.texts(v, at)
	}
	return []placedText{r.placedText(v, at)}
}

// queryOn reads the events whose tables the SQL of a query may read.
func (r *reader) queryOn(q *model.Query, d *definition) {
	on := d.value.LookupPath(cue.ParsePath("on"))
	if q.HasSQL() {
		q.On, _ = r.sources(q.Package, d, "query "+q.Name)
	} else if on.Exists() {
		r.problems.add(codeQuery, r.pos(on), `take it away, or name an engine that reads events: engine: ["view", "sqlite"]`, "query %s asks a view only, so it reads no events", q.Name)
	}
}

// queryView finds the view that a query asks. at is where its engines are named.
func (r *reader) queryView(q *model.Query, d *definition, at model.Pos) {
	asks := slices.ContainsFunc(q.Ways, func(w *model.QueryWay) bool { return w.Engine == viewEngine })
	view := d.value.LookupPath(cue.ParsePath("view"))
	switch {
	case asks && !view.Exists():
		r.problems.add(codeQueryView, at, `write view: "House", with a view whose key is "global"`, "query %s does not say which view it asks", q.Name)
		return
	case !asks && view.Exists():
		r.problems.add(codeQueryView, r.pos(view), `write engine: "view", or take it away`, "query %s names a view, and no engine of it asks one", q.Name)
		return
	case !asks:
		return
	}
	name := r.placedText(view, r.pos(view))
	q.View = r.namedView(q.Package, name)
	if v := q.View; v != nil && (v.Key != "global" || v.List != nil || v.Shows != nil) {
		r.problems.addAlso(codeQueryView, name.pos, []model.Pos{v.Pos}, `name a view with on and key: "global"`, "query %s asks view %s, which is not folded from events with the key \"global\"", q.Name, v.Name)
	}
}

// namedView finds a view of the package by its name.
func (r *reader) namedView(pkg *model.Package, wanted placedText) *model.View {
	var names []string
	for _, v := range pkg.Views {
		if v.Name == wanted.text {
			return v
		}
		names = append(names, v.Name)
	}
	r.problems.add(codeQueryView, wanted.pos, nearestOf(wanted.text, names, "did you mean %q?", thereIs(names)), "package %s has no view %q", pkg.Name, wanted.text)
	return nil
}

// thereIs lists what there is, for a hint.
func thereIs(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "there is " + list(names)
}
