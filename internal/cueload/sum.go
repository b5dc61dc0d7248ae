package cueload

import (
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// sum reads a union of structs that a constant field distinguishes.
func (r *reader) sum(l leaf, pos model.Pos, at site, self *model.Named) *model.Type {
	t := &model.Type{Kind: model.Sum, Pos: pos}
	r.sums = append(r.sums, pendingSum{t, at})
	for _, a := range l.args {
		one := &model.Type{Kind: model.Sum, Pos: pos}
		r.arm(a, one, at, 0)
		for _, arm := range one.Arms {
			if !slices.Contains(t.Arms, arm) {
				t.Arms = append(t.Arms, arm)
			}
		}
		r.operands[posOf(a.Pos())] = operand{t, one.Arms}
	}
	return wrap(t, at, self, "")
}

// pendingSum is a union whose tag is determined when all types are known.
type pendingSum struct {
	t  *model.Type
	at site
}

// arm adds a case to a union. If the case is a union, it adds that union's
// cases. depth is the number of unions around it.
func (r *reader) arm(a cue.Value, t *model.Type, at site, depth int) {
	if depth > maxLeafDepth {
		return
	}
	leaves := r.leaves(a)
	if len(leaves) == 1 && leaves[0].op == cue.OrOp {
		for _, more := range leaves[0].args {
			r.arm(more, t, at, depth+1)
		}
		return
	}
	if len(leaves) == 1 && leaves[0].ref != nil && leaves[0].ref.named != nil {
		r.namedArm(leaves[0], t, at, depth)
		return
	}
	in := r.typeOf(a, site{pkg: at.pkg, name: at.name + naming.Exported(r.tagText(a)), what: "a case of " + at.what, around: at.around}, nil)
	if in.Kind == model.Ref && in.Named.Inline {
		t.Arms = append(t.Arms, in.Named)
		return
	}
	r.problems.add(codeSum, in.Pos, "give every case the form {kind: \"name\", …}", "a case of %s is not a struct", at.what)
}

// namedArm adds a definition as a case.
func (r *reader) namedArm(l leaf, t *model.Type, at site, depth int) {
	inner := r.expandUnion(l.ref)
	if inner == nil {
		for _, have := range t.Arms {
			if have == l.ref.named {
				return
			}
		}
		t.Arms = append(t.Arms, l.ref.named)
		return
	}
	for _, more := range inner {
		r.arm(more, t, at, depth+1)
	}
}

// expandUnion returns the cases of a definition that is a union, or nil.
func (r *reader) expandUnion(d *definition) []cue.Value {
	leaves := r.leaves(d.value)
	if len(leaves) == 1 && leaves[0].op == cue.OrOp {
		return leaves[0].args
	}
	if len(leaves) == 1 && leaves[0].ref != nil {
		return []cue.Value{leaves[0].value}
	}
	return nil
}

// narrowed reads a union that is joined with something else. That is allowed if
// it selects one case and does not change it: #Payment & {kind: "card"}.
func (r *reader) narrowed(v cue.Value, leaves, cases []leaf, pos model.Pos, at site) *model.Type {
	var left []leaf
	var names []string
	for _, c := range cases {
		if v.Unify(c.value).Validate() == nil { // CUE has not excluded it
			left = append(left, c)
		}
		if c.ref != nil {
			names = append(names, c.ref.key.name)
		}
	}
	if len(left) == 1 && left[0].ref != nil && !slices.ContainsFunc(leaves, func(l leaf) bool { return !r.impliedBy(left[0], l) }) {
		return &model.Type{Kind: model.Ref, Pos: pos, Named: left[0].ref.named}
	}
	hint := "refer to a case that has a name, or declare another union"
	if len(names) > 0 {
		hint = "refer to one of " + list(names) + ", or declare another union"
	}
	r.problems.add(codeNarrow, pos, hint, "%s changes a union, and does not leave one of its cases as it is", at.what)
	return badType(pos)
}

// impliedBy reports whether l adds nothing to a case. That is so if l is the
// case, a union with it, or a struct of constants that the case has.
func (r *reader) impliedBy(c, l leaf) bool {
	for _, of := range r.cases([]cue.Value{l.value}, map[*definition]bool{}) {
		if of.ref == c.ref {
			return true
		}
	}
	lit, ok := l.value.Source().(*ast.StructLit)
	if !ok {
		return false
	}
	for _, d := range lit.Elts {
		f, ok := d.(*ast.Field)
		if !ok || f.Constraint == token.OPTION {
			return false
		}
		name, _, err := ast.LabelName(f.Label)
		have := c.ref.value.LookupPath(cue.MakePath(cue.Str(name)))
		if _, isLit := f.Value.(*ast.BasicLit); err != nil || !isLit || !have.IsConcrete() {
			return false
		}
	}
	return true
}

// cases lists the cases of unions, and of the unions among the cases. ref is
// nil for a case that is not a definition.
func (r *reader) cases(of []cue.Value, seen map[*definition]bool) (out []leaf) {
	for _, v := range of {
		leaves := r.leaves(v)
		if len(leaves) != 1 || leaves[0].op != cue.OrOp && (leaves[0].ref == nil || leaves[0].ref.named == nil) {
			out = append(out, leaf{value: v})
			continue
		}
		l := leaves[0]
		inner := l.args
		if l.ref != nil {
			if seen[l.ref] {
				continue
			}
			seen[l.ref] = true
			inner = r.expandUnion(l.ref)
		}
		if inner != nil {
			out = append(out, r.cases(inner, seen)...)
		} else {
			out = append(out, l)
		}
	}
	return out
}

// tagText returns the first constant of an inline case, for its name.
func (r *reader) tagText(a cue.Value) string {
	for it, _ := a.Fields(); it != nil && it.Next(); {
		if s, err := it.Value().String(); err == nil {
			return s
		}
	}
	return ""
}

// finishSums finds the tags of all unions.
func (r *schemaReader) finishSums() {
	for _, s := range r.sums {
		r.tag(s)
	}
	r.sums = nil
}

// tag finds the field that distinguishes the cases. It must be a constant in
// each case, with different values.
func (r *schemaReader) tag(s pendingSum) {
	if len(s.t.Arms) == 0 {
		return
	}
	var places []model.Pos
	for _, a := range s.t.Arms {
		under := underlying(&model.Type{Kind: model.Ref, Named: a})
		if under.Kind != model.Struct {
			r.problems.add(codeSum, a.Pos, "give every case the form {kind: \"name\", …}", "%s is a case of %s and is not a struct", a.Name, s.at.what)
			return
		}
		places = append(places, a.Pos)
	}
	why := ""
	for _, f := range s.t.Arms[0].Type.Fields {
		if f.Const == nil {
			continue
		}
		if problem := tells(f.Name, s.t.Arms); problem != "" {
			why = problem
			continue
		}
		s.t.Tag = f.Name
		return
	}
	if why == "" {
		why = "the first has no constant field"
	}
	r.problems.addAlso(codeSum, s.t.Pos, places, "give each case a field such as kind: \"name\", with its own value", "nothing tells the cases of %s apart: %s", s.at.what, why)
}

// tells returns why a field does not distinguish the cases, or "" if it does.
func tells(name string, arms []*model.Named) string {
	seen := map[string]string{}
	for _, a := range arms {
		c := constOf(a, name)
		switch {
		case c == nil:
			return a.Name + " has no constant field " + name
		case c.Kind != model.String:
			return "field " + name + " of " + a.Name + " is not a string"
		case seen[c.Text] != "":
			return seen[c.Text] + " and " + a.Name + " have the same " + name
		}
		seen[c.Text] = a.Name
	}
	return ""
}

func constOf(n *model.Named, name string) *model.Const {
	if n.Type == nil {
		return nil
	}
	for _, f := range n.Type.Fields {
		if f.Name == name {
			return f.Const
		}
	}
	return nil
}
