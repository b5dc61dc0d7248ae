package add

import (
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// Assigned returns what sets each field of to that from has with the same name and
// type: "Title: c.Title" for literals.
func Assigned(from, to *model.Type, variable string) (set []string, unset []*model.Field) {
	for _, f := range to.Fields {
		if f.Const != nil {
			continue
		}
		i := slices.IndexFunc(from.Fields, func(o *model.Field) bool { return o.InCUE() == f.InCUE() && o.Const == nil })
		if i >= 0 && from.Fields[i].Optional == f.Optional && sameGo(from.Fields[i].Type, f.Type) {
			set = append(set, f.GoName+": "+variable+"."+from.Fields[i].GoName)
		} else if f.Required() {
			unset = append(unset, f)
		}
	}
	return set, unset
}

// Folded returns the statements that fold an event into a state: fields of the
// same name and type, lists that are called like several of a field, and counts.
func Folded(event, state *model.Type) []string {
	var all []string
	if state.Kind != model.Struct {
		return nil
	}
	for _, s := range state.Fields {
		if s.Const != nil {
			continue
		}
		if s.Name == "count" && s.Type.Underlying().Kind == model.Int && !s.Optional {
			all = append(all, "s."+s.GoName+"++")
			continue
		}
		for _, e := range event.Fields {
			if e.Const == nil {
				all = append(all, foldedField(e, s)...)
			}
		}
	}
	return all
}

func foldedField(e, s *model.Field) []string {
	to, from := "s."+s.GoName, "e."+e.GoName
	list := s.Type.Underlying()
	switch {
	case s.Name == e.Name && sameGo(e.Type, s.Type) && s.Pointer() == e.Pointer() && (s.Optional || !e.Optional):
		return []string{to + " = " + from}
	case s.Name == e.Name && sameGo(e.Type, s.Type) && s.Pointer() && !e.Optional:
		return []string{to + " = &" + from}
	case s.Name == e.Name+"s" && list.Kind == model.List && !s.Optional && !e.Optional && sameGo(e.Type, list.Elem):
		return []string{to + " = append(" + to + ", " + from + ")"}
	}
	return nil
}

// sameGo reports whether two types are the same in Go.
func sameGo(a, b *model.Type) bool {
	x, y := a.Underlying(), b.Underlying()
	if x.Kind != y.Kind {
		return false
	}
	switch x.Kind {
	case model.Enum, model.Struct, model.Sum:
		return a.Kind == model.Ref && b.Kind == model.Ref && lastNamed(a) == lastNamed(b)
	case model.List:
		return sameGo(x.Elem, y.Elem)
	case model.Map:
		return (x.Key == nil) == (y.Key == nil) && (x.Key == nil || sameGo(x.Key, y.Key)) && sameGo(x.Elem, y.Elem)
	}
	return true
}

// lastNamed returns the definition that a reference leads to in the end.
func lastNamed(t *model.Type) *model.Named {
	n := t.Named
	for n.Type.Kind == model.Ref {
		n = n.Type.Named
	}
	return n
}

// literal returns the fields of a literal with their braces, on one line if that is
// short.
func literal(fields []string) string {
	if text := strings.Join(fields, ", "); len(text) < 90 {
		return "{" + text + "}"
	}
	return "{\n\t" + strings.Join(fields, ",\n\t") + ",\n}"
}

// example makes values of types in Go.
type example struct {
	names func(*model.Package) string          // name of a generated package in the file
	std   func(importPath, name string) string // the same for other packages
}

// fields returns the fields of a literal of a struct, without those that may be
// absent. It reports false if it knows no valid value.
func (x example) fields(t *model.Type) ([]string, bool) {
	var all []string
	for _, f := range t.Fields {
		if f.Const != nil || f.Optional || f.Type.Underlying().Kind == model.Map {
			continue
		}
		v, ok := x.value(f.Type, f.Name)
		if !ok {
			return nil, false
		}
		if v != "" {
			all = append(all, f.GoName+": "+v)
		}
	}
	return all, true
}

// value returns a value. An empty text is the zero value.
func (x example) value(t *model.Type, name string) (string, bool) {
	u := t.Underlying()
	checks := checksOf(t)
	switch u.Kind {
	case model.String:
		return exampleText(checks, name)
	case model.Int, model.Number:
		return exampleNumber(checks)
	case model.Bool:
		return "true", true
	case model.Time:
		time := x.std("time", "time")
		return time + ".Date(2026, 1, 31, 9, 0, 0, 0, " + time + ".UTC)", true
	case model.Duration:
		return x.std("time", "time") + ".Hour", true
	case model.Date:
		return x.std(rootPackage, rootName) + ".Date{Year: 2026, Month: 1, Day: 31}", true
	case model.UUID:
		return x.std(rootPackage, rootName) + ".UUID{1}", true
	case model.Bytes:
		return `[]byte("abc")`, true
	case model.Decimal:
		return "", len(checks) == 0
	case model.List, model.Map:
		return "", !slices.ContainsFunc(checks, func(c model.Check) bool { return c.Op == model.MinItems || c.Op == model.MinFields })
	case model.Enum:
		return x.names(lastNamed(t).Package) + "." + u.Values[0].GoName, true
	case model.Struct:
		return x.structure(lastNamed(t))
	case model.Sum:
		return x.structure(u.Arms[0])
	}
	return "", false
}

// The library: its import path, and the name of its package.
const (
	rootPackage = "ironstar.dev"
	rootName    = "ironstar"
)

func (x example) structure(n *model.Named) (string, bool) {
	if n.Type.Kind != model.Struct {
		return "", false
	}
	fields, ok := x.fields(n.Type)
	return x.names(n.Package) + "." + n.GoName + literal(fields), ok
}

// checksOf returns the constraints of a type and of those that it refers to.
func checksOf(t *model.Type) []model.Check {
	all := slices.Clone(t.Checks)
	for t.Kind == model.Ref {
		t = t.Named.Type
		all = append(all, t.Checks...)
	}
	return all
}

func exampleText(checks []model.Check, name string) (string, bool) {
	text := strings.ToLower(strings.Join(naming.Words(name), " "))
	if text == "" {
		text = "text"
	}
	for _, c := range checks {
		switch c.Op {
		case model.MinRunes:
			for int64(len(text)) < c.Count && c.Count < 100 {
				text += " " + text
			}
		case model.MaxRunes:
			if int64(len(text)) > c.Count {
				text = text[:c.Count]
			}
		default:
			return "", false
		}
	}
	for _, c := range checks {
		if c.Op == model.MinRunes && int64(len(text)) < c.Count || c.Op == model.MaxRunes && int64(len(text)) > c.Count {
			return "", false
		}
	}
	return strconv.Quote(text), true
}

func exampleNumber(checks []model.Check) (string, bool) {
	for _, c := range checks {
		if c.Op == model.GreaterOrEqual {
			return c.Num, len(checks) < 3
		}
	}
	return "1", !slices.ContainsFunc(checks, func(c model.Check) bool {
		return c.Op != model.LessOrEqual || c.Num == "0" || strings.HasPrefix(c.Num, "-")
	})
}
