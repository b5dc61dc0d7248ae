package upcast

import (
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// entry is what is written about one field of a struct.
type entry struct {
	name  string
	at    model.Pos
	texts []Text
	when  Text // its condition; without Expr: always
}

// entries takes struct literals apart.
func (c *compiler) entries(texts []Text) []*entry {
	g := &gatherer{compiler: c}
	for _, t := range texts {
		g.add(t, Text{})
	}
	return g.all
}

type gatherer struct {
	*compiler
	all []*entry
}

func (g *gatherer) add(t, when Text) {
	switch e := t.Expr.(type) {
	case *ast.ParenExpr:
		g.add(Text{Expr: e.X, Imports: t.Imports}, when)
	case *ast.BinaryExpr:
		if e.Op == token.AND {
			g.add(Text{Expr: e.X, Imports: t.Imports}, when)
			g.add(Text{Expr: e.Y, Imports: t.Imports}, when)
			return
		}
		g.problem(Form, place(e), g.byHand(), "a struct is written {…} here")
	case *ast.StructLit:
		for _, d := range e.Elts {
			g.declaration(d, t, when)
		}
	default:
		g.problem(Form, place(e), g.byHand(), "a struct is written {…} here")
	}
}

func (g *gatherer) declaration(d ast.Decl, t, when Text) {
	switch d := d.(type) {
	case *ast.Field:
		name, _, err := ast.LabelName(d.Label)
		if err != nil || d.Constraint != token.ILLEGAL || d.Alias != nil {
			g.problem(Form, place(d.Label), g.byHand(), "an upcaster gives values to plain fields")
			return
		}
		text := Text{Expr: d.Value, Attrs: d.Attrs, Imports: t.Imports}
		i := slices.IndexFunc(g.all, func(e *entry) bool { return e.name == name })
		if i < 0 {
			g.all = append(g.all, &entry{name: name, at: place(d.Label), texts: []Text{text}, when: when})
			return
		}
		if when.Expr != nil || g.all[i].when.Expr != nil {
			g.problem(Form, place(d.Label), "write *a | b, or one condition", "field %s is given twice", name)
			return
		}
		g.all[i].texts = append(g.all[i].texts, text)
	case *ast.Comprehension:
		if condition, ok := isCondition(d); ok && when.Expr == nil {
			g.add(Text{Expr: d.Value, Imports: t.Imports}, Text{Expr: condition, Imports: t.Imports})
			return
		}
		g.problem(Form, place(d), g.byHand(), "only if x != _|_ {…} can be turned into Go here")
	case *ast.EmbedDecl:
		g.problem(Form, place(d), g.byHand(), "something embedded cannot be turned into Go")
	case *ast.Attribute, *ast.CommentGroup:
	default:
		g.problem(Form, place(d), g.byHand(), "this cannot be turned into Go")
	}
}

func isCondition(d *ast.Comprehension) (ast.Expr, bool) {
	if len(d.Clauses) != 1 || d.Fallback != nil {
		return nil, false
	}
	clause, ok := d.Clauses[0].(*ast.IfClause)
	if !ok {
		return nil, false
	}
	return clause.Condition, true
}

// structure makes a struct. Fields that are not mentioned are taken from kept,
// which is the old payload at the top and nil inside.
func (c *compiler) structure(texts []Text, to *model.Named, at model.Pos, kept *model.Expr) *model.Expr {
	out := &model.Expr{Op: model.MakeStruct, Type: ref(to, at), Pos: at}
	written := c.entries(texts)
	for _, f := range to.Type.Fields {
		i := slices.IndexFunc(written, func(e *entry) bool { return e.name == f.Name })
		if i < 0 {
			if p := c.unmentioned(f, to, at, kept); p != nil {
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
		names = append(names, f.Name)
	}
	return names
}

// unmentioned is a field that nothing is said about.
func (c *compiler) unmentioned(f *model.Field, to *model.Named, at model.Pos, kept *model.Expr) *model.FieldExpr {
	if f.Const != nil {
		if kept != nil {
			return nil
		}
		c.problem(Nowhere, at, "write "+f.Name+": "+strconv.Quote(f.Const.Text), "field %s of %s is missing", f.Name, c.target(to))
		return nil
	}
	free := f.Optional || f.Default != nil || base(f.Type).Kind == model.List || base(f.Type).Kind == model.Map
	if kept == nil {
		if !free {
			c.problem(Nowhere, at, "write "+f.Name+": …", "field %s of %s comes from nowhere", f.Name, c.target(to))
		}
		return nil
	}
	at = f.Pos
	old := fieldOf(base(kept.Type), f.Name)
	switch {
	case old == nil && free:
		return nil
	case old == nil:
		c.problem(Nowhere, at, "write "+f.Name+": … in "+c.Label, "field %s of %s comes from nowhere: %s has none of that name", f.Name, c.target(to), c.Source)
		return nil
	case old.Optional && !free:
		c.problem(Absent, at, "write "+f.Name+": *"+c.Source+"."+f.Name+" | … in "+c.Label, "field %s of %s must be there, and in %s it may be absent", f.Name, c.target(to), c.Source)
		return nil
	}
	value := c.selectField(kept, old, at)
	p := &model.FieldExpr{Field: f, Kept: true}
	if old.Optional {
		p.When = value
		value = sure(value)
	}
	before := len(c.problems)
	c.path = append(c.path, title(f.GoName))
	p.Value = c.fit(value, f.Type)
	c.path = c.path[:len(c.path)-1]
	for i := range c.problems[before:] {
		c.problems[before+i].Hint = "say in " + c.Label + " what it becomes: " + f.Name + ": …; or " + c.problems[before+i].Hint
	}
	if p.Value == nil {
		return nil
	}
	return p
}

// field is one that something is said about.
func (c *compiler) field(f *model.Field, e *entry) *model.FieldExpr {
	c.path = append(c.path, title(f.GoName))
	defer func() { c.path = c.path[:len(c.path)-1] }()
	if f.Const != nil {
		c.constant(f, e)
		return nil
	}
	p := &model.FieldExpr{Field: f}
	if e.when.Expr != nil {
		optional := f.Optional || f.Default != nil || base(f.Type).Kind == model.List || base(f.Type).Kind == model.Map
		if !optional {
			c.problem(Absent, e.at, "write "+f.Name+": *… | …", "field %s must be there, and this gives it a value only sometimes", f.Name)
			return nil
		}
		if p.When = c.presence(e.when); p.When == nil {
			return nil
		}
		key := pathOf(p.When)
		c.sure[key] = true
		defer delete(c.sure, key)
	}
	p.Value = c.values(e.texts, f.Type, e.at)
	if p.Value == nil {
		return nil
	}
	if x := p.Value.Missing(); x != nil {
		c.absent(x)
		return nil
	}
	return p
}

// values is what several texts say about one value: structs are put together,
// of everything else there can be one.
func (c *compiler) values(texts []Text, want *model.Type, at model.Pos) *model.Expr {
	if len(texts) == 1 {
		return c.expr(texts[0], want)
	}
	if t := base(want); t.Kind == model.Struct {
		return c.structure(texts, goNamed(want), at, nil)
	}
	return c.problem(Form, place(texts[1].Expr), "say it once", "two values are given for one field")
}

// constant checks what is written about a field that has one value.
func (c *compiler) constant(f *model.Field, e *entry) {
	for _, t := range e.texts {
		v := literalOf(t.Expr)
		if v == nil || v.Text != f.Const.Text {
			c.problem(Type, place(t.Expr), "write "+f.Const.Text+", or leave it out", "field %s is always %s", f.Name, f.Const.Text)
		}
	}
}

// presence is the x of x != _|_, an optional part of the source.
func (c *compiler) presence(t Text) *model.Expr {
	e, ok := t.Expr.(*ast.BinaryExpr)
	if ok && e.Op == token.NEQ {
		if _, bottom := e.Y.(*ast.BottomLit); bottom {
			x := c.expr(Text{Expr: e.X, Imports: t.Imports}, nil)
			if x == nil {
				return nil
			}
			if x.Missing() == nil {
				return c.problem(Form, place(e.X), "take the condition away", "this is always there")
			}
			return x
		}
	}
	return c.problem(Form, place(t.Expr), c.byHand(), "only conditions like if %s.memo != _|_ can be turned into Go", c.Source)
}

// absent reports something that may not be there.
func (c *compiler) absent(x *model.Expr) {
	hint := "write *… | … with what stands for it then"
	what := "this may not be there"
	switch x.Op {
	case model.Select:
		name := pathOf(x)
		what, hint = name+" may be absent", "write *"+name+" | …, or if "+name+" != _|_ {…}"
	case model.Table:
		what = "the table has no entry for " + strings.Join(uncovered(x), ", ")
		if len(uncovered(x)) == 0 {
			what = "not every text is in the table"
		}
	case model.Index:
		what = "the list may be shorter"
	case model.Arithmetic:
		what = "this may be a division by zero"
	case model.Call:
		what = "not every text is a number"
	}
	c.problem(Absent, x.Pos, hint, "%s, and every old event must decode", what)
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

func fieldOf(t *model.Type, name string) *model.Field {
	for _, f := range t.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// sure is a copy of an expression that is known to be there.
func sure(e *model.Expr) *model.Expr {
	out := *e
	out.Sure = true
	return &out
}

// pathOf is a selection as it is written: "v1.memo".
func pathOf(e *model.Expr) string {
	switch e.Op {
	case model.Select:
		return pathOf(e.Args[0]) + "." + e.Field.Name
	case model.Lookup:
		return pathOf(e.Args[0]) + "." + e.Name
	case model.Index:
		return pathOf(e.Args[0]) + "[…]"
	case model.Old, model.Variable:
		return e.Name
	}
	return "(…)"
}
