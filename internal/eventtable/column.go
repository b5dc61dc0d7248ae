// Package eventtable says which columns the table of an event has that queries read
// with SQL.
package eventtable

import (
	"slices"
	"strings"

	"ironstar.dev/internal/model"
)

// Column is a column of the table of an event behind _position, _stream, _version and
// _at, or a field in a column that is a struct.
type Column struct {
	Path  []string // names as in JSON: price, amount
	Field *model.Field
}

// Dotted returns the name of a column in an engine that has structs: price.amount.
func (c Column) Dotted() string { return strings.Join(c.Path, ".") }

// Flat returns the name of a column in SQLite, where a struct is a column for each of
// its fields: price_amount.
func (c Column) Flat() string { return strings.Join(c.Path, "_") }

// Columns lists the columns of the table of an event. A struct is listed as its fields.
func Columns(e *model.Event) []Column {
	return columns(nil, payload(e))
}

// Secrets lists the fields of an event that are no columns because they have @secret().
func Secrets(e *model.Event) []Column {
	return secrets(nil, payload(e), map[*model.Type]bool{})
}

// payload returns the fields of the version of an event that is written today.
func payload(e *model.Event) []*model.Field {
	if len(e.Versions) == 0 { // the schema has errors
		return nil
	}
	return e.Versions[len(e.Versions)-1].Payload.Type.Fields
}

func columns(path []string, fields []*model.Field) (all []Column) {
	for _, f := range fields {
		if f.Const != nil || f.Secret {
			continue
		}
		here := append(slices.Clone(path), f.Name)
		if t := f.Type.Underlying(); t.Kind == model.Struct && !contains(t, t, map[*model.Type]bool{}) {
			if inside := columns(here, t.Fields); len(inside) > 0 {
				all = append(all, inside...)
				continue
			}
		}
		all = append(all, Column{here, f})
	}
	return all
}

// contains reports whether values of a type may have values of a struct in them. Such a
// struct is one column, which is JSON.
func contains(t, wanted *model.Type, seen map[*model.Type]bool) bool {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	part := func(t *model.Type) bool {
		if t == nil {
			return false
		}
		u := t.Underlying()
		return u == wanted || contains(u, wanted, seen)
	}
	return part(t.Elem) || slices.ContainsFunc(t.Fields, func(f *model.Field) bool { return part(f.Type) }) ||
		slices.ContainsFunc(t.Arms, func(n *model.Named) bool { return part(n.Type) })
}

func secrets(path []string, fields []*model.Field, within map[*model.Type]bool) (all []Column) {
	for _, f := range fields {
		here := append(slices.Clone(path), f.Name)
		t := f.Type.Underlying()
		for t.Elem != nil {
			t = t.Elem.Underlying()
		}
		switch {
		case f.Const != nil:
		case f.Secret:
			all = append(all, Column{here, f})
		case !within[t]:
			within[t] = true
			all = append(all, secrets(here, t.Fields, within)...)
			delete(within, t)
		}
	}
	return all
}
