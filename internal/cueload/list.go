package cueload

import (
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// pendingList is a list view whose aggregate's state may have unions, whose tags are
// found later.
type pendingList struct {
	view *model.View
	d    *definition
	key  defKey // of the definition
}

// listSettings are the settings of a view that only a list has.
var listSettings = []string{"where", "row", "more", "filter", "sort", "page"}

// viewList reads a view that has a row for each stream of an aggregate.
func (r *reader) viewList(v *model.View, d *definition, list cue.Value) {
	v.Key, v.State = "global", badType(d.pos)
	for _, part := range []string{"of", "on", "key", "state", "missing"} {
		if x := d.value.LookupPath(cue.ParsePath(part)); x.Exists() {
			r.problems.addAlso(codeList, r.pos(x), []model.Pos{r.pos(list)}, "take it away", "a list has rows, which the settings of lists describe, and no %s", part)
			return
		}
	}
	name, err := list.String()
	if err != nil {
		r.problems.add(codeViewAggregate, r.pos(list), `write list: "Lot"`, "list is the name of an aggregate")
		return
	}
	at := notMeta(posOf(list.Pos()))
	if at.File == "" {
		at = r.pos(list)
	}
	if v.Of = r.namedAggregate(v.Package, name, at); v.Of != nil {
		v.State, v.List = v.Of.State, &model.ListView{}
		if more := d.value.LookupPath(cue.ParsePath("more")); more.Exists() {
			at := site{pkg: v.Package, name: naming.Exported(v.Name)}
			v.List.More = r.payload(more, at, "More", "the fields that are added to rows of "+v.Name, plain)
		}
		r.lists = append(r.lists, pendingList{v, d, d.key})
	}
}

// notList reports settings that only a list has.
func (r *reader) notList(v *model.View, d *definition) {
	for _, part := range listSettings {
		if x := d.value.LookupPath(cue.ParsePath(part)); x.Exists() {
			r.problems.add(codeList, r.pos(x), `write list: "Lot", or take it away`, "view %s is no list, and only a list has the setting %s", v.Name, part)
		}
	}
}

// finishLists reads what lists are made of. The states of all aggregates are known.
func (r *schemaReader) finishLists() {
	if len(r.problems.errs) > 0 {
		return // their states may be incomplete
	}
	for _, p := range r.lists {
		in := &reader{r, p.view.Package}
		r.guard(r.byPath[p.key.pkg], func() { in.listOf(p.view, p.d) })
	}
}

// listReader reads one list.
type listReader struct {
	*reader
	v     *model.View
	l     *model.ListView
	d     *definition
	cases []*model.Type // what a state with a row may be
}

func (r *reader) listOf(v *model.View, d *definition) {
	l := &listReader{reader: r, v: v, l: v.List, d: d, cases: casesOf(v.Of.State)}
	at := site{pkg: v.Package, name: naming.Exported(v.Name)}
	l.l.Row = l.newStruct("Row", v.Name+"Row is a row of "+v.Name+".")
	l.l.Row.Type.Fields = []*model.Field{{Name: "id", GoName: "ID", Doc: "id is that of the stream.", Pos: d.pos, Type: &model.Type{Kind: model.String, Pos: d.pos}}}
	l.where()
	before := len(r.problems.errs)
	for _, path := range l.texts("row") {
		l.column(path, "row")
	}
	l.filters()
	l.sorts()
	if l.l.More != nil {
		l.l.Row.Type.Fields = append(l.l.Row.Type.Fields, l.l.More.Type.Fields...)
	}
	l.sizes(at)
	if len(l.l.Row.Type.Fields) == 1 && len(r.problems.errs) == before {
		r.problems.add(codeList, d.pos, `write row: ["title"], with fields of the state of `+v.Of.Name, "nothing says what a row of %s has", v.Name)
	}
	l.param()
}

func (l *listReader) setting(name string) cue.Value { return l.d.value.LookupPath(cue.ParsePath(name)) }

// newStruct returns an inline struct with a name that begins with that of the view.
func (l *listReader) newStruct(part, doc string) *model.Named {
	name := naming.Exported(l.v.Name) + part
	return &model.Named{Package: l.v.Package, Name: name, GoName: name, TSName: name, Doc: doc, Pos: l.d.pos, Inline: true,
		Type: &model.Type{Kind: model.Struct, Pos: l.d.pos}}
}

// statePath is a path into the state of an aggregate, as it is written.
type statePath struct {
	text string
	at   model.Pos
}

func (p statePath) parts() []string { return strings.Split(p.text, ".") }

// texts reads a setting that is a list of paths.
func (l *listReader) texts(setting string) (all []statePath) {
	around := l.setting(setting)
	for it, _ := around.List(); it.Next(); {
		text, _ := it.Value().String()
		p := statePath{text, notMeta(posOf(it.Value().Pos()))}
		if p.at.File == "" {
			p.at = l.pos(around)
		}
		if slices.ContainsFunc(all, func(other statePath) bool { return other.text == text }) {
			l.problems.add(codeListPath, p.at, "", "%s names %q twice", setting, text)
			continue
		}
		all = append(all, p)
	}
	return all
}

// casesOf returns the cases of a union of structs, or the struct itself.
func casesOf(t *model.Type) []*model.Type {
	u := underlying(t)
	if u.Kind != model.Sum {
		return []*model.Type{u}
	}
	var all []*model.Type
	for _, arm := range u.Arms {
		all = append(all, underlying(&model.Type{Kind: model.Ref, Named: arm}))
	}
	return all
}

// column returns the field of a row for a path, which is made if there is none yet.
// It returns nil if there is a problem.
func (l *listReader) column(p statePath, setting string) *model.Field {
	for _, c := range l.l.Columns {
		if strings.Join(c.Path, ".") == p.text {
			return c.Field
		}
	}
	if l.l.More != nil && setting != "row" {
		for _, f := range l.l.More.Type.Fields {
			if f.InCUE() == p.text {
				return f
			}
		}
	}
	found := l.find(p, setting)
	if found == nil {
		return nil
	}
	f := l.united(found, p)
	if f != nil && (naming.Fold(f.Name) == "id" || f.GoName == "ID") {
		l.problems.addAlso(codeListPath, p.at, []model.Pos{found[0].field.Pos}, "give the field another name", "%s of list %s: a row has the id of its stream, so %s cannot be called id", setting, l.v.Name, p.text)
		return nil
	}
	if f != nil {
		l.l.Columns = append(l.l.Columns, &model.Column{Path: p.parts(), Field: f})
		l.l.Row.Type.Fields = append(l.l.Row.Type.Fields, f)
	}
	return f
}

// param adds what a reader chooses to the parameters of the view.
func (l *listReader) param() {
	n := l.v.Param
	if n == nil {
		n = l.newStruct("Params", "")
		l.v.Param = n
	}
	add := func(f *model.Field) { n.Type.Fields = append(n.Type.Fields, f) }
	for _, f := range l.l.Filters {
		for _, p := range []*model.Field{f.Param, f.From, f.To} {
			if p != nil {
				add(p)
			}
		}
	}
	if len(l.l.Sorts) > 0 {
		add(l.sortParam(n))
	}
	if l.l.Size != nil {
		add(l.l.Size)
	}
	for _, cursor := range []struct{ name, doc string }{
		{"after", "after is where the page begins: behind the row that it names."},
		{"before", "before is where the page ends: in front of the row that it names."},
	} {
		add(&model.Field{Name: cursor.name, GoName: naming.Exported(cursor.name), Doc: cursor.doc, Pos: l.d.pos,
			Type: shortest(l.d.pos, maxCursor), Default: &model.Value{Kind: model.String, JSON: `""`}})
	}
}

// maxCursor is the greatest length of what names a row in an address, in characters.
const maxCursor = 2000

// shortest returns the type of a text of at most n characters.
func shortest(at model.Pos, n int64) *model.Type {
	return &model.Type{Kind: model.String, Pos: at, Checks: []model.Check{{Op: model.MaxRunes, Count: n, Pos: at}}}
}

// sortParam returns the parameter that says by what a page is sorted.
func (l *listReader) sortParam(n *model.Named) *model.Field {
	e := &model.Named{Package: n.Package, Name: n.GoName + "Sort", GoName: n.GoName + "Sort", TSName: n.GoName + "Sort", Pos: l.d.pos, Inline: true,
		Type: &model.Type{Kind: model.Enum, Pos: l.d.pos}}
	for _, s := range l.l.Sorts {
		name := naming.Exported(s.Up)
		e.Type.Values = append(e.Type.Values,
			model.Const{Kind: model.String, Text: s.Up, Pos: l.d.pos}, model.Const{Kind: model.String, Text: s.Down, Pos: l.d.pos})
		l.valueNames[e] = append(l.valueNames[e], valueName{s.Down, name + "Down", l.d.pos})
	}
	first := l.l.Sorts[0].Up
	return &model.Field{Name: "sort", GoName: "Sort", Pos: l.d.pos, Type: &model.Type{Kind: model.Ref, Pos: l.d.pos, Named: e},
		Default: &model.Value{Kind: model.String, Text: first, JSON: quote(first)}}
}
