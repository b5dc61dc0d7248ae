package cueload

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"

	"ironstar.dev/internal/model"
)

// leaf is one conjunct of a value, as far apart as it can be taken without
// losing a reference to a named type.
type leaf struct {
	value cue.Value
	op    cue.Op
	args  []cue.Value
	ref   *definition // when it refers to a definition of the domain
	meta  string      // when it refers to a type of the meta-schema: "#UUID"
	call  string      // when it is, or calls, a builtin: "strings.MinRunes"
	pos   model.Pos
}

// newLeaf is the leaf of what Expr says about a value.
func newLeaf(v cue.Value, op cue.Op, args []cue.Value) leaf {
	l := leaf{value: v, op: op, args: args, pos: notMeta(posOf(v.Pos()))}
	if op == cue.CallOp && len(args) > 0 {
		l.call = builtinName(args[0])
	}
	return l
}

// maxLeafDepth is how deep one expression may nest; more is not written by hand.
const maxLeafDepth = 200

// leaves takes a value apart into its own conjuncts: without those of the
// meta-schema, through references to hidden fields and helpers.
func (r *reader) leaves(v cue.Value) []leaf {
	return r.appendLeaves(nil, v)
}

func (r *reader) appendLeaves(out []leaf, v cue.Value) []leaf {
	r.leafDepth++
	defer func() { r.leafDepth-- }()
	if r.leafDepth > maxLeafDepth {
		r.problems.add(codeRecursion, r.pos(v), "", "this is nested too deeply to be a type")
		return out
	}
	// References first: taking schema.#UUID apart evaluates all of schema.
	if root, path := v.ReferencePath(); root.Exists() {
		if inMeta(v) {
			return out
		}
		return r.appendRef(out, v, root, path)
	}
	op, args := v.Expr()
	if op != cue.AndOp && inMeta(v) {
		return out
	}
	switch {
	case op == cue.AndOp:
		for _, a := range args {
			out = r.appendLeaves(out, a)
		}
		return out
	case op == cue.NoOp && len(args) == 1 && args[0] != v:
		return r.appendLeaves(out, args[0])
	case op == cue.OrOp:
		if rest, ok := withoutDefault(v, args); ok {
			return r.appendLeaves(out, rest)
		}
	}
	l := newLeaf(v, op, args)
	if l.call == "close" && len(args) == 2 { // everything is closed anyway
		return r.appendLeaves(out, args[1])
	}
	if op == cue.NoOp && !v.IsConcrete() && isScalar(v.IncompleteKind()) && !isPlainKind(v) {
		if op, args := v.Eval().Expr(); op != cue.NoOp {
			return r.appendEvaluated(out, op, args, v)
		}
	}
	return append(out, l)
}

// isPlainKind says whether v is written as string, int and the like.
func isPlainKind(v cue.Value) bool {
	src := v.Source()
	if f, ok := src.(*ast.Field); ok {
		src = f.Value
	}
	id, ok := src.(*ast.Ident)
	if !ok {
		return false
	}
	name := strings.TrimPrefix(id.Name, "__")
	return plainKinds[name] != 0 || name == "float"
}

// appendEvaluated is for what CUE does not take apart as written, such as a
// reference to a let: the constraints of its value, without the names in them.
func (r *reader) appendEvaluated(out []leaf, op cue.Op, args []cue.Value, v cue.Value) []leaf {
	if op == cue.AndOp {
		for _, a := range args {
			out = r.appendLeaves(out, a)
		}
		return out
	}
	return append(out, newLeaf(v, op, args))
}

// builtinName is the builtin that v refers to: "strings.MinRunes", or its text
// when that is unknown.
func builtinName(v cue.Value) string {
	if root, path := v.ReferencePath(); root.Exists() {
		if inst := root.BuildInstance(); inst != nil {
			return inst.ImportPath + "." + path.String()
		}
	}
	return oneLine(strings.TrimSuffix(fmt.Sprint(v), "()"))
}

// appendRef is the leaf of a reference: a named type stays one, the structural
// parts of the meta-schema vanish, anything else is looked through.
func (r *reader) appendRef(out []leaf, v, root cue.Value, path cue.Path) []leaf {
	at := notMeta(posOf(v.Pos()))
	sels := path.Selectors()
	inst := root.BuildInstance()
	if inst != nil && len(sels) == 1 && sels[0].IsDefinition() {
		name := sels[0].String()
		if importPath := bare(inst.ImportPath); importPath == metaPath {
			return append(out, leaf{value: v, meta: name, pos: at})
		} else if d := r.defs[defKey{importPath, name}]; d != nil {
			return append(out, leaf{value: v, ref: d, pos: at})
		}
	}
	if inst != nil && len(sels) == 0 {
		r.problems.add(codeNotType, at, "refer to something in it", "package %s is not a type", inst.ImportPath)
		return append(out, leaf{value: v, meta: "#", pos: at})
	}
	if inst != nil && builtinPackages[inst.ImportPath] {
		return append(out, leaf{value: v, call: inst.ImportPath + "." + path.String(), args: []cue.Value{v}, pos: at})
	}
	key := path.String()
	if inst != nil {
		key = inst.ImportPath + "." + key
	}
	if slices.Contains(r.following, key) {
		r.problems.add(codeRecursion, at, "give the recursive part a name: #Name: …", "a type that contains itself must be a definition")
		return out
	}
	target := cue.Dereference(v)
	if target == v {
		op, args := v.Expr()
		return append(out, leaf{value: v, op: op, args: args, pos: at})
	}
	r.following = append(r.following, key)
	defer func() { r.following = r.following[:len(r.following)-1] }()
	inner := r.appendLeaves(nil, target)
	for i := range inner {
		if inner[i].pos.File == "" {
			inner[i].pos = at
		}
	}
	return append(out, inner...)
}

// inMeta says whether a value was written in the meta-schema.
func inMeta(v cue.Value) bool {
	return v.Pos().Filename() == metaFile
}

// pos is the first place outside of the meta-schema where v is written: its
// label, where it has one. What is written under its own path is in an index;
// taking a value apart costs an evaluation of its parts.
func (r *reader) pos(v cue.Value) model.Pos { return r.posAt(v, r.label(v)) }

// posAt is pos for a value whose label has been looked up.
func (r *reader) posAt(v cue.Value, l *label) model.Pos {
	if f, ok := v.Source().(*ast.Field); ok && f.Pos().Filename() != metaFile {
		return pos(f)
	}
	if l != nil {
		return l.pos
	}
	at := model.Pos{}
	op, args := v.Expr()
	if op != cue.AndOp {
		return notMeta(posOf(v.Pos()))
	}
	for _, a := range args {
		if p := notMeta(posOf(a.Pos())); p.File != "" && (at.File == "" || comparePos(p, at) < 0) {
			at = p
		}
	}
	return at
}

// label is what is written at the path of v.
func (r *reader) label(v cue.Value) *label { return r.labels[defKey{r.now, v.Path().String()}] }

func notMeta(p model.Pos) model.Pos {
	if p.File == metaFile {
		return model.Pos{}
	}
	return p
}

// docOf is the comment on a value, without those of the meta-schema, which CUE
// mixes in.
func docOf(v cue.Value) string {
	var parts []string
	for _, g := range v.Doc() {
		if g.Pos().Filename() == metaFile {
			continue
		}
		if text := strings.TrimSpace(g.Text()); text != "" && !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "\n\n")
}

// withoutDefault is the T of *default | T, where the default is a value of T.
// CUE leaves such a default out by itself when it is sure.
func withoutDefault(v cue.Value, args []cue.Value) (rest cue.Value, ok bool) {
	if len(args) != 2 {
		return rest, false
	}
	d, has := v.Default()
	if !has || !d.Exists() {
		return rest, false
	}
	for i, a := range args {
		other := args[1-i]
		if a.IncompleteKind() == cue.ListKind && a.Allows(cue.AnyIndex) {
			continue
		}
		isConst := isScalar(other.IncompleteKind()) && other.IsConcrete()
		if !isConst && a.Validate(cue.Concrete(true)) == nil && a.Equals(d) && other.Unify(a).Validate(cue.Concrete(true)) == nil {
			return other, true
		}
	}
	return rest, false
}
