package cueload

import (
	"slices"
	"strings"
	"time"

	"cuelang.org/go/cue"

	"ironstar.dev"
	"ironstar.dev/internal/model"
)

// The parameters that the SQL of a query with a window has.
const (
	fromParam  = "from"
	untilParam = "until"
)

// window reads the range of time that a query asks about.
func (r *reader) window(q *model.Query, d *definition) {
	w := d.value.LookupPath(cue.ParsePath("window"))
	if !w.Exists() {
		return
	}
	part := func(name string) cue.Value { return w.LookupPath(cue.ParsePath(name)) }
	q.Span = r.windowField(q, r.placedText(part("span"), r.pos(part("span"))))
	if q.Span != nil {
		r.windowSpan(q, r.pos(part("span")))
	}
	if until := part("until"); until.Exists() {
		q.Until = r.windowField(q, r.placedText(until, r.pos(until)))
		if f := q.Until; f != nil && (underlying(f.Type).Kind != model.Time || !f.Optional) {
			r.problems.addAlso(codeQueryWindow, r.pos(until), []model.Pos{f.Pos}, "write "+f.Name+"?: schema.#Time", "parameter %s says when the window ends, so it is an optional schema.#Time", f.Name)
		}
	}
	round := part("round")
	q.Round = r.span(q, round, "round", maxFresh)
	if least := shortestSpan(q.Span); least > 0 && q.Round > least {
		r.problems.add(codeQueryWindow, r.pos(round), "round it to less", "the window of query %s may be as short as %s, and its end is rounded up to %s: nothing would be in it", q.Name, ironstar.FormatDuration(least), ironstar.FormatDuration(q.Round))
	}
	r.windowNames(q)
}

// windowField finds a parameter that a window names.
func (r *reader) windowField(q *model.Query, wanted placedText) *model.Field {
	var names []string
	if q.Param != nil {
		for _, f := range q.Param.Type.Fields {
			if f.Name == wanted.text {
				return f
			}
			names = append(names, f.Name)
		}
	}
	r.problems.add(codeQueryWindow, wanted.pos, nearestOf(wanted.text, names, "did you mean %q?", `write param: {span: *"PT1H" | "PT24H"}`), "query %s has no parameter %q", q.Name, wanted.text)
	return nil
}

// windowSpan checks the parameter that says how long the window is.
func (r *reader) windowSpan(q *model.Query, at model.Pos) {
	f := q.Span
	hint := "write " + f.Name + `: *"PT1H" | "PT24H"`
	t := underlying(f.Type)
	switch {
	case t.Kind != model.Enum || t.Values[0].Kind != model.String:
		r.problems.addAlso(codeQueryWindow, at, []model.Pos{f.Pos}, hint, "parameter %s says how long the window is, so its values are lengths of time", f.Name)
		return
	case f.Optional:
		r.problems.addAlso(codeQueryWindow, at, []model.Pos{f.Pos}, hint, "parameter %s says how long the window is, so it is always there", f.Name)
	}
	for _, c := range t.Values {
		if length, err := ironstar.ParseDuration(c.Text); err != nil || length <= 0 {
			r.problems.addAlso(codeQueryWindow, c.Pos, []model.Pos{at}, `hours, minutes and seconds, as in "PT24H" or "PT1H30M"`, "parameter %s says how long the window is, and %q is no length of time", f.Name, c.Text)
		}
	}
}

// shortestSpan returns the shortest window, or 0.
func shortestSpan(f *model.Field) (least time.Duration) {
	if f == nil {
		return 0
	}
	for _, c := range underlying(f.Type).Values {
		if length, err := ironstar.ParseDuration(c.Text); err == nil && (least == 0 || length < least) {
			least = length
		}
	}
	return least
}

// windowNames refuses parameters with the names that a window gives to the SQL.
func (r *reader) windowNames(q *model.Query) {
	if q.Param == nil {
		return
	}
	for _, f := range q.Param.Type.Fields {
		if f != q.Until && f != q.Span && slices.Contains([]string{fromParam, untilParam}, strings.ToLower(f.Name)) {
			r.problems.add(codeQueryWindow, f.Pos, "give it another name", "the SQL of query %s has $%s from its window, so no parameter has that name", q.Name, f.Name)
		}
	}
}
