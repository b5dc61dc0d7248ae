package cueload

import (
	"slices"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// maxRules is the greatest number of rules, and maxRuleName that of bytes of a rule's
// name: a store takes no more (ironstar.MaxClaims, MaxClaimRule).
const (
	maxRules    = 16
	maxRuleName = 128
)

// unique reads the rules of uniqueness of an aggregate.
func (r *reader) unique(a *model.Aggregate, d *definition) {
	for name, v := range r.section(d, "unique", false) {
		u := &model.Unique{Name: name, Doc: docOf(v), Pos: r.pos(v)}
		u.As, _ = v.LookupPath(cue.ParsePath("as")).String()
		before := len(r.problems.errs)
		if len(name) > maxRuleName {
			r.problems.add(codeUnique, u.Pos, "", "the name has %d characters, and at most %d are possible", len(name), maxRuleName)
		}
		r.takes(a, u, v)
		r.gives(a, u, v)
		r.takenRefusal(a, u)
		if len(r.problems.errs) == before {
			a.Unique = append(a.Unique, u)
		}
	}
	if n := len(a.Unique); n > maxRules {
		r.problems.add(codeUnique, a.Unique[maxRules].Pos, "unite some of them, or make two aggregates", "%s has %d rules of unique values, and at most %d are possible", a.Name, n, maxRules)
	}
	slices.SortStableFunc(a.Unique, func(x, y *model.Unique) int { return comparePos(x.Pos, y.Pos) })
	distinctNames(r, "rule", a.Unique, func(u *model.Unique) (string, model.Pos) { return u.Name, u.Pos })
}

// takes reads the events that take a value.
func (r *reader) takes(a *model.Aggregate, u *model.Unique, v cue.Value) {
	before := len(r.problems.errs)
	for it, _ := v.LookupPath(cue.ParsePath("take")).Fields(); it != nil && it.Next(); {
		at := r.pos(it.Value())
		e := r.eventNamed(a, it.Selector().Unquoted(), at)
		if e == nil {
			continue
		}
		take := model.Taking{Event: e}
		for _, field := range textsOf(it.Value()) {
			if f := r.claimed(e, field, at); f != nil {
				take.Fields = append(take.Fields, f)
			}
		}
		u.Take = append(u.Take, take)
	}
	slices.SortFunc(u.Take, func(x, y model.Taking) int { return comparePos(x.Event.Pos, y.Event.Pos) })
	if len(u.Take) == 0 && len(r.problems.errs) == before {
		r.problems.add(codeUnique, u.Pos, `write take: {Registered: "handle"}`, "no event takes a value of %s", u.Name)
	}
}

// textsOf returns a text, or the texts of a list.
func textsOf(v cue.Value) (all []string) {
	if text, err := v.String(); err == nil {
		return []string{text}
	}
	for it, _ := v.List(); it.Next(); {
		text, _ := it.Value().String()
		all = append(all, text)
	}
	return all
}

// claimed finds a field of an event that is a part of a value.
func (r *reader) claimed(e *model.Event, name string, at model.Pos) *model.Field {
	payload := e.Versions[len(e.Versions)-1].Payload.Type
	var names []string
	for _, f := range payload.Fields {
		names = append(names, f.InCUE())
		if f.InCUE() != name {
			continue
		}
		switch t := underlying(f.Type); {
		case f.Secret:
			r.problems.add(codeUnique, at, "name another field: the value stands in a table of the database, and in refusals", "field %s of %s is secret", name, e.Name)
		case f.Const != nil:
			r.problems.add(codeUnique, at, "name another field", "field %s of %s always has the same value", name, e.Name)
		case !isID(t) && t.Kind != model.Int && t.Kind != model.Date:
			r.problems.add(codeUnique, at, "a unique value is a text, a UUID, a date or an integer, or several of them: [\"tenant\", \"sku\"]", "field %s of %s is %s", name, e.Name, aKind(t.Kind))
		default:
			return f
		}
		return nil
	}
	r.problems.add(codeUnique, at, nearestOf(name, names, "did you mean %q?", "it has "+list(names)), "event %s has no field %q", e.Name, name)
	return nil
}

// gives reads the events that give a value up.
func (r *reader) gives(a *model.Aggregate, u *model.Unique, v cue.Value) {
	for it, _ := v.LookupPath(cue.ParsePath("give")).List(); it.Next(); {
		name, _ := it.Value().String()
		e := r.eventNamed(a, name, u.Pos)
		switch {
		case e == nil:
		case slices.Contains(u.Give, e):
			r.problems.add(codeUnique, u.Pos, "", "event %s is named twice", name)
		case slices.ContainsFunc(u.Take, func(t model.Taking) bool { return t.Event == e }):
			r.problems.add(codeUnique, u.Pos, "take it away from give: a value replaces the one before", "event %s takes a value and gives it up", name)
		default:
			u.Give = append(u.Give, e)
		}
	}
	slices.SortFunc(u.Give, func(x, y *model.Event) int { return comparePos(x.Pos, y.Pos) })
}

func (r *reader) eventNamed(a *model.Aggregate, name string, at model.Pos) *model.Event {
	var names []string
	for _, e := range a.Events {
		if e.Name == name {
			return e
		}
		names = append(names, e.Name)
	}
	r.problems.add(codeUnique, at, nearest(name, names, "did you mean %q?"), "aggregate %s has no event %q", a.Name, name)
	return nil
}

// takenRefusal finds the refusal of a command whose value another stream has.
func (r *reader) takenRefusal(a *model.Aggregate, u *model.Unique) {
	name := u.Name + "Taken"
	i := slices.IndexFunc(a.Refusals, func(f *model.Refusal) bool { return f.Name == name })
	if i < 0 {
		r.problems.add(codeUnique, u.Pos, "write refusal: "+name+": {} @message(\"Somebody has this already.\")", "there is no refusal %s, for a command whose value another %s has", name, a.Name)
		return
	}
	u.Refusal = a.Refusals[i]
	fields := u.Refusal.Payload.Type.Fields
	switch {
	case len(fields) == 0:
	case len(fields) == 1 && fields[0].Name == "value" && fields[0].Type.Kind == model.String && !fields[0].Optional && fields[0].Const == nil:
		u.Value = fields[0]
	default:
		r.problems.add(codeUnique, u.Refusal.Pos, "write "+name+": {}, or "+name+": {value: string}", "the store knows of refusal %s only the value, and it has other fields", name)
	}
}
