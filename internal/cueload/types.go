package cueload

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// site describes where a type is written: the thing it belongs to, its Go name
// if it is an inline type, and the types around it.
type site struct {
	pkg    *model.Package
	name   string // Go name of an inline type here: "OrderLineAddedMeta"
	what   string // for messages: "field note"
	pos    model.Pos
	around []string // the inline types around it, each by the position where it is written
}

// in returns the site of a part: a field, or the key of a map.
func (s site) in(part, what string) site {
	s.name, s.what = s.name+naming.Exported(part), what
	return s
}

// inside returns the site of the parts of a type that is written at a position.
func (s site) inside(written string) site {
	s.around = append(s.around[:len(s.around):len(s.around)], written)
	return s
}

// endless reports whether a type contains itself or is nested too deeply.
func (s site) endless(written string) bool {
	return len(s.around) > maxTypeDepth || written != "" && slices.Contains(s.around, written)
}

// definedType returns the type of a definition.
func (r *reader) definedType(d *definition) *model.Type {
	at := site{pkg: d.named.Package, name: d.named.GoName, what: d.key.name}
	return r.typeOf(d.value, at, d.named)
}

// typeOf reads a type. If the type is that of a definition, self is its Named.
// Otherwise structs, enums and sums become inline Nameds, and the type refers
// to them.
func (r *reader) typeOf(v cue.Value, at site, self *model.Named) *model.Type {
	leaves := r.leaves(v)
	written := whereWritten(leaves)
	at.pos = r.placed(leaves, v, at.pos)
	kind := r.kindOf(v, leaves)
	if !r.canBeType(leaves, kind, at) {
		return badType(at.pos)
	}
	if t := r.reference(leaves, kind, at.pos); t != nil {
		return t
	}
	if at.endless(written) {
		r.problems.add(codeRecursion, at.pos, "give the recursive part a name: #Name: …", "%s contains itself, and only a definition can", at.what)
		return badType(at.pos)
	}
	at = at.inside(written)
	bounds := r.boundsIn(leaves, 0)
	leaves = r.expand(leaves)
	switch kind {
	case cue.StructKind:
		return r.structOrSum(v, leaves, at.pos, at, self)
	case cue.ListKind:
		return r.list(v, leaves, at.pos, at)
	case cue.BoolKind, cue.StringKind, cue.IntKind, cue.NumberKind, cue.FloatKind:
		return r.joined(r.scalar(v, kind, leaves, at.pos, at, self), bounds, at)
	}
	r.wrongKind(v, kind, leaves, at.pos, at)
	return badType(at.pos)
}

// placed returns the position of a type: that of its first leaf, or else of the
// value, or else around. It sets that position in leaves without one.
func (r *reader) placed(leaves []leaf, v cue.Value, around model.Pos) model.Pos {
	pos := firstPos(leaves)
	if pos.File == "" {
		pos = r.pos(v)
	}
	if pos.File == "" {
		pos = around
	}
	for i := range leaves {
		if leaves[i].pos.File == "" {
			leaves[i].pos = pos
		}
	}
	return pos
}

// canBeType reports whether the leaves can be a type. If not, it reports why as
// a problem.
func (r *reader) canBeType(leaves []leaf, kind cue.Kind, at site) bool {
	if r.reportBuiltins(leaves) || r.reportArguments(leaves) {
		return false
	}
	if len(leaves) == 0 || kind == cue.TopKind {
		r.problems.add(codeAny, at.pos, "say which type it has", "%s may be anything", at.what)
		return false
	}
	if kind&cue.NullKind != 0 {
		r.problems.add(codeNull, at.pos, "write name?: T: what is not there is left out", "%s may be null, and there is no null", at.what)
		return false
	}
	return !r.reportParts(leaves)
}

// kindOf returns the kind of a value. If CUE has no kind for it, the leaves
// determine the kind: for a list that must not be empty, whose default is a
// contradiction, and for types that contain themselves.
func (r *reader) kindOf(v cue.Value, leaves []leaf) cue.Kind { return r.kindIn(v, leaves, nil) }

func (r *reader) kindIn(v cue.Value, leaves []leaf, around []*definition) cue.Kind {
	kind := v.IncompleteKind()
	if kind != cue.BottomKind || len(leaves) == 0 {
		return kind
	}
	kind = cue.TopKind
	for _, l := range leaves {
		if l.ref != nil {
			kind &= r.kindOfDefIn(l.ref, around)
		} else {
			kind &= l.value.IncompleteKind()
		}
	}
	return kind
}

func (r *reader) kindOfDef(d *definition) cue.Kind { return r.kindOfDefIn(d, nil) }

// kindOfDefIn returns the kind of a definition while the kinds of the
// definitions around are being determined. A definition that depends on itself
// has the kind that CUE gives it.
func (r *reader) kindOfDefIn(d *definition, around []*definition) cue.Kind {
	if k := d.value.IncompleteKind(); k != cue.BottomKind || slices.Contains(around, d) {
		return k
	}
	return r.kindIn(d.value, r.leaves(d.value), append(around[:len(around):len(around)], d))
}

// maxTypeDepth is the greatest depth of nested inline types.
const maxTypeDepth = 60

// whereWritten identifies a type by the positions of its parts. It returns ""
// if they are unknown.
func whereWritten(leaves []leaf) string {
	var b strings.Builder
	for _, l := range leaves {
		if l.pos.File == "" {
			return ""
		}
		// A union begins at its first case.
		fmt.Fprintf(&b, "%s%d", place(l.pos), l.op)
	}
	return b.String()
}

// badType returns a replacement for a type that could not be read. The problem
// is already reported.
func badType(pos model.Pos) *model.Type { return &model.Type{Kind: model.String, Pos: pos} }

// reportParts reports references to aggregates, views and so on as types. It
// returns whether there are any.
func (r *reader) reportParts(leaves []leaf) bool {
	found := false
	for _, l := range leaves {
		if structural[l.meta] {
			r.problems.add(codeNotType, l.pos, "", "schema.%s is a part of the language, not a type", l.meta)
			found = true
		}
		if l.ref != nil && l.ref.named == nil {
			r.problems.addAlso(codeNotType, l.pos, []model.Pos{l.ref.pos}, otherPart, "%s is %s, not a type", l.ref.key.name, roleName(l.ref.role))
			found = true
		}
	}
	return found
}

// reportBuiltins reports builtins that are not checks, or that lack arguments.
// It returns whether there are any.
func (r *reader) reportBuiltins(leaves []leaf) bool {
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

// reportArguments reports checks whose argument is not a single value. It
// returns whether there are any. CUE gives such checks no kind, or waits for
// more.
func (r *reader) reportArguments(leaves []leaf) bool {
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
	case "#Query":
		return "a query"
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

// reference returns the type for a use of one named type, possibly with checks.
// It returns nil for other leaves.
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

// expand replaces references to named types by the leaves of these types.
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

// wrongKind explains why a value is not a type.
func (r *reader) wrongKind(v cue.Value, kind cue.Kind, leaves []leaf, pos model.Pos, at site) {
	switch {
	case kind == cue.BytesKind && (hasUnion(leaves) || v.IsConcrete()):
		r.problems.add(codeKind, pos, `write texts in double quotes: "…"`, "%s is bytes: that is what single quotes mean", at.what)
	case kind == cue.BytesKind:
		r.problems.add(codeKind, pos, "write schema.#Bytes & strings.MaxRunes(1368)", "%s has bytes of CUE, which JSON does not have", at.what)
	case kind == cue.BottomKind:
		r.reportImpossible(v, pos, at)
	case hasUnion(leaves) && r.otherDefault(v, kind, pos, at):
	case hasUnion(leaves):
		r.problems.add(codeMixed, pos, "a union is of constants of one kind, or of structs with a constant field in common", "%s mixes kinds: %s", at.what, kindList(kind))
	default:
		r.problems.add(codeKind, pos, "add the type: string & …, int & …", "%s may be of several kinds: %s", at.what, kindList(kind))
	}
}

// otherDefault reports a default whose kind is not that of the type: *"x" |
// int.
func (r *reader) otherDefault(v cue.Value, kind cue.Kind, pos model.Pos, at site) bool {
	d, ok := v.Default()
	rest := kind &^ d.IncompleteKind()
	if !ok || !d.IsConcrete() || rest == 0 {
		return false
	}
	r.problems.add(codeDefault, pos, "give it a default of its type, or another type", "the default of %s is %s, and the type is %s", at.what, aWord(kindList(d.IncompleteKind())), kindList(rest))
	return true
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
		hint := "write [...T], or a struct with a field for each"
		if whole.Allows(cue.AnyIndex) {
			hint = "for at least one element write [...T] & list.MinItems(1)"
		}
		r.problems.add(codeFixedList, pos, hint, "%s is a list with fixed slots", at.what)
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
