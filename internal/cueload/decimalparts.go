package cueload

import (
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"

	"ironstar.dev/internal/model"
)

// CUE does not know the bounds of decimals, so they would be lost where it joins
// types: #Cents & #Price has those of both.

// boundsIn returns the bounds of the definitions that the parts of a type refer to.
func (r *reader) boundsIn(leaves []leaf, depth int) (all []model.Check) {
	for _, l := range leaves {
		if l.ref == nil || depth > maxLeafDepth {
			continue
		}
		for _, a := range l.ref.value.Attributes(cue.ValueAttr) {
			for i := range a.NumArgs() {
				if c, ok := checkIn(a, i); ok && a.Name() == "decimal" {
					c.Pos = r.attributePos(l.ref.value, a)
					all = append(all, c)
				}
			}
		}
		all = append(all, r.boundsIn(r.leaves(l.ref.value), depth+1)...)
	}
	return all
}

// joined adds bounds to a decimal that is made of several types. If it is a list
// of constants instead, each must be within the bounds.
func (r *reader) joined(t *model.Type, bounds []model.Check, at site) *model.Type {
	if len(bounds) == 0 {
		return t
	}
	if under := underlying(t); under.Kind != model.Decimal {
		for _, c := range under.Values {
			r.allowed(c, bounds, at.what)
		}
		return t
	}
	out := *t
	out.Checks = slices.Clone(t.Checks)
	for _, b := range bounds { // several parts may have one definition
		if !slices.ContainsFunc(out.Checks, func(c model.Check) bool { return c.Op == b.Op && c.Num == b.Num && c.Count == b.Count }) {
			out.Checks = append(out.Checks, b)
		}
	}
	r.bounded = append(r.bounded, bounded{at.what, &out, at.pos})
	return &out
}

// allowed reports a constant that is not within the bounds of its type.
func (r *reader) allowed(c model.Const, bounds []model.Check, what string) {
	for _, b := range bounds {
		if c.Kind == model.String && !b.AllowsDecimal(c.Text) {
			r.problems.addAlso(codeDecimal, c.Pos, []model.Pos{b.Pos}, "give it another value", "%s has the value %q, which is not within its bounds", what, c.Text)
			return
		}
	}
}

// boundedKeys refuses keys of maps that are decimals with bounds: a key is a text,
// and CUE shows the reader only its pattern.
func (r *schemaReader) boundedKeys() {
	for _, f := range r.folders {
		for _, file := range f.files {
			imports := importsOf(file)
			ast.Walk(file, func(n ast.Node) bool {
				if field, ok := n.(*ast.Field); ok {
					r.boundedKey(field, f.path, imports)
				}
				return true
			}, nil)
		}
	}
}

func (r *schemaReader) boundedKey(f *ast.Field, path string, imports map[string]string) {
	list, ok := f.Label.(*ast.ListLit)
	if !ok || len(list.Elts) != 1 {
		return
	}
	key := list.Elts[0]
	if a, ok := key.(*ast.Alias); ok {
		key = a.Expr
	}
	var d *definition
	switch e := bracketed(key).(type) {
	case *ast.Ident:
		d = r.defs[defKey{path, e.Name}]
	case *ast.SelectorExpr:
		from, _ := e.X.(*ast.Ident)
		if name, ok := e.Sel.(*ast.Ident); ok && from != nil {
			d = r.defs[defKey{imports[from.Name], name.Name}]
		}
	}
	if d == nil || d.named == nil || d.named.Type == nil || underlying(d.named.Type).Kind != model.Decimal {
		return
	}
	bound := false
	eachCheck(d.named.Type, func(model.Check) { bound = true })
	if bound {
		r.problems.addAlso(codeDecimal, pos(key), []model.Pos{d.pos}, "write [schema.#Decimal], and check the keys in Go", "the keys of a map have no bounds, and %s has some", d.key.name)
	}
}
