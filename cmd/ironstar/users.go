package main

import (
	"strings"

	"ironstar.dev/internal/model"
)

// users prints the users of an entry.
func (d *explanation) users() {
	label := "used by"
	for _, u := range d.usersOf() {
		d.line(label, "%s", strings.TrimRight(u.Kind+" "+u.Path+" "+u.How, " "))
		label = ""
	}
}

// usersOf lists the users of an entry.
func (d *explanation) usersOf() []userJSON {
	var all []userJSON
	for _, other := range index(d.schema) {
		if how, ok := uses(other, d.entry); ok && other.path != d.entry.path {
			all = append(all, userJSON{other.kind, other.path, how})
		}
	}
	return all
}

// uses returns whether and how user uses e.
func uses(user, e *entry) (how string, ok bool) {
	switch {
	case e.kind == "type":
		return usesType(user, e.named)
	case e.kind == "aggregate" && user.reads(e.aggregate) != "":
		return "(@reads on " + user.reads(e.aggregate) + ")", true
	case user.kind == "process":
		return usesInProcess(user.process, e)
	case user.query != nil:
		return usesInQuery(user.query, e)
	case e.query != nil && user.view != nil && shownBy(user.view, e.query):
		return "(shows)", true
	case user.view == nil:
		return "", false
	case e.kind == "aggregate" && user.view.Of == e.aggregate:
		return "(of)", true
	}
	for _, on := range user.view.On {
		if e.kind == "aggregate" && on.Aggregate == e.aggregate {
			return "(on)", true
		}
		for _, event := range on.Events {
			if e.event != nil && event == e.event {
				return "(on)", true
			}
		}
	}
	return "", false
}

// reads returns the field by which a command reads an aggregate, or "".
func (e *entry) reads(a *model.Aggregate) string {
	if e.kind != "command" {
		return ""
	}
	for _, f := range e.named.Type.Fields {
		if f.Reads == a {
			return f.Name
		}
	}
	return ""
}

// usesType finds the first place in user that uses a definition.
func usesType(user *entry, n *model.Named) (at string, ok bool) {
	var roots []*model.Type
	switch {
	case user.view != nil:
		if user.view.Of == nil {
			roots = append(roots, user.view.State)
		}
		if user.view.Param != nil {
			roots = append(roots, user.view.Param.Type)
		}
	case user.query != nil:
		roots = append(roots, user.query.Row.Type)
		if user.query.Param != nil {
			roots = append(roots, user.query.Param.Type)
		}
	case user.kind == "process":
		roots = append(roots, user.process.State)
	case user.kind == "aggregate":
		roots = append(roots, user.aggregate.State)
		if user.aggregate.ID != nil {
			roots = append(roots, user.aggregate.ID)
		}
	case user.retired != nil:
		for _, v := range user.retired.Versions {
			roots = append(roots, v.Payload.Type)
		}
	case user.event != nil:
		for _, v := range user.event.Versions {
			roots = append(roots, v.Payload.Type)
		}
	default:
		roots = append(roots, user.named.Type)
	}
	for _, r := range roots {
		if at, ok := pathToUse(r, n, map[*model.Type]bool{}); ok {
			return at, true
		}
	}
	return "", false
}

// pathToUse returns the path of fields from t to a use of n. It follows only inline
// types, so that the list has each user once.
func pathToUse(t *model.Type, n *model.Named, seen map[*model.Type]bool) (string, bool) {
	if t == nil || seen[t] {
		return "", false
	}
	seen[t] = true
	if t.Kind == model.Ref {
		if t.Named == n {
			return "", true
		}
		if t.Named.Inline {
			return pathToUse(t.Named.Type, n, seen)
		}
		return "", false
	}
	for _, f := range t.Fields {
		if at, ok := pathToUse(f.Type, n, seen); ok {
			return strings.TrimSuffix(f.Name+"."+at, "."), true
		}
	}
	for _, arm := range t.Arms {
		if arm == n {
			return "", true
		}
	}
	for _, part := range []*model.Type{t.Elem, t.Key} {
		if at, ok := pathToUse(part, n, seen); ok {
			return at, true
		}
	}
	return "", false
}
