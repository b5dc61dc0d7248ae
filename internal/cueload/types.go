package cueload

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// site is where a type is written: whose it is and what an inline type there is
// called in Go.
type site struct {
	pkg  *model.Package
	name string // Go name of an inline type here: "OrderLineAddedMeta"
	what string // for messages: "field note"
	pos  model.Pos
}

// in is the site of a part: a field, or the key of a map.
func (s site) in(part, what string) site {
	return site{pkg: s.pkg, name: s.name + exported(part), what: what, pos: s.pos}
}

// definedType is the type that a definition stands for.
func (r *reader) definedType(d *definition) *model.Type {
	at := site{pkg: d.named.Package, name: d.named.GoName, what: d.key.name}
	return r.typeOf(d.value, at, d.named)
}

// typeOf reads a type. self is the Named that it is the definition of; without
// one, structs, enums and sums become inline Nameds and the type refers to them.
func (r *reader) typeOf(v cue.Value, at site, self *model.Named) *model.Type {
	leaves := r.leaves(v)
	written := whereWritten(leaves)
	pos := firstPos(leaves)
	if pos.File == "" {
		pos = r.pos(v)
	}
	if pos.File == "" {
		pos = at.pos
	}
	at.pos = pos
	for i := range leaves {
		if leaves[i].pos.File == "" {
			leaves[i].pos = pos
		}
	}
	kind := r.kindOf(v, leaves)
	switch {
	case r.unknownBuiltins(leaves), r.openArguments(leaves):
		return badType(pos)
	case len(leaves) == 0 || kind == cue.TopKind:
		r.problems.add(codeAny, pos, "say which type it has", "%s may be anything", at.what)
		return badType(pos)
	case kind&cue.NullKind != 0:
		r.problems.add(codeNull, pos, "write name?: T: what is not there is left out", "%s may be null, and there is no null", at.what)
		return badType(pos)
	case r.notTypes(leaves):
		return badType(pos)
	}
	if t := r.reference(leaves, kind, pos); t != nil {
		return t
	}
	if r.reading[written] || r.depth > maxTypeDepth {
		r.problems.add(codeRecursion, pos, "give the recursive part a name: #Name: …", "%s contains itself, and only a definition can", at.what)
		return badType(pos)
	}
	r.depth++
	defer func() { r.depth-- }()
	if written != "" {
		r.reading[written] = true
		defer delete(r.reading, written)
	}
	leaves = r.expand(leaves)
	switch kind {
	case cue.StructKind:
		return r.structOrSum(v, leaves, pos, at, self)
	case cue.ListKind:
		return r.list(v, leaves, pos, at)
	case cue.BoolKind, cue.StringKind, cue.IntKind, cue.NumberKind, cue.FloatKind:
		return r.scalar(v, kind, leaves, pos, at, self)
	}
	r.wrongKind(kind, leaves, pos, at)
	return badType(pos)
}

// kindOf is the kind of a value. Some have none of their own: a list that must
// not be empty, whose default contradicts it, and what contains itself. Then
// the parts tell.
func (r *reader) kindOf(v cue.Value, leaves []leaf) cue.Kind {
	kind := v.IncompleteKind()
	if kind != cue.BottomKind || len(leaves) == 0 {
		return kind
	}
	kind = cue.TopKind
	for _, l := range leaves {
		if l.ref != nil {
			kind &= r.kindOfDef(l.ref)
		} else {
			kind &= l.value.IncompleteKind()
		}
	}
	return kind
}

func (r *reader) kindOfDef(d *definition) cue.Kind {
	if k := d.value.IncompleteKind(); k != cue.BottomKind || d.asking {
		return k
	}
	d.asking = true
	defer func() { d.asking = false }()
	return r.kindOf(d.value, r.leaves(d.value))
}

// maxTypeDepth is how deep types that have no name may nest.
const maxTypeDepth = 60

// whereWritten tells a type from others by the places of its parts; it is empty
// when these are not known.
func whereWritten(leaves []leaf) string {
	var b strings.Builder
	for _, l := range leaves {
		if l.pos.File == "" {
			return ""
		}
		// A union begins where its first case does.
		fmt.Fprintf(&b, "%s%d", place(l.pos), l.op)
	}
	return b.String()
}

// badType stands in for a type that could not be read; the problem is reported.
func badType(pos model.Pos) *model.Type { return &model.Type{Kind: model.String, Pos: pos} }

// notTypes reports references to aggregates, views and the like.
func (r *reader) notTypes(leaves []leaf) bool {
	found := false
	for _, l := range leaves {
		if structural[l.meta] {
			r.problems.add(codeNotType, l.pos, "", "schema.%s is a part of the language, not a type", l.meta)
			found = true
		}
		if l.ref != nil && l.ref.named == nil {
			r.problems.addAlso(codeNotType, l.pos, []model.Pos{l.ref.pos}, "refer to a part of it, or give the part its own #Name", "%s is %s, not a type", l.ref.key.name, roleName(l.ref.role))
			found = true
		}
	}
	return found
}

// unknownBuiltins reports uses of builtins that are no checks, or lack what
// they check against.
func (r *reader) unknownBuiltins(leaves []leaf) bool {
	found := false
	for _, l := range leaves {
		if l.call == "" || l.call == "time.Time" || l.isConst() {
			continue
		}
		op, ok := builtinOps[l.call]
		args := argsOf(op)
		switch {
		case !ok:
			r.problems.add(codeBuiltin, l.pos, builtinHint(l.call), "%s cannot be turned into Go", l.call)
			found = true
		case len(l.args) != args+1:
			r.problems.add(codeCheck, l.pos, "write "+l.call+"(…)", "%s takes %s here", l.call, count(args, "argument"))
			found = true
		}
	}
	return found
}

// openArguments reports checks against what is not one value: CUE makes of them
// a value of no kind, or waits for more.
func (r *reader) openArguments(leaves []leaf) bool {
	found := false
	for _, l := range leaves {
		if !l.isCheck() {
			continue
		}
		args := l.args
		if l.call != "" {
			args = args[1:]
		}
		for _, a := range args {
			if d, _ := a.Default(); !d.IsConcrete() {
				r.problems.add(codeComputed, l.pos, "give it one value, such as _max: 50, or write the value here", "this compares with what is not a constant")
				found = true
			}
		}
	}
	return found
}

func roleName(role string) string {
	switch role {
	case "#Aggregate":
		return "an aggregate"
	case "#View":
		return "a view"
	case "#Signals":
		return "a page's signals"
	case "#Process":
		return "a process"
	}
	return "part of the language"
}

func firstPos(leaves []leaf) model.Pos {
	var at model.Pos
	for _, l := range leaves {
		if l.pos.File != "" && (at.File == "" || comparePos(l.pos, at) < 0) {
			at = l.pos
		}
	}
	return at
}

// reference is the type of a use of one named type, with checks on top of it,
// or nil when the leaves are more, or other, than that.
func (r *reader) reference(leaves []leaf, kind cue.Kind, pos model.Pos) *model.Type {
	var to *definition
	for _, l := range leaves {
		switch {
		case l.ref == nil:
		case to == nil:
			to = l.ref
		case to != l.ref:
			return nil
		}
	}
	if to == nil || r.kindOfDef(to) != kind {
		return nil
	}
	t := &model.Type{Kind: model.Ref, Pos: pos, Named: to.named}
	for _, l := range leaves {
		if l.ref != nil || l.isBasic() {
			continue
		}
		if !l.isCheck() {
			return nil
		}
		if c := r.check(l, kind); c != nil {
			t.Checks = append(t.Checks, *c)
		}
	}
	return t
}

// expand replaces references to named types by what these are made of.
func (r *reader) expand(leaves []leaf) []leaf {
	var out []leaf
	for _, l := range leaves {
		if l.ref == nil || l.value.IncompleteKind() == cue.StructKind {
			out = append(out, l)
			continue
		}
		out = append(out, r.expand(r.leaves(l.ref.value))...)
	}
	return out
}

// wrap makes an inline Named for a type that needs a name in Go and has none.
func wrap(t *model.Type, at site, self *model.Named, doc string) *model.Type {
	if self != nil {
		return t
	}
	n := &model.Named{Package: at.pkg, Name: at.name, GoName: at.name, TSName: at.name, Doc: doc, Pos: t.Pos, Inline: true, Type: t}
	return &model.Type{Kind: model.Ref, Pos: t.Pos, Named: n}
}

// wrongKind explains a type that is none of the known ones.
func (r *reader) wrongKind(kind cue.Kind, leaves []leaf, pos model.Pos, at site) {
	switch {
	case kind == cue.BytesKind:
		r.problems.add(codeKind, pos, "use string with base64 text", "%s has bytes, which the language does not know", at.what)
	case kind == cue.BottomKind:
		r.problems.add(codeValue, pos, "", "%s cannot have any value", at.what)
	case hasUnion(leaves):
		r.problems.add(codeMixed, pos, "a union is of constants of one kind, or of structs with a constant field in common", "%s mixes kinds: %s", at.what, kindList(kind))
	default:
		r.problems.add(codeKind, pos, "add the type: string & …, int & …", "%s may be of several kinds: %s", at.what, kindList(kind))
	}
}

func hasUnion(leaves []leaf) bool {
	for _, l := range leaves {
		if l.op == cue.OrOp {
			return true
		}
	}
	return false
}

// list reads [...T] with its checks.
func (r *reader) list(v cue.Value, leaves []leaf, pos model.Pos, at site) *model.Type {
	t := &model.Type{Kind: model.List, Pos: pos}
	var lists []leaf
	for _, l := range leaves {
		switch {
		case l.op == cue.OrOp:
			r.problems.add(codeMixed, l.pos, "write [...T] with one T", "%s is a union of lists", at.what)
			return badType(pos)
		case l.isCheck():
			if c := r.check(l, cue.ListKind); c != nil {
				t.Checks = append(t.Checks, *c)
			}
		default:
			lists = append(lists, l)
		}
	}
	whole := v
	if len(lists) == 1 {
		whole = lists[0].value
	}
	elem := whole.LookupPath(cue.MakePath(cue.AnyIndex))
	if slots, err := whole.List(); err == nil && slots.Next() {
		r.problems.add(codeFixedList, pos, "write [...T]", "%s is a list with fixed slots", at.what)
		return badType(pos)
	}
	if !elem.Exists() {
		r.problems.add(codeFixedList, pos, "write [...T]", "%s is a list that is always empty", at.what)
		return badType(pos)
	}
	at.what = "an element of " + at.what
	t.Elem = r.typeOf(elem, at, nil)
	return t
}
