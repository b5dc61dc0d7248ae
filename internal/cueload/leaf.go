package cueload

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"

	"ironstar.dev/internal/model"
)

// leaf is one conjunct of a value. It is split as far as possible, except that
// a reference to a named type stays whole.
type leaf struct {
	value cue.Value
	op    cue.Op
	args  []cue.Value
	ref   *definition // if it refers to a definition of the domain
	meta  string      // if it refers to a type of the meta-schema: "#UUID"
	call  string      // if it is, or calls, a builtin: "strings.MinRunes"
	pos   model.Pos
}

// newLeaf returns the leaf for the results of Expr on a value.
func newLeaf(v cue.Value, op cue.Op, args []cue.Value) leaf {
	l := leaf{value: v, op: op, args: args, pos: notMeta(posOf(v.Pos()))}
	if op == cue.CallOp && len(args) > 0 {
		l.call = builtinName(args[0])
	}
	return l
}

// maxLeafDepth is the greatest depth of one expression. People do not write
// deeper ones.
const maxLeafDepth = 200

// leaves splits a value into the conjuncts that the domain wrote, without those
// of the meta-schema. It follows references to hidden fields and helpers.
func (r *reader) leaves(v cue.Value) []leaf {
	return decomposition{reader: r}.leaves(v)
}

// decomposition is the position in a value that is being split.
type decomposition struct {
	*reader
	depth     int      // the number of expressions around it
	following []string // the references to hidden fields that were followed; a repeated one is endless
}

// leaves splits a value that was met inside another.
func (d decomposition) leaves(v cue.Value) []leaf {
	d.depth++
	if d.depth > maxLeafDepth {
		d.problems.add(codeRecursion, d.pos(v), "", "this is nested too deeply to be a type")
		return nil
	}
	// Check references first: splitting schema.#UUID would evaluate all of schema.
	if root, path := v.ReferencePath(); root.Exists() {
		if inMeta(v) {
			return nil
		}
		return d.reference(v, root, path)
	}
	op, args := v.Expr()
	switch {
	case op == cue.AndOp:
		return d.all(args)
	case inMeta(v):
		return nil
	case op == cue.NoOp && len(args) == 1 && args[0] != v:
		return d.leaves(args[0])
	case op == cue.OrOp:
		if rest, ok := withoutDefault(v, args); ok {
			return d.leaves(rest)
		}
	case op == cue.NoOp && !v.IsConcrete() && isScalar(v.IncompleteKind()) && !isPlainKind(v):
		if op, args := v.Eval().Expr(); op != cue.NoOp {
			return d.evaluated(v, op, args)
		}
	}
	l := newLeaf(v, op, args)
	if l.call == "close" && len(args) == 2 { // everything is closed in any case
		return d.leaves(args[1])
	}
	return []leaf{l}
}

// all returns the leaves of several values.
func (d decomposition) all(values []cue.Value) (out []leaf) {
	for _, v := range values {
		out = append(out, d.leaves(v)...)
	}
	return out
}

// evaluated returns the constraints of a value that CUE cannot split as it is
// written, such as a reference to a let. The names in it are lost.
func (d decomposition) evaluated(v cue.Value, op cue.Op, args []cue.Value) []leaf {
	if op == cue.AndOp {
		return d.all(args)
	}
	return []leaf{newLeaf(v, op, args)}
}

// reference splits a name. A reference to a named type or a builtin is one
// leaf, a package is an error, and other references are followed.
func (d decomposition) reference(v, root cue.Value, path cue.Path) []leaf {
	l := leaf{value: v, pos: notMeta(posOf(v.Pos()))}
	inst := root.BuildInstance()
	if inst == nil {
		return d.through(l, path.String())
	}
	sels := path.Selectors()
	switch {
	case len(sels) == 0:
		d.problems.add(codeNotType, l.pos, "refer to something in it", "package %s is not a type", inst.ImportPath)
		l.meta = "#"
		return []leaf{l}
	case len(sels) == 1 && sels[0].IsDefinition():
		importPath, name := bare(inst.ImportPath), sels[0].String()
		if importPath == metaPath {
			l.meta = name
			return []leaf{l}
		}
		if l.ref = d.defs[defKey{importPath, name}]; l.ref != nil {
			return []leaf{l}
		}
	case builtinPackages[inst.ImportPath]:
		l.call, l.args = inst.ImportPath+"."+path.String(), []cue.Value{v}
		return []leaf{l}
	}
	return d.through(l, inst.ImportPath+"."+path.String())
}

// through returns the leaves of the target of a reference. to is its name.
func (d decomposition) through(l leaf, to string) []leaf {
	if slices.Contains(d.following, to) {
		d.problems.add(codeRecursion, l.pos, "give the recursive part a name: #Name: …", "a type that contains itself must be a definition")
		return nil
	}
	target := cue.Dereference(l.value)
	if target == l.value {
		l.op, l.args = l.value.Expr()
		return []leaf{l}
	}
	d.following = append(d.following[:len(d.following):len(d.following)], to)
	inner := d.leaves(target)
	for i := range inner {
		if inner[i].pos.File == "" {
			inner[i].pos = l.pos
		}
	}
	return inner
}

// isPlainKind reports whether v is written as string, int and so on.
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

// builtinName returns the name of a builtin, such as "strings.MinRunes", or its
// text if the name is unknown.
func builtinName(v cue.Value) string {
	if root, path := v.ReferencePath(); root.Exists() {
		if inst := root.BuildInstance(); inst != nil {
			return inst.ImportPath + "." + path.String()
		}
	}
	return oneLine(strings.TrimSuffix(fmt.Sprint(v), "()"))
}

// inMeta reports whether a value was written in the meta-schema.
func inMeta(v cue.Value) bool {
	return v.Pos().Filename() == metaFile
}

// pos returns the first position outside of the meta-schema at which v is
// written: that of its label, if it has one. It uses the index of labels where
// it can, because splitting a value evaluates its parts.
func (r *reader) pos(v cue.Value) model.Pos { return r.posAt(v, r.label(v)) }

// posAt is pos for a value whose label is known.
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

// label returns the label at the path of v, or nil.
func (r *reader) label(v cue.Value) *label { return r.labels[defKey{r.pkg.Path, v.Path().String()}] }

func notMeta(p model.Pos) model.Pos {
	if p.File == metaFile {
		return model.Pos{}
	}
	return p
}

// docOf returns the comment on a value, without the comments of the
// meta-schema, which CUE adds.
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

// withoutDefault returns the T of *default | T, where the default is a value of
// T. CUE itself removes such a default if it can prove that.
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
