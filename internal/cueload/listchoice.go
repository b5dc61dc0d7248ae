package cueload

import (
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// filters reads what a reader may filter by, and makes the parameters for it.
func (l *listReader) filters() {
	for it, _ := l.setting("filter").Fields(); it != nil && it.Next(); {
		p := statePath{it.Selector().Unquoted(), l.pos(it.Value())}
		kind, _ := it.Value().String()
		f := &model.ListFilter{Kind: model.FilterKind(kind), Pos: p.at, Field: l.column(p, "filter")}
		if f.Field == nil || !l.canFilter(f, p) {
			continue
		}
		l.filterParams(f, p)
		l.l.Filters = append(l.l.Filters, f)
		if f.Kind == model.FilterActor {
			l.v.Scope = model.Session
		}
	}
	slices.SortStableFunc(l.l.Filters, func(a, b *model.ListFilter) int { return comparePos(a.Pos, b.Pos) })
}

// canFilter reports a field whose type a filter cannot compare.
func (l *listReader) canFilter(f *model.ListFilter, p statePath) bool {
	kind := underlying(f.Field.Type).Kind
	hint := ""
	switch f.Kind {
	case model.FilterWords, model.FilterActor:
		if kind != model.String {
			hint = map[model.FilterKind]string{model.FilterWords: "words are in a text", model.FilterActor: "a user is a text"}[f.Kind]
		}
	case model.FilterRange:
		if !isOrdered(kind) {
			hint = `a range is of numbers, decimals, times, days or lengths of time; write "equal", or "words" for a text`
		}
	default:
		if !isOrdered(kind) && kind != model.String && kind != model.Bool && kind != model.UUID && kind != model.Enum {
			hint = "name a field of it, or a scalar"
		}
	}
	if hint != "" {
		l.problems.addAlso(codeListFilter, p.at, []model.Pos{f.Field.Pos}, hint, "filter of list %s: %s is %s, which cannot be compared by %q", l.v.Name, p.text, aKind(kind), f.Kind)
	}
	return hint == ""
}

// isOrdered reports whether values of a kind lie between others.
func isOrdered(kind model.Kind) bool {
	switch kind {
	case model.Int, model.Number, model.Decimal, model.Time, model.Date, model.Duration:
		return true
	}
	return false
}

// filterParams makes the parameters of a filter.
func (l *listReader) filterParams(f *model.ListFilter, p statePath) {
	param := func(suffix, doc string) *model.Field {
		t := inRow(f.Field.Type)
		if t.Kind == model.String {
			t = shortest(p.at, maxParam)
		}
		return &model.Field{Name: f.Field.Name + suffix, GoName: f.Field.GoName + suffix, Doc: doc, Pos: p.at, Type: t, Optional: true}
	}
	switch f.Kind {
	case model.FilterEqual:
		f.Param = param("", f.Field.Name+" leaves the rows with this value.")
		emptyIsNone(f.Param)
	case model.FilterRange:
		f.From = param("From", f.Field.Name+"From leaves the rows with this value or more.")
		f.To = param("To", f.Field.Name+"To leaves the rows with this value or less.")
	case model.FilterWords:
		f.Param = param("", f.Field.Name+" leaves the rows that have these words, the last one as a beginning.")
		emptyIsNone(f.Param)
	}
}

// emptyIsNone makes the empty text of a parameter mean that nothing is chosen, as forms
// send it.
func emptyIsNone(f *model.Field) {
	if f.Type.Kind == model.String {
		f.Optional, f.Default = false, &model.Value{Kind: model.String, JSON: `""`}
	}
}

// sorts reads what a reader may sort by.
func (l *listReader) sorts() {
	for _, p := range l.texts("sort") {
		f := l.column(p, "sort")
		if f == nil {
			continue
		}
		kind := underlying(f.Type).Kind
		if !isOrdered(kind) && kind != model.String && kind != model.UUID && kind != model.Enum && kind != model.Bool {
			l.problems.addAlso(codeListSort, p.at, []model.Pos{f.Pos}, "name a field of it, or a scalar", "sort of list %s: %s is %s, which has no order", l.v.Name, p.text, aKind(kind))
			continue
		}
		l.l.Sorts = append(l.l.Sorts, &model.ListSort{Field: f, Up: f.Name, Down: "-" + f.Name})
	}
}

// maxRows is the greatest number of rows of a page.
const maxRows = 1000

// defaultRows is the number of rows of a page if the schema says none.
const defaultRows = 25

// sizes reads how many rows a page has.
func (l *listReader) sizes(at site) {
	v := l.setting("page")
	if !v.Exists() {
		l.l.Sizes = []int{defaultRows}
		return
	}
	here := l.pos(v)
	before := len(l.problems.errs)
	t := l.typeOf(v, at.in("ParamsSize", "page of list "+l.v.Name), nil)
	if len(l.problems.errs) > before {
		return
	}
	values := underlying(t).Values
	standard, hasDefault := v.Default()
	first, err := standard.Int64()
	if len(values) == 0 || err != nil && len(values) > 1 || !hasDefault && len(values) > 1 {
		l.problems.add(codeListPage, here, "write page: 25, or page: *25 | 50 | 100", "page of list %s says how many rows a page has, and which number is the default", l.v.Name)
		return
	}
	l.l.Sizes = []int{int(first)}
	for _, c := range values {
		n, _ := strconv.Atoi(c.Text)
		if n != int(first) {
			l.l.Sizes = append(l.l.Sizes, n)
		}
	}
	if len(values) > 1 {
		text := strconv.Itoa(l.l.Sizes[0])
		l.l.Size = &model.Field{Name: "size", GoName: naming.Exported("size"), Doc: "size is how many rows a page has.", Pos: here, Type: t,
			Default: &model.Value{Kind: model.Int, Text: text, JSON: text}}
	}
}

// filterKinds are the kinds of filters, for messages.
var filterKinds = []string{"equal", "range", "words", "actor"}

// listError explains an error of CUE in the settings of a list. It reports whether it
// could.
func (t *translator) listError(out *Error, path []string, said string) bool {
	if len(path) < 2 || t.roles[path[0]] != "#View" {
		return false
	}
	switch {
	case len(path) == 3 && path[1] == "filter":
		wrote := between(said, `"`)
		out.Code, out.Message = codeListFilter, "a filter is "+strings.Join(quoted(filterKinds), ", ")
		out.Hint = nearestOf(wrote, filterKinds, "did you mean %q?", `equal: the same; range: between two values; words: has these words; actor: the user who sees the page`)
		out.Pos = locate(t.folder, path)
	case len(path) == 2 && path[1] == "page":
		out.Code, out.Message, out.Hint = codeListPage, "a page has 1 to "+strconv.Itoa(maxRows)+" rows", "write page: 25, or page: *25 | 50 | 100"
	default:
		return false
	}
	return true
}

func quoted(all []string) (out []string) {
	for _, s := range all {
		out = append(out, strconv.Quote(s))
	}
	return out
}

// codesOfLists returns the codes for list views.
func codesOfLists() []Code {
	return []Code{
		{Code: codeList, Title: "a list view", Text: "`list: \"Lot\"` is a view with a row for each Lot. It has where, row, more, filter, sort and page, and none of of, on, key, state and missing. " +
			"A row has fields of the state (row, filter and sort name them), and what hand-written code adds (more)."},
		{Code: codeListPath, Title: "a path into the state", Text: "row, filter and sort name fields of the aggregate's state, with dots for fields in them: \"high.amount\". In a union each case that has a row " +
			"has the field, with one type; where leaves cases out. A list shows no field with @secret()."},
		{Code: codeListWhere, Title: "which states have a row", Text: "where names fields of the state and the values that they have: `where: kind: \"open\" | \"sold\"`. It knows no clock and no comparison; let the state " +
			"have a field that says it."},
		{Code: codeListFilter, Title: "a filter that compares what cannot be compared", Text: "\"equal\" takes scalars, \"range\" numbers, decimals, times, days and lengths of time, \"words\" and \"actor\" texts."},
		{Code: codeListSort, Title: "an order of what has none", Text: "sort takes scalars. Texts are sorted without regard to case and marks, enums in the order of the schema, what is absent comes first."},
		{Code: codeListPage, Title: "how many rows a page has", Text: "`page: 25`, or `page: *25 | 50 | 100` if the reader may choose: integers from 1 to 1000, one of them the default."},
	}
}
