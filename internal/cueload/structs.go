package cueload

import (
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// structOrSum reads a struct, a map or a union of structs.
func (r *reader) structOrSum(v cue.Value, leaves []leaf, pos model.Pos, at site, self *model.Named) *model.Type {
	for _, l := range leaves {
		if l.op != cue.OrOp && (l.ref == nil || r.expandUnion(l.ref) == nil) {
			continue
		}
		if len(leaves) > 1 {
			return r.narrowed(v, leaves, r.cases([]cue.Value{l.value}, map[*definition]bool{}), pos, at)
		}
		return r.sum(l, pos, at, self)
	}
	var checks []model.Check
	for _, l := range leaves {
		if l.isCheck() {
			if c := r.check(l, cue.StructKind); c != nil {
				checks = append(checks, *c)
			}
		}
	}
	inside := membersOf(withoutDefaults(v, leaves))
	if m, ok := r.mapType(inside, checks, pos, at); ok {
		return m
	}
	if len(checks) > 0 {
		r.problems.add(codeCheck, checks[0].Pos, "say which fields there must be", "the number of fields can be checked on maps only")
	}
	t := &model.Type{Kind: model.Struct, Pos: pos}
	t.Fields = r.fields(inside, at, plain)
	r.tooMany(t.Fields, pos, at)
	return wrap(t, at, self, "")
}

// withoutDefaults returns a struct without its default: for *{a: 1} |
// {[string]: int} CUE shows only the default. The grammar refuses a default
// next to several structs.
func withoutDefaults(v cue.Value, leaves []leaf) cue.Value {
	structs := slices.DeleteFunc(slices.Clone(leaves), leaf.isCheck)
	if len(structs) == 1 {
		return structs[0].value
	}
	return v
}

// members holds the fields and patterns of a struct, without those of the
// meta-schema. They are listed once, because CUE sorts them each time.
type members struct{ fields, patterns []member }

// member is a field or a pattern.
type member struct {
	sel   cue.Selector
	value cue.Value
}

func membersOf(v cue.Value) (m members) {
	for iter, _ := v.Fields(cue.Optional(true), cue.Patterns(true)); iter.Next(); {
		one := member{iter.Selector(), iter.Value()}
		switch {
		case one.sel.ConstraintType() != cue.PatternConstraint:
			m.fields = append(m.fields, one)
		case !inMeta(one.value):
			m.patterns = append(m.patterns, one)
		}
	}
	return m
}

// mapType reads {[K]: V}. If there is no pattern, the value is a struct and ok
// is false.
func (r *reader) mapType(inside members, checks []model.Check, pos model.Pos, at site) (t *model.Type, ok bool) {
	switch {
	case len(inside.patterns) == 0:
		return nil, false
	case len(inside.patterns) > 1:
		r.problems.add(codeMapAndFields, pos, "write one [K]: V", "%s has more than one pattern", at.what)
		return badType(pos), true
	case len(inside.fields) > 0:
		r.problems.add(codeMapAndFields, pos, "make the map a field of its own", "%s is a map and a struct in one", at.what)
		return badType(pos), true
	}
	t = &model.Type{Kind: model.Map, Pos: pos, Checks: checks}
	t.Key = r.mapKey(inside.patterns[0].sel.Pattern(), pos, at)
	at.what = "a value of " + at.what
	t.Elem = r.typeOf(inside.patterns[0].value, at, nil)
	return t, true
}

// mapKey reads the K of {[K]: V}: string, with checks, or an enum of strings.
func (r *reader) mapKey(key cue.Value, pos model.Pos, at site) *model.Type {
	if key.IncompleteKind() != cue.StringKind {
		r.problems.add(codeMapKey, pos, "write [string]: T, or a pattern or an enum for the keys", "the keys of %s are not strings", at.what)
		return badType(pos)
	}
	if f, ok := key.Source().(*ast.Field); ok {
		// CUE returns the definition itself, not the reference to it.
		if d := r.defAt[posOf(f.Pos())]; d != nil && d.named != nil {
			return &model.Type{Kind: model.Ref, Pos: pos, Named: d.named}
		}
	}
	if at := key.Pos(); at.Filename() == metaFile {
		return r.metaKey(key, pos)
	}
	k := r.typeOf(key, at.in("Key", "a key of "+at.what), nil)
	if under := underlying(k); under.Kind != model.String && under.Kind != model.Enum {
		r.problems.add(codeMapKey, k.Pos, "use string, a pattern or an enum", "%s cannot be the key of a map", aKind(under.Kind))
	}
	return k
}

// metaKey reads a key whose type is in the meta-schema. It is a text with the
// constraints of that type.
func (r *reader) metaKey(key cue.Value, pos model.Pos) *model.Type {
	k := &model.Type{Kind: model.String, Pos: pos}
	op, args := key.Expr()
	l := newLeaf(key, op, args)
	l.pos = pos
	if !l.isCheck() {
		r.problems.add(codeMapKey, pos, "use string, a pattern or an enum", "a point in time cannot be the key of a map")
		return k
	}
	if c := r.check(l, cue.StringKind); c != nil {
		k.Checks = append(k.Checks, *c)
	}
	return k
}

// underlying follows references to the type that they stand for.
func underlying(t *model.Type) *model.Type {
	for range 100 {
		if t.Kind != model.Ref || t.Named == nil || t.Named.Type == nil {
			break
		}
		t = t.Named.Type
	}
	return t
}

// use is the purpose of a struct's fields. Some attributes are allowed for one
// purpose only.
type use int

const (
	plain use = iota
	commandFields
	refusalFields
	paramFields
	signalFields
	waitingFields // of timers and effects
	rowFields     // of a query's rows
)

// fields reads the fields of a struct in source order.
func (r *reader) fields(inside members, at site, in use) []*model.Field {
	var out []*model.Field
	for _, m := range inside.fields {
		out = append(out, r.field(m.sel, m.value, at, in))
	}
	slices.SortStableFunc(out, func(a, b *model.Field) int { return comparePos(a.Pos, b.Pos) })
	r.printed(out)
	return out
}

// printed refuses a field called String next to secrets: the struct could not have the
// method String, which leaves them out of what Go prints.
func (r *reader) printed(fields []*model.Field) {
	for _, f := range fields {
		secret := slices.IndexFunc(fields, func(f *model.Field) bool { return f.Secret && f.Const == nil })
		if f.GoName == "String" && f.Const == nil && secret >= 0 {
			r.problems.addAlso(codeAttribute, f.Pos, []model.Pos{fields[secret].Pos}, "write @go(name=Text) behind it, or rename it",
				"field %s would be called String in Go, as the method that leaves @secret() out of what is printed", f.Name)
		}
	}
}

// maxFields is the greatest number of fields of a struct. The decoder tracks
// them in a fixed number of bits.
const maxFields = 256

func (r *reader) tooMany(fields []*model.Field, pos model.Pos, at site) {
	if len(fields) > maxFields {
		r.problems.add(codeFields, pos, "put some of them into structs of their own", "%s has %d fields, and at most %d are possible", at.what, len(fields), maxFields)
	}
}

func (r *reader) field(sel cue.Selector, v cue.Value, at site, in use) *model.Field {
	text := r.label(v)
	f := &model.Field{Name: sel.Unquoted(), Pos: r.posAt(v, text), Doc: docOf(v), Optional: sel.ConstraintType() == cue.OptionalConstraint}
	if f.Pos.File == "" {
		f.Pos = at.pos
	}
	a := r.attributes(v, "field "+f.Name, "go", "ts", "type", "secret", "trim", "inject", "message", "json", "reads", "decimal")
	f.GoName = naming.Exported(f.Name)
	if a.goName != "" {
		f.GoName = a.goName
	}
	here := at.in(f.GoName, "field "+f.Name)
	if !f.Optional && isScalar(v.IncompleteKind()) && v.IsConcrete() {
		if c, ok := r.constant(v, f.Pos); ok {
			f.Const = &c
			r.allowed(c, r.boundsIn(r.leaves(v), 0), "field "+f.Name)
		}
		f.Type = &model.Type{Kind: scalarKind(v.IncompleteKind()), Pos: f.Pos}
	} else if t := r.writtenType(v, text); t != nil {
		f.Type = t
		if t.Kind == model.Ref { // of the written types only references and lists have a default, and a list's is always []
			f.Default = r.defaultOf(v, f, sel)
		}
	} else {
		before := len(r.problems.errs)
		f.Type = r.typeOf(v, here, nil)
		if len(r.problems.errs) == before {
			f.Default = r.defaultOf(v, f, sel)
		}
	}
	if a.decimal {
		f.Type = r.decimal(v, "field "+f.Name, f.Type)
	}
	if f.Const != nil {
		r.constantAttributes(f, a)
	}
	r.fieldAttributes(f, a, in)
	r.renameInJSON(f, a, in)
	if f.Default != nil {
		r.defaulted = append(r.defaulted, f)
	}
	if a.message {
		r.fieldMessage(v, f, in)
	}
	return f
}

// constantAttributes refuses attributes about the Go field of a constant, which
// has none.
func (r *reader) constantAttributes(f *model.Field, a attrs) {
	if a.goName != "" || a.secret {
		r.problems.add(codeAttribute, f.Pos, "take the attribute away", "field %s always has the same value, so there is nothing to rename or to keep secret", f.Name)
	}
}

func isScalar(k cue.Kind) bool {
	return k == cue.StringKind || k == cue.BoolKind || k&cue.NumberKind != 0 && k&^cue.NumberKind == 0
}
