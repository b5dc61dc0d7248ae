package cuetest_test

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// Edits of the text of a schema.

func (e *editor) comment() bool {
	p, ok := e.aField()
	if ok {
		ast.SetComments(p.field, []*ast.CommentGroup{{Doc: true, List: []*ast.Comment{{Text: "// " + e.pick("It is so.", "Another word.")}}}})
	}
	return ok
}

func (e *editor) noComment() bool {
	for _, p := range e.places().fields {
		if len(ast.Comments(p.field)) > 0 {
			ast.SetComments(p.field, nil)
			return true
		}
	}
	return false
}

func (e *editor) reorderFields() bool {
	s, ok := anyOne(e, e.places().lists)
	if ok {
		e.Shuffle(len(s.Elts), func(i, j int) { s.Elts[i], s.Elts[j] = s.Elts[j], s.Elts[i] })
	}
	return ok
}

func (e *editor) reorderDeclarations() bool {
	p, _ := anyOne(e, e.packages)
	e.Shuffle(len(p.decls), func(i, j int) { p.decls[i], p.decls[j] = p.decls[j], p.decls[i] })
	return true
}

// splitFile moves half of the declarations to a second file. Hidden fields and
// definitions are visible in the whole package.
func (e *editor) splitFile() bool {
	p, _ := anyOne(e, e.packages)
	if p.second != nil || len(p.decls) < 2 {
		return false
	}
	half := len(p.decls) / 2
	p.decls, p.second = p.decls[:half:half], slices.Clone(p.decls[half:])
	return true
}

// definitions lists definitions that are not aggregates.
func (e *editor) definitions() []*ast.Field {
	var all []*ast.Field
	for _, p := range e.packages {
		for _, d := range slices.Concat(p.decls, p.second) {
			if f, ok := d.(*ast.Field); ok && strings.HasPrefix(labelOf(d), "#") && !strings.HasPrefix(written(f.Value), "schema.#Aggregate") {
				all = append(all, f)
			}
		}
	}
	return all
}

// renameDefinition renames a definition and all its uses.
func (e *editor) renameDefinition() bool {
	f, ok := anyOne(e, e.definitions())
	if !ok {
		return false
	}
	from, to := labelOf(f), fmt.Sprintf("#Called%d", e.IntN(9))
	for _, p := range e.packages {
		for _, d := range slices.Concat(p.decls, p.second) {
			ast.Walk(d, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && id.Name == from {
					id.Name = to
				}
				return true
			}, nil)
		}
	}
	return true
}

// extract makes a definition of a type.
func (e *editor) extract() bool {
	p, _ := anyOne(e, e.packages)
	if p.second != nil {
		return false
	}
	var all []*ast.Field
	for _, place := range e.within(p).fields {
		if place.field.Attrs == nil && !hasDefault(place.field.Value) && !is[*ast.BasicLit](place.field.Value) {
			all = append(all, place.field)
		}
	}
	f, ok := anyOne(e, all)
	if !ok {
		return false
	}
	e.newNames++
	name := fmt.Sprintf("#Extracted%d", e.newNames)
	p.decls = append(p.decls, &ast.Field{Label: ast.NewIdent(name), Value: f.Value})
	f.Value = ast.NewIdent(name)
	return true
}

// within returns the editable places of one package.
func (e *editor) within(p *editedPackage) *places {
	return (&editor{maker: e.maker, packages: []*editedPackage{p}}).places()
}

// inline replaces a use of a definition by its body.
func (e *editor) inline() bool {
	at, ok := e.aType(func(x ast.Expr) bool { return e.bodyOf(x) != nil })
	if ok {
		*at = &ast.ParenExpr{X: parsed(written(e.bodyOf(*at)))}
	}
	return ok
}

// bodyOf returns the value of an identifier.
func (e *editor) bodyOf(x ast.Expr) ast.Expr {
	id, ok := x.(*ast.Ident)
	if !ok {
		return nil
	}
	for _, f := range e.definitions() {
		if labelOf(f) == id.Name {
			return f.Value
		}
	}
	return nil
}

// hide replaces a number of a constraint by a hidden field.
func (e *editor) hide() bool {
	at, ok := e.aType(func(x ast.Expr) bool { lit, ok := x.(*ast.BasicLit); return ok && lit.Kind == token.INT })
	if !ok {
		return false
	}
	e.newNames++
	name := fmt.Sprintf("_hidden%d", e.newNames)
	text := written(*at)
	*at = ast.NewIdent(name)
	for _, p := range e.packages {
		p.decls = append(p.decls, declared(name+": "+text)...)
	}
	return true
}

// edits are the edits of a developer, equally likely except for those that are
// listed several times.
var edits = []struct {
	name string
	do   func(*editor) bool
}{
	{"rename a field", (*editor).renameField}, {"rename fields of a name", (*editor).renameFields}, {"remove a field", (*editor).removeField},
	{"add a field", (*editor).addField}, {"optional or not", (*editor).optional}, {"add a default", (*editor).addDefault},
	{"another default", (*editor).otherDefault}, {"no default", (*editor).noDefault}, {"move a field", (*editor).moveField}, {"an attribute", (*editor).attribute},
	{"another literal", (*editor).literal}, {"another literal", (*editor).literal}, {"another literal", (*editor).literal},
	{"another operator", (*editor).operator}, {"another function", (*editor).function},
	{"a constraint or case less", (*editor).fewer}, {"a constraint or case less", (*editor).fewer}, {"a case more", (*editor).another},
	{"another order of cases", (*editor).swapped}, {"a constraint more", (*editor).narrower}, {"a constraint more", (*editor).narrower},
	{"another type", (*editor).otherType}, {"another scalar", (*editor).otherScalar}, {"another key", (*editor).otherKey}, {"another constant", (*editor).otherConstant},
	{"remove an event", (*editor).removeEvent}, {"rename an event", (*editor).renameEvent}, {"add an event", (*editor).addEvent}, {"move an event", (*editor).moveEvent},
	{"retire an event", (*editor).retire}, {"revive an event", (*editor).revive}, {"become another", (*editor).becomeOther},
	{"add a version", (*editor).addVersion}, {"add a version", (*editor).addVersion}, {"remove a version", (*editor).removeVersion}, {"renumber a version", (*editor).renumber},
	{"another step", (*editor).otherStep}, {"another step", (*editor).otherStep},
	{"rename an aggregate", (*editor).renameAggregate}, {"rename a package", (*editor).renamePackage}, {"move a folder", (*editor).moveFolder},
	{"a comment", (*editor).comment}, {"no comment", (*editor).noComment}, {"order of fields", (*editor).reorderFields}, {"order of declarations", (*editor).reorderDeclarations},
	{"two files", (*editor).splitFile}, {"rename a definition", (*editor).renameDefinition}, {"extract a definition", (*editor).extract},
	{"inline a definition", (*editor).inline}, {"a hidden constant", (*editor).hide},
}
