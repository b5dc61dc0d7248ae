package compat

import (
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// Narrowed lists where steps that are not released yet make of old payloads what
// may be beyond the bounds of the new version. Such events are read all the
// same: bounds hold for what is written. Code of today should know.
func Narrowed(lock *Lock, s *model.Schema) []Finding {
	entries := lock.index()
	n := &narrowed{}
	for _, p := range s.Packages {
		for _, a := range p.Aggregates {
			for _, h := range histories(a) {
				for _, v := range h.versions {
					if v.Upcast != nil && entries[entryKey{Event, Kind(a), h.name, v.Version}] == nil {
						n.step(subjectOf(a, h.name, v.Version), v.Upcast)
					}
				}
				if h.retired != nil && entries[entryKey{Retired, Kind(a), h.name, 0}] == nil {
					for _, part := range h.retired.Becomes {
						n.step(Kind(a)+"."+shape.PartName(part), part.Upcast)
					}
				}
			}
		}
	}
	return sorted(n.found)
}

func subjectOf(a *model.Aggregate, event string, version int) string {
	return (&Entry{What: Event, Of: Kind(a), Name: event, Version: version}).Subject()
}

type narrowed struct {
	subject string
	found   []Finding
}

func (n *narrowed) step(subject string, u *model.Upcast) {
	if u == nil || u.Make == nil {
		return
	}
	n.subject = subject
	n.parts("", u.Make)
}

func (n *narrowed) parts(path string, e *model.Expr) {
	for _, p := range e.Parts {
		n.value(join(path, p.Field.Name), p.Value, p.Field.Type, p.Value.Pos)
	}
}

// value compares what an expression can be with what is wanted. CUE has looked
// at constants.
func (n *narrowed) value(path string, e *model.Expr, want *model.Type, pos model.Pos) {
	if e.Type == nil {
		return
	}
	switch e.Op {
	case model.MakeStruct:
		n.parts(path, e)
	case model.Else:
		n.value(path, e.Args[0], want, pos)
		n.value(path, e.Args[1], want, pos)
	case model.Each:
		n.value(path+"[]", e.Args[1], under(want).Elem, pos)
	case model.MakeList:
		for _, a := range e.Args {
			n.value(path+"[]", a, under(want).Elem, pos)
		}
	case model.Select, model.Variable, model.Lookup, model.Index:
		n.compare(path, shape.Of(e.Type), want, pos)
	case model.Convert:
		n.compare(path, shape.Of(e.Args[0].Type), want, pos)
	case model.Join, model.Text, model.Call, model.Length, model.Arithmetic:
		bare := *under(e.Type)
		bare.Checks = nil
		n.compare(path, shape.Of(&bare), want, pos)
	}
}

func (n *narrowed) compare(path string, from *shape.Type, want *model.Type, pos model.Pos) {
	to := shape.Of(want)
	if from == nil || from.Kind != to.Kind {
		return // an int where a number is wanted, an enum's text
	}
	for _, c := range diff(from, to) {
		if !strings.HasSuffix(c.rule, "-narrowed") && c.rule != "pattern-changed" && c.rule != "excluded-added" && c.rule != "unique-added" && c.rule != "format-changed" {
			continue
		}
		at := strings.ReplaceAll(strings.TrimSuffix(join(path, c.path), "."), ".[]", "[]")
		n.found = append(n.found, found("upcast-narrowed", n.subject, at, pos, nil,
			"%s: old events may have %s beyond its bounds: %s, and now %s", n.subject, at, c.was, c.is))
	}
}

func under(t *model.Type) *model.Type {
	for t.Kind == model.Ref {
		t = t.Named.Type
	}
	return t
}
