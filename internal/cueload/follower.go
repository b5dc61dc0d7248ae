package cueload

import (
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// follower is what reads events: a view or a process.
type follower struct {
	what string // for messages: "view Board"
	on   []model.Source
	key  string
}

// follower reads the settings on and key of a definition. The aggregates of the
// package have been read before.
func (r *reader) follower(pkg *model.Package, d *definition, what string) *follower {
	f := &follower{what: what}
	named := false
	if f.on, named = r.sources(pkg, d, what); !named {
		return f
	}
	key := d.value.LookupPath(cue.ParsePath("key"))
	if !key.Exists() {
		r.problems.add(codeViewKey, d.pos, `write key: "stream", key: "global" or the name of a field of every event`, "%s has no key: what tells its instances apart?", what)
		return f
	}
	f.key, _ = key.String()
	r.key(f, r.pos(key))
	return f
}

// sources reads the setting on of a definition, and reports whether it names anything.
func (r *reader) sources(pkg *model.Package, d *definition, what string) (on []model.Source, named bool) {
	for it, _ := d.value.LookupPath(cue.ParsePath("on")).Fields(); it != nil && it.Next(); {
		named = true
		at := r.pos(it.Value())
		agg := r.namedAggregate(pkg, it.Selector().Unquoted(), at)
		if agg == nil {
			continue
		}
		on = append(on, model.Source{Aggregate: agg, Events: r.namedEvents(agg, it.Value(), at)})
	}
	if !named {
		r.problems.add(codeViewEvent, d.pos, `write on: List: ["Added"]`, "%s reads no events", what)
	}
	slices.SortFunc(on, func(a, b model.Source) int { return comparePos(a.Aggregate.Pos, b.Aggregate.Pos) })
	return on, named
}

// namedEvents finds the events of an aggregate that a list names.
func (r *reader) namedEvents(agg *model.Aggregate, v cue.Value, at model.Pos) []*model.Event {
	return namedParts(r, agg, listOf{codeViewEvent, "event"}, agg.Events, func(e *model.Event) string { return e.Name }, v, at)
}

// listOf says what a list names, for messages.
type listOf struct{ code, noun string }

// namedParts finds the parts of an aggregate that a list names. It returns them in
// the order of the aggregate.
func namedParts[T any](r *reader, agg *model.Aggregate, of listOf, all []T, name func(T) string, v cue.Value, at model.Pos) []T {
	wanted := map[string]bool{}
	for _, item := range r.texts(v, at) {
		switch {
		case wanted[item.text]:
			r.problems.add(of.code, item.pos, "", "%s %s is named twice", of.noun, item.text)
		default:
			named(r, agg, of, all, name, item.text, item.pos)
		}
		wanted[item.text] = true
	}
	if len(wanted) == 0 {
		r.problems.add(of.code, at, "name at least one "+of.noun, "no %s of %s is named", of.noun, agg.Name)
	}
	return slices.DeleteFunc(slices.Clone(all), func(part T) bool { return !wanted[name(part)] })
}

// placedText is a text of a list, and where it is written.
type placedText struct {
	text string
	pos  model.Pos
}

// texts reads a list of texts. at is the place of those whose own is unknown.
func (r *reader) texts(v cue.Value, at model.Pos) (all []placedText) {
	for it, _ := v.List(); it.Next(); {
		all = append(all, r.placedText(it.Value(), at))
	}
	return all
}

func (r *reader) placedText(v cue.Value, at model.Pos) placedText {
	text, _ := v.String()
	if own := notMeta(posOf(v.Pos())); own.File != "" {
		at = own
	}
	return placedText{text, at}
}

// key checks the key of a view or process.
func (r *reader) key(v *follower, at model.Pos) {
	switch v.key {
	case "global":
		return
	case "stream":
		if len(v.on) > 1 {
			r.problems.add(codeViewKey, at, `use a field that all events have, or "global"`, "%s is made of several aggregates, so its key cannot be the stream", v.what)
		}
		return
	}
	var first *model.Field
	for _, s := range v.on {
		for _, e := range s.Events {
			f := fieldOf(e, v.key)
			switch {
			case f == nil:
				r.problems.addAlso(codeViewKey, at, []model.Pos{e.Pos}, `use "stream", "global" or a field of every event`, "event %s has no field %q to be the key of %s", e.Name, v.key, v.what)
			case f.Optional || f.Const != nil || !canBeKey(f.Type):
				r.problems.addAlso(codeViewKey, at, []model.Pos{f.Pos}, "a key is a string, a UUID or an enum of strings, and always there", "field %s of event %s cannot be a key", v.key, e.Name)
			case f.Secret && strings.HasPrefix(v.what, "view "):
				r.problems.addAlso(codeSecretKey, at, []model.Pos{f.Pos}, "use another field: a key stands in addresses and in logs", "field %s of event %s is secret, and so cannot be the key of %s", v.key, e.Name, v.what)
			case first != nil && !sameKey(first.Type, f.Type):
				r.problems.addAlso(codeViewKey, at, []model.Pos{first.Pos, f.Pos}, "give it one type", "field %s has different types in the events of %s", v.key, v.what)
			default:
				r.keyText(v, at, f)
				first = f
			}
		}
	}
}

func fieldOf(e *model.Event, name string) *model.Field {
	if len(e.Versions) == 0 {
		return nil
	}
	for _, f := range e.Versions[len(e.Versions)-1].Payload.Type.Fields {
		if f.InCUE() == name {
			return f
		}
	}
	return nil
}

func canBeKey(t *model.Type) bool {
	t = underlying(t)
	switch t.Kind {
	case model.String, model.UUID:
		return true
	case model.Enum:
		return len(t.Values) > 0 && t.Values[0].Kind == model.String
	}
	return false
}

// sameKey reports whether two fields have the same type in Go.
func sameKey(a, b *model.Type) bool {
	ua, ub := underlying(a), underlying(b)
	if ua.Kind == model.Enum {
		return ua == ub
	}
	return ua.Kind == ub.Kind
}
