package cuetest_test

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// Edits of fields.

func (e *editor) aField() (fieldPlace, bool) { return anyOne(e, e.places().fields) }

func (e *editor) renameField() bool {
	p, ok := e.aField()
	if ok {
		p.field.Label = ast.NewIdent(e.pick(e.fieldName(eventField), e.newName()))
	}
	return ok
}

// renameFields renames all fields of a name, also the discriminator of a union.
func (e *editor) renameFields() bool {
	p, ok := e.aField()
	if !ok {
		return false
	}
	from, to := labelOf(p.field), e.newName()
	for _, p := range e.places().fields {
		if labelOf(p.field) == from {
			p.field.Label = ast.NewIdent(to)
		}
	}
	return true
}

func (e *editor) removeField() bool {
	p, ok := e.aField()
	if ok {
		remove(p.in, p.field)
	}
	return ok
}

func (e *editor) addField() bool {
	s, ok := anyOne(e, e.places().lists)
	if ok {
		s.Elts = append(s.Elts, declared(e.field(e.pick(e.newName(), e.fieldName(eventField)), eventField))...)
	}
	return ok
}

func (e *editor) optional() bool {
	p, ok := e.aField()
	if ok && p.field.Constraint == token.OPTION {
		p.field.Constraint = token.ILLEGAL
	} else if ok {
		p.field.Constraint = token.OPTION
	}
	return ok
}

var defaults = map[string][]string{"int": {"1", "0", "3"}, "number": {"0.5", "2"}, "string": {`"x"`, `""`, `"ab"`}, "list": {"[]", `["a"]`, "[1]"}, "map": {"{}"}}

// addDefault gives a field a default, or marks a case as one.
func (e *editor) addDefault() bool {
	p, ok := e.aField()
	if !ok || hasDefault(p.field.Value) {
		return false
	}
	text := written(p.field.Value)
	if is[*ast.BinaryExpr](p.field.Value) && p.field.Value.(*ast.BinaryExpr).Op == token.OR && !strings.ContainsAny(text, "{#") {
		p.field.Value = parsed("*" + text)
		return true
	}
	if text == "bool" {
		p.field.Value = parsed(e.pick("*true", "*false") + " | bool")
		return true
	}
	kind := guessed(p.field.Value)
	if defaults[kind] == nil {
		return false
	}
	p.field.Value = parsed("*" + e.pick(defaults[kind]...) + " | (" + text + ")")
	return true
}

func hasDefault(x ast.Expr) bool {
	return marked(x) != nil
}

// marked returns the case of a disjunction that is the default.
func marked(x ast.Expr) *ast.UnaryExpr {
	switch x := x.(type) {
	case *ast.BinaryExpr:
		if u := marked(x.X); u != nil {
			return u
		}
		return marked(x.Y)
	case *ast.UnaryExpr:
		if x.Op == token.MUL {
			return x
		}
	}
	return nil
}

func (e *editor) aDefault() (*ast.Field, bool) {
	var all []*ast.Field
	for _, p := range e.places().fields {
		if hasDefault(p.field.Value) {
			all = append(all, p.field)
		}
	}
	return anyOne(e, all)
}

func (e *editor) otherDefault() bool {
	f, ok := e.aDefault()
	if !ok {
		return false
	}
	u := marked(f.Value)
	if lit, ok := u.X.(*ast.BasicLit); ok {
		u.X = e.otherLiteral(lit)
	} else {
		u.X = parsed(e.pick("true", "false", "[1]", `["b"]`))
	}
	return true
}

// noDefault removes the star of a default, or its case.
func (e *editor) noDefault() bool {
	f, ok := e.aDefault()
	if !ok {
		return false
	}
	text := written(f.Value)
	if first, rest, found := strings.Cut(text, " | "); found && strings.HasPrefix(first, "*") && e.chance(2) {
		f.Value = parsed(rest)
	} else {
		f.Value = parsed(strings.Replace(text, "*", "", 1))
	}
	return true
}

func (e *editor) moveField() bool {
	p, ok := e.aField()
	if !ok {
		return false
	}
	to, _ := anyOne(e, e.places().lists)
	remove(p.in, p.field)
	to.Elts = append(to.Elts, p.field)
	return true
}

// attribute adds a Go name, or marks a field as secret.
func (e *editor) attribute() bool {
	p, ok := e.aField()
	if ok {
		p.field.Attrs = []*ast.Attribute{{Text: e.pick("@go(name=Called)", "@secret()")}}
	}
	return ok
}
