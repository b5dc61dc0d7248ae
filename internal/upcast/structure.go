package upcast

import (
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// statement is a text with its conditions.
type statement struct {
	Text
	when []Text
}

// always returns texts without conditions.
func always(texts ...Text) []statement {
	var out []statement
	for _, t := range texts {
		out = append(out, statement{Text: t})
	}
	return out
}

// under returns a text with the conditions of another statement, and more.
func (s statement) under(e ast.Expr, more ...ast.Expr) statement {
	out := statement{Text: Text{Expr: e, Imports: s.Imports}, when: slices.Clip(s.when)}
	for _, m := range more {
		out.when = append(out.when, Text{Expr: m, Imports: s.Imports})
	}
	return out
}

// entry holds the statements about one field of a struct.
type entry struct {
	name       string
	at         model.Pos
	statements []statement
}

// texts returns all texts about the field, regardless of conditions.
func (e *entry) texts() []Text {
	var out []Text
	for _, s := range e.statements {
		out = append(out, s.Text)
	}
	return out
}

// condition returns the first condition on the field, or nil.
func (e *entry) condition() ast.Expr {
	for _, s := range e.statements {
		if len(s.when) > 0 {
			return s.when[0].Expr
		}
	}
	return nil
}

// entries collects the statements of struct literals by field.
func (c *compiler) entries(all []statement) []*entry {
	g := &gatherer{compiler: c}
	for _, s := range all {
		g.add(s)
	}
	return g.all
}

type gatherer struct {
	*compiler
	all []*entry
}

func (g *gatherer) add(s statement) {
	switch e := s.Expr.(type) {
	case *ast.ParenExpr:
		g.add(s.under(e.X))
	case *ast.BinaryExpr:
		if e.Op == token.AND {
			g.add(s.under(e.X))
			g.add(s.under(e.Y))
			return
		}
		g.problem(Form, positionOf(e), g.byHand(), "only a struct {…} can be here")
	case *ast.StructLit:
		for _, d := range e.Elts {
			g.declaration(d, s)
		}
	default:
		g.problem(Form, positionOf(e), g.byHand(), "only a struct {…} can be here")
	}
}

func (g *gatherer) declaration(d ast.Decl, in statement) {
	switch d := d.(type) {
	case *ast.Field:
		name, err := labelName(d.Label)
		if err != nil || d.Constraint != token.ILLEGAL || d.Alias != nil {
			g.problem(Form, positionOf(d.Label), g.byHand(), "only plain fields, name: value, can be in an upcaster")
			return
		}
		s := in.under(d.Value)
		s.Attrs = d.Attrs
		i := slices.IndexFunc(g.all, func(e *entry) bool { return e.name == name })
		if i < 0 {
			g.all = append(g.all, &entry{name: name, at: positionOf(d.Label), statements: []statement{s}})
			return
		}
		g.all[i].statements = append(g.all[i].statements, s)
	case *ast.Comprehension:
		if conditions, ok := ifClauses(d); ok {
			g.add(in.under(d.Value, conditions...))
			return
		}
		g.problem(Form, positionOf(d), g.byHand(), "only if … {…} can be turned into Go here")
	case *ast.EmbedDecl:
		g.problem(Form, positionOf(d), g.byHand(), "an embedded value cannot be turned into Go")
	case *ast.Attribute, *ast.CommentGroup:
	default:
		g.problem(Form, positionOf(d), g.byHand(), "this cannot be turned into Go")
	}
}

// structure makes a struct. It copies fields without statements from source, which
// is the old payload at the top level and nil below.
func (c *compiler) structure(texts []statement, to *model.Named, at model.Pos, source *model.Expr) *model.Expr {
	out := &model.Expr{Op: model.MakeStruct, Type: ref(to, at), Pos: at}
	written := c.entries(texts)
	for _, f := range to.Type.Fields {
		i := slices.IndexFunc(written, func(e *entry) bool { return e.name == f.InCUE() })
		if i < 0 {
			if p := c.unmentioned(f, to, at, source); p != nil {
				out.Parts = append(out.Parts, p)
			}
			continue
		}
		e := written[i]
		written = slices.Delete(written, i, i+1)
		if p := c.field(f, e); p != nil {
			out.Parts = append(out.Parts, p)
		}
	}
	for _, e := range written {
		c.problem(Name, e.at, c.Nearest(e.name, fieldNames(to.Type)), "%s has no field %s", c.target(to), e.name)
	}
	return out
}

func (c *compiler) target(to *model.Named) string {
	if to == c.To {
		return "the new " + c.Event
	}
	return to.Name
}

func fieldNames(t *model.Type) []string {
	var names []string
	for _, f := range t.Fields {
		names = append(names, f.InCUE())
	}
	return names
}

// unmentioned compiles a field without statements.
func (c *compiler) unmentioned(f *model.Field, to *model.Named, at model.Pos, source *model.Expr) *model.FieldExpr {
	if f.Const != nil {
		if source != nil {
			return nil
		}
		c.problem(Nowhere, at, "write "+f.InCUE()+": "+strconv.Quote(f.Const.Text), "field %s of %s is missing", f.InCUE(), c.target(to))
		return nil
	}
	free := isFree(f)
	if source == nil {
		if !free {
			c.problem(Nowhere, at, "write "+f.InCUE()+": …", "the step gives no value to field %s of %s", f.InCUE(), c.target(to))
		}
		return nil
	}
	at = f.Pos
	old := base(source.Type).FieldInCUE(f.InCUE())
	switch {
	case old == nil && free:
		return nil
	case old == nil:
		c.problem(Nowhere, at, "write "+f.InCUE()+": … in "+c.Label, "the step gives no value to field %s of %s, and %s has no field of that name", f.InCUE(), c.target(to), c.Source)
		return nil
	case old.Optional && !free:
		c.problem(Absent, at, "write "+f.InCUE()+": *"+c.Source+"."+f.InCUE()+" | … in "+c.Label, "field %s of %s is required, and may be absent in %s", f.InCUE(), c.target(to), c.Source)
		return nil
	}
	value := c.selectField(source, old, at)
	p := &model.FieldExpr{Field: f, Unchanged: true}
	if old.Optional {
		p.When = value
		value = asPresent(value)
	}
	before := len(c.problems)
	c.path = append(c.path, title(f.GoName))
	p.Value = c.fit(value, f.Type)
	c.path = c.path[:len(c.path)-1]
	for i := range c.problems[before:] {
		c.problems[before+i].Hint = "write " + f.InCUE() + ": … in " + c.Label + "; or " + c.problems[before+i].Hint
	}
	if p.Value == nil {
		return nil
	}
	return p
}

// field compiles a field with statements.
func (c *compiler) field(f *model.Field, e *entry) *model.FieldExpr {
	c.path = append(c.path, title(f.GoName))
	defer func() { c.path = c.path[:len(c.path)-1] }()
	if f.Const != nil {
		c.constant(f, e)
		return nil
	}
	switch {
	case e.condition() == nil:
	case base(f.Type).Kind == model.Struct && e.hasParts():
		p := &model.FieldExpr{Field: f, Value: c.structure(e.statements, goNamed(f.Type), e.at, nil)}
		return p
	default:
		return c.conditional(f, e)
	}
	p := &model.FieldExpr{Field: f, Value: c.values(e.texts(), f.Type, e.at)}
	if !c.total(p.Value) {
		return nil
	}
	return p
}

// isFree reports whether a field may be omitted: it is optional, has a default
// or may be empty.
func isFree(f *model.Field) bool {
	k := base(f.Type).Kind
	return f.Optional || f.Default != nil || k == model.List || k == model.Map
}

// total reports the parts of an expression that may be absent.
func (c *compiler) total(e *model.Expr) bool {
	if e == nil {
		return false
	}
	if x := e.Missing(); x != nil {
		c.absent(x)
		return false
	}
	return true
}

// values combines texts about one value. It merges structs. Any other value can
// have only one text.
func (c *compiler) values(texts []Text, want *model.Type, at model.Pos) *model.Expr {
	if len(texts) == 1 {
		return c.expr(texts[0], want)
	}
	if t := base(want); t.Kind == model.Struct {
		return c.structure(always(texts...), goNamed(want), at, nil)
	}
	return c.problem(Form, positionOf(texts[1].Expr), "keep one of them", "this field has two values")
}

// constant checks the statements about a constant field.
func (c *compiler) constant(f *model.Field, e *entry) {
	for _, t := range e.texts() {
		v := literalOf(t.Expr)
		if v == nil || v.Text != f.Const.Text {
			c.problem(Type, positionOf(t.Expr), "write "+f.Const.Text+", or remove the field", "field %s is always %s", f.InCUE(), f.Const.Text)
		}
	}
}

// absent reports a part that may be absent.
func (c *compiler) absent(x *model.Expr) {
	hint := "write *… | … with a value to use then"
	what := "this may be absent"
	switch x.Op {
	case model.Select:
		name := pathOf(x)
		what, hint = name+" may be absent", "write *"+name+" | …, or if "+name+" != _|_ {…}"
	case model.Table:
		what = "the table has no entry for " + strings.Join(uncovered(x), ", ")
		if len(uncovered(x)) == 0 {
			what = "the table might not have this text"
		}
	case model.Index:
		what = "the list might be too short"
	case model.Arithmetic:
		what = "this may be a division by zero"
	case model.Call:
		what = "the text might not be a number"
	}
	c.problem(Absent, x.Pos, hint, "%s, and ironstar must be able to read every old event", what)
}

func uncovered(x *model.Expr) []string {
	key := base(x.Args[0].Type)
	var out []string
	for _, v := range key.Values {
		if !slices.ContainsFunc(x.Entries, func(e model.Entry) bool { return e.Key == v.Text }) {
			out = append(out, strconv.Quote(v.Text))
		}
	}
	return out
}

// fieldOf finds a field by its name in JSON. The tag of a union is such a name.
func fieldOf(t *model.Type, name string) *model.Field {
	for _, f := range t.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// asPresent returns a copy of an expression that is known to be present.
func asPresent(e *model.Expr) *model.Expr {
	out := *e
	out.Sure = true
	return &out
}

// pathOf returns the source text of a selection, such as "v1.memo". It is for
// messages only: different expressions may have the same path.
func pathOf(e *model.Expr) string {
	switch e.Op {
	case model.Select:
		return pathOf(e.Args[0]) + "." + e.Field.InCUE()
	case model.Lookup:
		return pathOf(e.Args[0]) + "." + e.Name
	case model.TagOf:
		return pathOf(e.Args[0]) + "." + tagLabel(base(e.Args[0].Type))
	case model.AsCase:
		return pathOf(e.Args[0])
	case model.Length:
		return "len(" + pathOf(e.Args[0]) + ")"
	case model.Index:
		return pathOf(e.Args[0]) + "[…]"
	case model.Old:
		return e.Name
	case model.Variable:
		return e.Label
	}
	return "(…)"
}
