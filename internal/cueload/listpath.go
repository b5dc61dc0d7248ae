package cueload

import (
	"encoding/json"
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// target is a field at the end of a path, in one case of a state.
type target struct {
	field    *model.Field
	optional bool // it, or something around it, may be absent
	goName   string
}

// find returns the field at a path in each case that has a row. It returns nil if
// there is a problem.
func (l *listReader) find(p statePath, setting string) []target {
	var all []target
	for _, c := range l.cases {
		found, problem := l.within(c, p.parts(), target{}, false)
		if problem != "" {
			hint := problem
			problem, hint, _ = strings.Cut(hint, "\n")
			l.problems.add(codeListPath, p.at, hint, "%s of list %s: %s", setting, l.v.Name, problem)
			return nil
		}
		all = append(all, found...)
	}
	return all
}

// within follows a path in a type. A problem has its hint in a second line. If a case
// lacks the field, this is a problem, or with lenient the case is left out.
func (l *listReader) within(t *model.Type, parts []string, so target, lenient bool) (all []target, problem string) {
	u := underlying(t)
	switch u.Kind {
	case model.Struct:
	case model.Sum:
		for _, c := range casesOf(u) {
			found, problem := l.within(c, parts, so, lenient)
			if problem != "" {
				return nil, problem
			}
			all = append(all, found...)
		}
		return all, ""
	default:
		return nil, "there is nothing called " + parts[0] + " in " + aKind(u.Kind) + "\nname a field of a struct"
	}
	i := slices.IndexFunc(u.Fields, func(f *model.Field) bool { return f.InCUE() == parts[0] })
	if i < 0 {
		if lenient {
			return nil, ""
		}
		return nil, l.lacks(u, parts[0])
	}
	f := u.Fields[i]
	so = target{f, so.optional || f.Optional, so.goName + f.GoName}
	switch {
	case f.Secret:
		return nil, "field " + f.Name + " is secret, and a list shows what it has\nname another field"
	case len(parts) == 1:
		if name := secretIn(f.Type, map[*model.Type]bool{}); name != "" {
			return nil, "field " + name + " in " + f.Name + " is secret, and a list shows what it has\nname other fields of it: \"" + f.InCUE() + ".…\""
		}
		return []target{so}, ""
	}
	return l.within(f.Type, parts[1:], so, lenient)
}

// secretIn returns the name of a secret field in a type, or "".
func secretIn(t *model.Type, seen map[*model.Type]bool) string {
	u := underlying(t)
	if seen[u] {
		return ""
	}
	seen[u] = true
	parts := casesOf(u)
	if u.Elem != nil {
		parts = append(parts, u.Elem)
	}
	for _, part := range parts {
		for _, f := range part.Fields {
			if f.Secret {
				return f.Name
			}
			if name := secretIn(f.Type, seen); name != "" {
				return name
			}
		}
		if part != u {
			if name := secretIn(part, seen); name != "" {
				return name
			}
		}
	}
	return ""
}

// lacks says that a struct has no field of a name.
func (l *listReader) lacks(u *model.Type, name string) string {
	var names []string
	for _, f := range u.Fields {
		names = append(names, f.InCUE())
	}
	who := "what is there"
	if slices.Contains(l.cases, u) {
		who = "the state of " + l.v.Of.Name
	}
	for _, f := range u.Fields {
		if f.Const != nil && f.Const.Kind == model.String {
			who = "the case " + quote(f.Const.Text)
			break
		}
	}
	return who + " has no field " + quote(name) + "\n" + nearestOf(name, names, "did you mean %q?", l.otherCases(u, name, names))
}

// otherCases is the hint about a field that only some cases have.
func (l *listReader) otherCases(u *model.Type, name string, names []string) string {
	for _, c := range l.cases {
		if c != u && slices.ContainsFunc(c.Fields, func(f *model.Field) bool { return f.InCUE() == name }) {
			return "other cases have it: leave this one out with where, or put the field into each"
		}
	}
	return "it has " + list(names)
}

// united returns a field of a row for the fields at a path.
func (l *listReader) united(all []target, p statePath) *model.Field {
	first := all[0]
	f := &model.Field{Name: camel(p.parts()), GoName: first.goName, Doc: first.field.Doc, Pos: p.at}
	if rest, ok := strings.CutPrefix(f.Doc, first.field.InCUE()+" "); ok {
		f.Doc = f.Name + " " + rest
	}
	var consts []model.Const
	var typ *model.Type
	for _, t := range all {
		f.Optional = f.Optional || t.optional
		switch {
		case t.field.Const != nil:
			if !slices.ContainsFunc(consts, func(c model.Const) bool { return c.Kind == t.field.Const.Kind && c.Text == t.field.Const.Text }) {
				consts = append(consts, *t.field.Const)
			}
		case typ == nil:
			typ = inRow(t.field.Type)
		case !sameInGo(typ, inRow(t.field.Type)):
			return l.differ(p, all)
		}
	}
	switch {
	case typ != nil && slices.ContainsFunc(consts, func(c model.Const) bool { return c.Kind != typ.Kind }):
		return l.differ(p, all)
	case typ != nil:
		f.Type = typ
	case slices.ContainsFunc(consts, func(c model.Const) bool { return c.Kind != consts[0].Kind }):
		return l.differ(p, all)
	case consts[0].Kind == model.Bool:
		f.Type = &model.Type{Kind: model.Bool, Pos: p.at}
	default:
		f.Type = l.enumOf(consts, f.GoName, p.at)
	}
	return f
}

// enumOf returns an enum of the constants that a field has in the cases of a union.
func (l *listReader) enumOf(consts []model.Const, goName string, at model.Pos) *model.Type {
	name := l.l.Row.GoName + goName
	e := &model.Named{Package: l.v.Package, Name: name, GoName: name, TSName: name, Pos: at, Inline: true,
		Type: &model.Type{Kind: model.Enum, Pos: at, Values: consts}}
	l.l.Enums = append(l.l.Enums, e)
	return &model.Type{Kind: model.Ref, Pos: at, Named: e}
}

func (l *listReader) differ(p statePath, all []target) *model.Field {
	var also []model.Pos
	for _, t := range all {
		also = append(also, t.field.Pos)
	}
	l.problems.addAlso(codeListPath, p.at, also, "give it one type, or leave cases out with where", "%s has different types in the cases of %s", p.text, l.v.Of.Name)
	return nil
}

// inRow returns a type without its constraints: a state may violate them.
func inRow(t *model.Type) *model.Type {
	u := underlying(t)
	switch u.Kind {
	case model.Enum, model.Struct, model.Sum:
		return &model.Type{Kind: model.Ref, Pos: t.Pos, Named: underlyingNamed(t)}
	case model.List, model.Map:
		return &model.Type{Kind: u.Kind, Pos: t.Pos, Elem: u.Elem, Key: u.Key}
	}
	return &model.Type{Kind: u.Kind, Pos: t.Pos}
}

// sameInGo reports whether two types are one type in Go.
func sameInGo(a, b *model.Type) bool {
	a, b = inRow(a), inRow(b)
	if a.Kind != b.Kind || a.Named != b.Named || (a.Key == nil) != (b.Key == nil) {
		return false
	}
	return (a.Elem == nil || sameInGo(a.Elem, b.Elem)) && (a.Key == nil || sameInGo(a.Key, b.Key))
}

// camel returns a path as the name of a field: highAmount for high.amount.
func camel(parts []string) string {
	if len(parts) == 1 && isFieldName(parts[0]) {
		return parts[0]
	}
	name := naming.Exported(strings.Join(parts, "-"))
	words := naming.Words(name)
	if len(words) == 0 {
		return name
	}
	return strings.ToLower(words[0]) + strings.TrimPrefix(name, words[0])
}

func quote(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

// where reads which states have a row. Cases that cannot be like that are left out.
func (l *listReader) where() {
	if v := l.setting("where"); v.Exists() {
		l.conditions(v, nil)
	}
	if sum := underlying(l.v.Of.State); sum.Kind == model.Sum {
		for i, c := range casesOf(sum) {
			if slices.Contains(l.cases, c) {
				l.l.Cases = append(l.l.Cases, sum.Arms[i])
			}
		}
	}
}

func (l *listReader) conditions(v cue.Value, parts []string) {
	if v.IncompleteKind() != cue.StructKind {
		l.problems.add(codeListWhere, l.pos(v), `write where: kind: "open" | "sold"`, "where of list %s names fields of the state and their values", l.v.Name)
		return
	}
	for it, _ := v.Fields(); it != nil && it.Next(); {
		here := append(slices.Clone(parts), strings.Split(it.Selector().Unquoted(), ".")...)
		if it.Value().IncompleteKind() == cue.StructKind {
			l.conditions(it.Value(), here)
			continue
		}
		l.condition(it.Value(), here)
	}
}

// condition reads the values that a field of the state has in a row.
func (l *listReader) condition(v cue.Value, parts []string) {
	c := &model.Condition{Path: parts, Pos: l.pos(v)}
	if b, err := v.Bool(); err == nil {
		c.Values = []model.Const{{Kind: model.Bool, Text: map[bool]string{true: "true", false: "false"}[b], Pos: c.Pos}}
	} else {
		before := len(l.problems.errs)
		t := l.typeOf(v, site{pkg: l.v.Package, name: "where", what: "the condition on " + strings.Join(parts, "."), pos: c.Pos}, nil)
		if len(l.problems.errs) > before {
			return
		}
		if c.Values = underlying(t).Values; c.Values == nil {
			l.problems.add(codeListWhere, c.Pos, `write the values: "open" | "sold", or true`, "where of list %s: %s has no value here, but a type", l.v.Name, strings.Join(parts, "."))
			return
		}
	}
	l.restrict(c)
}

// restrict leaves out the cases that cannot satisfy a condition.
func (l *listReader) restrict(c *model.Condition) {
	var left []*model.Type
	var all []target
	for _, one := range l.cases {
		found, problem := l.within(one, c.Path, target{}, true)
		if problem != "" {
			said, hint, _ := strings.Cut(problem, "\n")
			l.problems.add(codeListWhere, c.Pos, hint, "where of list %s: %s", l.v.Name, said)
			return
		}
		all = append(all, found...)
		if slices.ContainsFunc(found, func(t target) bool { return l.canBe(t, c) }) {
			left = append(left, one)
		}
	}
	if len(all) == 0 {
		l.noCaseHas(c)
		return
	}
	for _, value := range c.Values {
		if !l.possible(value, all, c) {
			return
		}
	}
	l.cases = left
	if slices.ContainsFunc(all, func(t target) bool { return t.field.Const == nil || t.optional }) || len(c.Path) > 1 {
		l.l.Where = append(l.l.Where, c)
	}
}

// noCaseHas reports a field that no case of the state has.
func (l *listReader) noCaseHas(c *model.Condition) {
	if len(l.cases) == 1 || len(c.Path) > 1 {
		for _, one := range l.cases {
			if _, problem := l.within(one, c.Path, target{}, false); problem != "" {
				said, hint, _ := strings.Cut(problem, "\n")
				l.problems.add(codeListWhere, c.Pos, hint, "where of list %s: %s", l.v.Name, said)
				return
			}
		}
	}
	var names []string
	for _, one := range l.cases {
		for _, f := range one.Fields {
			if !slices.Contains(names, f.InCUE()) {
				names = append(names, f.InCUE())
			}
		}
	}
	l.problems.add(codeListWhere, c.Pos, nearestOf(c.Path[0], names, "did you mean %q?", "there is "+list(names)),
		"where of list %s: no case of the state of %s has a field %q", l.v.Name, l.v.Of.Name, strings.Join(c.Path, "."))
}

// canBe reports whether a field may have one of the values.
func (l *listReader) canBe(t target, c *model.Condition) bool {
	return slices.ContainsFunc(c.Values, func(v model.Const) bool { return takes(t.field, v) })
}

// takes reports whether a field may have a value.
func takes(f *model.Field, v model.Const) bool {
	if f.Const != nil {
		return f.Const.Kind == v.Kind && f.Const.Text == v.Text
	}
	u := underlying(f.Type)
	if u.Kind == model.Enum {
		return slices.ContainsFunc(u.Values, func(known model.Const) bool { return known.Kind == v.Kind && known.Text == v.Text })
	}
	return u.Kind == v.Kind
}

// possible reports a value that no case may have, because it is misspelt or has
// another type.
func (l *listReader) possible(v model.Const, all []target, c *model.Condition) bool {
	var known []string
	for _, t := range all {
		if takes(t.field, v) {
			return true
		}
		switch u := underlying(t.field.Type); {
		case t.field.Const != nil:
			known = append(known, t.field.Const.Text)
		case u.Kind == model.Enum:
			for _, value := range u.Values {
				known = append(known, value.Text)
			}
		}
	}
	hint := "it is " + aKind(underlying(all[0].field.Type).Kind)
	if known != nil {
		hint = nearestOf(v.Text, known, "did you mean %q?", "it is "+list(known))
	}
	l.problems.add(codeListWhere, c.Pos, hint, "where of list %s: %s is never %q", l.v.Name, strings.Join(c.Path, "."), v.Text)
	return false
}
